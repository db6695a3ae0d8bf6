"""The runner: known worlds give known values, baselines are always there, cheating is an error."""

import numpy as np
import pytest

from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.interactions import History
from tastemaker.core.errors import Cancelled, InputError
from tastemaker.core.progress import Advanced, Cancellable, Finished, Started
from tastemaker.evaluation import judge, rankers
from tastemaker.evaluation.candidates import read_candidates
from tastemaker.evaluation.cases import Case, Truth
from tastemaker.evaluation.people import histories_of, person_cases
from tastemaker.evaluation.runner import evaluate
from tastemaker.recommenders.ease import Ease
from tastemaker.testing.worlds import checkerboard, parity_vectors


@pytest.fixture(scope="module")
def catalog():
    return checkerboard()


@pytest.fixture(scope="module")
def truth(catalog):
    """Everybody took two more items of their parity."""
    wanted = {}
    for number, (person, history) in enumerate(histories_of(catalog).items()):
        own = np.arange(36)[np.arange(36) % 2 == int(person[-3:]) % 2]
        wanted[person] = np.setdiff1d(own, history.seen)[number % 3 :][:2]
    return person_cases(wanted, histories_of(catalog), read_candidates("all", catalog), {"source": "test"})


def oracle(cases, k):
    """Knows the answer."""
    return [case.positives[:k] for case in cases]


def parity(cases, k):
    """Ranks what is left of the person's own parity."""
    found = []
    for case in cases:
        own = np.arange(36)[np.arange(36) % 2 == case.history.rows[0] % 2]
        found.append(np.setdiff1d(own, case.seen)[:k])
    return found


def test_an_oracle_reaches_one_and_baselines_stand_beside(catalog, truth):
    report = evaluate(truth, catalog, {"oracle": oracle}, ks=(2, 5))
    assert report.methods == ["oracle", "popularity", "random"]
    assert report.metrics == [
        *(f"{metric}@{k}" for k in (2, 5) for metric in ("recall", "ndcg", "hitrate", "mrr", "map")),
        *("coverage@2", "gini@2", "coverage@5", "gini@5", "novelty@5", "lift@5", "calibration@5"),
    ]
    for metric in ("recall@2", "ndcg@5", "mrr@2", "hitrate@5", "map@5"):
        row = report.row("oracle", metric)
        assert (row.value, row.low, row.high, row.n) == (1, 1, 1, 60)
    shown = len(np.unique(np.concatenate([case.positives for case in truth.cases])))
    assert report.row("oracle", "coverage@5").value == shown / 40
    assert report.row("random", "recall@5").value < 0.5


def test_knowing_the_parity_beats_chance_as_much_as_it_must(catalog, truth):
    report = evaluate(truth, catalog, {"parity": parity}, ks=(9,))
    assert report.row("parity", "recall@9").value == 1  # nine of its 18 are had: the other nine are all ranked
    assert report.compare("parity", "random", "recall@9").low > 0


def test_chance_finds_what_it_must(catalog, truth):
    seeds = [evaluate(truth, catalog, {}, ks=(9,), seed=seed).row("random", "recall@9").value for seed in range(30)]
    assert np.mean(seeds) == pytest.approx(9 / 31, abs=0.02)  # 40 items less the nine that everybody has


def test_a_recommender_is_judged_by_its_scores(catalog, truth):
    ease = Ease().fit(catalog, None)
    report = evaluate(truth, catalog, {"ease": rankers.from_recommender(ease, catalog.alive)}, ks=(9,))
    assert report.row("ease", "recall@9").value > 0.95


def test_own_popularity_replaces_the_baseline(catalog, truth):
    report = evaluate(truth, catalog, {"popularity": oracle})
    assert report.methods == ["popularity", "random"]
    assert report.row("popularity", "recall@20").value == 1
    assert report.protocol["baselines_added"] == "random"


def test_the_same_seed_gives_the_same_table(catalog, truth):
    def table(seed):
        rows = evaluate(truth, catalog, {}, seed=seed).rows
        return [(row.method, row.metric, row.value, row.low, row.high) for row in rows]

    assert table(1) == table(1)
    assert table(1) != table(2)


def test_batches_do_not_change_the_table(catalog, truth, monkeypatch):
    whole = evaluate(truth, catalog, {}).rows
    monkeypatch.setattr(judge, "BATCH", 7)
    assert [row.value for row in evaluate(truth, catalog, {}).rows] == [row.value for row in whole]


def cheat(ranking):
    return lambda cases, k: [np.array(ranking(case)) for case in cases]


@pytest.mark.parametrize(
    ("method", "says"),
    [
        (cheat(lambda case: [case.seen[0]]), "must not be ranked"),
        (cheat(lambda case: [case.positives[0]] * 2), "'item-.*' twice"),
        (cheat(lambda case: [40]), "not in the catalog"),
        (cheat(lambda case: [-1]), "not in the catalog"),
        (lambda cases, k: [], "gave 0 rankings for 60 cases"),
    ],
)
def test_cheating_is_an_error(catalog, truth, method, says):
    with pytest.raises(InputError, match=says):
        evaluate(truth, catalog, {"cheat": method})


def test_ranking_something_that_is_not_a_candidate_is_an_error(catalog):
    pool = read_candidates("cold", catalog)
    truth = person_cases({"stranger": [36]}, {}, pool, {})
    with pytest.raises(InputError, match="'item-000' that is not a candidate"):
        evaluate(truth, catalog, {"cheat": cheat(lambda case: [0])})
    report = evaluate(truth, catalog, {}, ks=(4,))
    assert report.row("random", "recall@4").value == 1  # only the four cold items are ranked
    assert report.row("random", "coverage@4").value == 1


