"""The contract of a recommender, clause by clause, in the checkerboard world.

See :class:`tastemaker.recommenders.base.Recommender`. A clause takes a factory of unfitted recommenders; a method that
answers everybody alike (popularity, chance) passes ``personal=False``.
"""

from collections.abc import Callable

import numpy as np

from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import History
from tastemaker.core.config import Config
from tastemaker.core.errors import FitError
from tastemaker.core.types import Floats, Ints
from tastemaker.recommenders.base import Recommender
from tastemaker.testing.contract import require, require_equal, through_storage
from tastemaker.testing.worlds import checkerboard, history_of, parity_vectors, with_new_items

Factory = Callable[[], Recommender[Config]]
"""Makes an unfitted recommender; the same settings each time."""
COLD = 4


def check_recommender(factory: Factory, *, personal: bool = True) -> None:
    """Run every clause.

    Args:
        factory: makes an unfitted recommender.
        personal: does the history change the answer? If so, parity must be found.

    Raises:
        ContractBroken: a clause does not hold.
    """
    for clause in CLAUSES:
        clause(factory)
    for clause in PERSONAL_CLAUSES if personal else ():
        clause(factory)


def says_what_it_is(factory: Factory) -> None:
    """Figure, source, config and flags are there."""
    method = factory()
    require(isinstance(method, Recommender), f"{type(method).__name__} is not a Recommender")
    require(method.figure, "figure is empty; write '-' when the survey has none")
    require(len(method.source) > 10, f"source is {method.source!r}; name the paper and the equation")
    require(isinstance(method.config, method.config_class), "config is not an instance of config_class")
    require(isinstance(method.serves_cold_items, bool), "serves_cold_items is not a bool")
    require(isinstance(method.serves_new_users, bool), "serves_new_users is not a bool")


def answers_in_shape(factory: Factory) -> None:
    """One float32 row a history, one column a candidate, never NaN; also for none of either."""
    method, rows = _fitted(factory), np.arange(40)
    histories = [history_of(0), history_of(1), History.of([])]
    for asked, candidates in ((histories, rows), ([], rows), (histories, rows[:0]), (histories, rows[5:6])):
        scores = method.score(asked, candidates)
        expected = (len(asked), len(candidates))
        require(scores.shape == expected, f"scores have shape {scores.shape} instead of {expected}")
        require(scores.dtype == np.float32, f"scores are {scores.dtype}, not float32")
        require(not np.isnan(scores).any(), "a score is NaN; -inf means 'cannot say'")
        require(not np.isposinf(scores).any(), "a score is +inf")


def fits_twice_as_once(factory: Factory) -> None:
    """A second fit forgets the first, even one on other data; fitting changes none of its inputs."""
    catalog, vectors = _world()
    once = factory().fit(catalog, vectors)
    again = factory().fit(*_world(seed=5)).fit(catalog, vectors)
    require_equal(_ask(again), _ask(once), "fitting twice changes the scores")
    fresh = _world()[1].matrix
    require(np.array_equal(vectors.matrix, fresh), "fit changed the vectors it was given")


def answers_a_batch_as_one_by_one(factory: Factory) -> None:
    """Other people in the same call change nothing; nor does the order of the candidates."""
    method, rows = _fitted(factory), np.arange(40)
    histories = [history_of(0), history_of(1, 7), History.of([]), history_of(0, 2), history_of(1)]
    together = method.score(histories, rows)
    apart = np.concatenate([method.score([history], rows) for history in histories])
    require_equal(together, apart, "a batch scores differently than one by one")
    backwards = method.score(histories, rows[::-1].copy())[:, ::-1]
    require_equal(backwards, together, "the order of the candidates changes their scores")


def answers_twice_alike(factory: Factory) -> None:
    """Asking changes nothing."""
    method = _fitted(factory)
    require_equal(_ask(method), _ask(method), "asking twice gives other scores", tolerance=0)


def comes_back_from_storage(factory: Factory) -> None:
    """Its tensors through safetensors give the same answers, also after a refresh, as happens at every start."""
    method = _fitted(factory)
    restored = factory().restore(through_storage(method.tensors()))
    catalog, vectors = _world()
    restored.refresh(catalog, vectors)
    method.refresh(catalog, vectors)
    require_equal(_ask(restored), _ask(method), "scores differ after storing and restoring")


def is_honest_about_cold_items(factory: Factory) -> None:
    """A method that claims cold items scores all that have a vector; one that does not never puts them on top."""
    method = _fitted(factory)
    cold, warm = np.arange(40 - COLD, 40), np.arange(40 - COLD)
    scores = method.score([history_of(0), history_of(1)], np.arange(40))
    if method.serves_cold_items:
        require(np.isfinite(scores[:, cold]).all(), "claims to serve cold items, but scores one -inf")
    else:
        best = scores[:, cold].max(axis=1)
        known = np.where(np.isfinite(scores[:, warm]), scores[:, warm], np.inf).min(axis=1)
        require((best <= known).all(), "does not claim cold items, yet puts one above a warm item; score it -inf")


