"""A round of each kind of misfortune, under event load; ``benchmarks/bench_chaos.py`` does a hundred."""

import pytest

from tests.server.chaos import Chaos, Served


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_whatever_happens(fitted, tmp_path):
    served = Served(fitted, tmp_path)
    try:
        chaos = Chaos(served)
        seen = [chaos.round(number) for number in range(len(chaos.kinds))]
    finally:
        served.end()
    assert all(each["acknowledged"] >= 6 for each in seen)
    assert next(each for each in seen if each["kind"] == "disk full")["refused"] >= 3
