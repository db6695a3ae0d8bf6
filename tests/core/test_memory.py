import subprocess
import sys

import pytest

ASKED = """
from tastemaker.core.memory import peak_mb
before = peak_mb()
held = b"1" * (64 << 20)
grown = peak_mb()
del held
print(before, grown - before, peak_mb() - grown)
"""


def test_the_peak_is_this_process_s_own_and_stays():
    ballast = b"1" * (300 << 20)  # of the parent; not the child's
    told = subprocess.run([sys.executable, "-c", ASKED], capture_output=True, text=True, check=True).stdout
    before, grown, after = (float(value) for value in told.split())
    assert len(ballast) / 2**20 > before > 5
    assert grown == pytest.approx(64, abs=8)
    assert after == pytest.approx(0, abs=1)
