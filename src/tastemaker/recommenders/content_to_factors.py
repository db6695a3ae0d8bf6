"""Content to factors: what people's behaviour says of old items, foretold for new ones from their content.

The collaborative factors of items with events are regressed on what the items show and say. A new item gets its factors
from its content alone, without training, and stands on one scale with the old ones. This is what makes cold items work.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field
from scipy.sparse import csr_matrix, diags
from typing_extensions import override

from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import History
from tastemaker.core.config import Config
from tastemaker.core.errors import FitError
from tastemaker.core.progress import Observer, silent, track
from tastemaker.core.seeds import generator
from tastemaker.core.types import Bools, Floats, Ints
from tastemaker.recommenders import features, modalities
from tastemaker.recommenders.base import Recommender
from tastemaker.recommenders.ease import chosen_penalty, closed_form, co_occurrences
from tastemaker.recommenders.foretelling import MOST_ITEMS, Chooser, Setting, solved
from tastemaker.recommenders.lines import Lines, looked_up
from tastemaker.recommenders.modalities import FEATURES, SPACE
from tastemaker.recommenders.signals import recent, shares_each
from tastemaker.recommenders.validation import Validation

BATCH = 512
RIDGES = (10.0, 3.0, 30.0)  # of options the first is what is used where there is too little to choose on
PAIRS = (0.3, 0.0, 1.0)
FAMES = (0.0, 0.25)
MODALITY = (0.25, 0.0, 1.0)
FEW = 4  # lines from which a product of matrices takes less time than one line after the other


class ContentToFactorsConfig(Config):
    """Settings of content to factors."""

    dim: int = Field(default=256, ge=1)
    """Number of factors."""

    half_life: float = Field(default=50.0, ge=0)
    """In items: how far back in a history an item counts half; 0 lets all count alike."""

    half_life_new: float = Field(default=200.0, ge=0)
    """The same where items without events are asked about: a taste is foretold from further back than the next step."""

    regularisation: float | None = Field(default=None, gt=0)
    """Of the EASE model whose answers are factorised; None chooses as EASE does."""

    ridge: float | None = Field(default=None, gt=0)
    """Penalty of the regression from content: larger trusts content less. None chooses."""

    pairs: float | None = Field(default=None, ge=0)
    """Weight of pairs of features ("a comedy of the nineties"); 0 makes the regression linear. None chooses."""

    trust: float = Field(default=5.0, ge=0)
    """Events after which an item's own factors count as much as those foretold from its content."""

    fame: float | None = Field(default=None, ge=0, le=1)
    """How far the items' popularity is divided out first: 0 not at all, 0.5 like a cosine. None chooses."""

    words: float = Field(default=1.0, ge=0)
    """Weight of title and description."""

    labels: float = Field(default=0.75, ge=0)
    """Weight of categories, lists and flags."""

    names: float = Field(default=0.25, ge=0)
    """Weight of labels that name things, such as people and brands."""

    numbers: float = Field(default=2.0, ge=0)
    """Weight of numbers, the price and the year."""

    vectors: float | None = Field(default=None, ge=0)
    """Weight of the vectors of the space. None chooses."""

    features: dict[str, float] = Field(default_factory=dict)
    """Weight of matrices of ``features/`` by name; the weight of one that is not named is chosen."""

    max_items: int = Field(default=5_000, ge=2)
    """Most items that the regression learns from, the most chosen first (5,000 take 0.4 GB while fitting)."""

    seed: int = Field(default=0, ge=0)
    """Start of the factorisation."""


