"""Progress events in order, and cancelling."""

import pytest

from tastemaker.core.errors import Cancelled
from tastemaker.core.progress import Advanced, Cancellable, Finished, Noted, Started, silent, track


def test_a_task_reports_from_start_to_end():
    seen = []
    with track(seen.append, "fit", 3) as task:
        task.advance(2, {"loss": 0.5})
        task.note("stopped early")
        task.advance()
    assert seen[:-1] == [
        Started("fit", 3),
        Advanced("fit", 2, 3, {"loss": 0.5}),
        Noted("fit", "stopped early"),
        Advanced("fit", 3, 3),
    ]
    assert isinstance(seen[-1], Finished)
    assert seen[-1].seconds >= 0


def test_a_task_that_fails_is_not_finished():
    seen = []
    with pytest.raises(RuntimeError), track(seen.append, "fit"):
        raise RuntimeError
    assert seen == [Started("fit", None)]


def test_cancel_stops_at_the_next_report():
    seen = []
    observer = Cancellable(seen.append)

    def work():
        with track(observer, "fit", 10) as task:
            for _ in range(10):
                task.advance()
                if task.done == 1:
                    observer.cancel()

    with pytest.raises(Cancelled, match="fit was cancelled"):
        work()
    assert seen == [Started("fit", 10), Advanced("fit", 1, 10), Advanced("fit", 2, 10)]


def test_silence_is_an_observer():
    with track(silent, "fit") as task:
        task.advance()
    assert task.done == 1
