"""Methods one after another: what cannot be fitted is named, a stop keeps what is done."""

import numpy as np
import pytest

from tastemaker.core.errors import Cancelled, FitError, MissingExtra
from tastemaker.core.progress import Advanced, Cancellable, Finished, Noted, Started, silent, track
from tastemaker.evaluation import rankers
from tastemaker.evaluation.contest import Entrant, Meter, contest
from tastemaker.evaluation.curves import Watch
from tastemaker.evaluation.judge import Judge
from tastemaker.evaluation.protocols import Protocol
from tastemaker.testing.worlds import checkerboard


@pytest.fixture(scope="module")
def protocol():
    return Protocol.cut(checkerboard(), "user-time")


@pytest.fixture
def judge(protocol):
    return lambda: Judge(protocol.open({}), protocol.known)


def entrant(protocol, name, *, wrong=None, before=lambda: None, times=1):
    def fit(observer):
        before()
        if wrong:
            raise wrong
        with track(observer, "learning", 2) as task:
            task.advance(1, {"epoch": 1, "loss": 2.0})
            task.note("half of it")
            task.advance(1, {"epoch": 2, "loss": 1.0})
            task.note("all of it")
        return [rankers.chance(protocol.known, seed=seed) for seed in range(times)]

    return Entrant(name, fit)


def test_what_cannot_be_fitted_is_left_out_and_named(protocol, judge):
    seen = []
    wrong = {"poor": FitError("there is nothing"), "away": MissingExtra("faraway")}
    entrants = [entrant(protocol, name, wrong=error) for name, error in wrong.items()] + [entrant(protocol, "fine")]
    report = contest(entrants, judge, observer=seen.append)
    assert report.methods == ["fine"]
    assert report.protocol["left_out"] == {"poor": "there is nothing", "away": "faraway is not installed"}
    assert "warning: poor is left out: there is nothing" in str(report)
    assert Noted("evaluate", "poor is left out: there is nothing") in seen
    with pytest.raises(FitError, match="not one method"):
        contest(entrants[:2], judge)


def test_a_stop_leaves_the_methods_that_are_done(protocol, judge):
    stop = Cancellable()
    entrants = [
        entrant(protocol, "one"),
        entrant(protocol, "two"),
        entrant(protocol, "three", before=stop.cancel),
        entrant(protocol, "four", before=lambda: pytest.fail("went on")),
    ]
    report = contest(entrants, judge, first=["two"], observer=stop)
    assert report.methods == ["two", "one"]
    assert report.cut_short == "stopped in three; 2 of 4 methods are in the table"
    assert report.row("two", "recall@20").high > 0


def test_a_stop_before_anything_is_done_is_a_stop_and_opens_nothing(protocol):
    stop = Cancellable()
    stop.cancel()
    with pytest.raises(Cancelled):
        contest([entrant(protocol, "one")], lambda: pytest.fail("opened"), observer=stop)


def test_the_test_part_is_opened_once_and_after_the_first_training(protocol):
    said = []

    def judge():
        said.append("opened")
        return Judge(protocol.open({}), protocol.known)

    names = ("one", "two")
    contest([entrant(protocol, name, before=lambda name=name: said.append(name)) for name in names], judge)
    assert said == ["one", "opened", "two"]


def test_costs_curves_and_seeds_are_kept(protocol, judge):
    plain = Entrant("ready", lambda _: [rankers.popularity(protocol.known)], trained=False)
    clock, memory = iter([100.0, 103.0]), iter([512.0, 640.5])
    meter = Meter(lambda: next(clock), lambda: next(memory))
    report = contest([entrant(protocol, "trained", times=2), plain], judge, meter=meter)
    cost = report.costs["trained"]
    assert cost.seeds == 2
    assert cost.fit_seconds == 1.5  # three seconds for two trainings
    assert cost.memory_mb == 128.5
    assert (report.costs["ready"].fit_seconds, report.costs["ready"].memory_mb) == (None, None)
    (curve,) = report.curves["trained"]
    assert (curve.task, curve.figure, curve.epochs, curve.values) == ("learning", "loss", (1, 2), (2.0, 1.0))
    assert list(report.curves) == ["trained"]


def test_one_task_a_method_and_one_more_while_it_is_judged(protocol, judge):
    seen = []
    contest([entrant(protocol, "one")], judge, observer=seen.append)
    assert [event.task for event in seen if isinstance(event, Started)] == ["fit one", "evaluate one"]
    assert [event.task for event in seen if isinstance(event, Finished)] == ["fit one", "evaluate one"]
    assert Advanced("fit one", 2, 2, {"epoch": 2, "loss": 1.0}) in seen
    assert [event for event in seen if isinstance(event, Noted)] == [Noted("fit one", "all of it")]


def test_a_curve_holds_the_last_figure_of_each_epoch():
    watch = Watch("method", silent)
    for epoch, loss in ((1, 5.0), (1, 3.0), (2, 2.0)):
        watch(Advanced("tower", 1, 9, {"epoch": epoch, "loss": loss}))
    watch(Advanced("tower", 2, 9, {"speed": 1.0}))
    watch(Advanced("once", 1, 1, {"epoch": 1, "loss": 1.0}))
    (curve,) = watch.curves
    assert (curve.task, curve.epochs, curve.values) == ("tower", (1, 2), (3.0, 2.0))


def test_fitted_methods_are_judged_on_every_case(protocol, judge):
    report = contest([entrant(protocol, "one")], judge)
    assert report.protocol["openings"] >= 1
    assert report.row("one", "recall@20").n == protocol.people
    assert np.isfinite([row.value for row in report.rows]).all()
