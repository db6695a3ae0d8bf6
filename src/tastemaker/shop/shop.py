"""Shop: one object per workspace, with every verb; may be used from many threads. The only place where all parts meet.

Each call answers from one consistent view of the store and of what was published.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from time import time
from types import MappingProxyType
from typing import Self

from tastemaker.catalog.checks import CheckReport, check
from tastemaker.catalog.events import Event, Receipt
from tastemaker.catalog.impressions import Impression
from tastemaker.catalog.interactions import History
from tastemaker.catalog.items import Item
from tastemaker.catalog.workspace import Workspace
from tastemaker.core.errors import InputError
from tastemaker.core.progress import Observer, silent
from tastemaker.core.ranking import Ranking
from tastemaker.core.types import UserId
from tastemaker.evaluation.report import Report
from tastemaker.evaluation.space_report import SpaceReport
from tastemaker.shop import adding, completing, evaluating, fitted, fitting, recommending, searching, trials
from tastemaker.shop.asking import Picture, allowed, check_k, checked_factors, picture_of, shown_of
from tastemaker.shop.experimenting import Experiment, ExperimentConfig
from tastemaker.shop.explaining import Explanation, explain, with_looks
from tastemaker.shop.health import doctor
from tastemaker.shop.language_model import AssistantConfig
from tastemaker.shop.live import View
from tastemaker.shop.recommending import Order
from tastemaker.shop.request import Request
from tastemaker.shop.reranking import LiveConfig, holding
from tastemaker.shop.rules import Rules, Verb
from tastemaker.shop.space_quality import judge_space
from tastemaker.shop.steering import Steered


class Shop(Steered):
    """One workspace, opened, with every verb.

    Args:
        path: the folder.
        observer: hears of the reading of new input files.

    Raises:
        WorkspaceError: the folder is no workspace, or is damaged.
        ConfigError: a setting of ``[live]``, ``[search]``, ``[assistant]`` or ``[experiment]`` cannot be used.
    """

    def __init__(self, path: Path | str, *, observer: Observer = silent) -> None:
        workspace = Workspace.open(Path(path))
        self._live, self._product = LiveConfig.read(workspace.settings.live), fitting.product_of(workspace)
        self._rules = Rules(workspace.rules_file)
        AssistantConfig.read(workspace.settings.assistant)
        super().__init__(workspace, observer)
        trial = ExperimentConfig.read(workspace.settings.experiment)
        self._experiment = Experiment(trial, self.store, self._artefacts) if trial.name else None

    def check(self) -> CheckReport:
        """What is right and wrong with the workspace's input: rows, fields, pictures, attributes, events."""
        return check(self.workspace)

    def fit(self, parts: Sequence[str] | None = None, *, ray_workers: int = 0, observer: Observer = silent) -> Self:
        """Learn from the catalog and the events, and publish the result whole.

        Args:
            parts: of "space", "search", "index", "recommender", "complete", "generators", "language", "studio"; all
                but the last three when None.
            ray_workers: processes of a Ray cluster that learn the space together; 0 learns it here.
            observer: hears of progress; raises ``Cancelled`` to stop, which leaves everything as it was.

        Raises:
            UnknownName: there is no such part.
            FitError: the catalog is empty.
        """
        before = fitted.load(self._artefacts) if parts else fitted.Fitted()
        fitting.fit(self.workspace, self.store, self._artefacts, before, parts, observer, ray_workers)
        if not self.swap():
            self.refresh()
        return self

    def add(
        self,
        items: Path | str | Sequence[Item] | None = None,
        *,
        images: Path | str | None = None,
        events: Path | str | Sequence[Event | Impression] | None = None,
    ) -> adding.Added:
        """Add or update items, and record events, live: they count at once, without a new fit.

        Args:
            items: a file in the format of ``items``; of an item that is there, what the file has no column for stays as
                it is. Or items, which replace what is there.
            images: folder with the items' pictures.
            events: a file in the format of ``events`` or in a retailer's; or events, and lists that were shown.

        Raises:
            InputError: a file cannot be read at all; rows that cannot be used are refused one by one instead.
        """
        done = adding.add(self.store, self.workspace.settings, self.catalog, items, images, events)
        if items is not None:
            self.refresh()
        return done

    def remove(self, ids: Sequence[str]) -> int:
        """Take items out of the shop; returns how many.

        Raises:
            UnknownName: one of the ids is not there; then nothing is removed.
        """
        removed = self.store.remove_items(ids)
        self.refresh()
        return removed

    def record(self, events: Sequence[Event | Impression]) -> Receipt:
        """Write down what people did and were shown; it is on the disk when this returns, and counts at once."""
        return self.store.record(events)

    def recommend(
        self,
        user: str | None = None,
        *,
        history: Sequence[str] = (),
        k: int = 10,
        where: str = "",
        exclude: Sequence[str] = (),
        explain: bool = False,
    ) -> Ranking:
        """What a person will like. Nobody, or somebody unknown, gets what most people like, and a note that says so.

        The visit under way counts for itself beside all that is known, what was dismissed takes its look-alikes down,
        and the rules of the shop hold: see :mod:`tastemaker.shop.reranking`. Under an experiment the answer is kept and
        its ``token`` names it: see :mod:`tastemaker.shop.experimenting`.

        Args:
            user: the person.
            history: instead of a known person: ids of items they liked, oldest first.
            k: length of the ranking, 1 to 10,000; a small catalog gives fewer.
            where: a filter, ``price < 80 and colour in (red, blue)``.
            exclude: ids that must not come back.
            explain: tell in ``Ranked.scores`` what each source has added to each score.

        Raises:
            InputError: k is out of range, or both a person and a history are given.
            FilterError: the filter cannot be read or typed.
            UnknownName: an id of ``history`` or ``exclude`` is not there.
        """
        view = self.view
        check_k(k)
        if user and len(history):
            raise InputError("both a person and a history are given", hint="give one of them")
        past = self._history(user, view) if user else History.of(view.catalog.rows(history).tolist())
        mask = allowed(view, where, exclude, sold_out=self._live.sold_out == "last")
        order = self._order("recommend", visiting=user is not None)

        def ask(view: View, k: int) -> Ranking:
            return recommending.recommend(view, past, mask, k, named=user or "", order=order, explain=explain)

        trial = self._experiment if user else None
        return ask(view, k) if trial is None else trial.answer(view, user or "", k, ask)

    def complete(
        self, items: Sequence[str], *, k: int = 10, where: str = "", exclude: Sequence[str] = (), explain: bool = False
    ) -> Ranking:
        """What goes with some items: what stands together with them, not what could stand in for them.

        Args:
            items: ids of what is there already; they are not shown.
            k: length of the ranking, 1 to 10,000.
            where: a filter.
            exclude: ids that must not come back.
            explain: tell in ``Ranked.scores`` what each kind of evidence has added to each score.

        Raises:
            InputError: k is out of range, or no item is given.
            FilterError: the filter cannot be read or typed.
            UnknownName: an id of ``items`` or ``exclude`` is not there.
            NotFitted: too little stands together in this shop to know.
        """
        view = self.view
        check_k(k)
        mask = allowed(view, where, [*items, *exclude], sold_out=self._live.sold_out == "last")
        rows = view.catalog.rows(list(items))
        return completing.complete(view, rows, mask, k, order=self._order("complete"), explain=explain)

    def search(
        self,
        text: str = "",
        *,
        image: Picture | None = None,
        images: Sequence[tuple[Picture, float]] = (),
        change: str | Sequence[str] = "",
        where: str = "",
        user: str | None = None,
        k: int = 10,
        exclude: Sequence[str] = (),
        ignore: Sequence[str] = (),
        weigh: Mapping[str, float] = MappingProxyType({}),
        explain: bool = False,
    ) -> Ranking:
        """Items for words, a picture, a picture and a change in words, mixed with a person's taste and a filter.

        Args:
            text: words.
            image: a file, its bytes, a decoded picture, or the id of an item, which is then not ranked itself.
            images: more pictures, each with a weight, below 0 for what it should not look like.
            change: what should be different, "but in red"; over several turns a list, the later overrules.
            where: a filter.
            user: whose taste is mixed in.
            k: length of the ranking, 1 to 10,000.
            exclude: ids that must not come back.
            ignore: labels of understood facets to leave out (see ``Ranking.understood``).
            weigh: factors on what parts weigh, by their names in the plan: ``{"picture": 2}``.
            explain: put the plan beside the answer, as ``Ranking.plan``.

        Raises:
            InputError: nothing is asked for, k is out of range, or a factor is no number.
            PictureError, FilterError: a picture or the filter cannot be read.
        """
        check_k(k)
        view = self.view
        asked = Request(text, where=where, ignore=tuple(ignore), product=self._product, explain=explain)
        asked = replace(asked, history=self._history(user, view) if user else None, weigh=checked_factors(weigh))
        shown = asked.showing(shown_of(view, image, images), [change] if isinstance(change, str) else change)
        return searching.search(view, self.store, replace(shown, mask=allowed(view, "", [*exclude, *shown.items])), k)

    def similar(self, item: str, *, k: int = 10, where: str = "") -> Ranking:
        """Items that look and read like an item.

        Raises:
            UnknownName: there is no such item.
            InputError: k is out of range.
            NotFitted: there is no space yet, nor anything people did.
        """
        view = self.view
        check_k(k)
        row = view.catalog.row(item)
        return searching.similar(view, row, allowed(view, where, [item]), k)

    def explain(
        self, item: str, *, user: str | None = None, text: str = "", image: Picture | None = None, looks: bool = False
    ) -> Explanation:
        """Why an item, for a person or for nobody in particular.

        Args:
            item: which.
            user: for whom; None for nobody in particular.
            text: words that its picture is held against: which part of it is like them (``Explanation.looks``).
            image: a picture that it is held against: a file, its bytes, a decoded picture, or the id of an item.
            looks: hold it against the nearest thing that the person chose, when neither words nor a picture are given.

        Raises:
            UnknownName: there is no such item.
            PictureError: the picture cannot be read.
        """
        view = self.view
        picture, _ = picture_of(view, image)
        history = self._history(user, view) if user else History.of([])
        order = self._order("recommend", visiting=user is not None)
        told = explain(view, history, view.catalog.row(item), user or "", order)
        asked = looks or text.strip() or picture is not None
        return with_looks(view, told, history, text, picture) if asked else told

    def evaluate(
        self,
        *,
        events: Path | str | None = None,
        queries: Path | str | None = None,
        split: str | None = None,
        experiment: str | None = None,
        methods: Sequence[str] = (),
        candidates: str = "all",
        k: int = 20,
        seed: int = 0,
        seeds: int = 1,
        missing: Mapping[str, float] | None = None,
        tune: Sequence[str] = (),
        observer: Observer = silent,
    ) -> Report:
        """How good the answers are, beside plain baselines, with intervals. The last reports stay in ``reports``.

        Args:
            events: what people did next, same columns as ``events``.
            queries: questions with their right answers, columns text, image, change, where, user, exclude, positives.
            split: instead of a file, hide part of the shop's own events: "time", "user-time", "leave-one-out",
                "random", "cold-items" or "cold-people".
            experiment: what came of the lists that were shown under this name: see ``docs/feedback.md``.
            methods: recommenders to put beside, by name; ("all",) for every one.
            candidates: what is ranked: "all", "cold" (items without events), or a file with one id a line.
            k: length of the rankings that are judged.
            seed: of the split, the random baseline and the intervals.
            seeds: how often a method that draws by chance is trained; its figures are means.
            missing: with a split, the share of items that lose a modality: ``{"picture": 0.3}``.
            tune: with a split, methods whose settings are searched first, on the validation part of what is learned.
            observer: hears of progress. Stopped after the first method, it gets the table of those that are done.

        Raises:
            InputError: not exactly one of events, queries, split and experiment is given, or a file cannot be read.
            UnknownName: there is no such split, experiment or method.
        """
        check_k(k)
        workspace, named = self.workspace, (events, queries, split, tuple(methods), candidates, k, seed)
        ledger = workspace.state / "evaluations.json"
        plan = evaluating.Plan(
            *named, workspace.settings.methods, ledger, seeds, missing or {}, tuple(tune), experiment
        )
        run = evaluating.evaluate if experiment is None else trials.evaluate_experiment
        report = run(self.refresh(events=True), self.store, plan, observer)
        self.reports.keep(report.to_json())
        return report

    def evaluate_space(self, *, seed: int = 0, observer: Observer = silent) -> SpaceReport:
        """How good the space is: what finds what, how its vectors lie, what can be read off them, near-duplicates.

        Raises:
            NotFitted: there is no space.
        """
        return judge_space(self.refresh(), self._artefacts, seed=seed, observer=observer)

    def doctor(self) -> dict[str, object]:
        """Versions, broken installs, integrity of the database and of what was fitted, engines, disk, advice."""
        return doctor(self.workspace, self.store, self._artefacts, self._means)

    def item(self, id: str) -> Item:
        """An item.

        Raises:
            UnknownName: there is no such item.
        """
        catalog = self.catalog
        return catalog.item(catalog.row(id))

    def picture(self, name: str, width: int | None = None) -> bytes:
        """A picture of the catalog as bytes, scaled to a width when one is given.

        Raises:
            PictureError: there is no such picture, or it is broken.
        """
        pictures = self.store.pictures
        return pictures.read(name) if width is None else pictures.thumbnail(name, width)

    def users(self, prefix: str = "", limit: int = 50) -> list[tuple[UserId, int]]:
        """People with their number of events, most active first."""
        return self.store.users(limit, prefix)

    def _order(self, verb: Verb, *, visiting: bool = False) -> Order:
        """The rules and settings that hold at this moment."""
        rules, problem = self._rules.now()
        held = holding(rules, verb, date.today())
        return Order(self._live, held, (problem,) if problem else (), time() if visiting else None)
