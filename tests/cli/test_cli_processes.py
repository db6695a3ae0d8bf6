"""The command as a process: serving, being stopped, a reader that leaves early."""

import io
import json
import os
import signal
import subprocess
import sys
import urllib.request

import pytest

from tastemaker.cli.output import words
from tastemaker.cli.progress import lines, watching
from tastemaker.core.errors import Cancelled
from tastemaker.core.progress import Advanced, Finished, Noted, Started

START = "import sys; from tastemaker.cli import main; main()"


def start(*arguments, **more):
    command = [sys.executable, "-c", START, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)


def test_serve_prints_its_address_once_it_answers(fitted):
    process = start("serve", fitted, "--port", "0")
    try:
        address = process.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(f"{address}/readyz") as answer:
            assert json.load(answer)["items"] == 24
        with urllib.request.urlopen(address) as page:
            assert "Tastemaker" in page.read().decode()
    finally:
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (0, "", "stopped\n")


def test_words_are_out_at_once(monkeypatch):
    behind = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(behind))
    words("http://127.0.0.1:8000")
    assert behind.getvalue() == b"http://127.0.0.1:8000\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_asks_the_work_to_stop(capsys, number):
    before = signal.getsignal(number)
    with watching() as observer:
        observer(Started("space", 10))
        os.kill(os.getpid(), number)
        with pytest.raises(Cancelled):
            observer(Advanced("space", 1, 10))
    assert signal.getsignal(number) is before
    assert "next safe point" in capsys.readouterr().err


def test_a_second_interrupt_stops_at_once():
    with watching():
        os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


def test_away_from_a_terminal_notes_and_long_tasks_are_lines(capsys):
    for event in (
        Started("space", 3),
        Advanced("space", 1, 3),
        Noted("space", "stopped early"),
        Finished("space", 0.1),
    ):
        lines(event)
    lines(Finished("vectors", 12.4))
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "space: stopped early\nvectors: 12 s\n")


def test_a_stopped_fit_leaves_nothing_half_written(folder):
    (folder / "tastemaker.toml").write_text('[space]\nname = "contrastive"\nepochs = 10000\n')
    published = (folder / ".tastemaker" / "published.json").read_text()
    process = start("fit", folder)
    assert "learning the space" in process.stderr.readline()  # it is at work
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out) == (130, ""), err
    assert "error: " in err
    assert "Traceback" not in err
    assert (folder / ".tastemaker" / "published.json").read_text() == published


def test_a_reader_that_leaves_early_is_no_error(fitted):
    process = start("check", fitted, "--json")
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert process.wait(60) in (0, 1)
    assert "Traceback" not in err
