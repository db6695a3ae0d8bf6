import numpy as np
import pytest

from tastemaker.core.errors import FitError
from tastemaker.core.seeds import generator
from tastemaker.nn.code_health import examine, require_healthy
from tastemaker.nn.quantisation import ProductKMeans, ResidualKMeans, k_means, nearest, numbered
from tastemaker.nn.rq_vae import RqVae


def clusters(n=240, dim=12, groups=6, noise=0.15):
    """Vectors around a few centres."""
    rng = generator(0, "clusters")
    centres = rng.normal(size=(groups, dim))
    return (centres[np.arange(n) % groups] + noise * rng.normal(size=(n, dim))).astype(np.float32)


def error(vectors, quantiser, codes):
    return float(((vectors - quantiser.decode(codes)) ** 2).sum(1).mean())


def test_k_means_finds_separate_groups():
    vectors = clusters(noise=0.01)
    owner = nearest(vectors, k_means(vectors, 6, generator(0, "here")))
    assert len(np.unique(owner)) == 6
    assert all(len(np.unique(owner[group::6])) == 1 for group in range(6))


def test_k_means_never_has_more_centres_than_distinct_vectors():
    vectors = np.repeat(np.eye(3, dtype=np.float32), 5, axis=0)
    assert len(k_means(vectors, 10, generator(0, "few"))) == 3


def test_each_level_of_residual_k_means_reconstructs_better():
    vectors = clusters()
    quantiser = ResidualKMeans.fit(vectors, levels=4, codes=8)
    codes = quantiser.encode(vectors)
    errors = [error(vectors, quantiser, codes[:, :level]) for level in range(1, 5)]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < 0.5 * errors[0]
    assert errors[0] < 0.3 * float(((vectors - vectors.mean(0)) ** 2).sum(1).mean())


def test_residual_codes_are_near_first_codes():
    vectors = clusters(noise=0.05)
    codes = ResidualKMeans.fit(vectors, levels=3, codes=6).encode(vectors)
    assert examine(codes, (6, 6, 6), vectors).purity == 1.0


def test_product_quantisation_is_exact_on_product_data():
    """Every pair of one of 4 left halves and one of 5 right halves: nine centres say all twenty."""
    rng = generator(1, "halves")
    left, right = rng.normal(size=(4, 3)), rng.normal(size=(5, 3))
    vectors = np.array([np.concatenate([a, b]) for a in left for b in right], np.float32)
    quantiser = ProductKMeans.fit(vectors, levels=2, codes=5)
    codes = quantiser.encode(vectors)
    assert quantiser.decode(codes) == pytest.approx(vectors, abs=1e-6)
    assert quantiser.sizes == (4, 5)
    assert len(np.unique(codes, axis=0)) == 20


def test_product_quantisation_needs_a_column_a_part():
    with pytest.raises(FitError, match="3 columns") as caught:
        ProductKMeans.fit(np.ones((5, 3), np.float32), levels=4, codes=2)
    assert "at most 3" in caught.value.hint


def test_rq_vae_does_not_collapse_and_reads_new_vectors():
    vectors = clusters()
    quantiser = RqVae.fit(vectors[:200], levels=3, codes=16, dim=8, epochs=40)
    codes = quantiser.encode(vectors[:200])
    health = examine(codes, quantiser.sizes, vectors[:200])
    require_healthy("pictures", health, codes, vectors[:200])
    assert min(health.entropy) > 0.6
    assert health.purity > 2 * health.chance
    spread = float(((vectors - vectors.mean(0)) ** 2).sum(1).mean())
    assert error(vectors[200:], quantiser, quantiser.encode(vectors[200:])) < 0.3 * spread


@pytest.mark.parametrize("kind", [ResidualKMeans, ProductKMeans, RqVae])
def test_stored_quantisers_answer_alike(kind):
    vectors = clusters()
    more = {"dim": 4, "epochs": 3} if kind is RqVae else {}
    quantiser = kind.fit(vectors, levels=2, codes=7, **more)
    again = kind.restore(quantiser.tensors("a."), "a.")
    codes = quantiser.encode(vectors)
    assert np.array_equal(again.encode(vectors), codes)
    assert np.array_equal(again.decode(codes), quantiser.decode(codes))
    assert again.sizes == quantiser.sizes


@pytest.mark.parametrize("kind", [ResidualKMeans, ProductKMeans, RqVae])
def test_nothing_cannot_be_quantised(kind):
    with pytest.raises(FitError, match="no vector"):
        kind.fit(np.empty((0, 4), np.float32), levels=2, codes=4)


def test_collapse_is_an_error_that_says_what_to_do():
    vectors = clusters()
    codes = np.zeros((len(vectors), 3), np.int64)
    codes[0] = 1
    health = examine(codes, (16, 16, 16), vectors)
    with pytest.raises(FitError, match=r"'pictures' collapsed: 2 ids for 240") as caught:
        require_healthy("pictures", health, codes, vectors)
    assert "residual k-means" in caught.value.hint


def test_few_different_vectors_are_no_collapse():
    vectors = np.repeat(np.eye(2, dtype=np.float32), 20, axis=0)
    codes = np.zeros((40, 2), np.int64)
    require_healthy("words", examine(codes, (4, 4), vectors), codes, vectors)


def test_health_by_hand():
    """Four items, two share an id; the first level uses 2 of 4 codes evenly: entropy log 2 / log 4."""
    codes = np.array([[0, 0], [0, 0], [1, 0], [1, 1]])
    health = examine(codes, (4, 2))
    assert health.usage == (0.5, 1.0)
    assert health.entropy[0] == pytest.approx(0.5)
    assert health.entropy[1] == pytest.approx((0.75 * np.log(4 / 3) + 0.25 * np.log(4)) / np.log(2))
    assert (health.distinct, health.collisions) == (0.75, 0.5)
    assert np.isnan(health.purity)
    assert "collisions 0.50" in health.line()


def test_last_codes_tell_equal_ids_apart_and_keep_what_was_given():
    codes = np.array([[1, 2], [1, 2], [3, 4], [-1, -1], [1, 2]])
    assert numbered(codes).tolist() == [0, 1, 0, -1, 2]
    taken = np.array([-1, 0, -1, -1, -1])
    assert numbered(codes, taken).tolist() == [1, 0, 0, -1, 2]


def test_what_codes_lose_by_hand():
    """Spread 4 + 4 = 8; the codes give back one of the two, and the mean for the other: 4 of 8 are lost."""
    vectors, codes = np.array([[2, 0], [-2, 0]], np.float32), np.array([[0], [1]])
    health = examine(codes, (2,), vectors, np.array([[2, 0], [0, 0]], np.float32))
    assert health.lost == 0.5
    assert "lost 0.50" in health.line()
    assert examine(codes, (2,), vectors, vectors).lost == 0
    assert np.isnan(examine(codes, (2,), vectors).lost)
