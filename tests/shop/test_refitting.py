"""Refit: publishes what is not worse, keeps what is, says why, and leaves everything when it is stopped."""

import json
import shutil

import pytest

from tastemaker.cli.app import run
from tastemaker.core.errors import BusyError, Cancelled, InputError, UnknownName
from tastemaker.core.progress import Started
from tastemaker.core.storage import Artefacts
from tastemaker.evaluation.significance import Difference
from tastemaker.shop import Shop
from tastemaker.shop.refitting import Terms
from tests.shop.parity import SETTINGS, later, write_parity


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    root = write_parity(tmp_path_factory.mktemp("refit") / "shop")
    with Shop(root) as shop:
        shop.fit()
    return root


@pytest.fixture
def folder(fitted, tmp_path):
    return shutil.copytree(fitted, tmp_path / "shop")


def published(folder):
    return (folder / ".tastemaker" / "published.json").read_text()


def artefacts(folder):
    return {path.name for path in (folder / ".tastemaker" / "artefacts").iterdir()}


def test_what_has_learned_the_new_taste_is_published(folder):
    with Shop(folder) as shop:
        shop.record(later())
        before = shop.recommend("u4", k=10).ids
        done = shop.refit()
        assert (done.verdict, done.why) == ("published", "the candidate is not worse")
        assert (done.events, done.people) == (400, 40)
        assert done.difference.value > 0
        assert done.candidate - done.published == pytest.approx(done.difference.value)
        assert done.version == shop.versions[-1].id
        even = [sum(int(id.split("-")[1]) % 2 == 0 for id in ids) for ids in (before, shop.recommend("u4", k=10).ids)]
        assert even[1] > even[0]
        again = shop.refit()
        assert again.events == 200, "what was held back is judged by next, and learned"


def test_what_is_published_is_what_was_judged(folder):
    made = []

    def hear(event):
        if isinstance(event, Started) and event.task == "evaluate candidate":
            made.extend(artefacts(folder) - before)

    with Shop(folder) as shop:
        shop.record(later())
        before = artefacts(folder)
        shop.refit(observer=hear)
        newest = json.loads(published(folder))["recommender"]
        assert newest in made
        manifest = shop._artefacts.published()["recommender"].manifest
        assert manifest["events"] == len(shop.catalog.interactions) - 200


def test_all_events_are_learned_on_request(folder):
    with Shop(folder) as shop:
        shop.record(later())
        assert shop.refit(all_events=True).verdict == "published"
        assert shop._artefacts.published()["recommender"].manifest["events"] == 640
        again = shop.refit()
        assert (again.verdict, again.why) == ("nothing new", "nothing has happened since the last fit")


def test_what_is_worse_is_not_published(folder):
    with Shop(folder) as shop:
        shop.record(later())
        shop.fit()
        shop.record(later("cart", each=16)[::2])
    (folder / "tastemaker.toml").write_text(SETTINGS.replace('"ease", "popularity"', '"popularity"'))
    there, parts = published(folder), artefacts(folder)
    with Shop(folder) as shop:
        done = shop.refit(people=10)
        assert done.verdict == "kept"
        assert done.why.startswith("the candidate is worse")
        assert done.difference.high < 0
    assert published(folder) == there
    assert artefacts(folder) == parts  # the candidate is swept away


def test_too_few_people_are_nothing_to_judge_by(folder):
    there = published(folder)
    with Shop(folder) as shop:
        shop.record(later(people=5))
        done = shop.refit()
        assert (done.verdict, done.why) == ("nothing new", "5 people can be asked about; 30 are needed")
    assert published(folder) == there


def test_the_first_refit_fits(tmp_path):
    with Shop(write_parity(tmp_path / "shop")) as shop:
        done = shop.refit()
        assert (done.verdict, done.why) == ("published", "nothing was published before")
        assert shop.recommend("u4").notes == ()


def test_a_refit_that_is_stopped_leaves_what_is_published(folder):
    there, heard = published(folder), []

    def stop(event):
        heard.append(event)
        if isinstance(event, Started) and event.task == "evaluate candidate":
            raise Cancelled("stopped")

    with Shop(folder) as shop:
        shop.record(later())
        with pytest.raises(Cancelled):
            shop.refit(observer=stop)
        assert published(folder) == there
        assert shop.refit().verdict == "published"


def test_one_at_a_time(folder, capsys):
    with Shop(folder) as shop, Artefacts(folder / ".tastemaker").lock("fitting"):
        with pytest.raises(BusyError, match="fitting is under way"):
            shop.refit()
        assert run(["refit", str(folder)]) == 75
    assert "try again later" in capsys.readouterr().err


def test_on_the_command_line(folder, capsys):
    assert run(["refit", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "nothing new"
    with Shop(folder) as shop:
        shop.record(later())
    assert run(["refit", str(folder)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("published: the candidate is not worse\n400 new events, 40 people asked about\nndcg@20: ")
    with Shop(folder) as shop:
        shop.record(later("cart", each=16)[::2])
    (folder / "tastemaker.toml").write_text(SETTINGS.replace('"ease", "popularity"', '"popularity"'))
    assert run(["refit", str(folder), "--people", "10"]) == 3


@pytest.mark.parametrize("given", [{"k": 0}, {"people": 1}, {"tolerance": 1.0}])
def test_numbers_out_of_range_are_refused(folder, given):
    with Shop(folder) as shop, pytest.raises(InputError):
        shop.refit(**given)


def test_an_unknown_part_is_refused(folder):
    with Shop(folder) as shop, pytest.raises(UnknownName):
        shop.refit(["nothing"])


@pytest.mark.parametrize(
    ("gap", "verdict"),
    [
        ((0.01, -0.02, 0.04), ""),
        ((-0.001, -0.004, 0.002), ""),
        ((-0.01, -0.03, 0.01), "may have lost 30%"),
        ((-0.01, -0.122, 0.01), "may have lost 100%"),
        ((-0.02, -0.03, -0.01), "whole interval"),
    ],
)
def test_the_terms_by_hand(gap, verdict):
    refusal = Terms(tolerance=0.05).refusal(Difference(*gap, p=0.5), published=0.1)
    assert refusal == "" if not verdict else verdict in refusal
