import numpy as np

from tastemaker.alignment.hubs import FEWEST, NEAREST, SHARE, Hubs


def unit(x):
    return (x / np.linalg.norm(x, axis=1, keepdims=True)).astype(np.float32)


def test_a_hub_is_set_back_and_a_hermit_moves_up():
    """Every question holds a part of the first axis: an item on it is near to all of them."""
    rng = np.random.default_rng(0)
    questions = unit(rng.normal(size=(300, 8)) + 2 * np.eye(8)[0])
    items = unit(np.vstack([np.eye(8)[0], -np.eye(8)[0], rng.normal(size=(50, 8))]))
    back = Hubs.of(questions, questions, (items,)).setback(items, 0)
    assert back[0].min() > 0.1 > -0.1 > back[1].max()
    assert np.abs(back.mean(0)).max() < 1e-6


def test_by_hand():
    """Cosines to all questions are .6, to one .9: the nearest is left out, the mean of the others is .6."""
    bank = np.tile(np.array([[0.6, 0.8]], np.float32), (FEWEST, 1))
    item = np.array([[1.0, 0.0]], np.float32)
    bank[7] = (0.9, 0.19**0.5)
    made = Hubs(bank, bank, np.array([[0.2], [0.5]], np.float32))
    np.testing.assert_allclose(made.setback(item, 0), [[SHARE * 0.4, SHARE * 0.1]], atol=1e-6)
    assert NEAREST < FEWEST


def test_few_questions_say_nothing():
    few = unit(np.random.default_rng(1).normal(size=(FEWEST - 1, 4)))
    assert not Hubs.of(few, few, (few,)).setback(few, 0).any()


def test_a_hub_no_longer_answers_everything():
    """Item 0 is a little nearer to every question than the item that is asked for."""
    items = np.eye(64, dtype=np.float32)
    asked = unit(0.55 * items[1:] + 0.6 * items[0])
    hubs = Hubs.of(np.repeat(asked, 4, axis=0), np.repeat(asked, 4, axis=0), (items,))
    plain = asked @ items.T
    assert (plain.argmax(1) == 0).all()
    assert ((plain - hubs.setback(items, 0)[:, 0]).argmax(1) == np.arange(1, 64)).all()
