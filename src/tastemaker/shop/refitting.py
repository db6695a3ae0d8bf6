"""``refit``: learn from what has happened since, and publish it only when it is not worse. Made to be run by a clock.

The newest part of what happened since the last fit is held back. A candidate learns from everything before it, as
``fit`` would, and is asked the same questions as what is published: what each person turned to next. When it is not
worse it is published, as it was judged; what was held back is learned by the next. One runs at a time, and whatever
stops it - a signal, a full disk - leaves what is published as it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import Interactions
from tastemaker.catalog.splits import Split, time_split
from tastemaker.catalog.store import Store
from tastemaker.catalog.workspace import Workspace
from tastemaker.core.errors import FitError, InputError
from tastemaker.core.progress import Noted, Observer
from tastemaker.core.storage import Artefacts
from tastemaker.evaluation.candidates import read_candidates
from tastemaker.evaluation.cases import Truth
from tastemaker.evaluation.judge import Judge
from tastemaker.evaluation.people import histories_by_name, person_cases
from tastemaker.evaluation.significance import Difference
from tastemaker.shop import fitted
from tastemaker.shop.evaluating import as_served
from tastemaker.shop.fitting import Part, Run, wanted_parts
from tastemaker.shop.live import view

FROM_EVENTS: tuple[Part, ...] = ("recommender", "complete")
"""What is learned anew when nothing else is named: the parts that read what people do."""
HELD_BACK = 0.5
"""Share of the new events that is held back, the newest."""
Verdict = Literal["published", "kept", "nothing new"]


@dataclass(frozen=True)
class Refit:
    """What a refit did, and why.

    Attributes:
        verdict: "published"; "kept" when the new one was worse or might be; "nothing new" when too little has happened.
        why: in words.
        events: how many events came since the last fit.
        people: who were asked about.
        metric: what they were judged by.
        published: of what was published before; None when nothing was judged.
        candidate: of the new one.
        difference: candidate less published on the same people, with its 95 % interval.
        version: what is published now; "" when nothing is.
    """

    verdict: Verdict
    why: str
    events: int = 0
    people: int = 0
    metric: str = ""
    published: float | None = None
    candidate: float | None = None
    difference: Difference | None = None
    version: str = ""

    def __str__(self) -> str:
        lines = [f"{self.verdict}: {self.why}", f"{self.events:,} new events, {self.people:,} people asked about"]
        if self.difference is not None:
            gap = self.difference
            lines.append(f"{self.metric}: published {self.published:.4f}, candidate {self.candidate:.4f}")
            lines.append(f"difference {gap.value:+.4f} [{gap.low:+.4f}, {gap.high:+.4f}], paired over people")
        return "\n".join([*lines, f"version {self.version}" if self.version else "nothing is published"])


@dataclass(frozen=True)
class Terms:
    """When a candidate is published.

    Attributes:
        k: length of the rankings that are judged.
        people: fewer than so many to ask about is too little to judge by.
        tolerance: share of the published figure that may be lost for all that the interval tells, when the candidate
            looks worse; 0 publishes only what looks better or the same.
        seed: of the intervals.
        all_events: once a candidate is accepted, the same is learned again from all events, the newest included, and
            that is published: it knows more, and nobody has judged it.
    """

    k: int = 20
    people: int = 30
    tolerance: float = 0.05
    seed: int = 0
    all_events: bool = False

    def check(self) -> None:
        """Refuse what cannot be used, before any work.

        Raises:
            InputError: something is out of range.
        """
        if self.k < 1 or self.people < 2 or not 0 <= self.tolerance < 1:
            given = f"k {self.k}, people {self.people}, tolerance {self.tolerance}"
            raise InputError(given, hint="k from 1, people from 2, tolerance from 0 and below 1")

    def refusal(self, gap: Difference, published: float) -> str:
        """Why a candidate is not published; "" when it is."""
        if gap.high < 0:
            return "the candidate is worse: the whole interval of the difference is below zero"
        if gap.value < 0 and gap.low < -self.tolerance * published:
            lost = min(1.0, -gap.low / published) if published else 1.0
            return f"the candidate looks worse, and may have lost {lost:.0%}: more people are needed to be sure"
        return ""


def refit(
    workspace: Workspace,
    store: Store,
    artefacts: Artefacts,
    parts: Sequence[str] | None,
    terms: Terms,
    observer: Observer,
) -> Refit:
    """Learn anew, judge, and publish what is not worse.

    Args:
        workspace: settings.
        store: items and events.
        artefacts: where the parts are published.
        parts: as for ``fit``; those that read events when None, all that a fit makes when nothing is published yet.
        terms: when a candidate is published.
        observer: hears of progress, may cancel.

    Raises:
        BusyError: something is being fitted already.
        UnknownName: there is no such part.
        FitError: the catalog is empty.
        Cancelled: the observer asked to stop; what was published stays.
    """
    terms.check()
    wanted = wanted_parts(parts or FROM_EVENTS)
    with artefacts.lock("fitting", wait=False):
        before, catalog = fitted.load(artefacts), store.snapshot()
        if not catalog.alive.any():
            raise FitError("the catalog holds no item", hint="put rows into items.csv, or `tastemaker add`")
        done = Refit("published", "nothing was published before", len(catalog.interactions))
        run = candidate = Run(workspace, store, artefacts, catalog, observer)
        if before.recommender is None:
            wanted = wanted_parts(parts)
        else:
            done, candidate = _judged(run, wanted, terms)
        if done.verdict == "published":
            observer(Noted("refit", done.why))
            accepted = run if terms.all_events else candidate
            if not accepted.made:
                accepted.make(wanted, before)
            accepted.publish()
        else:
            with artefacts.lock("publishing"):
                artefacts.sweep()
    current = [version.id for version in artefacts.versions() if version.current]
    return Refit(**{**vars(done), "version": "".join(current)})


def _judged(whole: Run, wanted: frozenset[Part], terms: Terms) -> tuple[Refit, Run]:
    """A candidate against what is published, on the newest events; nothing is published here."""
    artefacts, observer = whole.artefacts, whole.observer
    published = artefacts.published()
    since = learned_until(published["recommender"].manifest)
    fresh = whole.catalog.interactions.time > since
    count = int(fresh.sum())
    split = _held_back(whole.catalog.interactions, since) if count else None
    truth = None if split is None else _truth(split, whole.catalog)
    people = 0 if truth is None else len(truth.cases)
    if split is None or truth is None or people < terms.people:
        why = f"{people} people can be asked about; {terms.people} are needed"
        return Refit("nothing new", why if count else "nothing has happened since the last fit", count, people), whole
    known = whole.catalog.with_interactions(split.train)
    run = Run(whole.workspace, whole.store, artefacts, known, observer)
    run.make(wanted, fitted.load(artefacts))
    parts = {part: artefact for part, artefact in published.items() if part not in run.unfit} | run.made
    judge = Judge(truth, known, ks=(terms.k,), seed=terms.seed)
    for name, learned in (("published", fitted.load(artefacts)), ("candidate", fitted.understood(parts))):
        judge.add(name, as_served(view(known, learned)), observer)
    report, metric = judge.report(), f"ndcg@{terms.k}"
    gap = report.compare("candidate", "published", metric, seed=terms.seed)
    values = report.row("published", metric).value, report.row("candidate", metric).value
    refusal = terms.refusal(gap, values[0])
    verdict: Verdict = "kept" if refusal else "published"
    return Refit(verdict, refusal or "the candidate is not worse", count, people, metric, *values, gap), run


def learned_until(manifest: dict[str, object]) -> float:
    """The newest event that an artefact has learned from; when it was made, where it does not say."""
    newest = manifest.get("newest", manifest.get("made"))
    return float(newest) if isinstance(newest, int | float) else -np.inf


def _held_back(events: Interactions, since: float) -> Split | None:
    """Everything before a moment among the new events, and what came after; None when they are all of one moment."""
    times = np.sort(events.time[np.isfinite(events.time)])
    first = int(np.searchsorted(times, since, side="right"))
    at = first + int((len(times) - first) * (1 - HELD_BACK))
    at = int(np.searchsorted(times, times[min(at, len(times) - 1)]))  # the first event of that moment
    return time_split(events, (at + 0.5) / len(times)) if 0 < at < len(times) else None


def _truth(split: Split, catalog: Catalog) -> Truth:
    pool = read_candidates("all", catalog)
    return person_cases(split.test, histories_by_name(split.train), pool, {"source": "events since the last fit"})
