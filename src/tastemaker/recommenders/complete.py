"""Complete: what goes with these. Items that stand together, not items that could stand in for each other.

Not a recommender of people: it is asked with a set of items and knows nobody. What two items have in common is read as
evidence (:mod:`compatibility`); how much each piece of evidence counts is learned by leaving one item out of each known
set and asking for it, every count taken as if that set had never been seen. A new item has kinds, labels, names, words
and looks from its first moment; only the evidence of former sets is silent about it.
"""

from collections.abc import Mapping, Sequence
from typing import Self

import numpy as np
import numpy.typing as npt
from pydantic import Field

from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.core.config import Config
from tastemaker.core.errors import FitError
from tastemaker.core.progress import Observer, silent, track
from tastemaker.core.seeds import generator
from tastemaker.core.types import Floats, Ints
from tastemaker.nn.conditional_logit import Weights, learn_weights
from tastemaker.recommenders import baskets, item_traits
from tastemaker.recommenders.baskets import TIERS, Sets
from tastemaker.recommenders.compatibility import Counts, Evidence, OwnSet
from tastemaker.recommenders.grounds import Ground, of_group
from tastemaker.recommenders.item_traits import BLOCKS, Traits, Vocabulary

FEWEST = 8
"""Fewer sets of a kind than this teach nothing; the next best kind is learned from."""
FEW = 2
"""Up to so many given items the weights of questions with one item are used, above those of whole sets."""
MOST_ATTRIBUTES = 6
MOST_GIVEN = 50
"""Of longer questions the last so many items are read."""


class CompleteConfig(Config):
    """Settings of what goes with what, the table ``[complete]``."""

    kind: str = ""
    """The attribute that says what a thing is; empty: the first there is of kind, type, category, article_type."""

    pause: float = Field(default=30.0, gt=0)
    """Minutes without an event that end a visit."""

    longest: int = Field(default=40, ge=2)
    """A visit with more items than this is left out."""

    cases: int = Field(default=1500, ge=10)
    """Most items that are left out of their sets to learn from."""

    candidates: int = Field(default=600, ge=2)
    """Items that each left-out item is compared with, drawn by chance."""

    weight_decay: float = Field(default=0.001, ge=0)
    """Penalty on the squared weights of evidence."""

    seed: int = Field(default=0, ge=0)
    """Which items are left out, and what they are compared with."""


