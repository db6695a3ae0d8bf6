"""The parts of a report: one figure, one cost, one comparison."""

from dataclasses import dataclass

from tastemaker.evaluation.significance import Difference

BASELINES = ("popularity", "item-knn", "ease", "rp3beta", "random")
"""Plain methods, as they stand in a table; the best of them is what every other row is held against."""
BEYOND = ("coverage", "gini", "novelty", "diversity", "lift", "calibration")
"""Metrics of which more is not simply better."""


@dataclass(frozen=True)
class Row:
    """One figure of a table.

    Attributes:
        method: name of the method; what the workspace itself serves is called ``shop``.
        metric: such as ``recall@20``.
        value: mean over the cases (for coverage and gini: one figure of all rankings).
        low: lower end of the 95 % interval.
        high: upper end of the 95 % interval.
        n: cases behind the value.
        seconds: wall time the method took to rank all cases, training not included.
    """

    method: str
    metric: str
    value: float
    low: float
    high: float
    n: int
    seconds: float


@dataclass(frozen=True)
class Cost:
    """What a method took.

    Attributes:
        fit_seconds: wall time of training, of one training where there were several; None when it was fitted before.
        rank_seconds: wall time of ranking all cases.
        memory_mb: by how much the most memory the process ever held grew while it was trained: 0 for what fitted into
            memory that an earlier row had needed; None when it was not measured.
        seeds: trainings that the figures are a mean of.
    """

    fit_seconds: float | None = None
    rank_seconds: float = 0.0
    memory_mb: float | None = None
    seeds: int = 1


@dataclass(frozen=True)
class Against:
    """One method against the best baseline.

    Attributes:
        method: name of the method.
        difference: method minus baseline, on the same cases.
        p: of the difference, after Holm's correction for all rows of the table.
    """

    method: str
    difference: Difference
    p: float
