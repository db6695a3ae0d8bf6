"""The index kit accepts the exact index and catches an index that cheats."""

import numpy as np
import pytest

from tastemaker.index.exact import ExactIndex
from tastemaker.testing.contract import ContractBroken
from tastemaker.testing.indexes import check_index, finds_the_nearest


def test_the_exact_index_keeps_the_contract():
    check_index(ExactIndex)


class HalfBlind(ExactIndex):
    """Finds only even rows."""

    def search(self, vector, k, mask=None):
        even = np.arange(len(self)) % 2 == 0
        return super().search(vector, k, even if mask is None else mask & even[: len(mask)])


class MaskBlind(ExactIndex):
    """Filters after the search, as many do: too few rows come back."""

    def search(self, vector, k, mask=None):
        rows, scores = super().search(vector, k)
        kept = slice(None) if mask is None else mask[rows]
        return rows[kept], scores[kept]


class Forgetful(ExactIndex):
    """Ignores what is dropped."""

    def drop(self, rows):
        return None


@pytest.mark.parametrize(
    ("broken", "says"),
    [(HalfBlind, "recall@10"), (MaskBlind, "under a mask"), (Forgetful, "a dropped row is still found")],
)
def test_cheats_are_caught(broken, says):
    with pytest.raises(ContractBroken, match=says):
        check_index(broken)


def test_an_approximate_index_passes_with_an_honest_promise():
    finds_the_nearest(HalfBlind, recall=0.3)