class ContentToFactors(Recommender[ContentToFactorsConfig]):
    """``s(u, j) = h_u B V q_j``, V the leading eigenvectors of EASE's answers, ``q_j = V_j`` where known.

    A new item has ``q = k(f) (K + r I)^-1 V``: kernel ridge from content, ``k = l + p l^2``, l the inner product of
    what is said and of every modality that comes with the items. An item with few events lies between the two.
    """

    figure: ClassVar[str] = "-"
    source: ClassVar[str] = (
        "after Gantner et al., Learning attribute-to-feature mappings for cold-start, ICDM 2010, sec. IV"
    )
    config_class: ClassVar[type[Config]] = ContentToFactorsConfig
    serves_cold_items: ClassVar[bool] = True

    _penalty: float | None = None
    _setting: Setting | None = None

    @property
    @override
    def settled(self) -> ContentToFactorsConfig:
        """With everything that was chosen."""
        found: dict[str, object] = {"regularisation": self._penalty}
        if self._setting is not None:
            weights = self._setting.weights
            given = {name.removeprefix(FEATURES): w for name, w in weights.items() if name.startswith(FEATURES)}
            found |= {"ridge": self._setting.ridge, "pairs": self._setting.pairs, "fame": self._setting.fame}
            found |= {"features": {**self.config.features, **given}}
            found |= {"vectors": weights[SPACE]} if SPACE in weights else {}
        return self.config.model_copy(update=found)

    @override
    def fit(
        self,
        catalog: Catalog,
        vectors: ItemVectors | None,
        observer: Observer = silent,
        validation: Validation | None = None,
    ) -> Self:
        """Factorise what people did, then regress the factors on content.

        Raises:
            FitError: nobody did anything yet, or the items have no content at all.
        """
        counts = catalog.interactions.counts()
        if not counts.any():
            raise FitError("content to factors: there are no events", hint="add an events file, or record events")
        self._features = features.learn(catalog, np.arange(catalog.size))
        self._modalities = modalities.learn(catalog, vectors)
        if self._features.width + self._modalities.width == 0:
            raise FitError(
                "content to factors: the items say nothing", hint="give items words or attributes, or fit a space"
            )
        chosen = np.argsort(-counts, kind="stable")[: min(self.config.max_items, int((counts > 0).sum()))]
        self._rows = np.sort(chosen).astype(np.int64)
        self._counts = counts[self._rows].astype(np.float32)
        with track(observer, f"content to factors: {len(self._rows):,} items") as task:
            self._factorise(catalog, validation)
            self._setting = self._choose(catalog, vectors)
            task.note(f"{self._setting}")
            self._regress(catalog, vectors)
        self._factors, self._told = np.empty((0, self._own.shape[1]), np.float32), np.empty(0, np.bool_)
        self._digests = np.empty(0, np.uint64)
        self.refresh(catalog, vectors)
        return self

    def _factorise(self, catalog: Catalog, validation: Validation | None) -> None:
        """Leading eigenvectors of ``B' G B``, where EASE's answers differ most, by subspace iteration."""
        people = catalog.interactions.matrix()[:, self._rows]
        gram = co_occurrences(catalog.interactions, self._rows)
        penalty = self.config.regularisation or chosen_penalty(
            catalog.interactions, self.config.half_life_new, validation
        )
        self._penalty = penalty
        weights = closed_form(gram, penalty)
        dim = min(self.config.dim, len(gram))
        start = generator(self.config.seed, "content-to-factors").standard_normal((len(gram), min(len(gram), dim + 16)))
        basis = np.linalg.qr(start.astype(np.float32))[0]
        for _ in range(6):
            basis = np.linalg.qr(weights.T @ (gram @ (weights @ basis)))[0]
        answers = people @ (weights @ basis)
        _, _, turn = np.linalg.svd(answers, full_matrices=False)
        self._own = np.ascontiguousarray(basis @ turn.T[:, :dim], np.float32)  # V: (items, dim)
        self._read = np.ascontiguousarray(weights @ self._own, np.float32)  # B V: what each history item brings

    def _choose(self, catalog: Catalog, vectors: ItemVectors | None) -> Setting:
        """What was left open, chosen on items that are hidden for it."""
        config = self.config
        given = {"ridge": config.ridge, "pairs": config.pairs, "fame": config.fame}
        given |= {
            name: config.vectors if name == SPACE else config.features.get(name.removeprefix(FEATURES))
            for name in self._modalities.means
        }
        options = dict.fromkeys(self._modalities.means, MODALITY) | {"ridge": RIDGES, "pairs": PAIRS, "fame": FAMES}
        value = {name: options[name][0] if known is None else known for name, known in given.items()}
        weights = self._block_weights() | {name: value[name] for name in self._modalities.means}
        start = Setting(value["ridge"], value["pairs"], value["fame"], weights)
        open_ = {name: values for name, values in options.items() if given[name] is None}
        if not open_ or self._penalty is None:
            return start
        rows = np.sort(self._rows[np.argsort(-self._counts, kind="stable")[:MOST_ITEMS]])
        grams = self._grams(catalog, vectors, rows)
        return Chooser(catalog.interactions, rows, grams, self._penalty, config.half_life_new).best(start, open_)

    def _grams(self, catalog: Catalog, vectors: ItemVectors | None, rows: Ints) -> dict[str, Floats]:
        """Inner products of some items, block by block. Shapes: each (len(rows), len(rows))."""
        table = self._features.read(catalog, rows, dict.fromkeys(features.BLOCKS, 1.0)).tocsc()
        bounds = np.cumsum([0, *self._features.widths.values()])
        parts = [table[:, low:high] for low, high in pairwise(bounds.tolist())]
        grams = {
            str(name): np.asarray((part @ part.T).todense(), np.float32)
            for name, part in zip(self._features.widths, parts, strict=True)
        }
        came = self._modalities.read(catalog, vectors, rows)
        return grams | {name: matrix @ matrix.T for name, matrix in came.items()}

    def _block_weights(self) -> dict[str, float]:
        config = self.config
        return {"words": config.words, "labels": config.labels, "names": config.names, "numbers": config.numbers}

    def _regress(self, catalog: Catalog, vectors: ItemVectors | None) -> None:
        """Kernel ridge: one system of items x items."""
        setting = self._chosen
        self._sparse, self._dense = self._content(catalog, vectors, self._rows)
        target = self._own / setting.famous(self._counts)[:, None]
        self._dual = solved(self._kernel(self._sparse, self._dense), setting.ridge, target)

    @property
    def _chosen(self) -> Setting:
        if self._setting is None:
            raise FitError("content to factors: not fitted yet", hint="call fit, or restore what was fitted")
        return self._setting

    def _kernel(self, sparse: csr_matrix, dense: Floats) -> Floats:
        """How alike items are to those of the regression. Shapes: content of n items -> (n, its items)."""
        alike = np.asarray((sparse @ self._sparse.T).todense(), np.float32) + dense @ self._dense.T
        return self._chosen.kernel(alike)

    def _content(self, catalog: Catalog, vectors: ItemVectors | None, rows: Ints) -> tuple[csr_matrix, Floats]:
        """What some items say (sparse), and the modalities that come with them (dense), weighed."""
        setting = self._chosen
        blocks: dict[features.Block, float] = {name: setting.weights[name] for name in features.BLOCKS}
        sparse = self._features.read(catalog, rows, blocks)
        parts = self._modalities.read(catalog, vectors, rows)
        scaled = [matrix * np.float32(np.sqrt(setting.weights[name])) for name, matrix in parts.items()]
        dense = np.concatenate([np.zeros((len(rows), 0), np.float32), *scaled], axis=1)
        said = np.asarray(sparse.multiply(sparse).sum(axis=1)).ravel() + np.sum(dense * dense, axis=1)
        louder = setting.louder(said.astype(np.float32))
        return (diags(louder) @ sparse).tocsr().astype(np.float32), dense * louder[:, None]

    @override
    def refresh(self, catalog: Catalog, vectors: ItemVectors | None) -> None:
        """Foretell the factors of items that are new or have changed; no training."""
        now = features.digests(catalog, vectors)
        if np.array_equal(now, self._digests):
            return  # the factors may be mapped, and then all processes have them once
        before = np.zeros(catalog.size, np.uint64)
        before[: len(self._digests)] = self._digests[: catalog.size]
        factors = np.zeros((catalog.size, self._own.shape[1]), np.float32)
        factors[: len(self._factors)] = self._factors[: catalog.size]
        told = np.zeros(catalog.size, np.bool_)
        told[: len(self._told)] = self._told[: catalog.size]
        changed = np.flatnonzero((now != before) & (now != 0))
        for low in range(0, len(changed), BATCH):
            rows = changed[low : low + BATCH]
            sparse, dense = self._content(catalog, vectors, rows)
            factors[rows] = self._kernel(sparse, dense) @ self._dual
            told[rows] = (np.diff(sparse.indptr) > 0) | np.any(dense != 0, axis=1)
        mine = np.isin(self._rows, changed)
        own = (self._counts / (self._counts + self.config.trust))[mine, None]
        factors[self._rows[mine]] = own * self._own[mine] + (1.0 - own) * factors[self._rows[mine]]
        told[self._rows[mine]] = True
        self._digests = now
        self._take(factors, told)

    def _take(self, factors: Floats, told: Bools) -> None:
        """Factors of all items.

        Once more by columns, which is how all are asked about soonest: items with events before the others, each where
        ``_place`` tells.
        """
        self._lines = Lines.of(self._rows, len(factors))
        unmet = np.flatnonzero(self._lines.place < 0)
        self._met, self._new = (np.ascontiguousarray(factors[rows].T) for rows in (self._rows, unmet))
        self._place = np.argsort(np.concatenate([self._rows, unmet]))
        self._factors, self._told = factors, told  # last: whoever scores meanwhile asks for nothing that is not there

    def score(self, histories: Sequence[History], candidates: Ints) -> Floats:
        """Products of factors; -inf for items without content and events, and for a history without known items.

        Shapes: (len(histories), n).
        """
        known = looked_up(self._told, candidates, otherwise=False)
        rows = candidates if known.all() else candidates[known]
        whole = 2 * len(rows) > len(self._factors)  # then all at once is cheaper than a copy of most of them
        scores = np.full((len(histories), len(candidates)), -np.inf, np.float32)
        for low in range(0, len(histories), BATCH):
            heard = [self._heard(history) for history in histories[low : low + BATCH]]
            spoken = low + np.flatnonzero([person is not None for person in heard])
            if len(spoken):
                near, far = (np.stack(people) for people in zip(*filter(None, heard), strict=True))
                told = self._of_most(near, far, rows) if whole else self._of_some(near, far, rows)
                scores[spoken if rows is candidates else np.ix_(spoken, known)] = told
        return scores

    def _of_most(self, near: Floats, far: Floats, rows: Ints) -> Floats:
        """Products with the factors of many rows. Shapes: (people, dim) twice, (n,) -> (people, n)."""
        told = np.concatenate([_products(near, self._met), _products(far, self._new)], axis=1)
        return told.take(self._place.take(rows), axis=1)

    def _of_some(self, near: Floats, far: Floats, rows: Ints) -> Floats:
        """The same for a few rows."""
        met = self._lines.places(rows) >= 0
        told = far @ self._factors[rows].T
        told[:, met] = near @ self._factors[rows[met]].T
        return told

    def _heard(self, history: History) -> tuple[Floats, Floats] | None:
        """A person's factors for items with events, and for new ones; None when no item of theirs is known.

        Shapes: (dim,), (dim,).
        """
        (here, near), (there, far) = (
            self._lines.known_of(*recent(history, half_life))
            for half_life in (self.config.half_life, self.config.half_life_new)
        )
        if not len(here):
            return None
        scale = near.sum() / max(far.sum(), 1e-9)  # one scale for new items and old ones
        return near @ self._read[here], scale * (far @ self._read[there])

    @override
    def because(self, history: History, row: int, n: int = 3) -> list[tuple[int, float]]:
        """The rows of the history that bring the most to the item's score."""
        return self.because_each(history, np.array([row]), n)[0]

    @override
    def because_each(self, history: History, rows: Ints, n: int = 3) -> list[list[tuple[int, float]]]:
        """The same for several items."""
        there = np.flatnonzero(rows < len(self._factors))
        met = self._lines.places(rows) >= 0
        found: list[list[tuple[int, float]]] = [[] for _ in rows]
        for half_life, old in ((self.config.half_life, True), (self.config.half_life_new, False)):
            place, weights = self._lines.known_of(*recent(history, half_life))
            asked = there[met[there] == old]
            brought = self._factors[rows[asked]] @ self._read[place].T
            each = shares_each(self._rows[place], weights * brought, n)
            for at, own in zip(asked.tolist(), each, strict=True):
                found[at] = own
        return found

    def tensors(self) -> Mapping[str, npt.NDArray[np.generic]]:
        """Factors, the regression, and what it reads."""
        sparse, setting = self._sparse, self._chosen
        state = self._features.tensors("features.") | self._modalities.tensors("modalities.")
        state |= {f"weight.{name}": np.array([weight]) for name, weight in setting.weights.items()}
        return state | {
            "setting": np.array([setting.ridge, setting.pairs, setting.fame]),
            "rows": self._rows, "counts": self._counts, "own": self._own, "read": self._read, "dual": self._dual,
            "data": sparse.data, "indices": sparse.indices, "indptr": sparse.indptr, "dense": self._dense,
            "factors": self._factors, "told": self._told, "digests": self._digests,
        }  # fmt: skip

    @override
    def restore(self, tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """Take back what :meth:`tensors` gave."""
        self._features = features.restore(tensors, "features.")
        self._modalities = modalities.restore(tensors, "modalities.")
        ridge, pairs, fame = (float(value) for value in tensors["setting"])
        weights = {
            name.removeprefix("weight."): float(value[0])
            for name, value in tensors.items()
            if name.startswith("weight.")
        }
        self._setting = Setting(ridge, pairs, fame, weights)
        self._rows = np.asarray(tensors["rows"], np.int64)
        arrays = (np.asarray(tensors[name], np.float32) for name in ("counts", "own", "read", "dual", "dense"))
        self._counts, self._own, self._read, self._dual, self._dense = arrays
        parts = (tensors["data"], tensors["indices"], tensors["indptr"])
        self._sparse = csr_matrix(parts, shape=(len(self._rows), self._features.width))
        self._take(np.asarray(tensors["factors"], np.float32), np.asarray(tensors["told"], np.bool_))
        self._digests = np.asarray(tensors["digests"], np.uint64)
        return self


def _products(people: Floats, columns: Floats) -> Floats:
    """``people @ columns``; of a few people one after the other, which takes less time. Shapes: -> (people, m)."""
    return people @ columns if len(people) >= FEW else np.stack([line @ columns for line in people])
