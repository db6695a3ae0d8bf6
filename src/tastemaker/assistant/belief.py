"""How likely each item is the one that is meant, from what was asked for and from what was answered.

    p(item) ~ exp(score / T) * prod_replies P(answer | item) * prod_judged exp(+-w cos) * r^[was shown and passed over]

The scores are those of the search (0 to 1, and a quarter more for every value that was named) or, before anything was
asked for, of the recommender. T was chosen once so that the chance given to what people meant was highest, on targets
that no figure is reported on (``benchmarks/bench_talk.py --tune``).

Source: Bayes' rule; softmax choice after Luce, "Individual Choice Behavior", 1959.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from tastemaker.assistant.evidence import likelihood
from tastemaker.assistant.state import Reply
from tastemaker.core.types import Bools, Doubles, Floats, Ints
from tastemaker.shop.live import View

TEMPERATURE = 0.25
"""T: a score higher by this makes an item e times as likely."""
EDITED = 0.5
"""T where a picture or an item is what the wish starts from: there the scores add up what each attribute says of an
item as if attributes had nothing to do with each other, which is too sure."""
PASSED = 0.05
"""r: an item that was shown and not taken is so much less likely."""
JUDGED = 3.0
"""w: how much more likely, as a power of e, a unit of cosine to a liked item makes an item; less for a disliked one."""


@dataclass(frozen=True)
class Belief:
    """Items that may be meant, and how likely each is.

    Attributes:
        rows: of the catalog, in no order.
        chances: of each; they sum to 1.

    Shapes: rows, chances (n,).
    """

    rows: Ints
    chances: Doubles

    def __len__(self) -> int:
        return len(self.rows)

    def best(self, k: int) -> Ints:
        """Places of the k likeliest, the likeliest first; of equals the lower row first. Shapes: -> (k,)."""
        order = np.lexsort((self.rows, -self.chances))
        return order[:k]

    def after(self, rows: Collection[int]) -> "Belief":
        """What is believed once some rows were shown and not taken. Shapes: rows (m,)."""
        left = np.where(np.isin(self.rows, list(rows)), PASSED, 1.0) * self.chances
        return Belief(self.rows, left / max(1e-300, float(left.sum())))

    @property
    def entropy(self) -> float:
        """How much is not known, in bits."""
        kept = self.chances[self.chances > 0]
        return float(-(kept * np.log2(kept)).sum())


@dataclass(frozen=True, eq=False)
class Evidence:
    """What a conversation says beside the request itself; rows of the catalog.

    Attributes:
        replies: answers to questions.
        passed: shown and not taken.
        liked, disliked: judged.
        heard: what past conversations make of this one, as logits of every row; None when none were learned from.

    Shapes: heard (all rows,).
    """

    replies: Sequence[Reply] = ()
    passed: Sequence[int] = ()
    liked: Sequence[int] = ()
    disliked: Sequence[int] = ()
    heard: Floats | None = None


def believe(
    view: View, mask: Bools, rows: Ints, scores: Floats, evidence: Evidence, temperature: float = TEMPERATURE
) -> Belief:
    """The chances of every row that may be shown.

    Args:
        view: the shop.
        mask: rows that may be shown.
        rows: those that the request has found; the others stand behind them.
        scores: of ``rows``.
        evidence: what else is known.
        temperature: T.

    Shapes: mask (all rows,); rows, scores (n,).
    """
    every = np.flatnonzero(mask)
    told = np.full(view.catalog.size, min(0.0, float(scores.min(initial=0.0))))
    told[rows] = scores
    logits = told[every] / temperature
    for reply in evidence.replies:
        if reply.values:
            logits += np.log(likelihood(view, reply.question, reply.values, every))
    logits += _like(view, evidence.liked, every) - _like(view, evidence.disliked, every)
    if evidence.heard is not None:
        logits += evidence.heard[every]
    passed = np.zeros(view.catalog.size, np.bool_)
    passed[list(evidence.passed)] = True
    logits += np.where(passed[every], np.log(PASSED), 0.0)
    return Belief(every, softmax(logits))


def softmax(logits: Doubles) -> Doubles:
    """Chances of logits; () for none. Shapes: (n,) -> (n,)."""
    if not len(logits):
        return logits
    weights = np.exp(logits - logits.max())
    return np.asarray(weights / weights.sum(), np.float64)


def _like(view: View, judged: Sequence[int], rows: Ints) -> Doubles:
    """How much likeness to judged items says; nothing without a space. Shapes: rows (n,) -> (n,)."""
    if not len(judged) or view.vectors is None:
        return np.zeros(len(rows))
    near = view.vectors.matrix[rows] @ view.vectors.matrix[list(judged)].T
    return np.asarray(JUDGED * near.max(axis=1), np.float64)