def test_nothing_to_judge_is_an_error(catalog):
    with pytest.raises(InputError, match="no case") as caught:
        evaluate(Truth((), {"people": 3, "people_left_out": 3}), catalog, {})
    assert "people_left_out 3" in caught.value.hint
    case = Case("a", np.array([1]), np.array([], np.int64))
    for ks in ((), (0,), (5, -1)):
        with pytest.raises(InputError, match="must be 1 or more"):
            evaluate(Truth((case,), {}), catalog, {}, ks=ks)


def test_warnings_reach_the_report(catalog):
    case = Case("a", np.array([1]), np.array([], np.int64))
    report = evaluate(Truth((case,), {"source": "x"}, ("mind the gap",)), catalog, {})
    assert report.to_json()["protocol"]["warnings"] == ["mind the gap"]
    assert "warning: mind the gap" in str(report)


def test_progress_is_reported_and_can_be_stopped(catalog, truth):
    seen = []
    evaluate(truth, catalog, {}, observer=seen.append)
    assert [type(event) for event in seen] == [Started, Advanced, Finished] * 2
    assert seen[0].task == "evaluate popularity"
    stopped = Cancellable()
    stopped.cancel()
    with pytest.raises(Cancelled):
        evaluate(truth, catalog, {}, observer=stopped)


def test_popularity_counts_events_and_leaves_out_what_was_had(catalog):
    counts = catalog.interactions.counts()
    best = int(counts.argmax())
    people = [Case("new", np.array([0]), np.array([], np.int64)), Case("has", np.array([0]), np.array([best]))]
    first, second = rankers.popularity(catalog)(people, 5)
    assert counts[first[0]] == counts[best]
    assert (np.diff(counts[first]) <= 0).all()
    assert best not in second


def test_equals_do_not_fall_in_file_order():
    rank = rankers.from_scores(lambda cases, rows: np.zeros((len(cases), len(rows))), np.ones(50, bool))
    (ranking,) = rank([Case("a", np.array([0]), np.array([], np.int64))], 50)
    assert sorted(ranking.tolist()) == list(range(50))
    assert ranking.tolist() != list(range(50))


def test_rows_scored_minus_infinity_and_removed_rows_are_left_out():
    alive = np.array([True, True, True, False])
    rank = rankers.from_scores(lambda cases, rows: np.array([[-np.inf if row == 1 else row for row in rows]]), alive)
    case = Case("a", np.array([0]), np.array([], np.int64), history=History.of([]))
    assert rank([case], 10)[0].tolist() == [2, 0]
    assert rank([], 10) == []


def test_a_case_allows_its_living_candidates_less_what_was_seen():
    alive = np.array([True, True, True, False])
    seen = np.array([0])
    assert Case("a", np.array([1]), seen).allowed(alive).tolist() == [False, True, True, False]
    assert Case("a", np.array([1]), seen, np.array([0, 1, 3])).allowed(alive).tolist() == [False, True, False, False]
    assert alive.tolist() == [True, True, True, False]


def test_several_trainings_are_a_mean_and_their_spread_widens_the_interval(catalog, truth):
    def blind(cases, k):
        return [np.zeros(0, np.int64) for _ in cases]

    methods = {"steady": [parity, parity], "lucky": [parity, blind]}
    report = evaluate(truth, catalog, methods, ks=(9,))
    assert report.row("steady", "recall@9").value == 1
    assert report.row("steady", "recall@9").low == 1
    lucky = report.row("lucky", "recall@9")
    assert (lucky.value, lucky.low, lucky.high) == (0.5, 0, 1)
    assert (report.costs["lucky"].seeds, report.costs["random"].seeds) == (2, 1)
    assert report.per_case["lucky", "recall@9"].tolist() == [0.5] * 60


def test_figures_of_parts_of_the_cases(catalog, truth):
    report = evaluate(truth, catalog, {"oracle": oracle, "parity": parity}, ks=(9,))
    of = {(row.method, row.group): row for row in report.groups}
    assert {group for _, group in of} == {"warm items", "5 to 19 events", "hot items"} & {group for _, group in of}
    assert of["oracle", "5 to 19 events"].value == 1
    assert of["oracle", "5 to 19 events"].n == 60
    fame = np.asarray(catalog.interactions.matrix().sum(axis=0)).ravel()
    warm = [case for case in truth.cases if (fame[case.positives] < 20).any()]
    assert of["random", "warm items"].n == len(warm)
    by_hand = []
    (ranked,) = [rankers.popularity(catalog)(truth.cases, 9)]
    for case, ranking in zip(truth.cases, ranked, strict=True):
        rows = case.positives[fame[case.positives] < 20]
        by_hand += [np.isin(rows, ranking).mean()] if len(rows) else []
    assert of["popularity", "warm items"].value == pytest.approx(np.mean(by_hand))


def test_vectors_bring_the_diversity(catalog, truth):
    vectors = ItemVectors(parity_vectors(catalog), {})
    report = evaluate(truth, catalog, {"parity": parity}, ks=(9,), vectors=vectors)
    assert report.row("parity", "diversity@9").value < 0.3 < report.row("random", "diversity@9").value
    assert report.row("parity", "calibration@9").value == 0  # everybody took one parity only
    assert report.row("random", "calibration@9").value > 0.5
    assert report.protocol["calibrated_by"] == "parity"