def survives_rows_beyond_its_fit(factory: Factory) -> None:
    """Items added later: -inf or a number at once; after a refresh, a number where it claims cold items."""
    method = _fitted(factory)
    grown = with_new_items(_world()[0])
    late = np.array([3, 40, 41])
    histories = [history_of(0), History.of([40, 2]), History.of([41])]
    for moment in ("before", "after"):
        scores = method.score(histories, late)
        require(scores.shape == (3, 3), f"{moment} refresh: shape {scores.shape} instead of (3, 3)")
        require(not np.isnan(scores).any(), f"{moment} refresh: a late row scores NaN")
        method.refresh(grown, vectors_of(grown))
    if method.serves_cold_items:
        scores = method.score([history_of(0)], late)
        require(np.isfinite(scores).all(), "claims to serve cold items, but cannot score one that was added live")


def takes_any_history(factory: Factory) -> None:
    """Nothing but dislikes, one item again and again, an item the fit did not know: a row of numbers, no error."""
    method = _fitted(factory)
    plain = history_of(0)
    odd = [
        History(plain.rows, -plain.weights, plain.times),
        History.of([2] * 50),
        History(plain.rows, np.zeros_like(plain.weights), plain.times),
        History.of([39]),
    ]
    scores = method.score(odd, np.arange(40))
    require(not np.isnan(scores).any(), "a history of dislikes, repeats or cold items scores NaN")


def refuses_or_serves_poor_shops(factory: Factory) -> None:
    """Without vectors, without events or with a single item: fits, or raises FitError - nothing else."""
    catalog, vectors = _world()
    none = catalog.with_interactions(catalog.interactions.where(np.zeros(len(catalog.interactions), bool)))
    one = checkerboard(items=2, people=1, cold=0, events=1)
    for name, shop, known in (
        ("no vectors", catalog, None),
        ("no events", none, vectors),
        ("one event", one, vectors_of(one)),
        ("nothing", none, None),
    ):
        try:
            method = factory().fit(shop, known)
        except FitError:
            continue
        scores = method.score([History.of([0])], np.arange(shop.size))
        require(not np.isnan(scores).any(), f"a shop with {name} gives NaN")


def gives_reasons_from_the_history(factory: Factory) -> None:
    """Reasons are rows of the history that were not disliked, at most n, with shares of 0 to 1 that do not exceed 1."""
    method = _fitted(factory)
    history = History.of([0, 2, 4, 6, 1])
    history.weights[-1] = -1.0
    for row in (8, 10, 38):
        reasons = method.because(history, row, n=2)
        require(len(reasons) <= 2, f"{len(reasons)} reasons where 2 were asked for")
        require({place for place, _ in reasons} <= {0, 2, 4, 6}, f"reasons {reasons} name rows the person never liked")
        shares = [share for _, share in reasons]
        require(all(0 <= share <= 1 + 1e-6 for share in shares), f"shares {shares} are not between 0 and 1")
        require(sum(shares) <= 1 + 1e-4, f"shares {shares} sum to more than 1")
    require(method.because(History.of([]), 8) == [], "an empty history gives reasons")


def finds_the_parity(factory: Factory) -> None:
    """A person it has never met, who likes even items, gets even ones first; likewise odd."""
    method = _fitted(factory)
    for parity in (0, 1):
        history = history_of(parity)
        _require_parity(method, history, np.setdiff1d(np.arange(40 - COLD), history.rows), parity, "warm")


def finds_the_parity_of_cold_items(factory: Factory) -> None:
    """A method that claims cold items tells them apart by what they are, live ones included."""
    method = _fitted(factory)
    if not method.serves_cold_items:
        return
    grown = with_new_items(_world()[0])
    method.refresh(grown, vectors_of(grown))
    for parity in (0, 1):
        _require_parity(method, history_of(parity), np.arange(40 - COLD, 42), parity, "cold")


def vectors_of(catalog: Catalog) -> ItemVectors:
    """Vectors that know the parity, for every row."""
    there = np.ones(catalog.size, bool)
    return ItemVectors(parity_vectors(catalog), {"text": there, "picture": ~there})


CLAUSES: tuple[Callable[[Factory], None], ...] = (
    says_what_it_is,
    answers_in_shape,
    fits_twice_as_once,
    answers_a_batch_as_one_by_one,
    answers_twice_alike,
    comes_back_from_storage,
    is_honest_about_cold_items,
    survives_rows_beyond_its_fit,
    takes_any_history,
    refuses_or_serves_poor_shops,
    gives_reasons_from_the_history,
)
"""What every recommender keeps."""
PERSONAL_CLAUSES: tuple[Callable[[Factory], None], ...] = (finds_the_parity, finds_the_parity_of_cold_items)
"""What every recommender keeps that looks at the history."""


def _world(seed: int = 0) -> tuple[Catalog, ItemVectors]:
    catalog = checkerboard(cold=COLD, seed=seed)
    return catalog, vectors_of(catalog)


def _fitted(factory: Factory) -> Recommender[Config]:
    method = factory()
    require(method.fit(*_world()) is method, "fit does not return self")
    return method


def _ask(method: Recommender[Config]) -> Floats:
    return method.score([history_of(0), history_of(1, 6), History.of([])], np.arange(40))


def _require_parity(method: Recommender[Config], history: History, rows: Ints, parity: int, what: str) -> None:
    scores = method.score([history], rows)[0]
    right, wrong = scores[rows % 2 == parity], scores[rows % 2 != parity]
    worst, best = float(right.min()), float(wrong.max())
    message = f"{what} items of the person's own parity score {worst:.3g} at worst, the others {best:.3g} at best"
    require(worst > best, message)
