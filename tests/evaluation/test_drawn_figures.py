"""Figures of drawings whose values are known by hand or in closed form."""

import numpy as np
import pytest

from tastemaker.evaluation.drawn_figures import (
    agreement,
    copies,
    density_coverage,
    diversity,
    frechet,
    kernel_distance,
    likeness,
    precision_recall,
    quality,
    sharpness,
)


def column(*values):
    return np.array(values, np.float32)[:, None]


def cloud(n=60, dim=4, seed=0):
    return np.random.default_rng(seed).normal(size=(n, dim)).astype(np.float32)


def gaussian(mean, covariance, n=400):
    """Rows whose mean and covariance are exactly those."""
    rows = np.random.default_rng(1).normal(size=(n, len(mean)))
    rows -= rows.mean(0)
    white = rows @ np.linalg.inv(np.linalg.cholesky(np.cov(rows, rowvar=False)).T)
    return white @ np.linalg.cholesky(np.array(covariance)).T + mean


def test_the_frechet_distance_of_gaussians_on_their_axes_is_that_of_their_means_and_deviations():
    one, other = gaussian([0.0, 1.0], [[4.0, 0], [0, 1]]), gaussian([3.0, 1.0], [[1.0, 0], [0, 9]])
    assert frechet(one, other) == pytest.approx(3**2 + (2 - 1) ** 2 + (1 - 3) ** 2)


def test_the_frechet_distance_of_turned_gaussians_is_its_closed_form():
    c1, c2 = [[2.0, 1.0], [1.0, 2.0]], [[5.0, 0.0], [0.0, 1.0]]
    # for 2 x 2: tr (C1 C2)^½ = (tr C1 C2 + 2 (det C1 C2)^½)^½
    cross = np.sqrt(12 + 2 * np.sqrt(15))
    assert frechet(gaussian([0.0, 0.0], c1), gaussian([1.0, 2.0], c2)) == pytest.approx(5 + 4 + 6 - 2 * cross)


def test_fewer_rows_than_features_are_no_trouble():
    few = cloud(n=3, dim=8)
    assert frechet(few, few) == pytest.approx(0, abs=1e-9)
    assert frechet(few, few + 1) == pytest.approx(8)


def test_the_kernel_distance_is_its_formula():
    # dim 1, k = (xy + 1)^3; {0, 1} and {1, 2}
    assert kernel_distance(column(0, 1), column(1, 2)) == pytest.approx(1 + 27 - 2 * (1 + 1 + 8 + 27) / 4)


def test_the_kernel_distance_of_two_samples_of_one_population_is_about_zero_and_of_two_populations_not():
    assert abs(kernel_distance(cloud(400), cloud(400, seed=1))) < 0.05
    assert kernel_distance(cloud(400), cloud(400, seed=1) + 1) > 0.5


def test_a_set_is_as_near_to_itself_as_can_be():
    found = quality(cloud(), cloud())
    assert found.n == 60
    assert found.distance == pytest.approx(0, abs=1e-9)
    assert (found.precision, found.recall, found.coverage) == (1, 1, 1)
    assert found.diversity == pytest.approx(1)
    assert found.kernel < 0  # without bias, the pairs of a row with itself are left out on one side only


def test_the_unit_of_features_is_no_matter():
    drawn, real = cloud(seed=1), cloud() + 0.5
    one, other = quality(drawn, real), quality(drawn * 8, real * 8)
    assert all(getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-4) for name in vars(one))


def test_a_set_that_is_nowhere_but_at_the_mean_is_as_far_as_the_features_are_long():
    real = cloud(5000, dim=16)
    assert quality(np.tile(real.mean(0), (100, 1)), real).distance == pytest.approx(16, rel=1e-3)


def test_precision_and_recall_on_a_line():
    real, drawn = column(0, 1, 2, 3), column(1.4, 1.6, 9, 9.2)
    # real balls by the nearest neighbour: [-1, 1] [0, 2] [1, 3] [2, 4]; those of drawings: [1.2, 1.6] [1.4, 1.8] ...
    assert precision_recall(drawn, real, near=1) == (0.5, 0.0)
    # two neighbours: the drawings' balls about 1.4 and 1.6 reach 7.6 and 7.4, those about 9 and 9.2 too
    assert precision_recall(drawn, real, near=2) == (0.5, 1.0)


