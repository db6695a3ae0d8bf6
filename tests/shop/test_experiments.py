"""Experiments through recommend and evaluate: split, interleaved, explored; and estimates against a known truth."""

import json
import shutil

import pytest

from tastemaker.catalog.events import Event
from tastemaker.catalog.impressions import Impression
from tastemaker.cli.app import run
from tastemaker.core.errors import ConfigError, InputError, UnknownName
from tastemaker.core.seeds import generator
from tastemaker.evaluation.interleaving import assign
from tastemaker.shop import Shop
from tastemaker.shop.experimenting import ExperimentConfig
from tests.shop.parity import BEGIN, DAY, ITEMS, SETTINGS, later, write_parity

PEOPLE = [f"u{number}" for number in range(40)]


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    root = write_parity(tmp_path_factory.mktemp("trial") / "shop")
    with Shop(root) as shop:
        shop.record(later(each=6))
        shop.fit()
    return root


@pytest.fixture
def folder(fitted, tmp_path):
    return shutil.copytree(fitted, tmp_path / "shop")


def opened(folder, settings=SETTINGS, **values):
    lines = "".join(f"{name} = {json.dumps(value)}\n" for name, value in values.items())
    (folder / "tastemaker.toml").write_text(f'{settings}\n[experiment]\nname = "x"\n{lines}')
    return Shop(folder)


def parity(id):
    return int(id.split("-")[1]) % 2


def test_without_an_experiment_nothing_is_kept(folder):
    with Shop(folder) as shop:
        assert shop.recommend("u1").token == ""
        assert shop.store.experiments() == {}


def test_a_split_shows_each_person_the_arm_of_their_hash(folder):
    with Shop(folder) as plain:
        served = {user: plain.recommend(user, k=5).ids for user in PEOPLE}
    with opened(folder, arms=["shop", "popularity"], share=0.3) as shop:
        assert shop.recommend(k=5).token == ""  # nobody is named
        rankings = {user: shop.recommend(user, k=5) for user in PEOPLE}
        lists, _ = shop.store.trial("x")
        by = {each.token: each for each in lists}
        for user, ranking in rankings.items():
            kept = by[ranking.token]
            arm = ("shop", "popularity")[assign("x", user, (0.7, 0.3))]
            assert (kept.user, list(kept.items), kept.arms) == (user, ranking.ids, (arm,))
            assert arm == "popularity" or ranking.ids == served[user]
        assert {each.arms for each in lists} == {("shop",), ("popularity",)}
        assert any(rankings[user].ids != served[user] for user in PEOPLE)


def test_what_came_of_a_split_is_told_by_arm(folder):
    with opened(folder, arms=["shop", "popularity"]) as shop:
        rankings = {user: shop.recommend(user, k=5) for user in PEOPLE}
        shop.record([Event(user, rankings[user].ids[0], "buy", token=rankings[user].token) for user in PEOPLE[:10]])
        report = shop.evaluate(experiment="x")
        rows = [report.row(arm, "buy@5") for arm in report.methods]
        assert sum(row.value * row.n for row in rows) == pytest.approx(10)
        with pytest.raises(InputError, match="no chances"):
            shop.evaluate(experiment="x", methods=["ease"])
        with pytest.raises(UnknownName, match="experiment 'y'"):
            shop.evaluate(experiment="y")


def test_a_version_can_be_an_arm(folder):
    with Shop(folder) as shop:
        shop.record(later("cart", each=8)[::3])
        shop.fit()
        first = shop.versions[-2].id
    with opened(folder, arms=["shop", first]) as shop:
        for user in PEOPLE:
            shop.recommend(user, k=3)
        assert {each.arms[0] for each in shop.store.trial("x")[0]} == {"shop", first}


def test_a_version_as_an_arm_hears_of_events(folder):
    with Shop(folder) as shop:
        shop.record(later("cart", each=8)[::3])
        shop.fit()
        first = shop.versions[-2].id
    with opened(folder, arms=["shop", first]) as shop:
        before = shop._experiment._view(shop.view, first).warmed()
        shop.record([Event("new", "item-7", "buy")])
        view = shop.refresh(events=True)
        arm = shop._experiment._view(view, first)
        assert arm.fitted is before.fitted is not view.fitted
        assert arm.place is before.place
        assert arm.popularity[7] == before.popularity[7] + 1


def test_an_arm_that_is_not_there_is_told_and_the_shop_answers(folder):
    with opened(folder, arms=["nothing", "shop"], share=0.01) as shop:
        ranking = shop.recommend("u1", k=4)
        assert (len(ranking), ranking.token) == (4, "")
        assert ranking.notes[-1] == "not in the experiment: unknown arm 'nothing'"
        assert shop.store.experiments() == {}


