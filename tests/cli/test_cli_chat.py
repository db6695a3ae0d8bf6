"""``tastemaker chat``: lines in, turns out."""

import io
import json

import pytest

from tests.server.small_workspace import picture


@pytest.fixture
def talk(tell, folder, monkeypatch):
    def talked(lines, *options):
        monkeypatch.setattr("sys.stdin", io.StringIO(lines))
        return tell("chat", folder, *options)

    return talked


def test_one_object_a_turn(talk, tmp_path):
    (tmp_path / "red.png").write_bytes(picture("red"))
    said = talk(f"a blue circle\n\n@{tmp_path / 'red.png'} but in green\nwhy the first?\n", "--json", "--k", 3)
    assert said.code == 0
    turns = [json.loads(line) for line in said.out.splitlines()]
    assert len(turns) == 3
    for turn in turns:
        assert list(turn)[:5] == ["say", "items", "question", "facets", "pictures"]
    assert turns[0]["items"][0]["id"].startswith("blue")
    assert turns[1]["items"][0]["id"].startswith("green")
    assert turns[2]["items"] == []
    assert "green" in turns[2]["say"]


def test_words_for_people(talk):
    said = talk("a red square\nthanks\n", "--no-questions")
    assert said.code == 0
    assert "red" in said.out
    assert "You are welcome." in said.out


def test_a_turn_that_cannot_be_taken_does_not_end_it(talk):
    said = talk("@nothing.jpg like this\na red square\n", "--json")
    assert said.code == 2
    turns = [json.loads(line) for line in said.out.splitlines()]
    assert turns[0]["items"] == []
    assert turns[0]["error"]
    assert turns[1]["items"]
    assert "error:" in said.err


def test_a_language_model_is_asked_too(talk):
    said = talk("a blue circle\n", "--json", "--no-questions", "--k", 2, "--llm", "fake:lying")
    turn = json.loads(said.out)
    assert turn["items"]
    assert "left out" in turn["notes"][-1]
    people = talk("a blue circle\n", "--no-questions", "--k", 2, "--llm", "fake:lying")
    assert people.out.startswith(turn["say"] + "\n")
    assert people.out.count(turn["say"]) == 1
    wrong = talk("a blue circle\n", "--llm", "nobody:x")
    assert wrong.code == 2
    assert "unknown llm 'nobody'" in wrong.err
