"""What is kept for a while goes by itself, or when somebody says so."""

from tastemaker.core import fleeting
from tastemaker.core.fleeting import Fleeting


def test_kept_found_forgotten():
    kept = Fleeting()
    key = kept.keep(b"photo")
    assert kept.find(key) == b"photo"
    kept.forget(key)
    kept.forget(key)
    assert kept.find(key) is None
    assert kept.find("guess") is None


def test_only_the_newest_stay():
    kept = Fleeting(kept=2)
    keys = [kept.keep(bytes([number])) for number in range(3)]
    assert [kept.find(key) for key in keys] == [None, b"\x01", b"\x02"]


def test_an_hour_later_it_is_gone(monkeypatch):
    kept = Fleeting(seconds=60)
    key = kept.keep(b"photo")
    now = fleeting.time.monotonic()
    monkeypatch.setattr(fleeting.time, "monotonic", lambda: now + 61)
    assert kept.find(key) is None
