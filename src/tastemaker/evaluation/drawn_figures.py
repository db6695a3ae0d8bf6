"""Figures of drawings: how near do they come to real pictures, how different are they, do they agree with their words?

Plain arrays in, numbers out; nothing of shops. Features are whatever the caller sees pictures by: distances of another
network's features are other numbers, and none of them is the FID of published tables, hence the name FD-own.
Every figure has a value that is known by hand, see the tests.
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter

from tastemaker.core.types import Bools, Doubles, Floats, Ints
from tastemaker.encoders.frames import Frames

NEAR_PRECISION, NEAR_DENSITY = 3, 5
"""Which neighbour tells how far a picture's own region reaches; those of the papers."""
COPY_NEAR, COPY_SHARE = 50, 0.5
SSIM_SIGMA, SSIM_REACH = 1.5, 5
LUMA = np.array([0.299, 0.587, 0.114])


@dataclass(frozen=True)
class Quality:
    """How a set of drawings compares with real pictures.

    Attributes:
        n: drawings.
        distance: Fréchet distance of the features, FD-own; 0 is best.
        kernel: kernel distance of the features; 0 is best, and below 0 where chance has it so.
        precision: share of the drawings that lie where real pictures lie.
        recall: share of the real pictures that lie where drawings lie.
        density: as precision, counting how many real pictures' regions a drawing lies in; about 1 for real pictures.
        coverage: share of the real pictures in whose region a drawing lies; about .97 for as many real pictures.
        diversity: mean distance of two drawings over that of two real pictures.
    """

    n: int
    distance: float
    kernel: float
    precision: float
    recall: float
    density: float
    coverage: float
    diversity: float


def quality(drawn: Floats, real: Floats) -> Quality:
    """Everything that features tell of drawings.

    Features are scaled first, all alike, so that real pictures vary by one in each on average: a set that is nowhere
    but at the mean of the real ones is as far from them as the features are long.

    Args:
        drawn: features of the drawings.
        real: features of real pictures, in random order, at least as many; the Fréchet distance is to all of them,
            the other figures compare with as many as there are drawings.

    Shapes: (n, dim), (m, dim), m at least n, n above 5.
    """
    scale = max(float(np.sqrt(real.var(0, dtype=np.float64).mean())), 1e-12)
    drawn, real = drawn / np.float32(scale), real / np.float32(scale)
    even = real[: len(drawn)]
    precision, recall = precision_recall(drawn, even)
    density, coverage = density_coverage(drawn, even)
    return Quality(
        len(drawn), frechet(drawn, real), kernel_distance(drawn, even), precision, recall, density, coverage,
        diversity(drawn) / max(diversity(even), 1e-12),
    )  # fmt: skip


def frechet(first: Floats, second: Floats) -> float:
    """Squared Fréchet distance of two sets of features, each seen as a Gaussian.

    ``|m1 - m2|^2 + tr(C1 + C2 - 2 (C1^½ C2 C1^½)^½)``. Sets smaller than the features are long need no care: the roots
    are those of symmetric matrices. A finite set lies farther from anything than its population does, the more so the
    smaller it is: compare sets of one size only.

    Shapes: (n, dim), (m, dim).

    Source: Heusel et al. 2017 (arXiv 1706.08500), equation 6; Dowson and Landau 1982.
    """
    (mean_1, cov_1), (mean_2, cov_2) = _moments(first), _moments(second)
    root = _root(cov_1)
    cross = np.sqrt(np.clip(np.linalg.eigvalsh(root @ cov_2 @ root), 0, None)).sum()
    return max(0.0, float(((mean_1 - mean_2) ** 2).sum() + np.trace(cov_1) + np.trace(cov_2) - 2 * cross))


def kernel_distance(first: Floats, second: Floats) -> float:
    """Squared maximum mean discrepancy under the kernel ``(x y / dim + 1)^3``, without bias.

    Shapes: (n, dim), (m, dim).

    Source: Bińkowski et al. 2018 (arXiv 1801.01401), section 3.1.
    """
    x, y = first.astype(np.float64), second.astype(np.float64)

    def kernel(one: Doubles, other: Doubles) -> Doubles:
        return np.asarray((one @ other.T / one.shape[1] + 1) ** 3, np.float64)

    def within(one: Doubles) -> float:
        matrix, n = kernel(one, one), len(one)
        return float((matrix.sum() - np.trace(matrix)) / (n * (n - 1)))

    return within(x) + within(y) - 2 * float(kernel(x, y).mean())


def precision_recall(drawn: Floats, real: Floats, near: int = NEAR_PRECISION) -> tuple[float, float]:
    """Share of the drawings in the region of real pictures, and of real pictures in the region of drawings.

    A set's region is the union of balls about its members, each as wide as its ``near``-th neighbour is far.

    Shapes: (n, dim), (m, dim), n and m above ``near``.

    Source: Kynkäänniemi et al. 2019 (arXiv 1904.06991), equation 1.
    """
    gaps = _squares(drawn, real)
    precision = (gaps <= _reach(real, near)[None]).any(1).mean()
    recall = (gaps <= _reach(drawn, near)[:, None]).any(0).mean()
    return float(precision), float(recall)


def density_coverage(drawn: Floats, real: Floats, near: int = NEAR_DENSITY) -> tuple[float, float]:
    """How many balls of real pictures hold a drawing, over ``near``; share of real balls that hold one at least.

    Shapes: (n, dim), (m, dim), m above ``near``.

    Source: Naeem et al. 2020 (arXiv 2002.09797), equations 4 and 5.
    """
    inside = _squares(drawn, real) <= _reach(real, near)[None]
    return float(inside.sum() / (near * len(drawn))), float(inside.any(0).mean())


