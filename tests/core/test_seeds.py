"""Named streams of one seed."""

import numpy as np

from tastemaker.core.seeds import derive, generator


def test_the_same_name_gives_the_same_stream():
    assert np.array_equal(generator(3, "fit").random(5), generator(3, "fit").random(5))


def test_seeds_and_names_keep_streams_apart():
    assert len({derive(seed, name) for seed in range(20) for name in ("fit", "split", "1", "")}) == 80


def test_a_seed_fits_into_63_bits():
    assert all(0 <= derive(seed, "x") < 2**63 for seed in (-1, 0, 2**70))


def test_streams_are_the_same_on_every_machine():
    assert derive(0, "fit") == 2368339599427500457


def test_nothing_seeds_globally():
    np.random.seed(1)  # noqa: NPY002 - the global state is what is looked at
    before = np.random.get_state()[1].tolist()  # noqa: NPY002
    generator(3, "fit").random(5)
    assert np.random.get_state()[1].tolist() == before  # noqa: NPY002
