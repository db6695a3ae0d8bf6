"""A server builds the index that a shop has outgrown, and gives up quietly when it cannot."""

import time

import pytest

from tastemaker.core.storage import Artefacts
from tastemaker.index.planned import PlannedIndex
from tastemaker.server.watch import Watch
from tastemaker.shop import Shop


@pytest.fixture
def outgrown(shop):
    """The small shop, told that ten items are many."""
    settings = shop.path / "tastemaker.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + "\n[index]\nexact_rows = 10\n", encoding="utf-8")
    with Shop(shop.path) as opened:
        _ = opened.view
        yield opened


def test_a_server_builds_what_is_missing_while_it_answers(outgrown):
    before = outgrown.search("red circle", k=5).ids
    with Watch([outgrown], every=0.01):
        for _ in range(1_000):
            if isinstance(outgrown.view.index, PlannedIndex):
                break
            assert outgrown.search("red circle", k=5).ids == before
            time.sleep(0.01)
    assert isinstance(outgrown.view.index, PlannedIndex)
    assert outgrown.search("red circle", k=5).ids == before
    assert "index" in Artefacts(outgrown.workspace.state).published()


def test_where_it_cannot_be_written_answers_stay_exact_and_it_is_not_tried_again(outgrown, monkeypatch, caplog):
    tried = []

    def full(*args, **settings):
        tried.append(args)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Artefacts, "write", full)
    watch = Watch([outgrown], every=60)
    watch.look()
    watch.look()
    assert len(tried) == 1
    assert "answers stay exact" in caplog.text
    assert outgrown.search("red circle", k=5).ids


def test_a_server_that_ends_does_not_wait_for_it(outgrown):
    watch = Watch([outgrown], every=60)
    watch.__enter__()
    watch.__exit__(None, None, None)
    watch.look()  # told to stop: it is left at the first report
    assert not isinstance(outgrown.view.index, PlannedIndex)
