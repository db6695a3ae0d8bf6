"""A protocol owns a split: what may be learned, what may be chosen on, and a test part under seal.

    protocol = Protocol.cut(catalog, "time")
    method.fit(protocol.train, vectors, validation=protocol.validation)     # all that a trainer ever gets
    truth = protocol.open(method.settled)                                   # frozen, written down, said in the report

A trainer is given catalogs, and nothing that can be reached from them leads to the test part. The choice of epochs and
of settings sees the validation part, cut by the same rule out of what is learned. The test part is opened for a
configuration that is frozen; every opening is recorded with the configuration's hash, and a second one is said aloud.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import numpy as np

from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import Interactions
from tastemaker.catalog.splits import Split, cut
from tastemaker.core.errors import FitError, InputError
from tastemaker.core.seeds import derive, generator
from tastemaker.core.types import Ints, UserId
from tastemaker.evaluation.candidates import read_candidates
from tastemaker.evaluation.cases import Truth
from tastemaker.evaluation.ledger import Configuration, Ledger, configuration_hash
from tastemaker.evaluation.people import histories_by_name, person_cases
from tastemaker.recommenders.validation import PEOPLE, Validation

Person = TypeVar("Person", bound=str)


class Protocol:
    """What may be learned, what may be chosen on, and the sealed rest; made by :meth:`cut` or :meth:`given`.

    Attributes:
        name: how it was cut, such as ``split time``.
        train: the catalog with the events that a trainer may see.
        validation: questions that settings and the end of training may be chosen on; None when there are too few events
            to cut twice.
        known: the catalog with every event before the test part, validation included: for a last fit with settings that
            were chosen before, or for methods that choose on what they hide from themselves.
        people: how many people the test part asks about.
    """

    def __init__(
        self, name: str, train: Catalog, known: Catalog, validation: Validation | None, test: Truth, ledger: Ledger
    ) -> None:
        if not test.cases:
            hint = "; ".join(f"{key} {value}" for key, value in test.protocol.items())
            raise InputError("no case has an item that can be ranked", hint=hint)
        self.name = name
        self.train = train
        self.known = known
        self.validation = validation
        self.people = len(test.cases)
        self._sealed = test
        self._ledger = ledger
        self._part = str(test.protocol["part"])

    @classmethod
    def cut(
        cls,
        catalog: Catalog,
        name: str,
        *,
        candidates: str | Path = "all",
        seed: int = 0,
        share: float | None = None,
        people: int | None = PEOPLE,
        ledger: Ledger | None = None,
    ) -> "Protocol":
        """Cut a shop's own events by a rule of ``catalog.splits``: first the test part off, then the validation part.

        Args:
            catalog: with all its events.
            name: "time" (one moment for everyone, the honest one), "user-time", "leave-one-out", "random",
                "cold-items" or "cold-people".
            candidates: what the test part ranks: "all", "cold" (no event before) or a file of ids.
            seed: of whatever the rule draws.
            share: part of the events that is learned (of the items or people hidden); the rule's own when None.
            people: most people of the validation part, drawn by the seed; None for all.
            ledger: where openings are recorded; in memory when None.

        Raises:
            UnknownName: there is no such rule.
            FitError: the events cannot be cut by it (no times, one person).
            InputError: nothing can be ranked, or the share is not between 0 and 1.
        """
        outer = cut(catalog.interactions, name, share=share, seed=seed)
        known = catalog.with_interactions(outer.train)
        try:
            inner = cut(outer.train, name, share=share, seed=derive(seed, "validation") % 2**31)
        except FitError:
            inner = Split(name, outer.train, {})
        validation = _questions(inner.before, inner.test, catalog, people, seed)
        train = known if validation is None else catalog.with_interactions(inner.train)
        truth = _truth(f"split {name}", known, outer.before, outer.test, candidates, outer.notes)
        return cls(f"split {name}", train, known, validation, truth, ledger or Ledger())

    @classmethod
    def given(
        cls,
        name: str,
        catalog: Catalog,
        *,
        train: Interactions,
        validation: Interactions | None,
        test: Interactions,
        validation_is_known: bool = True,
        candidates: str | Path = "all",
        people: int | None = None,
        seed: int = 0,
        ledger: Ledger | None = None,
    ) -> "Protocol":
        """A data set that comes in parts.

        Args:
            name: of the data set.
            catalog: the items; its own events are not read.
            train: what may be learned.
            validation: what may be chosen on; None when the data set has no such part.
            test: what is asked in the end; every event is a positive.
            validation_is_known: are the validation events part of the histories (and never ranked) when the test part
                asks? Yes where the newest two choices are left out one by one; no in many tables of random splits.
            candidates: what the test part ranks: "all", "cold" or a file of ids.
            people: most people of the validation part, drawn by the seed; None for all.
            seed: draws them.
            ledger: where openings are recorded; in memory when None.

        Raises:
            InputError: nothing can be ranked.
        """
        before = joined(train, validation) if validation is not None and validation_is_known else train
        learned, known = catalog.with_interactions(train), catalog.with_interactions(before)
        questions = None if validation is None else _questions(train, _choices(validation), catalog, people, seed)
        truth = _truth(name, known, before, _choices(test), candidates, ())
        return cls(name, learned, known, questions, truth, ledger or Ledger())

    def open(self, configuration: Configuration) -> Truth:
        """Break the seal: the cases of the test part, for a configuration that is frozen.

        Args:
            configuration: the settings that are judged; nothing may be chosen by the figures that follow.

        Returns:
            The cases. Their protocol says how often the part was opened, and for how many configurations.

        Raises:
            InputError: the configuration holds something that cannot be written down.
        """
        frozen = configuration_hash(configuration)
        openings = self._ledger.record(self.name, self._part, frozen)
        times, configurations = len(openings), len({opening.configuration for opening in openings})
        said = {
            "configuration": frozen,
            "openings": times,
            "test_part": f"opened {_times(times)}, for {configurations} configuration{'s' * (configurations > 1)}",
        }
        warnings = self._sealed.warnings
        if configurations > 1:
            warnings += (f"the test part was {said['test_part']}: what was chosen by these figures is flattered",)
        return Truth(self._sealed.cases, {**self._sealed.protocol, **said}, warnings)


def joined(first: Interactions, second: Interactions) -> Interactions:
    """Two parts of the same events as one, in time order; what has no time keeps its place, the first part first."""
    if first.people != second.people or first.n_rows != second.n_rows:
        raise InputError("the parts name other people or rows", hint="make them by Interactions.where of one whole")
    time = np.concatenate([first.time, second.time])
    order = np.argsort(np.where(np.isnan(time), -np.inf, time), kind="stable")
    pairs = ((first.user, second.user), (first.row, second.row))
    user, row = (np.concatenate(pair)[order] for pair in pairs)
    weight = np.concatenate([first.weight, second.weight])[order]
    return Interactions(first.people, first.n_rows, user, row, weight, time[order])


def _choices(events: Interactions) -> dict[str, Ints]:
    """The rows of each person with an event."""
    histories = histories_by_name(events)
    return {person: history.rows for person, history in histories.items() if len(history)}


def _questions(
    before: Interactions, wanted: Mapping[Person, Ints], catalog: Catalog, people: int | None, seed: int
) -> Validation | None:
    """The validation part: of people who liked something before, about living items they had not met."""
    histories = histories_by_name(before)
    asked = []
    for person, rows in wanted.items():
        history = histories[person]
        hidden = np.setdiff1d(rows[catalog.alive[rows]], history.rows)
        if len(hidden) and len(history.liked):
            asked.append((UserId(person), history, hidden))
    drawn = np.sort(generator(seed, "validation people").permutation(len(asked))[:people])
    if not len(drawn):
        return None
    who, known, chosen = zip(*(asked[at] for at in drawn.tolist()), strict=True)
    return Validation(known, chosen, who)


def _truth(
    name: str,
    known: Catalog,
    before: Interactions,
    wanted: Mapping[Person, Ints],
    candidates: str | Path,
    notes: tuple[str, ...],
) -> Truth:
    pool = read_candidates(candidates, known)
    counts = {
        "source": name,
        "part": _digest(wanted),
        "events_learned": len(known.interactions),
        "items_learned": len(np.unique(known.interactions.row)),
    }
    return person_cases(wanted, histories_by_name(before), pool, counts, notes)


def _digest(wanted: Mapping[Person, Ints]) -> str:
    """Hash of who is asked and what counts as right; names a test part, whatever is ranked."""
    digest = hashlib.sha256()
    for person in sorted(wanted):
        digest.update(person.encode())
        digest.update(np.unique(wanted[person]).tobytes())
    return digest.hexdigest()[:16]


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
