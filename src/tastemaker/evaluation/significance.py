"""How sure a mean is: 95 % bootstrap intervals over cases, and the paired difference of two methods.

The people asked are a sample; another day brings others. Cases are resampled with replacement, and every method and
metric sees the same resamples, so differences between rows of one table are paired. Source: Efron 1979 (bootstrap),
Efron and Stein 1981 (jackknife variance), Sakai 2006 (paired bootstrap for retrieval).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tastemaker.core.errors import InputError
from tastemaker.core.seeds import generator
from tastemaker.core.types import Doubles, Floats, Ints

RESAMPLES = 1000
_CHUNK = 2_000_000  # counts held at once: 8 MB


@dataclass(frozen=True)
class Difference:
    """Mean of one method minus mean of another, on the same cases.

    Attributes:
        value: the difference.
        low: lower end of its 95 % interval.
        high: upper end of its 95 % interval.
        p: two-sided share of the resampled differences on the other side of zero, the difference itself counted as one
            of them: never 0, at most 1.
    """

    value: float
    low: float
    high: float
    p: float


def intervals(values: Doubles, *, seed: int = 0, resamples: int = RESAMPLES) -> tuple[Doubles, Doubles]:
    """95 % percentile intervals of the column means.

    Shapes: values (cases, columns) -> low (columns,), high (columns,).

    Args:
        values: one row a case, one column a method and metric.
        seed: of the resampling.
        resamples: 2 or more; 1,000 gives an end of the interval to about 3 % of its width.

    Raises:
        InputError: there is no case.
    """
    means = _resampled_means(values, seed, resamples)
    low, high = np.quantile(means, [0.025, 0.975], axis=0)
    return low, high


def paired(first: Doubles, second: Doubles, *, seed: int = 0, resamples: int = RESAMPLES) -> Difference:
    """Is the first method better than the second on the same cases?

    Shapes: first, second (cases,).

    Raises:
        InputError: the two do not have one value for every case, or there is no case.
    """
    if first.shape != second.shape:
        raise InputError(f"{len(first)} values against {len(second)}; a paired comparison needs the same cases")
    gaps = first - second
    means = _resampled_means(gaps[:, None], seed, resamples)[:, 0]
    low, high = np.quantile(means, [0.025, 0.975])
    other = min(int(np.sum(means <= 0)), int(np.sum(means >= 0)))
    return Difference(float(gaps.mean()), float(low), float(high), min(1.0, 2 * (other + 1) / (resamples + 1)))


def holm(ps: Sequence[float]) -> list[float]:
    """P-values of several comparisons made together, each raised so that all of them hold at once.

    Of m values the smallest is multiplied by m, the next by m - 1, and so on, never falling. Source: Holm 1979.
    """
    adjusted, least = [0.0] * len(ps), 0.0
    for place, at in enumerate(sorted(range(len(ps)), key=ps.__getitem__)):
        least = max(least, min(1.0, (len(ps) - place) * ps[at]))
        adjusted[at] = least
    return adjusted


def intervals_over_seeds(values: Doubles, *, seed: int = 0, resamples: int = RESAMPLES) -> tuple[Doubles, Doubles]:
    """95 % intervals of the column means of a method that was trained several times.

    Both the cases and the trainings are drawn with replacement. With three seeds the part that training adds is
    a rough guess, and on the small side.

    Shapes: values (seeds, cases, columns) -> low (columns,), high (columns,).
    """
    n_seeds, cases, columns = values.shape
    flat = values.transpose(1, 0, 2).reshape(cases, n_seeds * columns)
    means = _resampled_means(flat, seed, resamples).reshape(-1, n_seeds, columns)
    drawn = generator(seed, "bootstrap seeds").integers(0, n_seeds, (len(means), n_seeds))
    over = np.take_along_axis(means, drawn[:, :, None], axis=1).mean(axis=1)
    low, high = np.quantile(over, [0.025, 0.975], axis=0)
    return low, high


def coverage_interval(rankings: Sequence[Ints], n_candidates: int, k: int) -> tuple[float, float]:
    """95 % interval of coverage, from the delete-one jackknife.

    A bootstrap resample repeats cases and so shows fewer different items: its interval would lie below the value.
    Leaving out one case loses exactly the items that only this case showed. The variance errs on the wide side.
    """
    tops = [ranking[:k] for ranking in rankings]
    n = len(tops)
    rows = np.concatenate(tops).astype(np.int64)
    size = 1 + int(rows.max(initial=0))
    shown = np.unique(np.repeat(np.arange(n), [len(top) for top in tops]) * size + rows)  # each item once a case
    counts = np.bincount(shown % size, minlength=size)
    lost = np.bincount(shown[counts[shown % size] == 1] // size, minlength=n) / n_candidates
    spread = float(np.sqrt((n - 1) / n * np.sum((lost - lost.mean()) ** 2)))
    value = int(np.count_nonzero(counts)) / n_candidates
    return max(0.0, value - 1.96 * spread), min(1.0, value + 1.96 * spread)


def _resampled_means(values: Doubles, seed: int, resamples: int) -> Doubles:
    """Column means of each resample. Shapes: (resamples, columns)."""
    n = len(values)
    if n == 0:
        raise InputError("there is no case to judge by", hint="see the protocol for what was left out and why")
    parts = [counts @ values for counts in _counts(n, seed, resamples)]
    return np.concatenate(parts) / n


def _counts(n: int, seed: int, resamples: int) -> Iterator[Floats]:
    """How often each case was drawn, chunk by chunk of resamples. Shapes: (chunk, cases)."""
    rng = generator(seed, "bootstrap")
    size = max(1, _CHUNK // n)
    for start in range(0, resamples, size):
        rows = min(size, resamples - start)
        drawn = rng.integers(0, n, (rows, n)) + np.arange(rows)[:, None] * n
        yield np.bincount(drawn.ravel(), minlength=rows * n).reshape(rows, n).astype(np.float32)
