"""The public surface is this list; a change of it is a decision, not an accident."""

import tastemaker

PUBLIC = [
    "Assistant", "Catalog", "Client", "Event", "Facet", "Item", "Ranked", "Ranking", "Reason", "Report", "Shop",
    "TastemakerError", "demo", "open", "serve",
]  # fmt: skip


def test_the_surface_is_pinned():
    assert tastemaker.__all__ == PUBLIC == sorted(PUBLIC) == dir(tastemaker)
    assert len(PUBLIC) <= 25


def test_every_name_is_there_and_documented():
    for name in PUBLIC:
        assert getattr(tastemaker, name).__doc__, name
    assert not hasattr(tastemaker, "no_such_name")
