"""Every block of README.md and docs/ is true: Python and commands run, settings are read.

File by file from the top, in the place that ``conftest.py`` makes; a file's Python blocks share their names, as at one
prompt. A block that must not be run says why, see ``blocks.py``; it is parsed all the same.
"""

import re
import shlex
import shutil
import tomllib
from io import StringIO
from itertools import takewhile
from pathlib import Path

import pytest
from typer.main import get_command

from tastemaker.cli.app import app, run
from tastemaker.cli.show_config import settings_text
from tastemaker.server.settings import ServerSettings
from tastemaker.shop.rules import read_rules
from tests.meta.blocks import FILES, LANGUAGES, ROOT, blocks, every_block, name_of

ENDLESS = {"demo", "serve"}
"""Verbs that do not end by themselves: only parsed here, and run by `tests/cli`."""
ELSEWHERE = {"export", "docker", "curl", "sudo", "sqlite3"}
"""Programs of others, of which nothing can be known here."""
EVERYWHERE = pytest.mark.parametrize("path", FILES, ids=name_of)


def with_some(language):
    """Every file that has a block of a language."""
    found = [path for path in FILES if blocks(path, language)]
    assert found
    return pytest.mark.parametrize("path", found, ids=name_of)


@EVERYWHERE
def test_every_block_says_its_language(path):
    assert {block.language for block in every_block(path)} <= LANGUAGES


@with_some("python")
def test_python_runs(path, prompt):
    for block in blocks(path, "python"):
        code = compile("\n" * block.line + block.text, str(path), "exec")
        if not block.why:
            exec(code, prompt)


@with_some("console")
def test_commands_run(path, place, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO("something red\n"))
    for block in blocks(path, "console"):
        for line in block.text.splitlines():
            assert line.startswith("$ "), f"{line!r} is no command; give it a block of its own"
            for words in commands(line[2:]):
                check(words)
                if not block.why and words[0] == "tastemaker" and words[1] not in ENDLESS:
                    assert run(words[1:]) == 0, f"{line}\n{capsys.readouterr().err}"


@pytest.mark.parametrize("language", ["ini", "cron"])
def test_what_other_programs_start_can_be_started(language, place):
    found = [block for path in FILES for block in blocks(path, language)]
    assert found
    for block in found:
        (line,) = re.findall(r"\b(tastemaker [a-z]+ /srv.*)", block.text)
        words = next(commands(line.replace("/srv/", "")))
        check(words)


def commands(line):
    """The commands of a line, without comments and without what their input and output are sent to."""
    words = shlex.split(line, comments=True)
    while words:
        command = list(takewhile(lambda word: word not in {";", "&&", "|"}, words))
        words = words[len(command) + 1 :]
        yield list(takewhile(lambda word: word not in {"<", ">", ">>"}, command))


def check(words):
    """See that a command can be given like this."""
    if words[0] == "tastemaker":
        exist(words[2:])
        get_command(app).commands[words[1]].make_context(words[1], list(words[2:]))
    elif words[0] == "make":
        targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
        assert {word for word in words[1:] if "=" not in word} <= set(targets)
    elif words[:2] == ["pip", "install"]:
        extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
            "optional-dependencies"
        ]
        assert set(re.findall(r"\[([a-z,]+)\]", " ".join(words))) <= set(extras)
        assert all((ROOT / word).is_dir() for word in words if word.startswith("./"))
    else:
        assert words[0] in ELSEWHERE, words


def exist(words):
    """Make what a command reads, where only its being there counts: folders end in a slash, files have a dot."""
    for word in words:
        path = Path(word)
        if path.exists() or not re.fullmatch(r"[\w./-]+", word):
            continue
        if word.endswith("/"):
            path.mkdir(parents=True)
        elif path.suffix in {".jpg", ".png"}:
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy("dress.jpg", path)
        elif "." in word:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()


@with_some("toml")
def test_settings_are_settings(path, place):
    for block in blocks(path, "toml"):
        values = tomllib.loads(block.text)
        if "rules" in values:
            Path("rules.toml").write_text(block.text)
            assert read_rules(Path("rules.toml"))
        elif set(values) <= set(ServerSettings.model_fields):
            ServerSettings.read(values)
        elif "project" not in values:
            Path("shop/tastemaker.toml").write_text(block.text)
            assert settings_text(Path("shop"))


def test_the_readme_shows_a_session():
    assert blocks(ROOT / "README.md", "python")
