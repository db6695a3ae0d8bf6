"""Calls that come while one is worked on are worked on together, and each caller gets its own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from tastemaker.core.batching import Batcher


class Doubling:
    """Doubles numbers, writes its batches down, and does the first one only when it may."""

    def __init__(self):
        self.batches, self.begun, self.may = [], Event(), Event()

    def __call__(self, numbers):
        self.batches.append(list(numbers))
        self.begun.set()
        assert self.may.wait(10)
        if any(number < 0 for number in numbers):
            raise ValueError("below zero")
        return [2 * number for number in numbers]


def asked_at_once(work, first, others, most=64):
    """Futures of one call that is under way and of others that came meanwhile."""
    batcher = Batcher(work, most)
    with ThreadPoolExecutor(len(others) + 1) as pool:
        calls = [pool.submit(batcher, first)]
        assert work.begun.wait(10)
        for number, given in enumerate(others, 1):
            calls.append(pool.submit(batcher, given))
            while len(batcher._waiting) < number:
                pass
        work.may.set()
    return calls


def test_nobody_waits_for_company():
    work = Doubling()
    work.may.set()
    assert Batcher(work)([3, 4]) == [6, 8]
    assert work.batches == [[3, 4]]


def test_what_comes_meanwhile_goes_together():
    work = Doubling()
    calls = asked_at_once(work, [1], [[2], [3, 4], [], [5]])
    assert [call.result() for call in calls] == [[2], [4], [6, 8], [], [10]]
    assert work.batches == [[1], [2, 3, 4, 5]]


def test_a_batch_holds_so_many_unless_one_brings_more():
    work = Doubling()
    calls = asked_at_once(work, [0], [[1], [2], [3, 4, 5], [6]], most=2)
    assert [call.result() for call in calls] == [[0], [2], [4], [6, 8, 10], [12]]
    assert work.batches == [[0], [1, 2], [3, 4, 5], [6]]


def test_only_who_is_at_fault_hears_of_it():
    work = Doubling()
    calls = asked_at_once(work, [1], [[2], [-3], [4]])
    assert [calls[place].result() for place in (0, 1, 3)] == [[2], [4], [8]]
    with pytest.raises(ValueError, match="below zero"):
        calls[2].result()
    assert work.batches == [[1], [2, -3, 4], [2], [-3], [4]]


def test_many_threads_get_their_own():
    batcher = Batcher(lambda numbers: [number * number for number in numbers])
    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(batcher, ([n, n + 1] for n in range(500)))) == [[n * n, (n + 1) ** 2] for n in range(500)]
