"""A server with the stand-in shop, in a process of its own."""

import contextlib
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

STAND_IN = Path(__file__).parent / "stand_in.py"
PORT = re.compile(r"(?:^|http://127\.0\.0\.1:)(\d+)\b")


@contextlib.contextmanager
def serving(delay=0.0):
    """The address of a fresh stand-in shop, as long as the block lasts."""
    with listening([sys.executable, STAND_IN, "0", str(delay)], "/seen-events") as address:
        yield address


@contextlib.contextmanager
def listening(command, ready):
    """The address of a server that a command starts, once ``ready`` answers; the command prints address or port."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        lines = iter(process.stdout.readline, "")
        port = next(found[1] for line in lines if (found := PORT.search(line)))
        address = f"http://127.0.0.1:{port}"
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{address}{ready}").close()
                break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait(60)
        process.stdout.close()
