"""``evaluate`` by an experiment: arms beside each other; with known chances, what other methods would have earned.

For an estimate every method learns from what was known before the first list of the experiment, and is asked with the
history that the person had when a list was shown: what came of the lists is seen by nobody.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import History
from tastemaker.catalog.store import Store
from tastemaker.core.errors import FitError, InputError, UnknownName
from tastemaker.core.progress import Noted, Observer, track
from tastemaker.core.types import Ints
from tastemaker.evaluation.cases import Case
from tastemaker.evaluation.contest import Entrant
from tastemaker.evaluation.figures import Row
from tastemaker.evaluation.off_policy import NOTHING, Estimate, Logged, as_shown, estimates
from tastemaker.evaluation.people import NOBODY, histories_of
from tastemaker.evaluation.report import Report
from tastemaker.evaluation.trials import ANY, Outcome, compare, described, outcomes
from tastemaker.recommenders.hybrid import Hybrid
from tastemaker.shop.evaluating import SHOP, Plan, World, configs_of, entrant_of, newly_fitted, wanted_by
from tastemaker.shop.fitting import hybrid_config
from tastemaker.shop.live import View

SHOWN = "shown"
BATCH = 256
LITTLE = 0.9
"""Below this overlap much of what a method shows was never seen."""


def evaluate_experiment(view: View, store: Store, plan: Plan, observer: Observer) -> Report:
    """Judge an experiment by what came of its lists.

    Args:
        view: the shop as it is now.
        store: the lists, and what people did.
        plan: ``experiment`` is its name; ``methods`` are put beside, where the lists carry chances.
        observer: hears of progress, may cancel.

    Raises:
        UnknownName: no list was shown under that name, or there is no such method.
        InputError: more than one source of truth is given; or methods, and the lists carry no chances.
    """
    plan.check()
    name = str(plan.experiment)
    lists, deeds = store.trial(name)
    if not lists:
        raise UnknownName("experiment", name, [known for known in store.experiments() if known])
    found = outcomes(lists, deeds)
    if all(each.shown.chances and each.shown.time is not None for each in found):
        return _estimated(view.catalog, view, found, plan, observer)
    if plan.methods:
        hint = "set `explore` in [experiment]: lists are then shown with known chances"
        raise InputError("the lists carry no chances, so nothing can be said of other methods", hint=hint)
    return compare(found, seed=plan.seed)


def _estimated(
    catalog: Catalog, view: View, found: Sequence[Outcome], plan: Plan, observer: Observer
) -> Report:  # fmt: skip
    """What was shown, the shop and each method: their value by all three estimates."""
    logged = _logged(catalog, found, plan.k)
    begin = min(each.shown.time or 0.0 for each in found)
    before = catalog.interactions.where(~(catalog.interactions.time >= begin))
    world = World(catalog.with_interactions(before), view.vectors)
    cases, k = _cases(catalog, found), logged.rows.shape[1]
    configs, hybrid = configs_of(plan, wanted_by(plan)), hybrid_config(plan.settings)
    entrants = [newly_fitted(SHOP, lambda: [Hybrid(hybrid)], world, plan)]
    entrants += [entrant_of(name, config, world, plan) for name, config in configs.items() if config != hybrid]
    rows, warnings = _rows(SHOWN, k, as_shown(logged, seed=plan.seed)), []
    for entrant in entrants:
        try:
            shown = _lists_of(entrant, cases, k, observer)
        except FitError as error:
            warnings.append(f"{entrant.name} is left out: {error.message}")
            continue
        made = estimates(logged, shown, seed=plan.seed)
        rows += _rows(entrant.name, k, made)
        overlap = made["overlap"].value
        if overlap < LITTLE:
            warnings.append(
                f"{entrant.name}: only {overlap:.0%} of what it shows could have been seen; the rest counts 0"
            )
    for warning in warnings:
        observer(Noted("evaluate", warning))
    said = {"events_learned": len(before), "earned_by": "an event that speaks for the item", "warnings": warnings}
    return Report(described(found) | said, tuple(rows))


def _rows(name: str, k: int, told: Mapping[str, Estimate]) -> list[Row]:
    return [Row(name, f"{what}@{k}", one.value, one.low, one.high, one.n, 0.0) for what, one in told.items()]


def _logged(catalog: Catalog, found: Sequence[Outcome], most: int) -> Logged:
    """The lists as arrays, cut to as many places; an item that is gone has a row that no method shows."""
    k = min(most, max(len(each.shown.items) for each in found))
    rows, chances, rewards = np.full((len(found), k), NOTHING), np.ones((len(found), k)), np.zeros((len(found), k))
    for at, each in enumerate(found):
        items, good = each.shown.items[:k], each.chosen.get(ANY, frozenset())
        rows[at, : len(items)] = [catalog.row(id) if catalog.has(id) else catalog.size for id in items]
        chances[at, : len(items)] = each.shown.chances[:k]
        rewards[at, : len(items)] = [id in good for id in items]
    return Logged(tuple(each.shown.user for each in found), rows, chances, rewards)


def _cases(catalog: Catalog, found: Sequence[Outcome]) -> list[Case]:
    """Each list as a question: who, and what they had done by then."""
    histories, nothing = histories_of(catalog), np.empty(0, np.int64)
    cases = []
    for each in found:
        history: History = histories.get(each.shown.user, NOBODY)
        history = history.where(~(history.times >= (each.shown.time or 0.0)))
        cases.append(Case(each.shown.user, nothing, history.seen, history=history))
    return cases


def _lists_of(entrant: Entrant, cases: Sequence[Case], k: int, observer: Observer) -> Ints:
    """What a method would have shown. Shapes: (cases, k), ``NOTHING`` behind the end."""
    shown = np.full((len(cases), k), NOTHING)
    with track(observer, f"fit {entrant.name}"):
        rank = entrant.fit(observer)[0]
    with track(observer, f"evaluate {entrant.name}", len(cases)) as task:
        for begin in range(0, len(cases), BATCH):
            batch = cases[begin : begin + BATCH]
            for at, ranking in enumerate(rank(batch, k), begin):
                shown[at, : len(ranking)] = ranking
            task.advance(len(batch))
    return shown
