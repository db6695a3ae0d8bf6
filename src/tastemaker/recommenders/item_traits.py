"""What an item is, as ``complete`` reads it: its kind, its labels, its names, its words, its price and its vector.

kinds    the value of the attribute that says what a thing is ("Table lamp"), its words, its department
labels   every other category, list and flag, as name=value
names    words of the title that are neither kind nor label and that few items share: a series, a brand, a motif
words    title and description
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, vstack

from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import Item
from tastemaker.core.types import Floats
from tastemaker.recommenders import features

Block = Literal["kinds", "labels", "names", "words"]
BLOCKS: tuple[Block, ...] = ("kinds", "labels", "names", "words")
MOST: Mapping[Block, int] = {"kinds": 1_200, "labels": 1_200, "names": 20_000, "words": 20_000}
KIND_NAMES = ("kind", "type", "product_type", "category", "article_type", "articletype", "subcategory", "class")
WORD = re.compile(r"[^\W\d_]{3,}")
NAME_SHARE = 0.05  # a word that more of the items have in their titles is no name


@dataclass(frozen=True)
class Vocabulary:
    """Tokens of one block -> columns.

    Attributes:
        columns: token -> column.
        rarity: inverse document frequency of each.
    """

    columns: Mapping[str, int]
    rarity: Floats

    @classmethod
    def learn(cls, documents: Sequence[set[str]], most: int, share: float = 1.0) -> "Vocabulary":
        """The most frequent tokens of at least two documents and of at most a share of them."""
        counts: Counter[str] = Counter()
        for document in documents:
            counts.update(document)
        ceiling = max(2.0, share * len(documents))
        fit = [token for token, count in counts.items() if 1 < count <= ceiling]
        kept = sorted(sorted(fit, key=lambda token: (-counts[token], token))[:most])
        rarity = np.log1p(len(documents) / np.array([counts[token] for token in kept], np.float64))
        return cls({token: column for column, token in enumerate(kept)}, rarity.astype(np.float32))

    def table(self, documents: Sequence[set[str]]) -> csr_matrix:
        """1 where a document has a token. Shapes: (documents, tokens)."""
        found = [sorted(self.columns[token] for token in document if token in self.columns) for document in documents]
        owner = np.repeat(np.arange(len(found)), [len(columns) for columns in found])
        column = np.array([column for columns in found for column in columns], np.int64)
        shape = (len(documents), len(self.columns))
        return csr_matrix((np.ones(len(column), np.float32), (owner, column)), shape=shape, dtype=np.float32)

    def tensors(self, prefix: str) -> dict[str, npt.NDArray[np.generic]]:
        """Everything, for storage; the names start with ``prefix``."""
        packed = "\0".join(self.columns).encode("utf-8", "surrogatepass") or b"\0"
        return {f"{prefix}tokens": np.frombuffer(packed, np.uint8).copy(), f"{prefix}rarity": self.rarity}

    @classmethod
    def restore(cls, tensors: Mapping[str, npt.NDArray[np.generic]], prefix: str) -> "Vocabulary":
        """Take back what :meth:`tensors` gave."""
        text = tensors[f"{prefix}tokens"].astype(np.uint8).tobytes().decode("utf-8", "surrogatepass")
        tokens = [] if text == "\0" else text.split("\0")
        return cls(
            {token: column for column, token in enumerate(tokens)}, tensors[f"{prefix}rarity"].astype(np.float32)
        )


@dataclass(frozen=True)
class Traits:
    """Every row of a catalog, read.

    Attributes:
        tables: one a block, 1 where an item has a token.
        prices: logarithms, NaN where unknown.
        vectors: unit rows of the space, zero where there is none.
        digests: of what was read of each row, 0 for a removed item.

    Shapes: tables (rows, tokens); prices, digests (rows,); vectors (rows, dim).
    """

    tables: Mapping[Block, csr_matrix]
    prices: Floats
    vectors: Floats
    digests: npt.NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, np.uint64))

    @property
    def size(self) -> int:
        """Number of rows."""
        return len(self.prices)


def kind_attribute(catalog: Catalog, wanted: str = "") -> str:
    """The attribute that says what a thing is: the wanted one, else the first of a few usual names, else none."""
    if wanted:
        catalog.spec(wanted)  # raises for an unknown one
        return wanted
    folded = {name.casefold().replace(" ", "_"): name for name in catalog.attributes}
    return next((folded[name] for name in KIND_NAMES if name in folded), "")


def learn(catalog: Catalog, kind: str) -> dict[Block, Vocabulary]:
    """Which tokens there are in each block."""
    said = [tokens(catalog.item(int(row)), kind) for row in np.flatnonzero(catalog.alive)]
    return {
        block: Vocabulary.learn([each[block] for each in said], MOST[block], NAME_SHARE if block == "names" else 1.0)
        for block in BLOCKS
    }


def read(
    catalog: Catalog,
    vectors: ItemVectors | None,
    vocabularies: Mapping[Block, Vocabulary],
    kind: str,
    before: Traits | None = None,
) -> Traits:
    """Read every row; what an earlier reading knows and has not changed is taken from it."""
    now = features.digests(catalog, vectors)
    old = np.zeros(catalog.size, np.uint64)
    if before is not None:
        old[: before.size] = before.digests[: catalog.size]
    known = (old == now) & (now != 0)
    fresh = np.flatnonzero(~known)
    said = [tokens(catalog.item(int(row)), kind) if catalog.alive[row] else _NOTHING for row in fresh]
    place = np.empty(catalog.size, np.int64)
    start = 0 if before is None else before.size
    place[known], place[fresh] = np.flatnonzero(known), start + np.arange(len(fresh))
    tables = {}
    for block in BLOCKS:
        new = vocabularies[block].table([each[block] for each in said])
        tables[block] = (new if before is None else vstack([before.tables[block], new], format="csr"))[place]
    dim = 0 if vectors is None else vectors.matrix.shape[1]
    matrix = np.zeros((catalog.size, dim), np.float32)
    if vectors is not None:
        matrix[:] = features.aligned(vectors, np.arange(catalog.size))
    with np.errstate(invalid="ignore", divide="ignore"):
        prices = np.where(catalog.prices > 0, np.log(catalog.prices), np.nan).astype(np.float32)
    return Traits(tables, prices, matrix, now)


def nothing(vocabularies: Mapping[Block, Vocabulary]) -> Traits:
    """Traits of no rows at all, to begin with."""
    tables = {block: vocabularies[block].table([]) for block in BLOCKS}
    return Traits(tables, np.empty(0, np.float32), np.empty((0, 0), np.float32))


def tokens(item: Item, kind: str) -> dict[Block, set[str]]:
    """What an item says, block by block."""
    value = item.attributes.get(kind)
    named = [value] if isinstance(value, str) else list(value) if isinstance(value, tuple) else []
    kinds = {f"{kind}={part.casefold()}" for part in named}
    kinds |= {word for part in named for word in _words(part)}
    kinds |= {f"department={item.department}"} if item.department else set()
    told = features.labels_in(item)
    labels = {label for label in told if label.partition("=")[0] not in (kind, "department")}
    common = {word for label in told for word in _words(label.partition("=")[2])}
    names = {word for word in _words(item.title) if word not in common}
    return {"kinds": kinds, "labels": labels, "names": names, "words": set(features.words_in(item))}


def _words(text: str) -> list[str]:
    return WORD.findall(text.casefold())


_NOTHING: dict[Block, set[str]] = {block: set() for block in BLOCKS}
