"""What a catalog says about an item, as one sparse vector: words, labels and numbers, each block of unit length.

The content methods read items through here beside their vectors in the space. Reading a new item needs nothing but what
was learned from the others: which words and labels there are, how rare each is, and where the numbers lie.

    words    title and description, log-count x inverse document frequency
    labels   departments, categories, lists, flags; texts that list short parts ("Tom Hanks, Tim Allen") give each part
    names    labels of attributes with many values, each of few items: people, brands, series
    numbers  number attributes, with a unit or without ("101 min"), the price, and a year that stands in the title: soft
             bins at the catalog's own quantiles
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, diags, hstack

from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import Item
from tastemaker.core.types import Doubles, Floats, Ints

Block = Literal["words", "labels", "names", "numbers"]
BLOCKS: tuple[Block, ...] = ("words", "labels", "names", "numbers")
WORD = re.compile(r"[^\W_]+")
QUANTITY = re.compile(r"([+-]?\d+(?:\.\d+)?)\s+([^\W\d_]{1,12})\.?")
YEAR = re.compile(r"\b(1[89]\d\d|20\d\d)\b")
MOST_WORDS = 20_000
MOST_LABELS = 20_000
LONGEST = 4_000  # characters of a description that are read
PART_WORDS = 4  # a part of a comma list is a label up to so many words
MANY, FEW = 50, 8  # an attribute names things when it has so many values, each of fewer items than this
BINS = 12
WIDTH = 1.0  # of a soft bin, in bins


@dataclass(frozen=True)
class Features:
    """What was learned about a catalog's words, labels and numbers; made by :func:`learn`.

    Attributes:
        words, labels, names: token -> column inside its block.
        rarity: inverse document frequencies of the words, then of the labels, then of the names.
        numbers: name of each number, its bins' centres.
    """

    words: Mapping[str, int]
    labels: Mapping[str, int]
    names: Mapping[str, int]
    rarity: Floats
    numbers: Mapping[str, Doubles]

    @property
    def width(self) -> int:
        """Columns of :meth:`read`."""
        return sum(self.widths.values())

    @property
    def widths(self) -> dict[Block, int]:
        """Columns of each block, in the order in which :meth:`read` joins them."""
        bins = sum(len(centres) for centres in self.numbers.values())
        return {"words": len(self.words), "labels": len(self.labels), "names": len(self.names), "numbers": bins}

    def read(self, catalog: Catalog, rows: Ints, weights: Mapping[Block, float]) -> csr_matrix:
        """Items as sparse vectors; zero for a removed item, and a block is zero for an item that lacks it.

        Args:
            catalog: where the items are.
            rows: which items.
            weights: squared length of each block.

        Shapes: (len(rows), width).
        """
        items = [catalog.item(int(row)) if catalog.alive[row] else None for row in rows]
        words = [Counter(words_in(item)) if item else Counter() for item in items]
        labels = [Counter(labels_in(item)) if item else Counter() for item in items]
        rarity = np.split(self.rarity, np.cumsum([len(self.words), len(self.labels)]))
        blocks: dict[Block, csr_matrix] = {
            "words": _table(words, self.words, rarity[0]),
            "labels": _table(labels, self.labels, rarity[1]),
            "names": _table(labels, self.names, rarity[2]),
            "numbers": _bins(items, self.numbers),
        }
        scaled = [block * np.float32(np.sqrt(weights[name])) for name, block in blocks.items()]
        joined: csr_matrix = hstack(scaled, format="csr", dtype=np.float32)
        return joined

    def tensors(self, prefix: str) -> dict[str, npt.NDArray[np.generic]]:
        """Everything, for storage; the names start with ``prefix``."""
        centres = [np.asarray(values, np.float64) for values in self.numbers.values()]
        return {
            f"{prefix}words": _packed(self.words),
            f"{prefix}labels": _packed(self.labels),
            f"{prefix}names": _packed(self.names),
            f"{prefix}numbers": _packed(self.numbers),
            f"{prefix}rarity": self.rarity,
            f"{prefix}bins": np.array([len(values) for values in centres], np.int64),
            f"{prefix}centres": np.concatenate([*centres, np.empty(0)]),
        }


def restore(tensors: Mapping[str, npt.NDArray[np.generic]], prefix: str) -> Features:
    """Take back what :meth:`Features.tensors` gave."""
    packed = (tensors[f"{prefix}{name}"] for name in ("words", "labels", "names", "numbers"))
    words, labels, names, numbers = (_unpacked(data) for data in packed)
    bounds = np.cumsum(tensors[f"{prefix}bins"].astype(np.int64))[:-1]
    centres = np.split(tensors[f"{prefix}centres"].astype(np.float64), bounds) if numbers else []
    return Features(
        words={word: column for column, word in enumerate(words)},
        labels={label: column for column, label in enumerate(labels)},
        names={name: column for column, name in enumerate(names)},
        rarity=tensors[f"{prefix}rarity"].astype(np.float32),
        numbers=dict(zip(numbers, centres, strict=True)),
    )


def learn(catalog: Catalog, rows: Ints) -> Features:
    """Which words, labels and numbers there are. A word or label of a single item says nothing about others."""
    items = [catalog.item(int(row)) for row in rows if catalog.alive[row]]
    words, word_rarity = _vocabulary([set(words_in(item)) for item in items], MOST_WORDS)
    said = [set(labels_in(item)) for item in items]
    many = _naming(said)
    labels, label_rarity = _vocabulary(
        [{t for t in tokens if _attribute(t) not in many} for tokens in said], MOST_LABELS
    )
    names, name_rarity = _vocabulary([{t for t in tokens if _attribute(t) in many} for tokens in said], MOST_LABELS)
    found: dict[str, list[float]] = {}
    for item in items:
        for name, value in numbers_in(item):
            found.setdefault(name, []).append(value)
    numbers = {name: _centres(np.array(values)) for name, values in sorted(found.items())}
    return Features(words, labels, names, np.concatenate([word_rarity, label_rarity, name_rarity]), numbers)


def digests(catalog: Catalog, vectors: ItemVectors | None) -> npt.NDArray[np.uint64]:
    """A number for each row that changes when the item's words, attributes, vector or features do; 0 for a removed one.

    Shapes: (rows,).
    """
    found = np.zeros(catalog.size, np.uint64)
    for row in np.flatnonzero(catalog.alive).tolist():
        item = catalog.raw_item(row)
        content = repr((item.title, item.text, item.department, item.price, sorted(item.attributes.items())))
        digest = hashlib.blake2b(content.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        found[row] = int.from_bytes(digest, "big") | 1
    matrices = {f"features/{name}": np.asarray(matrix) for name, matrix in sorted(catalog.features.items())}
    if vectors is not None:
        matrices["space"] = vectors.matrix
    for name, matrix in matrices.items():
        n = min(catalog.size, len(matrix))
        found[:n] ^= np.where(found[:n] > 0, _digests(name, matrix[:n]), np.uint64(0))
    return found


def _digests(name: str, matrix: Floats) -> npt.NDArray[np.uint64]:
    """An even number for each row of a named matrix. Shapes: (n, dim) -> (n,)."""
    salt = int.from_bytes(hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big") | 1
    bits = np.ascontiguousarray(matrix, np.float32).view(np.uint32).astype(np.uint64)
    factors = np.arange(1, 2 * bits.shape[1], 2, dtype=np.uint64) * np.uint64(salt)
    mixed: npt.NDArray[np.uint64] = (bits * factors).sum(axis=1, dtype=np.uint64) << np.uint64(1)
    return mixed


def aligned(vectors: ItemVectors, rows: Ints) -> Floats:
    """Vectors of some rows; zero for rows that they do not reach. Shapes: (len(rows), dim)."""
    found = np.zeros((len(rows), vectors.matrix.shape[1]), np.float32)
    inside = rows < len(vectors.matrix)
    found[inside] = vectors.matrix[rows[inside]]
    return found


def words_in(item: Item) -> list[str]:
    """Words of the title and of the description, lower case."""
    texts = [item.title, item.text, *(v for v in item.attributes.values() if isinstance(v, str) and len(v) > 40)]
    return [word for text in texts for word in WORD.findall(text[:LONGEST].casefold()) if not YEAR.fullmatch(word)]


def labels_in(item: Item) -> list[str]:
    """Labels as ``name=value``; a comma list of short parts gives each part. A number with its unit is none."""
    found = [f"department={item.department}"] if item.department else []
    for name, value in item.attributes.items():
        if isinstance(value, bool):
            found += [name] if value else []
        elif isinstance(value, tuple):
            found += [f"{name}={part.casefold()}" for part in value]
        elif isinstance(value, str) and not QUANTITY.fullmatch(value):
            parts = [part.strip() for part in value.split(",")]
            if all(len(part.split()) <= PART_WORDS for part in parts):
                found += [f"{name}={part.casefold()}" for part in parts if part]
    return found


def numbers_in(item: Item) -> Iterator[tuple[str, float]]:
    """Number attributes, with a unit or without, the price, and the last year of the title."""
    for name, value in item.attributes.items():
        quantity = QUANTITY.fullmatch(value) if isinstance(value, str) else None
        if quantity:
            yield f"attribute {name} in {quantity[2].casefold()}", float(quantity[1])
        if isinstance(value, float) and np.isfinite(value):
            yield f"attribute {name}", value
    if item.price is not None and np.isfinite(item.price):
        yield "price", float(item.price)
    years = YEAR.findall(item.title)
    if years:
        yield "year in the title", float(years[-1])


def _vocabulary(documents: Sequence[set[str]], most: int) -> tuple[dict[str, int], Floats]:
    """The most frequent tokens that at least two documents have, sorted; and how rare each is."""
    counts: Counter[str] = Counter()
    for document in documents:
        counts.update(document)
    ranked = sorted((token for token, count in counts.items() if count > 1), key=lambda token: (-counts[token], token))
    kept = sorted(ranked[:most])
    rarity = np.log1p(len(documents) / np.array([counts[token] for token in kept], np.float64))
    return {token: column for column, token in enumerate(kept)}, rarity.astype(np.float32)


def _attribute(label: str) -> str:
    return label.partition("=")[0]


def _naming(documents: Sequence[set[str]]) -> set[str]:
    """Attributes with many values, each of few items."""
    uses: Counter[str] = Counter()
    values: dict[str, set[str]] = {}
    for document in documents:
        for label in document:
            uses[_attribute(label)] += 1
            values.setdefault(_attribute(label), set()).add(label)
    return {name for name, held in values.items() if len(held) >= MANY and uses[name] < FEW * len(held)}


def _table(documents: Sequence[Counter[str]], columns: Mapping[str, int], rarity: Floats) -> csr_matrix:
    """(1 + log count) x rarity, unit rows. Shapes: (documents, tokens)."""
    owner, column, value = [], [], []
    for line, document in enumerate(documents):
        for token, count in document.items():
            if token in columns:
                owner.append(line)
                column.append(columns[token])
                value.append(1.0 + np.log(count))
    table = csr_matrix((value, (owner, column)), shape=(len(documents), len(columns)), dtype=np.float32)
    return unit((table @ diags(rarity)).tocsr()) if len(columns) else table


def _bins(items: Sequence[Item | None], numbers: Mapping[str, Doubles]) -> csr_matrix:
    """Each number as a bump over its bins, unit rows. Shapes: (items, bins of all numbers)."""
    starts = dict(zip(numbers, np.cumsum([0, *(len(c) for c in numbers.values())])[:-1], strict=True))
    total = sum(len(centres) for centres in numbers.values())
    dense = np.zeros((len(items), total), np.float32)
    for line, item in enumerate(items):
        for name, value in numbers_in(item) if item else ():
            if name in numbers:
                centres = numbers[name]
                place = np.interp(value, centres, np.arange(len(centres)))
                bump = np.exp(-0.5 * ((place - np.arange(len(centres))) / WIDTH) ** 2)
                dense[line, starts[name] : starts[name] + len(centres)] = bump / np.linalg.norm(bump)
    return unit(csr_matrix(dense))


def _centres(values: Doubles) -> Doubles:
    """Quantiles of a number, each once."""
    return np.unique(np.quantile(values, np.linspace(0.0, 1.0, BINS)))


def unit(table: csr_matrix) -> csr_matrix:
    """Rows of length one; a zero row stays."""
    length = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
    scaled: csr_matrix = diags(1.0 / np.maximum(length, 1e-9)).dot(table).tocsr()
    return scaled.astype(np.float32)


def _packed(names: Mapping[str, object]) -> npt.NDArray[np.uint8]:
    """Names as UTF-8 bytes, zero between them (a token holds no zero byte)."""
    return np.frombuffer("\0".join(names).encode("utf-8", "surrogatepass") or b"\0", np.uint8).copy()


def _unpacked(data: npt.NDArray[np.generic]) -> list[str]:
    text = data.astype(np.uint8).tobytes().decode("utf-8", "surrogatepass")
    return [] if text == "\0" else text.split("\0")
