"""The planner: which way is taken, and that every way gives what it should, whatever was added or dropped."""

import numpy as np
import pytest

from tastemaker.index import planned as planner
from tastemaker.index.approximate import Approximate
from tastemaker.index.exact import ExactIndex
from tastemaker.index.planned import Effort, Efforts, PlannedIndex
from tastemaker.testing.indexes import check_index

ROWS, DIM = 4000, 64
WIDE_OPEN = Efforts({10: Effort(400), 50: Effort(1000)}, {10: Effort(100, 8), 50: Effort(400, 16)})


def unit(rng, n, dim=DIM):
    vectors = rng.normal(size=(n, dim))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def matrix():
    """Rows around fifty centres, so that there is something to find in lists."""
    rng = np.random.default_rng(0)
    rows = 2 * unit(rng, 50)[rng.integers(0, 50, ROWS)] + unit(rng, ROWS)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def approximate(matrix):
    return Approximate.make(matrix, np.ones(ROWS, bool))


@pytest.fixture
def index(matrix, approximate):
    return PlannedIndex(matrix, np.ones(ROWS, bool), approximate, WIDE_OPEN)


def planned(matrix, present):
    """What a shop would have for the contract's little world: all of it is proposed."""
    if not present.any():
        return ExactIndex(matrix, present)
    efforts = Efforts({10: Effort(150), 50: Effort(300)}, {10: Effort(150, 64)})
    return PlannedIndex(matrix, present, Approximate.make(matrix, present), efforts)


def test_it_keeps_the_contract_of_an_index():
    check_index(planned)


@pytest.mark.parametrize(
    ("kept", "k", "method"),
    [
        (4000, 10, "lists"),
        (2000, 10, "lists"),
        (800, 10, "codes"),
        (150, 10, "exact"),
        (4000, 51, "exact"),
        (0, 1, "exact"),
    ],
)
def test_the_cheapest_way_is_planned(index, kept, k, method):
    assert index.plan(kept, k).method == method


def test_lists_read_less_than_codes_and_codes_less_than_everything(index):
    megabytes = [index.plan(kept, k).megabytes for kept, k in ((4000, 10), (2000, 10), (800, 10), (4000, 51))]
    assert megabytes == sorted(megabytes)
    assert megabytes[-1] == pytest.approx(ROWS * DIM * 4 / 1e6)


@pytest.mark.parametrize("share", [1.0, 0.5, 0.02])
def test_every_way_finds_what_exact_search_finds(index, matrix, share):
    mask = np.random.default_rng(1).random(ROWS) < share
    exact = ExactIndex(matrix)
    shares = []
    for vector in matrix[:200:10]:
        rows, scores = index.search(vector, 10, mask)
        true, _ = exact.search(vector, 10, mask)
        np.testing.assert_allclose(scores, matrix[rows] @ vector, rtol=1e-5)
        assert mask[rows].all()
        shares.append(np.isin(true, rows).mean())
    assert np.mean(shares) >= 0.98


def test_a_filter_at_random_is_answered_from_the_lists_alone(index, matrix, monkeypatch):
    """What chance keeps a little less of around a question is no reason to scan all codes."""
    mask = np.random.default_rng(1).random(ROWS) < 0.4
    assert index.plan(int(mask.sum()), 10).method == "lists"
    monkeypatch.setattr(Approximate, "scan", lambda *_: pytest.fail("all codes were scanned"))
    for vector in matrix[::50]:
        index.search(vector, 10, mask)


def test_under_a_narrow_filter_only_kept_rows_of_the_lists_are_looked_at(matrix, approximate, monkeypatch):
    monkeypatch.setattr(planner, "LOOK", 0.0)
    efforts = Efforts({10: Effort(400)}, {10: Effort(100, 8), 2000: Effort(300, 32)})
    index = PlannedIndex(matrix, np.ones(ROWS, bool), approximate, efforts)
    mask = np.random.default_rng(2).random(ROWS) < 0.1
    plan = index.plan(int(mask.sum()), 10)
    assert (plan.method, plan.narrow) == ("lists", True)
    probed = []
    probe = Approximate.probe
    monkeypatch.setattr(Approximate, "scan", lambda *_: pytest.fail("all codes were scanned"))
    monkeypatch.setattr(Approximate, "probe", lambda *given: probed.append(given[-1]) or probe(*given))
    shares = []
    for vector in matrix[::200]:
        rows, _ = index.search(vector, 10, mask)
        assert mask[rows].all()
        shares.append(np.isin(ExactIndex(matrix).search(vector, 10, mask)[0], rows).mean())
    assert np.mean(shares) >= 0.95
    assert probed
    assert all(np.array_equal(kept, mask) for kept in probed)


