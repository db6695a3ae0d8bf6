"""``evaluate``: what the workspace serves, beside recommenders and plain baselines, on ground truth that is data.

With ``events`` and ``queries`` the shop is judged as it is fitted. With a split, the shop's own events are cut in two
and every method, the shop's hybrid included, is fitted on the first part alone. Items that are sold out today are
ranked too: what people did may be older.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.decoding import decode
from tastemaker.catalog.interactions import History
from tastemaker.catalog.store import Store
from tastemaker.core import registry
from tastemaker.core.errors import FilterError, FitError, InputError, PictureError, UnknownName
from tastemaker.core.progress import Noted, Observer
from tastemaker.core.types import Ints
from tastemaker.evaluation.cases import Case, QueryRow, Truth
from tastemaker.evaluation.files import read_events_truth, read_queries
from tastemaker.evaluation.protocols import Protocol
from tastemaker.evaluation.rankers import Ranker, from_recommender
from tastemaker.evaluation.report import Report
from tastemaker.evaluation.runner import evaluate as run
from tastemaker.index.exact import best
from tastemaker.recommenders.base import Recommender
from tastemaker.recommenders.hybrid import Hybrid
from tastemaker.shop import searching
from tastemaker.shop.fitting import hybrid_config
from tastemaker.shop.live import View
from tastemaker.shop.recommending import score

NOBODY = History.of([])


@dataclass(frozen=True)
class Plan:
    """What is to be evaluated; see :meth:`tastemaker.Shop.evaluate`. ``settings`` are the workspace's, by method."""

    events: Path | str | None
    queries: Path | str | None
    split: str | None
    methods: tuple[str, ...]
    candidates: str
    k: int
    seed: int
    settings: Mapping[str, Mapping[str, object]]


def evaluate(view: View, store: Store, plan: Plan, observer: Observer) -> Report:
    """Run an evaluation.

    Raises:
        InputError: not exactly one source of truth is given, or its file cannot be read.
        UnknownName: there is no such split or method.
    """
    if sum(source is not None for source in (plan.events, plan.queries, plan.split)) != 1:
        raise InputError("an evaluation needs one source of truth", hint="give one of events, queries and split")
    if plan.queries is not None:
        truth = read_queries(Path(plan.queries), view.catalog, plan.candidates)
        return _judge(truth, view.catalog, _searchers(view, store, truth, observer), plan, observer)
    if plan.split is not None:
        protocol = Protocol.cut(view.catalog, plan.split, candidates=plan.candidates, seed=plan.seed)
        catalog, truth = protocol.known, protocol.open({"methods": plan.methods})
        methods = _fitted(plan, catalog, view, observer)
        served = view.fitted.recommender
        hybrid = Hybrid(hybrid_config(plan.settings) if served is None else served.config)
        hybrid.fit(catalog, view.vectors, observer)
        shop = from_recommender(hybrid, catalog.alive, seed=plan.seed)
        return _judge(truth, catalog, {"shop": shop, **methods}, plan, observer)
    truth = read_events_truth(Path(str(plan.events)), view.catalog, plan.candidates)
    methods = _fitted(plan, view.catalog, view, observer)
    return _judge(truth, view.catalog, {"shop": _server(view), **methods}, plan, observer)


def _judge(truth: Truth, catalog: Catalog, methods: dict[str, Ranker], plan: Plan, observer: Observer) -> Report:
    for warning in truth.warnings:
        observer(Noted("evaluate", warning))
    return run(truth, catalog, methods, ks=(plan.k,), seed=plan.seed, observer=observer)


def _fitted(plan: Plan, catalog: Catalog, view: View, observer: Observer) -> dict[str, Ranker]:
    """The wanted recommenders, fitted with the workspace's settings; one that has nothing to learn from is left out."""
    known = registry.names("recommender")
    wanted = known if plan.methods == ("all",) else plan.methods
    rankers = {}
    for name in wanted:
        method = registry.find("recommender", name)
        if not issubclass(method, Recommender):
            raise UnknownName("recommender", name, known)
        try:
            config = (
                hybrid_config(plan.settings)
                if name == "hybrid"
                else method.config_class.read(plan.settings.get(name, {}))
            )
            made = method(config).fit(catalog, view.vectors, observer)
        except FitError as error:
            observer(Noted("evaluate", f"{name} is left out: {error.message}"))
            continue
        rankers[name] = from_recommender(made, catalog.alive, seed=plan.seed)
    return rankers


def _server(view: View) -> Ranker:
    """What ``recommend`` answers, for cases of people."""

    def rank(cases: Sequence[Case], k: int) -> list[Ints]:
        return [_ranked(view, case, k) for case in cases]

    return rank


def _ranked(view: View, case: Case, k: int) -> Ints:
    rows = np.flatnonzero(case.allowed(view.catalog.alive))
    scores, _ = score(view, case.history or NOBODY, rows, case.key)
    return rows[best(scores, k)]


def _searchers(view: View, store: Store, truth: Truth, observer: Observer) -> dict[str, Ranker]:
    """What ``search`` answers, for cases of queries; and each side of a two-sided query alone."""

    def ranker(part: Callable[[QueryRow], QueryRow]) -> Ranker:
        def rank(cases: Sequence[Case], k: int) -> list[Ints]:
            return [_answered(view, store, case, part, k, observer) for case in cases]

        return rank

    asked = [case.query for case in truth.cases if case.query is not None]
    methods = {"shop": ranker(lambda query: query)}
    if any((query.image or query.picture) and (query.text or query.change) for query in asked):
        methods["picture alone"] = ranker(lambda query: replace(query, text="", change=""))
        methods["words alone"] = ranker(lambda query: replace(query, image=None, picture=""))
    return methods


def _answered(
    view: View, store: Store, case: Case, part: Callable[[QueryRow], QueryRow], k: int, observer: Observer
) -> Ints:
    """The answer to a query; none, and a note, for one whose picture or filter cannot be read."""
    try:
        return _found(view, store, case, part, k)
    except (FilterError, PictureError) as error:
        observer(Noted("evaluate", f"{case.key} is answered by nothing: {error.message}"))
        return np.empty(0, np.int64)


def _found(view: View, store: Store, case: Case, part: Callable[[QueryRow], QueryRow], k: int) -> Ints:
    query = part(case.query or QueryRow())
    picture = None
    if query.image is not None:
        picture = decode(query.image.read_bytes(), query.image.name)
    elif query.picture:
        picture = view.catalog.pictures.open(query.picture)
    if picture is None and not (query.text or query.change or query.where):
        return np.empty(0, np.int64)
    request = searching.Request(
        text=query.text,
        picture=picture,
        change=query.change,
        where=query.where,
        history=case.history if query.user else None,
        mask=case.allowed(view.catalog.alive),
    )
    return view.catalog.rows(searching.search(view, store, request, k).ids)