class Complete:
    """``score(S, j) = sum_e w_e z_e(S, j)``: z a piece of evidence, w learned by conditional logit on left-out items.

    Args:
        config: settings; their defaults when None.

    Source:
        conditional logit after McFadden 1974; lifts of kinds as in market-basket analysis; the map is the whitened
        cross-covariance of canonical correlation analysis, Hotelling 1936, on pairs that stand together.
    """

    def __init__(self, config: CompleteConfig | None = None) -> None:
        self.config = config or CompleteConfig()

    def fit(
        self, catalog: Catalog, vectors: ItemVectors | None, observer: Observer = silent, given: Sequence[Ints] = ()
    ) -> Self:
        """Learn from given sets and from the visits among the catalog's events.

        Args:
            catalog: items and events.
            vectors: aligned to the catalog's rows; None when the shop has no space.
            observer: is told how far it is.
            given: sets of rows that somebody has put together.

        Raises:
            FitError: too little stands together to learn from.
            UnknownName: no item has the attribute ``kind``.
        """
        sets = baskets.collect(catalog.interactions, given, pause=self.config.pause, longest=self.config.longest)
        self.tier = _best_tier(sets)
        self.kind = item_traits.kind_attribute(catalog, self.config.kind)
        self._vocabularies = item_traits.learn(catalog, self.kind)
        self.attributes = _compared(catalog, self._vocabularies["labels"])
        traits = item_traits.read(catalog, vectors, self._vocabularies, self.kind)
        self._evidence = self._over(Counts.of(sets, traits), traits)
        with track(observer, "complete", 2) as task:
            self._weights = []
            for single in (True, False):
                self._weights.append(
                    self._learned(catalog, sets, np.flatnonzero(sets.tier == self.tier), single=single)
                )
                task.advance()
        return self

    def score(self, rows: Ints, candidates: Ints) -> Floats:
        """How well each candidate goes with a set; items of the set itself score -inf.

        Shapes: rows (g,), candidates (n,) -> (n,); -inf for all when the set is empty.
        """
        if not len(rows) or not len(candidates):
            return np.full(len(candidates), -np.inf, np.float32)
        scores = self._parts(rows, candidates).sum(axis=1)
        scores[np.isin(candidates, rows)] = -np.inf
        return np.asarray(scores, np.float32)

    def parts(self, rows: Ints, candidates: Ints) -> dict[str, Floats]:
        """What each group of evidence adds to the scores. Shapes: each (n,)."""
        parts = self._parts(rows, candidates)
        groups = [group for group, _ in self._evidence.names]
        return {
            group: parts[:, [at for at, own in enumerate(groups) if own == group]].sum(axis=1)
            for group in dict.fromkeys(groups)
        }

    def _parts(self, rows: Ints, candidates: Ints) -> Floats:
        """Shapes: (n, evidence)."""
        rows = np.asarray(rows[-MOST_GIVEN:], np.int64)
        weights = self._weights[0 if len(rows) <= FEW else 1]
        return weights.parts(self._evidence.read(rows, candidates))

    def grounds(self, rows: Ints, row: int, n: int = 3) -> list[Ground]:
        """What speaks most for an item beside a set, in facts that can be looked up; [] when nothing does."""
        parts = {group: float(part[0]) for group, part in self.parts(rows, np.array([row])).items()}
        total = sum(max(value, 0.0) for value in parts.values())
        found = []
        for group in sorted((name for name in parts if parts[name] > 0), key=lambda name: -parts[name]):
            ground = of_group(group, parts[group] / total, self._evidence, rows, row)
            if ground is not None:
                found.append(ground)
        return found[:n]

    def refresh(self, catalog: Catalog, vectors: ItemVectors | None) -> None:
        """Read items that are new or have changed; they are answered from now on. Counts stay those of the fit."""
        old = self._evidence.traits
        traits = item_traits.read(catalog, vectors, self._vocabularies, self.kind, old if old.size else None)
        self._evidence = self._over(self._evidence.counts, traits)

    def _over(self, counts: Counts, traits: Traits) -> Evidence:
        return Evidence(counts, traits, self._vocabularies, self.attributes)

    def _learned(self, catalog: Catalog, sets: Sets, numbers: Ints, *, single: bool) -> Weights:
        """Weights of evidence from items left out of their sets, given one other item or all of them."""
        rng = generator(self.config.seed, f"complete {'one' if single else 'all'}")
        alive = np.flatnonzero(catalog.alive)
        pool = rng.choice(alive, min(self.config.candidates, len(alive)), replace=False)
        read = []
        for number, targets in self._left_out(sets, numbers, rng).items():
            own = OwnSet(sets.rows(number), float(sets.weight[number]))
            candidates = np.concatenate([own.rows, pool[~np.isin(pool, own.rows)]])
            others = np.arange(len(own.rows), len(candidates))
            beside = self._evidence.beside(own.rows, candidates, own)
            for place in targets:
                rest = np.delete(np.arange(len(own.rows)), place)
                found = self._evidence.summed(beside, rng.choice(rest, 1) if single else rest[-MOST_GIVEN:])
                read.append(found[np.concatenate([[place], others])])
        return learn_weights(read, self.config.weight_decay)

    def _left_out(self, sets: Sets, numbers: Ints, rng: np.random.Generator) -> dict[int, list[int]]:
        """Drawn cases: set -> which of its items are left out, one after the other."""
        cases = [(int(number), place) for number in numbers for place in range(len(sets.rows(int(number))))]
        found: dict[int, list[int]] = {}
        for at in np.sort(rng.permutation(len(cases))[: self.config.cases]):
            found.setdefault(cases[at][0], []).append(cases[at][1])
        return found

    def tensors(self) -> dict[str, npt.NDArray[np.generic]]:
        """Everything learned; what items say is read again by :meth:`refresh`."""
        state: dict[str, npt.NDArray[np.generic]] = dict(self._evidence.counts.tensors())
        for block in BLOCKS:
            state |= self._vocabularies[block].tensors(f"{block}.")
        for name, weights in zip(("one", "all"), self._weights, strict=True):
            state[f"weights.{name}"] = weights.packed
        return state

    def settings(self) -> dict[str, object]:
        """The config, and what ``fit`` found out of the catalog, as JSON values."""
        return {
            "config": self.config.model_dump(mode="json"),
            "kind": self.kind,
            "tier": self.tier,
            "attributes": list(self.attributes),
        }

    @classmethod
    def restore(cls, settings: Mapping[str, object], tensors: Mapping[str, npt.NDArray[np.generic]]) -> "Complete":
        """Build it again from :meth:`settings` and :meth:`tensors`; :meth:`refresh` makes it ready to answer."""
        made = cls(CompleteConfig.model_validate(settings["config"]))
        made.kind, names = str(settings["kind"]), settings["attributes"]
        made.tier = int(str(settings["tier"]))
        made.attributes = tuple(map(str, names)) if isinstance(names, list) else ()
        made._vocabularies = {block: Vocabulary.restore(tensors, f"{block}.") for block in BLOCKS}
        made._weights = [Weights.unpacked(tensors[f"weights.{name}"]) for name in ("one", "all")]
        made._evidence = made._over(Counts.restore(tensors), item_traits.nothing(made._vocabularies))
        return made


def _best_tier(sets: Sets) -> int:
    """The best kind of sets that there are enough of.

    Raises:
        FitError: there is none.
    """
    for tier in range(len(TIERS)):
        if int((sets.tier == tier).sum()) >= FEWEST:
            return tier
    raise FitError(
        f"complete: {len(sets)} sets and visits hold two items or more; {FEWEST} of a kind are needed",
        hint="add sets.csv (columns set, item), or events with times",
    )


def _compared(catalog: Catalog, labels: Vocabulary) -> tuple[str, ...]:
    """Attributes that most items have and that are compared one by one."""
    found = {token.partition("=")[0] for token in labels.columns}
    held = [spec for name, spec in catalog.attributes.items() if name in found]
    return tuple(spec.name for spec in sorted(held, key=lambda spec: -spec.coverage)[:MOST_ATTRIBUTES])
