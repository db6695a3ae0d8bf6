"""Every ``--help`` says what the verb does and shows two examples that parse."""

import shlex
from itertools import takewhile
from pathlib import Path

import pytest
from typer.main import get_command

from tastemaker.cli.app import VERBS, app, run

SHELL = {"|", "<", ">", ">>", "&&", ";"}


@pytest.fixture
def somewhere(tmp_path, monkeypatch):
    """A folder in which the files and folders that an example names exist."""
    monkeypatch.chdir(tmp_path)

    def exists(words):
        for word in words:
            if " " not in word and "." in word:
                Path(word).parent.mkdir(parents=True, exist_ok=True)
                Path(word).touch()
            elif " " not in word and "/" in word:
                Path(word).mkdir(parents=True, exist_ok=True)

    return exists


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_help_has_two_examples_that_parse(verb, capsys, somewhere):
    examples = VERBS[verb][1]
    assert run([verb, "--help"]) == 0
    text = capsys.readouterr().out
    assert len(examples) >= 2
    for example in examples:
        assert example in text
        command, given, *words = takewhile(lambda word: word not in SHELL, shlex.split(example))
        assert (command, given) == ("tastemaker", verb)
        somewhere(words)
        get_command(app).commands[verb].make_context(verb, words)


def test_every_verb_of_help_is_listed_with_a_sentence(capsys):
    assert run(["--help"]) == 0
    text = capsys.readouterr().out
    for verb in VERBS:
        assert f"\n  {verb} " in text
