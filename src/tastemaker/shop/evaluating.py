"""``evaluate``: what the workspace serves, beside recommenders and plain baselines, on ground truth that is data.

With ``events`` and ``queries`` the shop is judged as it is fitted. With a split, a protocol cuts the shop's own events
in two and every method, the shop's hybrid included, is fitted on the first part alone, as ``fit`` would: what it has to
choose, it chooses on events that it hides from itself. The plain baselines are fitted beside, asked for or not. People
of whom nothing is known are answered by popularity where a method has no answer: as a shop would serve it. Items that
are sold out today are ranked too: what people did may be older.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.decoding import decode
from tastemaker.catalog.interactions import History
from tastemaker.catalog.store import Store
from tastemaker.core import registry
from tastemaker.core.config import Config
from tastemaker.core.errors import FilterError, FitError, InputError, MissingExtra, PictureError, UnknownName
from tastemaker.core.progress import Noted, Observer
from tastemaker.core.types import Ints
from tastemaker.evaluation import rankers
from tastemaker.evaluation.cases import Case, QueryRow, Truth
from tastemaker.evaluation.contest import Entrant, contest
from tastemaker.evaluation.figures import BASELINES
from tastemaker.evaluation.files import read_events_truth, read_queries
from tastemaker.evaluation.judge import Judge
from tastemaker.evaluation.ledger import Ledger
from tastemaker.evaluation.missing import without
from tastemaker.evaluation.protocols import Protocol
from tastemaker.evaluation.rankers import Ranker, from_recommender
from tastemaker.evaluation.report import Report
from tastemaker.evaluation.tuning import around, tune
from tastemaker.index.exact import best
from tastemaker.recommenders.base import Recommender
from tastemaker.recommenders.hybrid import Hybrid
from tastemaker.shop import recommending, searching
from tastemaker.shop.fitting import hybrid_config
from tastemaker.shop.live import View, embed_all
from tastemaker.shop.request import Request

NOBODY = History.of([])
SHOP = "shop"
C = TypeVar("C", bound=Config)


@dataclass(frozen=True)
class Plan:
    """What is to be evaluated; see :meth:`tastemaker.Shop.evaluate`.

    Attributes:
        settings: the workspace's, by method.
        ledger: where openings of test parts are written down.
    """

    events: Path | str | None
    queries: Path | str | None
    split: str | None
    methods: tuple[str, ...]
    candidates: str
    k: int
    seed: int
    settings: Mapping[str, Mapping[str, object]]
    ledger: Path | None = None
    seeds: int = 1
    missing: Mapping[str, float] = field(default_factory=dict)
    tune: tuple[str, ...] = ()
    experiment: str | None = None

    def check(self) -> None:
        """Refuse what cannot be evaluated, before any work.

        Raises:
            InputError: not exactly one source of truth is given, or something needs a split.
        """
        if sum(source is not None for source in (self.events, self.queries, self.split, self.experiment)) != 1:
            hint = "give one of events, queries, split and experiment"
            raise InputError("an evaluation needs one source of truth", hint=hint)
        if self.seeds < 1:
            raise InputError(f"seeds is {self.seeds!r}; it must be 1 or more")
        if (self.missing or self.tune) and self.split is None:
            what = "something is to be missing" if self.missing else "settings are to be searched"
            raise InputError(
                f"{what}, but the shop is judged as it is fitted",
                hint="give a split: then every method is fitted anew",
            )


@dataclass(frozen=True)
class World:
    """What methods are fitted on."""

    catalog: Catalog
    vectors: ItemVectors | None


def evaluate(view: View, store: Store, plan: Plan, observer: Observer) -> Report:
    """Run an evaluation.

    Raises:
        InputError: not exactly one source of truth is given, or its file cannot be read.
        UnknownName: there is no such split or method.
        Cancelled: the observer asked to stop before the first method was finished.
    """
    plan.check()
    configs = configs_of(plan, wanted_by(plan))
    if plan.split is not None:
        return _on_a_split(view, plan, configs, observer)
    if plan.queries is not None:
        truth = read_queries(Path(plan.queries), view.catalog, plan.candidates)
        served, configs = _searchers(view, store, truth, observer), {}
    else:
        truth = read_events_truth(Path(str(plan.events)), view.catalog, plan.candidates)
        served = {SHOP: as_served(view)}
    world = World(view.catalog, view.vectors)
    plain = _plain(view.catalog, configs, plan.seed)
    entrants = [*(_ready(name, ranker) for name, ranker in served.items()), *plain]
    entrants += [entrant_of(name, config, world, plan) for name, config in configs.items()]
    said = {"baselines_added": " ".join(entrant.name for entrant in plain)}
    judge = _judge(truth, world, plan, observer)
    return contest(entrants, judge, first=[*served, *configs], said=said, observer=observer)


def _on_a_split(view: View, plan: Plan, configs: Mapping[str, Config], observer: Observer) -> Report:
    """Every method fitted on what a protocol leaves to be learned; the cheap ones first, so that a stop leaves them."""
    catalog = view.catalog
    for what, share in plan.missing.items():
        catalog = without(catalog, what, share, seed=plan.seed)
    ledger = Ledger(plan.ledger)
    protocol = Protocol.cut(catalog, str(plan.split), candidates=plan.candidates, seed=plan.seed, ledger=ledger)
    vectors = view.vectors
    if plan.missing and view.fitted.space is not None:
        vectors = embed_all(view.fitted.space, catalog, observer)
    world = World(protocol.known, vectors)
    configs, searched = _tuned(configs, plan, protocol, vectors, observer)
    hybrid = hybrid_config(plan.settings) if view.fitted.recommender is None else view.fitted.recommender.config
    asked = {name: config for name, config in configs.items() if name not in BASELINES and config != hybrid}
    baselines = configs_of(plan, [name for name in BASELINES if name in registry.names("recommender")])
    baselines = {
        name: configs.get(name, config) for name, config in baselines.items() if name != "random" or name in configs
    }
    frozen = {
        "methods": {SHOP: hybrid, **baselines, **asked},
        "seeds": plan.seeds,
        "missing": plan.missing,
        "space": None if view.fitted.space is None else view.fitted.names.get("space", ""),
    }
    entrants = [*_plain(protocol.known, baselines, plan.seed)]
    entrants += [entrant_of(name, config, world, plan) for name, config in baselines.items()]
    entrants.append(newly_fitted(SHOP, lambda: [Hybrid(one) for one in _seeded(hybrid, plan.seeds)], world, plan))
    entrants += [entrant_of(name, config, world, plan) for name, config in asked.items()]
    said: dict[str, object] = {"baselines_added": " ".join(name for name in BASELINES if name not in configs)}
    said |= {"missing": ", ".join(f"{share:.0%} of {what}" for what, share in plan.missing.items())}
    said |= {"tuned": searched}
    if any(config == hybrid for config in configs.values()):
        said["hybrid"] = f"is the row {SHOP}"

    def judge() -> Judge:
        return _judge(protocol.open(frozen), world, plan, observer)()

    order = [SHOP, *asked, *BASELINES]
    return contest(entrants, judge, first=order, said=said, observer=observer)


def _tuned(
    configs: Mapping[str, Config],
    plan: Plan,
    protocol: Protocol,
    vectors: ItemVectors | None,
    observer: Observer,
) -> tuple[Mapping[str, Config], str]:
    """The settings after a search on the validation part, and what is said of it."""
    found, said = dict(configs), []
    for name in plan.tune:
        config = found[name]
        options = around(config)
        try:
            tuned = tune(_method(name), options, protocol, vectors, start=config, seed=plan.seed, observer=observer)
        except FitError as error:
            observer(Noted("evaluate", f"{name} is not tuned: {error.message}"))
            continue
        found[name] = tuned.config
        chosen = ", ".join(f"{field} {getattr(tuned.config, field):.3g}" for field in options)
        said.append(f"{name} by {len(tuned.trials)} trials on the validation part" + (f": {chosen}" * bool(chosen)))
    return found, "; ".join(said)


def _judge(truth: Truth, world: World, plan: Plan, observer: Observer) -> Callable[[], Judge]:
    def made() -> Judge:
        for warning in truth.warnings:
            observer(Noted("evaluate", warning))
        return Judge(truth, world.catalog, ks=(plan.k,), seed=plan.seed, vectors=world.vectors)

    return made


def wanted_by(plan: Plan) -> list[str]:
    """Names of the recommenders that are asked for."""
    known = registry.names("recommender")
    for name in (*plan.methods, *plan.tune):
        if name not in known and (name != "all" or name in plan.tune):
            raise UnknownName("recommender", name, [*known, "all"])
    asked = [*(known if "all" in plan.methods else plan.methods), *plan.tune]
    return list(dict.fromkeys(asked))


def configs_of(plan: Plan, names: Sequence[str]) -> dict[str, Config]:
    """The workspace's settings of each method; with "all", a method whose package is not installed is passed over."""
    found: dict[str, Config] = {}
    for name in names:
        try:
            method = _method(name)
        except MissingExtra:
            if "all" in plan.methods:
                continue
            raise
        given = plan.settings.get(name, {})
        found[name] = hybrid_config(plan.settings) if name == "hybrid" else method.config_class.read(given)
    return found


