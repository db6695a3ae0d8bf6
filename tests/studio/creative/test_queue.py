"""The queue: survives, keeps its history, refuses what it does not know."""

import pytest

from tastemaker.core.errors import InputError, UnknownName, WorkspaceError
from tastemaker.studio.creative.queue import Creative, Queue
from tastemaker.studio.creative.scene import Fact


def made(name="a1", when=1.0):
    facts = (Fact("Shop", "brand.name"), Fact("Shirt", "title", "i1"))
    return Creative(name, "banner", "aside-tint", 10, 5, ("i1",), facts, (), 7.0, when, png=b"png", svg=b"<svg/>")


@pytest.fixture
def queue(tmp_path):
    made_queue = Queue(tmp_path / "creatives")
    made_queue.put(made())
    return made_queue


def test_what_was_decided_is_there_after_a_restart(queue, tmp_path):
    queue.decide("a1", "approved", "anna", "calm")
    found = Queue(tmp_path / "creatives").find("a1")
    assert (found.state, found.decisions[-1].who, found.decisions[-1].why) == ("approved", "anna", "calm")
    assert found.facts == made().facts
    assert found.headline == "Shirt"
    assert Queue(tmp_path / "creatives").file("a1", "svg") == b"<svg/>"


def test_a_decision_taken_back_leaves_its_line(queue):
    for state in ("approved", "waiting", "refused"):
        queue.decide("a1", state, "anna")
    assert [one.state for one in queue.find("a1").decisions] == ["approved", "waiting", "refused"]


def test_made_again_it_keeps_its_history(queue):
    queue.decide("a1", "refused", "anna", "dull")
    queue.put(made(when=9.0))
    assert queue.find("a1").state == "refused"
    assert queue.find("a1").made == 9.0


def test_the_newest_come_first_and_states_are_apart(queue):
    queue.put(made("b2", 2.0))
    queue.decide("b2", "approved", "anna")
    assert [one.name for one in queue.all()] == ["b2", "a1"]
    assert [one.name for one in queue.all("waiting")] == ["a1"]
    assert [one.name for one in queue.all("approved")] == ["b2"]


def test_what_is_wrong_is_refused(queue, tmp_path):
    for wrong in (
        lambda: queue.find("../a1"),
        lambda: queue.file("zz", "png"),
        lambda: queue.all("maybe"),
        lambda: queue.decide("a1", "maybe", "anna"),
        lambda: queue.decide("zz", "approved", "anna"),
    ):
        with pytest.raises(UnknownName):
            wrong()
    for who, why in (("", ""), ("  ", ""), ("anna", "x" * 501)):
        with pytest.raises(InputError):
            queue.decide("a1", "approved", who, why)
    assert queue.find("a1").state == "waiting"
    (tmp_path / "creatives" / "a1.json").write_text("{")
    with pytest.raises(WorkspaceError):
        queue.find("a1")