def diversity(features: Floats) -> float:
    """Mean distance of two different rows. Shapes: (n, dim), n at least 2."""
    n = len(features)
    return float(np.sqrt(_squares(features, features)).sum() / (n * (n - 1)))


def sharpness(frames: Frames) -> float:
    """Mean energy of the Laplacian of the grey pictures: the square of how much a pixel differs from its neighbours.

    Blur lowers it, noise raises it: it is good where it is that of real pictures. Shapes: (n, h, w, 3).
    """
    grey = frames.astype(np.float64) @ LUMA / 255
    sides = grey[:, :-2, 1:-1] + grey[:, 2:, 1:-1] + grey[:, 1:-1, :-2] + grey[:, 1:-1, 2:]
    return float(((sides - 4 * grey[:, 1:-1, 1:-1]) ** 2).mean())


@dataclass(frozen=True)
class Likeness:
    """How much pictures are like others, one by one.

    Attributes:
        l1: mean gap of values 0 to 1; 0 is the same.
        psnr: peak signal-to-noise ratio in decibels, mean over pictures; higher is nearer.
        ssim: structural similarity; 1 is the same.
    """

    l1: float
    psnr: float
    ssim: float


def likeness(pictures: Frames, others: Frames) -> Likeness:
    """Of what was reconstructed, how near is it? Shapes: (n, h, w, 3) twice, sides above 10.

    Source: Wang et al. 2004 (IEEE TIP 13:4), equation 13, with a Gaussian window of 11.
    """
    one, other = pictures.astype(np.float64) / 255, others.astype(np.float64) / 255
    error = ((one - other) ** 2).mean((1, 2, 3))
    psnr = 10 * np.log10(1 / np.maximum(error, 1e-10))
    return Likeness(float(np.abs(one - other).mean()), float(psnr.mean()), _ssim(one, other))


def copies(drawn: Floats, learned: Floats) -> tuple[Doubles, Ints, Bools]:
    """How far is the nearest picture learned from, which one, and is the drawing a copy of it?

    A copy is less than half as far from its nearest as from its 50 nearest on average: much nearer to one than to the
    others of its kind. Real pictures that were not learned from give the share that is no sign of anything.

    Shapes: (n, dim), (m, dim), m at least 2 -> (n,) each.

    Source: Carlini et al. 2023 (arXiv 2301.13188), section 4.2.
    """
    near = min(COPY_NEAR, len(learned))
    gaps = _squares(drawn, learned)
    nearest = gaps.argmin(1)
    around = np.sqrt(np.partition(gaps, near - 1, axis=1)[:, :near])
    distance = around.min(1)
    return distance, nearest.astype(np.int64), distance < COPY_SHARE * around.mean(1)


def agreement(pictures: Floats, words: Floats) -> tuple[float, float]:
    """Mean cosine of a picture and its own words, and of a picture and others' words.

    Shapes: (n, dim) twice, unit rows, n at least 2.
    """
    one, other = pictures.astype(np.float64), words.astype(np.float64)
    own = float((one * other).sum())
    n = len(one)
    return own / n, (float(one.sum(0) @ other.sum(0)) - own) / (n * (n - 1))


def _moments(features: Floats) -> tuple[Doubles, Doubles]:
    exact = features.astype(np.float64)
    return exact.mean(0), np.atleast_2d(np.cov(exact, rowvar=False))


def _root(matrix: Doubles) -> Doubles:
    """Symmetric root of a symmetric matrix without negative eigenvalues."""
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray((vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T, np.float64)


def _squares(first: Floats, second: Floats) -> Doubles:
    """Squared distances of all pairs; those of a set to itself are exactly zero. Shapes: -> (n, m)."""
    x, y = first.astype(np.float64), second.astype(np.float64)
    gaps = np.clip((x**2).sum(1)[:, None] + (y**2).sum(1)[None] - 2 * x @ y.T, 0, None)
    if first is second:
        np.fill_diagonal(gaps, 0.0)
    return np.asarray(gaps, np.float64)


def _reach(features: Floats, near: int) -> Doubles:
    """Squared distance of each row to its ``near``-th neighbour, itself not counted. Shapes: -> (n,)."""
    return np.asarray(np.partition(_squares(features, features), near, axis=1)[:, near], np.float64)


def _ssim(one: Doubles, other: Doubles) -> float:
    def smooth(values: Doubles) -> Doubles:
        sigma = (0, SSIM_SIGMA, SSIM_SIGMA, 0)
        blurred = gaussian_filter(values, sigma, truncate=SSIM_REACH / SSIM_SIGMA)
        return np.asarray(blurred[:, SSIM_REACH:-SSIM_REACH, SSIM_REACH:-SSIM_REACH], np.float64)

    mean_1, mean_2 = smooth(one), smooth(other)
    var_1, var_2 = smooth(one**2) - mean_1**2, smooth(other**2) - mean_2**2
    both = smooth(one * other) - mean_1 * mean_2
    light, structure = 0.01**2, 0.03**2
    found = (2 * mean_1 * mean_2 + light) * (2 * both + structure)
    return float((found / ((mean_1**2 + mean_2**2 + light) * (var_1 + var_2 + structure))).mean())
