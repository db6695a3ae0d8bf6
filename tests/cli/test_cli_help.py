"""Help: quick, complete, and its examples can be typed."""

import re
import shlex
import subprocess
import sys
from importlib.metadata import version
from itertools import takewhile

import pytest
from typer.main import get_command

from tastemaker.cli.app import VERBS, app

HEAVY = (
    "torch",
    "nicegui",
    "transformers",
    "sentence_transformers",
    "fastapi",
    "polars",
    "scipy",
    "PIL",
    "rich",
    "uvicorn",
)
FILES = (
    "dress.jpg",
    "me.jpg",
    "room.jpg",
    "later.csv",
    "today.jsonl",
    "Beauty.txt",
    "user_events.jsonl",
    "key.txt",
    "new/items.csv",
    "new/images/a.png",
)
FOLDERS = ("shop", "ml-latest-small", "my-photos", "new/images")


def examples(text):
    return [line.strip() for line in text.partition("Examples:")[2].splitlines() if line.strip()]


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_two_examples_that_parse(tell, tmp_path, monkeypatch, verb):
    for folder in FOLDERS:
        (tmp_path / folder).mkdir(parents=True)
    for file in FILES:
        (tmp_path / file).write_text("x")
    monkeypatch.chdir(tmp_path)
    told = tell(verb, "--help")
    found = examples(told.out)
    assert told.code == 0
    assert len(found) >= 2
    for line in found:
        words = list(takewhile(lambda word: word not in ("<", ">"), shlex.split(line)))
        assert words[:2] == ["tastemaker", verb]
        get_command(app).commands[verb].make_context(verb, words[2:])  # raises when it cannot be parsed


@pytest.mark.parametrize("verb", VERBS)
def test_every_option_says_what_it_is(verb):
    for parameter in get_command(app).commands[verb].params:
        assert parameter.help, (verb, parameter.name)


def test_the_command_itself(tell):
    told = tell("--help")
    assert told.code == 0
    assert re.findall(r"^  ([a-z][a-z-]*) +[A-Z]", told.out, re.M) == list(VERBS)
    assert len(examples(told.out)) == 2
    assert not re.search(r"[a-z]\.\.\.$", told.out, re.M)  # no summary is cut short
    assert tell("--version").out.strip() == version("tastemaker")


def test_help_loads_nothing_heavy():
    code = (
        "import sys; from tastemaker.cli.app import VERBS, run; "
        "codes = [run([*verb, '--help']) for verb in ([], *([name] for name in VERBS))]; "
        f"print(set(codes), [module for module in {HEAVY} if module in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "{0} []"


def test_the_package_runs_as_a_module():
    made = subprocess.run([sys.executable, "-m", "tastemaker", "--version"], capture_output=True, text=True, check=True)
    assert made.stdout.strip() == version("tastemaker")
