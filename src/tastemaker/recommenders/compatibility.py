"""What speaks for an item beside a set of others: one number a piece of evidence, for every candidate.

    together     the same two items stood together before
    popularity   the candidate stands in many sets; in none
    kinds        its kind stands beside these kinds more often than chance; and how alike the kinds are (substitutes)
    labels       its labels stand beside these labels more often than chance
    names        it shares a rare word of the title: a series, a brand
    attributes   it has the same value, attribute by attribute
    words        its words are like theirs
    looks        its vector is near theirs; and the learned bilinear map between what stands together
    price        how far its price is from theirs

Every count can be asked for as if one set had never been seen (see :mod:`pairs`), so that weights can be learned from
the very sets that the counts come from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, diags, identity

from tastemaker.core.types import Floats, Ints
from tastemaker.nn.whitening import whitened, whitening
from tastemaker.recommenders.baskets import Sets
from tastemaker.recommenders.features import unit
from tastemaker.recommenders.item_traits import Block, Traits, Vocabulary
from tastemaker.recommenders.pairs import Own, Pairs

RIDGE = 0.3
"""Added to the variance of every direction of the space before it is whitened, in mean variances."""
LIFTED: tuple[Block, ...] = ("kinds", "labels")
SCALED: tuple[Block, ...] = ("kinds", "words")


@dataclass(frozen=True)
class OwnSet:
    """One set and its weight."""

    rows: Ints
    weight: float


@dataclass(frozen=True)
class Counts:
    """What the sets say, over the rows, tokens and vectors of the fit.

    Attributes:
        sets: the sets themselves.
        lifts: of kinds and of labels.
        looks: of whitened vectors; None without a space.
        whiten: (mean, matrix) of the vectors; None without a space.
    """

    sets: Sets
    lifts: Mapping[Block, Pairs]
    looks: Pairs | None = None
    whiten: tuple[Floats, Floats] | None = None

    @classmethod
    def of(cls, sets: Sets, traits: Traits) -> "Counts":
        """Count."""
        lifts = {block: Pairs.of(sets, traits.tables[block][: sets.table.shape[1]]) for block in LIFTED}
        if not traits.vectors.any():
            return cls(sets, lifts)
        whiten = whitening(traits.vectors, RIDGE)
        return cls(sets, lifts, Pairs.of(sets, whitened(traits.vectors, whiten)), whiten)

    def tensors(self) -> dict[str, npt.NDArray[np.generic]]:
        """Everything, for storage."""
        state: dict[str, npt.NDArray[np.generic]] = dict(self.sets.tensors())
        for name, pairs in (*self.lifts.items(), ("looks", self.looks)):
            state |= {} if pairs is None else pairs.tensors(f"pairs.{name}.")
        if self.whiten is not None:
            state |= {"whiten.mean": self.whiten[0], "whiten.matrix": self.whiten[1]}
        return state

    @classmethod
    def restore(cls, tensors: Mapping[str, npt.NDArray[np.generic]]) -> "Counts":
        """Take back what :meth:`tensors` gave."""
        sets, lifts = Sets.restore(tensors), {block: Pairs.restore(tensors, f"pairs.{block}.") for block in LIFTED}
        if "whiten.mean" not in tensors:
            return cls(sets, lifts)
        whiten = tensors["whiten.mean"].astype(np.float32), tensors["whiten.matrix"].astype(np.float32)
        return cls(sets, lifts, Pairs.restore(tensors, "pairs.looks."), whiten)

    @cached_property
    def together(self) -> csr_matrix:
        """Weight of the sets that hold both items. Shapes: (rows, rows)."""
        found = self.sets.table.T @ diags(self.sets.weight) @ self.sets.table
        found.setdiag(0)
        found.eliminate_zeros()
        return csr_matrix(found, dtype=np.float32)

    @cached_property
    def chosen(self) -> Floats:
        """Weight of the sets that hold an item. Shapes: (rows,)."""
        return np.asarray(self.sets.table.T @ self.sets.weight, np.float32)


@dataclass(frozen=True)
class Evidence:
    """Everything that speaks, over one reading of the catalog.

    Args:
        counts: what the sets say.
        traits: what the items are.
        vocabularies: of the blocks.
        attributes: labels are compared attribute by attribute for these.
    """

    counts: Counts
    traits: Traits
    vocabularies: Mapping[Block, Vocabulary]
    attributes: Sequence[str] = field(default_factory=tuple)

    @cached_property
    def names(self) -> tuple[tuple[str, str], ...]:
        """(group, name) of every piece of evidence, in the order of :meth:`read`."""
        return (
            ("together", "pairs"), ("popularity", "sets"), ("popularity", "never"),
            ("kinds", "lift"), ("kinds", "best lift"), ("kinds", "alike"), ("kinds", "most alike"),
            ("labels", "lift"), ("labels", "best lift"),
            ("names", "shared"), ("names", "by how many"), ("names", "rarity"),
            ("words", "mean"), ("words", "best"),
            ("looks", "mean"), ("looks", "best"), ("looks", "map"), ("price", "distance"),
            *(("attributes", f"{name} {how}") for name in self.attributes for how in ("mean", "best")),
        )  # fmt: skip

    def read(self, rows: Ints, candidates: Ints, own: OwnSet | None = None) -> Floats:
        """Every piece of evidence for every candidate.

        Args:
            rows: the items that are there already.
            candidates: rows.
            own: a set that the counts must not know, because the question was made of it.

        Shapes: rows (g,), candidates (n,) -> (n, evidence).
        """
        return self.summed(self.beside(rows, candidates, own), np.arange(len(rows)))

    def beside(self, rows: Ints, candidates: Ints, own: OwnSet | None = None) -> dict[str, Floats]:
        """What is between every single item and every candidate, to be summed up over any of the items.

        Shapes: most (g, n); "chosen" (n,); the lifts of single tokens (n, tokens), which item has them (g, tokens).
        """
        found = self._counted(rows, candidates, own)
        for block in LIFTED:
            found |= self._lifts(block, rows, candidates, own)
        found |= self._names(rows, candidates)
        found |= {block: self._cosines(f"scaled {block}", self._scaled[block], rows, candidates) for block in SCALED}
        found |= self._looks(rows, candidates, own) | {"price": self._price(rows, candidates)}
        return found | {
            f"attribute {name}": self._cosines(name, self._by_attribute[name], rows, candidates)
            for name in self.attributes
        }

    def summed(self, beside: Mapping[str, Floats], at: Ints) -> Floats:
        """Every piece of evidence, in the order of :attr:`names`, over some of the items of :meth:`beside`.

        Shapes: at (g,) -> (n, evidence).
        """
        lift = {block: self._summed_lift(beside, block, at) for block in LIFTED}
        count = beside["shared"][at].sum(axis=0)
        found = [
            beside["pairs"][at].sum(axis=0),
            np.log1p(beside["chosen"]),
            beside["chosen"] < 1e-6,
            *lift["kinds"],
            *_mean_best(beside["kinds"][at]),
            *lift["labels"],
            count > 0,
            np.log1p(count),
            beside["rare"][at].max(axis=0),
            *_mean_best(beside["words"][at]),
            *_mean_best(beside["near"][at]),
            beside["map"][at].mean(axis=0),
            beside["price"][at].mean(axis=0),
        ]
        for name in self.attributes:
            found += _mean_best(beside[f"attribute {name}"][at])
        return np.asarray(np.nan_to_num(np.stack(found, axis=1)), np.float32)

    def _counted(self, rows: Ints, candidates: Ints, own: OwnSet | None) -> dict[str, Floats]:
        """Sets with both, over the root of the sets with each; and the sets with the candidate."""
        size = len(self.counts.chosen)
        inside, here = candidates < size, rows < size
        known, there = candidates[inside], rows[here]
        chosen = np.zeros(len(candidates), np.float32)
        chosen[inside] = self.counts.chosen[known]
        both, mine = np.zeros((len(rows), len(candidates)), np.float32), np.zeros(len(rows), np.float32)
        if len(there) and len(known):
            found = (self.counts.together[there] @ self._across("places", self._places, known)).toarray()
            both[np.ix_(here, inside)] = found
        mine[here] = self.counts.chosen[there]
        if own is not None:
            taken, held = np.isin(candidates, own.rows), np.isin(rows, own.rows)
            chosen = chosen - own.weight * taken
            both = both - own.weight * np.outer(held, taken) * (rows[:, None] != candidates)
            mine = mine - own.weight * held
        chosen, both = np.maximum(chosen, 0), np.maximum(both, 0)
        pairs = both / np.sqrt(np.outer(mine + 1, chosen + 1))
        return {"pairs": np.asarray(pairs, np.float32), "chosen": np.asarray(chosen, np.float32)}

    def _lifts(self, block: Block, rows: Ints, candidates: Ints, own: OwnSet | None) -> dict[str, Floats]:
        """Mean lift of a candidate's tokens beside each token of the items, and beside each item."""
        table = self.traits.tables[block]
        mine, theirs = table[rows], self._cut(block, table, candidates)
        columns = np.unique(mine.indices).astype(np.int64)
        brought = None if own is None else Own(table[own.rows].toarray(), own.weight)
        lifts = self.counts.lifts[block].lifts(columns, brought)
        each = np.asarray(theirs @ lifts.T) / np.maximum(np.diff(theirs.indptr), 1)[:, None]  # (n, columns)
        spoken = mine[:, columns].toarray()
        best = spoken @ each.T / np.maximum(spoken.sum(axis=1, keepdims=True), 1)  # (g, n)
        return {f"{block} each": each, f"{block} spoken": spoken, f"{block} best": np.asarray(best, np.float32)}

    @staticmethod
    def _summed_lift(beside: Mapping[str, Floats], block: Block, at: Ints) -> tuple[Floats, Floats]:
        """Mean over all tokens of the items; and of the best single item."""
        each, spoken = beside[f"{block} each"], beside[f"{block} spoken"][at].any(axis=0)
        mean = each[:, spoken].mean(axis=1) if spoken.any() else np.zeros(len(each), np.float32)
        return mean, beside[f"{block} best"][at].max(axis=0)

    def _names(self, rows: Ints, candidates: Ints) -> dict[str, Floats]:
        """Does it share a rare word of a title, and how rare is that word."""
        table, rarity = self.traits.tables["names"], self.vocabularies["names"].rarity
        theirs = self._across("names", table, candidates)
        shared = np.asarray((table[rows] @ theirs).toarray() > 0, np.float32)
        rare = (table[rows] @ diags(rarity**2) @ theirs).toarray() if len(rarity) else shared
        return {"shared": shared, "rare": rare}

    def _looks(self, rows: Ints, candidates: Ints, own: OwnSet | None) -> dict[str, Floats]:
        """Nearness in the space, and the learned map."""
        counts, vectors = self.counts, self.traits.vectors
        if counts.looks is None or counts.whiten is None or not vectors.shape[1]:
            nothing = np.zeros((len(rows), len(candidates)), np.float32)
            return {"near": nothing, "map": nothing}
        white = self._white(counts.whiten)
        brought = None if own is None else Own(white[own.rows], own.weight)
        moved = counts.looks.times(white[rows], brought)
        return {
            "near": vectors[rows] @ self._cut("vectors", vectors, candidates).T,
            "map": moved @ self._cut("white", white, candidates).T,
        }

    def _price(self, rows: Ints, candidates: Ints) -> Floats:
        """Distance of the logarithms; the usual one where either is unknown. Shapes: (g, n)."""
        far = np.abs(self.traits.prices[rows][:, None] - self.traits.prices[candidates])
        return np.asarray(np.where(np.isfinite(far), far, self._usual_distance), np.float32)

    @cached_property
    def _usual_distance(self) -> float:
        prices = self.traits.prices[np.isfinite(self.traits.prices)]
        return float(prices.std()) if len(prices) else 0.0

    def _white(self, whiten: tuple[Floats, Floats]) -> Floats:
        """Whitened vectors of all rows, made once."""
        if "white" not in self._whole:
            self._whole["white"] = whitened(self.traits.vectors, whiten)
        return self._whole["white"]

    def _cut(self, name: str, table: csr_matrix | Floats, candidates: Ints) -> csr_matrix:
        """The candidates' lines of a table; those of the last question are kept, which often comes again."""
        held = self._kept.get(name)
        if held is not None and np.array_equal(held[0], candidates):
            return held[1]
        found = table[candidates]
        self._kept[name] = (candidates, found)
        return found

    def _across(self, name: str, table: csr_matrix, candidates: Ints) -> csr_matrix:
        """The candidates' lines as columns. Shapes: (tokens, n)."""
        held = self._kept.get(f"{name} across")
        if held is not None and np.array_equal(held[0], candidates):
            return held[1]
        found = csr_matrix(table[candidates].T)
        self._kept[f"{name} across"] = (candidates, found)
        return found

    def _cosines(self, name: str, table: csr_matrix, rows: Ints, candidates: Ints) -> Floats:
        """Of unit rows. Shapes: (g, n)."""
        return np.asarray((table[rows] @ self._across(name, table, candidates)).toarray(), np.float32)

    @cached_property
    def _places(self) -> csr_matrix:
        """1 for each row in its own column. Shapes: (rows of the fit, rows of the fit)."""
        return csr_matrix(identity(len(self.counts.chosen), np.float32, format="csr"))

    @cached_property
    def _kept(self) -> dict[str, tuple[Ints, csr_matrix]]:
        return {}

    @cached_property
    def _whole(self) -> dict[str, Floats]:
        return {}

    @cached_property
    def _scaled(self) -> dict[Block, csr_matrix]:
        """Kinds and words, weighed by how rare they are, rows of length one."""
        return {
            block: unit((self.traits.tables[block] @ diags(self.vocabularies[block].rarity)).tocsr())
            if len(self.vocabularies[block].rarity)
            else self.traits.tables[block]
            for block in SCALED
        }

    @cached_property
    def _by_attribute(self) -> dict[str, csr_matrix]:
        """The labels of one attribute, weighed by how rare they are, rows of length one."""
        labels, table = self.vocabularies["labels"], self.traits.tables["labels"]
        found = {}
        for name in self.attributes:
            columns = [column for token, column in labels.columns.items() if token.partition("=")[0] == name]
            found[name] = unit((table[:, columns] @ diags(labels.rarity[columns])).tocsr())
        return found


def _mean_best(near: Floats) -> tuple[Floats, Floats]:
    """Over the set. Shapes: (g, n) -> (n,), (n,)."""
    return near.mean(axis=0), near.max(axis=0)