def test_a_narrow_filter_that_keeps_nothing_near_is_answered_from_the_codes(matrix, approximate, monkeypatch):
    monkeypatch.setattr(planner, "LOOK", 0.0)
    efforts = Efforts({10: Effort(400)}, {10: Effort(100, 8), 2000: Effort(300, 16)})
    index = PlannedIndex(matrix, np.ones(ROWS, bool), approximate, efforts)
    mask = np.zeros(ROWS, bool)
    mask[ExactIndex(matrix).search(-matrix[0], ROWS // 10)[0]] = True
    assert index.plan(int(mask.sum()), 10).method == "lists"
    rows, _ = index.search(matrix[0], 10, mask)
    assert np.isin(ExactIndex(matrix).search(matrix[0], 10, mask)[0], rows).mean() >= 0.9


def test_a_filter_of_whole_regions_is_answered_for_questions_from_outside(matrix, approximate, monkeypatch):
    """Five of fifty clusters are kept: as many of the looked at rows as anywhere, and none of the nearest."""
    monkeypatch.setattr(planner, "LOOK", 0.0)
    efforts = Efforts({10: Effort(400)}, {10: Effort(100, 8), 2000: Effort(600, 32)})
    index = PlannedIndex(matrix, np.ones(ROWS, bool), approximate, efforts)
    cluster = np.argmax(matrix @ matrix[:400:8].T, axis=1)  # the nearest of fifty rows
    mask = np.isin(cluster, [3, 11, 20, 31, 42])
    assert index.plan(int(mask.sum()), 10).narrow
    shares = [
        np.isin(ExactIndex(matrix).search(vector, 10, mask)[0], index.search(vector, 10, mask)[0]).mean()
        for vector in matrix[~mask][::40]
    ]
    assert np.mean(shares) >= 0.97


def test_a_filter_that_takes_away_just_what_is_near_is_answered_from_the_codes(index, matrix):
    """It keeps 95 %, so lists are planned; around the question it keeps nothing."""
    near, _ = ExactIndex(matrix).search(matrix[0], ROWS // 20)
    mask = np.ones(ROWS, bool)
    mask[near] = False
    assert index.plan(int(mask.sum()), 10).method == "lists"
    rows, _ = index.search(matrix[0], 10, mask)
    true, _ = ExactIndex(matrix).search(matrix[0], 10, mask)
    assert np.isin(true, rows).mean() >= 0.8
    assert mask[rows].all()


def test_a_filter_that_keeps_the_far_half_is_not_left_to_the_lists(matrix, approximate):
    """Half of the rows are kept, so lists are planned for a longer answer; around the question none is."""
    efforts = Efforts({10: Effort(400), 500: Effort(1500)}, {10: Effort(60, 2), 50: Effort(120, 4)})
    index = PlannedIndex(matrix, np.ones(ROWS, bool), approximate, efforts)
    mask = np.ones(ROWS, bool)
    mask[ExactIndex(matrix).search(matrix[0], ROWS // 2)[0]] = False
    plan = index.plan(ROWS // 2, 10)
    assert (plan.method, plan.effort) == ("lists", Effort(120, 4))
    rows, _ = index.search(matrix[0], 10, mask)
    assert mask[rows].all()
    assert np.isin(ExactIndex(matrix).search(matrix[0], 10, mask)[0], rows).mean() >= 0.8


def test_what_changed_since_it_was_built_counts_at_once(matrix, approximate):
    """Row 7 is somewhere else now, row 8 is gone, two rows came later."""
    rng = np.random.default_rng(5)
    now = np.concatenate([matrix, unit(rng, 2)])
    now[7] = unit(rng, 1)[0]
    present = np.ones(ROWS + 2, bool)
    present[8] = False
    stale = np.zeros(ROWS + 2, bool)
    stale[[7, 8]] = True
    index = PlannedIndex(now, present, approximate, WIDE_OPEN, stale)
    assert index.stale == 3
    for row in (7, ROWS, ROWS + 1):
        assert index.search(now[row], 1)[0].tolist() == [row]
    assert 7 not in index.search(matrix[7], 10)[0]
    assert 8 not in index.search(matrix[8], 50)[0]


def test_of_equals_the_lower_row_comes_first(approximate, matrix):
    twins = matrix.copy()
    twins[[30, 20]] = twins[10]
    stale = np.isin(np.arange(ROWS), [20, 30])
    index = PlannedIndex(twins, np.ones(ROWS, bool), approximate, WIDE_OPEN, stale)
    assert index.search(twins[10], 3)[0].tolist() == [10, 20, 30]


def test_efforts_survive_the_disk():
    assert Efforts.restore(WIDE_OPEN.settings()) == WIDE_OPEN
    with pytest.raises(TypeError):
        Efforts.restore({"codes": "many", "lists": []})
