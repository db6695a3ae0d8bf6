"""A server with the stand-in shop, in a process of its own."""

import contextlib
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

STAND_IN = Path(__file__).parent / "stand_in.py"


@contextlib.contextmanager
def serving(delay=0.0):
    """The address of a fresh stand-in shop, as long as the block lasts."""
    process = subprocess.Popen([sys.executable, STAND_IN, "0", str(delay)], stdout=subprocess.PIPE, text=True)
    try:
        address = f"http://127.0.0.1:{int(process.stdout.readline())}"
        for _ in range(150):
            try:
                urllib.request.urlopen(f"{address}/seen-events").close()
                break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()