def _method(name: str) -> type[Recommender[Config]]:
    method = registry.find("recommender", name)
    if not issubclass(method, Recommender):
        raise UnknownName("recommender", name, registry.names("recommender"))
    return method


def _plain(catalog: Catalog, instead: Mapping[str, Config], seed: int) -> list[Entrant]:
    """Popularity and chance, where no recommender of the name takes their place."""
    made = {"popularity": rankers.popularity, "random": rankers.chance}
    return [_ready(name, make(catalog, seed=seed)) for name, make in made.items() if name not in instead]


def _ready(name: str, ranker: Ranker) -> Entrant:
    return Entrant(name, lambda _: [ranker], trained=False)


def entrant_of(name: str, config: Config, world: World, plan: Plan) -> Entrant:
    """A registered method; trained once a seed where it draws by chance."""
    return newly_fitted(name, lambda: [_method(name)(one) for one in _seeded(config, plan.seeds)], world, plan)


def _seeded(config: C, seeds: int) -> list[C]:
    """A config once a seed, its own first; once where it has none."""
    own = getattr(config, "seed", None)
    if not isinstance(own, int):
        return [config]
    return [config, *(config.model_copy(update={"seed": own + add}) for add in range(1, seeds))]


def newly_fitted(name: str, make: Callable[[], Sequence[Recommender[Config]]], world: World, plan: Plan) -> Entrant:
    """Methods of one name, trained on a world; newcomers are answered by what is popular there."""
    popular = rankers.popularity(world.catalog, seed=plan.seed)

    def fit(observer: Observer) -> list[Ranker]:
        made = [method.fit(world.catalog, world.vectors, observer) for method in make()]
        ready = [from_recommender(method, world.catalog.alive, seed=plan.seed) for method in made]
        return [rankers.with_newcomers(ranker, popular) for ranker in ready]

    return Entrant(name, fit)


def as_served(view: View) -> Ranker:
    """What ``recommend`` answers, for cases of people."""

    def rank(cases: Sequence[Case], k: int) -> list[Ints]:
        return [_ranked(view, case, k) for case in cases]

    return rank


def _ranked(view: View, case: Case, k: int) -> Ints:
    rows = np.flatnonzero(case.allowed(view.catalog.alive))
    told, _ = recommending.said(view, case.history or NOBODY, rows, case.key)
    return rows[best(told.scores, k)]


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
    request = Request(
        text=query.text,
        picture=picture,
        change=query.change,
        where=query.where,
        history=case.history if query.user else None,
        mask=case.allowed(view.catalog.alive),
    )
    return view.catalog.rows(searching.search(view, store, request, k).ids)
