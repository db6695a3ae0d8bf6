"""Everything that can be typed wrongly: the exit code, one line that says what, one that says what next."""

import socket

import pytest

WRONG = [
    ([], 2, "no verb was given"),
    (["serch"], 2, "no such command 'serch'"),
    (["--verbose"], 2, "no such option: --verbose"),
    (["search"], 2, "missing argument 'SHOP'"),
    (["search", "{shop}"], 2, "nothing to look for was given"),
    (["search", "{shop}", "a", "b"], 2, "unexpected extra argument"),
    (["search", "{shop}", "a", "--k", "0"], 2, "'--k'"),
    (["search", "{shop}", "a", "--k", "ten"], 2, "'--k'"),
    (["search", "{shop}", "a", "--k", "99999999"], 2, "k is 99999999"),
    (["search", "{shop}", "--image", "none.jpg"], 2, "'none.jpg' does not exist"),
    (["search", "{shop}", "--image", "{shop}/items.csv"], 2, "not a picture"),
    (["search", "{shop}", "a", "--where", "price < "], 2, ""),
    (["search", "{shop}", "a", "--where", "colr = red"], 2, "'colr'"),
    (["recommend", "{shop}", "--history", "nothing-like-it"], 2, "unknown item 'nothing-like-it'"),
    (["recommend", "{shop}", "--user", "a", "--history", "red-circle-0"], 2, "both"),
    (["similar", "{shop}"], 2, "missing option '--item'"),
    (["similar", "{shop}", "--item", "red-circle-9"], 2, "unknown item 'red-circle-9'"),
    (["explain", "{shop}", "--item", "red-circle-9", "--user", "a"], 2, "unknown item"),
    (["remove", "{shop}", "--item", "red-circle-0", "red-circle-9"], 2, "unknown item 'red-circle-9'"),
    (["add", "{shop}"], 2, "nothing to add"),
    (["add", "{shop}", "--items", "none.csv"], 2, "'none.csv' does not exist"),
    (["evaluate", "{shop}"], 2, "nothing given to judge by"),
    (["evaluate", "{shop}", "--split", "tuesday"], 2, "'tuesday' is not one of"),
    (["evaluate", "{shop}", "--split", "time", "--queries", "{shop}/items.csv"], 2, "--queries and --split"),
    (["evaluate", "{shop}", "--split", "time", "--methods", "esae"], 2, "'esae'"),
    (["evaluate", "{shop}", "--split", "time", "--report", "report.pdf"], 2, "'report.pdf'"),
    (["evaluate", "{shop}", "--split", "time", "--report", "none/report.md"], 2, "no folder"),
    (["evaluate", "{shop}", "--split", "time", "--missing", "picture"], 2, "--missing is 'picture'"),
    (["evaluate", "{shop}", "--split", "time", "--missing", "smell=0.5"], 2, "unknown modality 'smell'"),
    (["fit"], 2, "no shop was given"),
    (["complete", "{shop}"], 2, "no item is given"),
    (["complete", "{shop}", "--items", "nope"], 2, "unknown item 'nope'"),
    (["fit", "{shop}", "--parts", "engine"], 2, "unknown part 'engine'"),
    (["check", "{empty}"], 1, "holds no items"),
    (["recommend", "{empty}/none"], 1, "does not exist"),
    (["recommend", "{shop}/items.csv"], 1, "is a file"),
    (["import", "movielenz", "{shop}", "--out", "out"], 2, "unknown importer 'movielenz'"),
    (["import", "movielens", "{shop}"], 2, "missing option '--out'"),
    (["import", "movielens", "{empty}", "--out", "out"], 2, ""),
    (["serve", "{shop}", "--host", "0.0.0.0"], 2, "no api key is set"),
    (["serve", "{shop}", "--api-key", "short"], 2, "shorter than 8"),
    (["serve", "{shop}", "--port", "123456"], 2, "'--port'"),
    (["serve", "{shop}", "--host", "203.0.113.7", "--api-key", "long enough"], 1, "cannot be bound"),
]


@pytest.mark.parametrize(
    ("typed", "code", "says"), WRONG, ids=lambda value: " ".join(value) if isinstance(value, list) else None
)
def test_used_wrongly(tell, fitted, tmp_path, monkeypatch, typed, code, says):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    told = tell(*(word.format(shop=fitted, empty=tmp_path / "empty") for word in typed))
    lines = told.err.splitlines()
    assert told.code == code, told.err
    assert told.out == ""
    assert lines[0].startswith("error: ")
    assert says in lines[0]
    assert lines[0][7] == lines[0][7].lower()
    assert not lines[0].endswith(".")
    assert [line for line in lines[1:] if not line.startswith("hint: ")] == []
    assert len(lines) <= 2


def test_an_unknown_item_lists_its_neighbours(tell, fitted):
    assert "'red-circle-1'" in tell("similar", fitted, "--item", "red-circle-9").err


def test_a_taken_port_is_said_before_anything_is_done(tell, fitted):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        told = tell("serve", fitted, "--port", port)
    assert (told.code, told.out) == (1, "")
    assert told.err.startswith(f"error: port {port} is taken\nhint: ")


def test_nothing_is_removed_when_one_is_unknown(tell, folder):
    assert tell("remove", folder, "--item", "red-circle-0", "red-circle-9").code == 2
    assert tell("similar", folder, "--item", "red-circle-0").code == 0
