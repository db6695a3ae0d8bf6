"""Transitions: what people chose soon after. Where order matters (sessions, series) it says more than sets do.

The other item-to-item methods see a history as a set; this one counts pairs in the order they happened, near ones most.
"""

from typing import ClassVar

import numpy as np
from pydantic import Field
from scipy.sparse import csr_matrix, vstack

from tastemaker.catalog.interactions import Interactions
from tastemaker.core.config import Config
from tastemaker.core.errors import FitError
from tastemaker.core.progress import Observer, track
from tastemaker.core.types import Ints
from tastemaker.recommenders.linear import Linear, LinearConfig, strongest
from tastemaker.recommenders.signals import in_order
from tastemaker.recommenders.validation import Validation

BLOCK = 512


class TransitionsConfig(LinearConfig):
    """Settings of transitions."""

    half_life: float = Field(default=5.0, ge=0)
    """In items: how far back in a history an item counts half; 0 lets all count alike."""

    reach: float = Field(default=5.0, gt=0)
    """In items: a pair so far apart counts half of a pair of neighbours. Pairs beyond four times this do not count."""

    shrinkage: float = Field(default=10.0, ge=0)
    """Imaginary people without the pair: larger trusts rare pairs less."""

    fame: float = Field(default=0.5, ge=0, le=1)
    """How much the candidate's own popularity is divided out: 0 not at all, 1 wholly."""

    neighbours: int = Field(default=300, ge=1)
    """How many followers of each item are kept."""


class Transitions(Linear[TransitionsConfig]):
    """``M(i, j) = sum_(i before j) 2^(-distance / reach) / ((n_i + s) (n_j + s)^fame)``, n the people of an item."""

    figure: ClassVar[str] = "-"
    source: ClassVar[str] = (
        "sequential rules: Ludewig and Jannach, Evaluation of session-based recommendation, 2018, sec. 3.1"
    )
    config_class: ClassVar[type[Config]] = TransitionsConfig

    def learn(self, events: Interactions, rows: Ints, validation: Validation | None, observer: Observer) -> csr_matrix:  # noqa: ARG002
        """Count ordered pairs, lag by lag.

        Shapes: (len(rows), len(rows)).

        Raises:
            FitError: the events have neither times nor an order of their own.
        """
        if not in_order(events):
            raise FitError("transitions: the events have no order", hint="give them times")
        place = np.full(events.n_rows, -1, np.int64)
        place[rows] = np.arange(len(rows))
        user, item = sequences(events, place)
        count = np.bincount(item, minlength=len(rows)).astype(np.float32) + self.config.shrinkage
        pairs = csr_matrix((len(rows), len(rows)), dtype=np.float32)
        with track(observer, "transitions"):
            for lag in range(1, max(2, int(4 * self.config.reach))):
                same = user[:-lag] == user[lag:]
                if not same.any():
                    break
                value = np.full(int(same.sum()), np.exp2((1 - lag) / self.config.reach), np.float32)
                pairs = pairs + csr_matrix((value, (item[:-lag][same], item[lag:][same])), shape=pairs.shape)
            famous = (count**self.config.fame).astype(np.float32)
            blocks = []
            for low in range(0, len(rows), BLOCK):
                block = np.asarray(pairs[low : low + BLOCK].todense(), np.float32)
                block /= np.outer(count[low : low + BLOCK], famous)
                blocks.append(strongest(block, self.config.neighbours))
        learned: csr_matrix = vstack(blocks).tocsr()
        return learned


def sequences(events: Interactions, place: Ints) -> tuple[Ints, Ints]:
    """Each person's items in order of first choice, one person after the other.

    Shapes: place (rows,) line of each row or -1 -> two arrays (pairs of person and line,).
    """
    lines = place[events.row]
    kept = np.flatnonzero((events.weight > 0) & (lines >= 0))
    _, first = np.unique(events.user[kept] * np.int64(events.n_rows) + events.row[kept], return_index=True)
    kept = kept[np.sort(first)]
    order = kept[np.argsort(events.user[kept], kind="stable")]
    return events.user[order], lines[order]