def test_density_and_coverage_on_a_line():
    real = column(0, 1, 3, 10)
    # balls by the nearest neighbour: [-1, 1] [0, 2] [1, 5] [3, 17]
    assert density_coverage(column(0.5, 0.6), real, near=1) == (2.0, 0.5)
    assert density_coverage(column(4, 30), real, near=1) == (1.0, 0.5)
    assert density_coverage(column(-5, 30), real, near=1) == (0.0, 0.0)


def test_precision_falls_with_quality_and_recall_with_variety():
    real = cloud(300)
    noisy, narrow = cloud(300, seed=1) * 4, cloud(300, seed=1) * 0.2
    assert precision_recall(noisy, real)[0] < 0.6 < 0.9 < precision_recall(noisy, real)[1]
    assert precision_recall(narrow, real)[1] < 0.1 < 0.9 < precision_recall(narrow, real)[0]
    density, coverage = density_coverage(cloud(300, seed=1), real)
    assert density == pytest.approx(1, abs=0.1)
    assert coverage == pytest.approx(1 - 2**-5, abs=0.03)  # none of as many drawings among the five nearest
    assert density_coverage(narrow, real)[0] > density + 0.2
    assert density_coverage(narrow, real)[1] < 0.5


def test_diversity_is_the_mean_distance_of_pairs():
    assert diversity(column(0, 1, 3)) == pytest.approx(2)
    assert diversity(column(2, 2)) == 0


def test_sharpness_of_a_checkerboard_a_ramp_and_a_flat_picture():
    y, x = np.mgrid[0:8, 0:8]
    board = np.repeat(((x + y) % 2 * 255)[None, ..., None], 3, 3).astype(np.uint8)
    assert sharpness(board) == pytest.approx(16)  # every neighbour differs by one: (4 x 1)^2
    ramp = np.repeat((x * 9)[None, ..., None], 3, 3).astype(np.uint8)
    assert sharpness(ramp) == pytest.approx(0, abs=1e-20)


def test_likeness_of_pictures_off_by_a_step():
    one = np.full((2, 16, 12, 3), 100, np.uint8)
    off = likeness(one, one + 51)
    assert off.l1 == pytest.approx(0.2)
    assert off.psnr == pytest.approx(10 * np.log10(25))
    a, b = 100 / 255, 151 / 255  # flat pictures differ in light alone
    assert off.ssim == pytest.approx((2 * a * b + 1e-4) / (a * a + b * b + 1e-4))


def test_likeness_of_the_same_and_of_the_opposite():
    noise = np.random.default_rng(0).integers(0, 256, (2, 16, 16, 3)).astype(np.uint8)
    same = likeness(noise, noise)
    assert (same.l1, same.psnr, same.ssim) == (0, 100, pytest.approx(1))
    assert likeness(noise, 255 - noise).ssim < -0.9


def test_a_copy_is_much_nearer_to_one_than_to_the_others_of_its_kind():
    learned = column(*range(100))
    distance, nearest, copied = copies(column(40.1, 40.5, 250), learned)
    assert distance.tolist() == pytest.approx([0.1, 0.5, 151], abs=1e-4)
    assert nearest[0] == 40
    assert nearest[2] == 99
    assert copied.tolist() == [True, True, False]  # on a grid the neighbours are far on average
    rows = cloud(200, dim=16)
    assert copies(cloud(50, dim=16, seed=1), rows)[2].mean() == 0
    assert copies(rows[:10] + 0.01, rows)[2].all()


def test_agreement_tells_own_words_from_others():
    eye = np.eye(3, dtype=np.float32)
    assert agreement(eye, eye) == (1, 0)
    assert agreement(eye, eye[[1, 2, 0]]) == (0, 0.5)
