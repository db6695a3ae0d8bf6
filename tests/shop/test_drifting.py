"""Drift of a shop: steady while people do the same, told when they do not."""

import json

import pytest

from tastemaker.catalog.events import Event
from tastemaker.cli.app import run
from tastemaker.core.errors import FitError, InputError
from tastemaker.core.seeds import generator
from tastemaker.shop import Shop
from tests.shop.parity import BEGIN, DAY, ITEMS, later, write_parity


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = write_parity(tmp_path_factory.mktemp("drift") / "shop")
    with Shop(root) as shop:
        shop.fit()
        rng = generator(2, "the same")
        shop.record(
            Event(f"u{person}", f"item-{row}", time=BEGIN + (10 + place) * DAY + person)
            for person in range(40)
            for place, row in enumerate(rng.permutation(ITEMS)[:6].tolist())
        )
        shop.record([Event("newcomer", "item-1", time=BEGIN + 12 * DAY)])
    return root


def test_steady_while_people_do_the_same(folder):
    with Shop(folder) as shop:
        report = shop.drift()
    assert report.why == "the newest event of the last fit"
    assert (report.before.events, report.after.events) == (240, 241)
    assert [each.what for each in report.shifts] == [
        "kinds of events",
        "departments",
        "kinds of things",
        "prices",
        "sources",
    ]
    assert {each.verdict for each in report.shifts} == {"steady"}
    assert report.new_people == pytest.approx(1 / 41)
    assert report.advice == ()


def test_told_when_they_do_something_else(folder, tmp_path):
    with Shop(write_parity(tmp_path / "shop")) as shop:
        shop.fit()
        dear = [event for event in later("buy") if int(event.item.split("-")[1]) >= 40]
        shop.record([*dear, Event("u1", "item-new", time=BEGIN + 12 * DAY)])
        report = shop.drift()
    told = {each.what: each for each in report.shifts}
    assert told["kinds of events"].verdict == told["prices"].verdict == "drifted"
    assert told["kinds of events"].changes[0].name in ("buy", "view")
    assert any("kinds of events have drifted" in line for line in report.advice)


def test_days_choose_the_window(folder):
    with Shop(folder) as shop:
        report = shop.drift(days=2.0)
        assert report.since == pytest.approx(BEGIN + 15 * DAY + 39 - 2 * DAY)
        with pytest.raises(InputError):
            shop.drift(days=0)
        with pytest.raises(FitError):
            shop.drift(days=10_000)


def test_without_events_there_is_nothing_to_compare(tmp_path):
    (tmp_path / "items.csv").write_text("id\na\n")
    with Shop(tmp_path) as shop, pytest.raises(FitError, match="nobody has done anything") as caught:
        shop.drift()
    assert "column" not in caught.value.hint


def test_on_the_command_line(folder, capsys):
    assert run(["drift", str(folder)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("since 2023-11-19 22:13 UTC (the newest event of the last fit)")
    assert run(["drift", str(folder), "--days", "2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["why"] == "2 days before the newest event"