def test_an_interleaved_list_holds_both_and_gives_credit(folder):
    with opened(folder, arms=["ease", "popularity"], interleave=True) as shop:
        for user in PEOPLE[:24]:
            ranking = shop.recommend(user, k=8)
            assert len(set(ranking.ids)) == len(ranking) == 8
            liked = [id for id in ranking.ids if parity(id) == int(user[1:]) % 2]
            shop.record([Event(user, id, "buy", token=ranking.token) for id in liked])
        kept = shop.store.trial("x")[0][0]
        assert len(kept.arms) == 8
        assert set(kept.arms) <= {"ease", "popularity", "both"}
        report = shop.evaluate(experiment="x")
        ease, popularity = (report.row(arm, "preferred@8").value for arm in ("ease", "popularity"))
        assert ease > 0.5 > popularity
        assert ease + popularity == pytest.approx(1.0)


def test_exploring_shuffles_as_often_as_it_says_and_writes_the_chances_down(folder):
    with Shop(folder) as plain:
        usual = plain.recommend("u1", k=6).ids
    with opened(folder, explore=0.5, depth=6) as shop:
        lists = [shop.recommend("u1", k=3) for _ in range(40)]
        kept = shop.store.trial("x")[0]
        same = sum(ranking.ids == usual[:3] for ranking in lists)
        assert 10 < same < 35
        for each in kept:
            expected = [0.5 * (id == usual[at]) + 0.5 / 6 for at, id in enumerate(each.items)]
            assert each.chances == pytest.approx(expected)
        assert {id for each in kept for id in each.items} <= set(usual)


def test_what_was_explored_is_judged_by_what_it_earned(folder):
    with opened(folder, explore=0.5, depth=6) as shop:
        rankings = {user: shop.recommend(user, k=3) for user in PEOPLE[:8]}
        shop.record([Event(user, ranking.ids[1], "buy", token=ranking.token) for user, ranking in rankings.items()][:6])
        report = shop.evaluate(experiment="x", methods=["popularity"])
        assert report.methods == ["shown", "shop", "popularity"]
        assert report.row("shown", "ips@3").value == report.row("shown", "dr@3").value == 6 / 8


def test_estimates_find_the_better_method_from_what_another_has_shown(folder):
    """Lists were drawn by chance, and people like half of what is of their parity: ease would have earned more."""
    chance, told = generator(5, "likes"), []
    for number, user in enumerate(PEOPLE * 25):
        rows = chance.permutation(ITEMS)[:3].tolist()
        items, time = tuple(f"item-{row}" for row in rows), BEGIN + 40 * DAY + number
        told.append(Impression(user, items, f"t{number}", time, (1 / ITEMS,) * 3, "by chance"))
        good = [id for id in items if parity(id) == int(user[1:]) % 2 and chance.random() < 0.5]
        told += [Event(user, id, "like", time=time + 1, token=f"t{number}") for id in good]
    with Shop(folder) as shop:
        shop.record(told)
        report = shop.evaluate(experiment="by chance", methods=["ease", "popularity"], k=3)
    assert report.row("shown", "ips@3").value == pytest.approx(0.75, abs=0.1)
    assert report.row("ease", "dr@3").low < 1.5 < report.row("ease", "dr@3").high
    assert report.row("ease", "snips@3").value > 1.5 * report.row("popularity", "snips@3").value
    assert report.row("ease", "overlap@3").value == pytest.approx(1.0, abs=0.2)
    assert report.protocol["lists"] == 1_000


def test_on_the_command_line(folder, capsys):
    opened(folder, arms=["shop", "ease"]).close()
    for user in PEOPLE[:6]:
        assert run(["recommend", str(folder), "--user", user, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["token"]
    assert run(["evaluate", str(folder), "--experiment", "x", "--json"]) == 0
    assert {row["method"] for row in json.loads(capsys.readouterr().out)["rows"]} <= {"shop", "ease"}
    assert run(["evaluate", str(folder), "--experiment", "x", "--split", "time"]) == 2


@pytest.mark.parametrize(
    "values",
    [{"arms": ["shop"]}, {"arms": ["shop", "shop"]}, {"arms": ["shop", "ease"], "explore": 0.1}, {"interleave": True},
     {"share": 1.0}, {"name": "a|b"}],
)  # fmt: skip
def test_settings_that_do_not_go_together_are_refused(values):
    with pytest.raises(ConfigError):
        ExperimentConfig.read(values)


@pytest.mark.parametrize(
    ("values", "why"),
    [({"arms": ["shop", "ease"]}, "it has no name"), ({"name": "x", "arms": ["shop"]}, "arms must be"),
     ({"nam": "x"}, "unknown setting 'nam'"), ({"name": "x", "share": 2}, "setting 'share' is 2")],
)  # fmt: skip
def test_what_is_wrong_with_an_experiment_names_the_table_and_the_next_step(values, why):
    with pytest.raises(ConfigError) as caught:
        ExperimentConfig.read(values)
    assert caught.value.message.startswith(f"[experiment] in tastemaker.toml: {why}")
    assert caught.value.hint
