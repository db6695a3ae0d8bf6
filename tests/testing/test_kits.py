"""Every registered method keeps its contract; the kits catch the usual ways to break one."""

import numpy as np
import pytest

from tastemaker.alignment.space import ItemVectors
from tastemaker.core.registry import find, names
from tastemaker.recommenders.content import Content
from tastemaker.recommenders.ease import Ease
from tastemaker.recommenders.popularity import Popularity
from tastemaker.testing import recommenders, spaces
from tastemaker.testing.contract import ContractBroken
from tastemaker.testing.fixed_space import FixedSpace
from tastemaker.testing.recommenders import check_recommender
from tastemaker.testing.spaces import check_space

IMPERSONAL = {"popularity", "random"}
CASES = [
    (name, clause)
    for name in names("recommender")
    for clause in (*recommenders.CLAUSES, *(() if name in IMPERSONAL else recommenders.PERSONAL_CLAUSES))
]


@pytest.mark.parametrize(("name", "clause"), CASES, ids=lambda part: getattr(part, "__name__", part))
def test_recommenders(name, clause):
    clause(find("recommender", name))


class Nameless(Ease):
    source = ""


class Doubled(Ease):
    def score(self, histories, candidates):
        return super().score(histories, candidates).astype(np.float64)


class Sticky(Ease):
    """Keeps what an earlier fit left."""

    bonus = 0.0

    def fit(self, catalog, vectors, *rest):
        self.bonus += 1.0
        return super().fit(catalog, vectors, *rest)

    def score(self, histories, candidates):
        return super().score(histories, candidates) * np.float32(self.bonus)


class Gregarious(Ease):
    """Lets the others in the batch into the answer."""

    def score(self, histories, candidates):
        scores = super().score(histories, candidates)
        known = np.where(np.isfinite(scores), scores, 0)
        return scores - known.mean() if scores.size else scores


class Forgetful(Ease):
    """Stores something else than it knows."""

    def tensors(self):
        return {name: value * 2 if value.dtype.kind == "f" else value for name, value in super().tensors().items()}


class Boaster(Ease):
    serves_cold_items = True


class Generous(Ease):
    """Scores what it does not know above what it does."""

    def score(self, histories, candidates):
        return np.where(np.isfinite(found := super().score(histories, candidates)), found, np.float32(9))


class Inventive(Ease):
    def because(self, history, row, n=3):
        return [(30, 0.5)]


class Contrary(Content):
    def score(self, histories, candidates):
        return np.where(np.isfinite(found := super().score(histories, candidates)), -found, found)


class Late(Ease):
    """Indexes by rows it has never seen."""

    def score(self, histories, candidates):
        scores = super().score(histories, candidates)
        scores[:, candidates >= 40] = np.nan
        return scores


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (Nameless, "name the paper"),
        (Doubled, "float64, not float32"),
        (Sticky, "fitting twice changes the scores"),
        (Gregarious, "a batch scores differently"),
        (Forgetful, "after storing and restoring"),
        (Boaster, "claims to serve cold items"),
        (Generous, "yet puts one above a warm item"),
        (Inventive, "name rows the person never liked"),
        (Contrary, "of the person's own parity"),
        (Late, "a late row scores NaN"),
        (Popularity, "of the person's own parity"),  # not personal, but not said to be so
    ],
)
def test_broken_recommenders_are_caught(broken, says):
    with pytest.raises(ContractBroken, match=says):
        check_recommender(broken)


def test_an_impersonal_method_passes_when_it_says_so():
    check_recommender(Popularity, personal=False)


CONTRAST = {
    "dim": 32, "epochs": 40, "picture_size": 32, "picture_widths": (16, 32), "text_width": 32, "vocabulary": 200,
    "batch_size": 24, "validation": 0,
}  # fmt: skip
SMALL = {
    "contrastive": CONTRAST,
    "fusion": {"contrast": CONTRAST, "epochs": 5, "batch_size": 24, "memory": 64},
}
"""Settings with which a registered space learns the drawn shop in seconds."""


@pytest.mark.parametrize("name", sorted(set(names("encoder")) - {"pretrained"}))  # see test_pretrained_space.py
def test_spaces(name):
    method = find("encoder", name)
    check_space(lambda: method(method.config_class.read(SMALL[name])))


def test_the_fixed_space_keeps_the_contract():
    check_space(FixedSpace, aligned=False)


class Nobody(FixedSpace):
    source = ""


class Long(FixedSpace):
    def embed_texts(self, texts):
        return super().embed_texts(texts) * np.float32(2)


class Crowded(FixedSpace):
    """Centres each batch, as careless normalisation does."""

    def embed_pictures(self, pictures):
        found = super().embed_pictures(pictures)
        return self._stack(found - found.mean(axis=0) * 0.5) if len(found) > 1 else found


class Liar(FixedSpace):
    def embed_items(self, catalog, rows, *rest):
        found = super().embed_items(catalog, rows, *rest)
        return ItemVectors(found.matrix, {name: np.ones_like(there) for name, there in found.has.items()})


class Inventor(FixedSpace):
    def embed_items(self, catalog, rows, *rest):
        found = super().embed_items(catalog, rows, *rest)
        found.matrix[~found.present] = self.embed_texts(["unknown"])[0]
        return found


class Shuffled(FixedSpace):
    def embed_items(self, catalog, rows, *rest):
        return super().embed_items(catalog, np.sort(rows), *rest)


class Restless(FixedSpace):
    """Learns something else at every fit."""

    fits = 0

    def fit(self, catalog, *rest):
        type(self).fits += 1
        self.fits = type(self).fits
        return super().fit(catalog, *rest)

    def _direction(self, word):
        return super()._direction(f"{word}{self.fits}")


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (Nobody, "name the paper"),
        (Long, "not 1"),
        (Crowded, "a batch of pictures differs"),
        (Liar, r"has\['picture'\]"),
        (Inventor, "must be zero"),
        (Shuffled, "items together differ"),
    ],
)
def test_broken_spaces_are_caught(broken, says):
    with pytest.raises(ContractBroken, match=says):
        check_space(broken, aligned=False)


def test_unaligned_and_unsteady_spaces_are_caught():
    fitted = Restless().fit(spaces.shop())
    with pytest.raises(ContractBroken, match="a second fit gives other vectors"):
        spaces.fits_twice_as_once(lambda: Restless(), fitted)
    with pytest.raises(ContractBroken, match="find their own picture"):
        spaces.finds_what_a_text_describes(FixedSpace())  # it knows colours, not shapes
