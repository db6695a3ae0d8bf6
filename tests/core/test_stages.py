"""Stages are told to the listener of their own context, also from threads and when they fail."""

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import pytest

from tastemaker.core.stages import hearing, stage


@stage("double")
def double(number):
    """Twice as much."""
    if number < 0:
        raise ValueError
    return 2 * number


def test_a_stage_is_told_with_its_seconds():
    heard = []
    with hearing(lambda name, seconds: heard.append((name, seconds >= 0))):
        assert [double(2), double(3)] == [4, 6]
        with pytest.raises(ValueError):
            double(-1)
    assert heard == [("double", True)] * 3
    assert double(2) == 4  # nobody listens
    assert len(heard) == 3


def test_two_contexts_hear_their_own():
    def work(number):
        heard = []
        with hearing(lambda name, _: heard.append((name, number))):
            copy_context().run(double, number)
        return heard

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(work, [1, 2])) == [[("double", 1)], [("double", 2)]]
