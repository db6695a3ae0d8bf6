import numpy as np
import pytest
import torch

from tastemaker.core.errors import InputError
from tastemaker.nn.sequence import CausalTransformer, Dropout, blocks

LENGTH = 9


@pytest.fixture
def body():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        body = CausalTransformer(dim=16, layers=2, heads=2, length=LENGTH, dropout=0.5)
        for parameter in body.parameters():
            torch.nn.init.normal_(parameter, std=0.3)
    return body.eval()


def vectors(n, length, seed=0):
    return torch.randn(n, length, 16, generator=torch.Generator().manual_seed(seed))


def test_the_future_changes_nothing(body):
    x, other = vectors(3, 6), vectors(3, 6, seed=1)
    other[:, :4] = x[:, :4]
    before, after = body(x), body(other)
    torch.testing.assert_close(before[:, :4], after[:, :4])
    assert not torch.allclose(before[:, 4:], after[:, 4:], atol=0.1)


def test_the_past_changes_what_follows(body):
    x, other = vectors(1, 6), vectors(1, 6)
    other[:, 0] = -x[:, 0]
    assert not torch.allclose(body(x)[:, -1], body(other)[:, -1], atol=1e-3)


def test_padding_changes_nothing(body):
    x = vectors(2, 4)
    for garbage in (0.0, 7.0):
        padded = torch.cat([torch.full((2, 3, 16), garbage), x], 1)
        keep = torch.arange(7).expand(2, 7) >= 3
        torch.testing.assert_close(body(padded, keep)[:, 3:], body(x))


def test_the_newest_stands_at_the_same_place_whatever_came_before(body):
    with torch.no_grad():
        for layer in body.layers:  # without attention only the position is left
            layer.project.weight.zero_()
            layer.project.bias.zero_()
    one = vectors(1, 1)
    torch.testing.assert_close(body(torch.cat([vectors(1, 5), one], 1))[:, -1], body(one)[:, -1])


def test_a_sequence_of_full_length_fits_and_one_more_does_not(body):
    assert body(vectors(1, LENGTH)).shape == (1, LENGTH, 16)
    with pytest.raises(InputError, match="10"):
        body(vectors(1, LENGTH + 1))


def test_blocks_hold_every_position_once_and_little_padding():
    rng = np.random.default_rng(0)
    sizes = rng.integers(0, 12, 50)
    starts = np.cumsum(sizes) - sizes
    made = blocks(starts, sizes, parts=4)
    assert 1 < len(made) <= 4
    found = torch.cat([block.index[block.keep] for block in made])
    assert sorted(found.tolist()) == list(range(sizes.sum()))
    assert sorted(np.concatenate([block.which for block in made]).tolist()) == np.flatnonzero(sizes).tolist()
    for block in made:
        assert (block.keep.sum(1).numpy() == sizes[block.which]).all()
        assert bool(block.keep[:, -1].all())  # padding lies on the left
    places = sum(block.keep.numel() for block in made)
    assert places < 1.5 * sizes.sum() < 50 * 11  # one block would hold 50 x 11


def test_no_sequence_no_block():
    assert blocks(np.empty(0, np.int64), np.empty(0, np.int64)) == []
    assert blocks(np.zeros(2, np.int64), np.zeros(2, np.int64)) == []


def test_packed_equals_padded(body):
    """Blocks of like length give what each sequence gives alone."""
    sizes = np.array([1, 5, 2, 9, 3, 3])
    flat = vectors(1, int(sizes.sum()))[0]
    starts = np.cumsum(sizes) - sizes
    for block in blocks(starts, sizes, parts=2):
        hidden = body(flat[block.index], block.keep)
        for line, which in enumerate(block.which):
            alone = body(flat[None, starts[which] : starts[which] + sizes[which]])[0]
            torch.testing.assert_close(hidden[line][block.keep[line]], alone)


def test_dropout_keeps_the_mean_and_leaves_evaluation_alone():
    x = torch.ones(300, 301)
    drop = Dropout(0.25)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        dropped = drop.train()(x)
        again = drop(x)
    assert dropped.unique().tolist() == pytest.approx([0.0, 4 / 3])
    assert float((dropped == 0).float().mean()) == pytest.approx(0.25, abs=0.01)
    assert float((dropped == 0)[again == 0].float().mean()) == pytest.approx(0.25, abs=0.02)  # drawn anew
    assert drop.eval()(x) is x
    assert Dropout(0.0).train()(x) is x
