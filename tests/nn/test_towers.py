import numpy as np
import pytest
import torch

from tastemaker.nn.augment import as_input, augment, turned
from tastemaker.nn.blocks import Residual, TransformerLayer
from tastemaker.nn.towers import PictureTower, TextTower


@pytest.mark.parametrize("shape", [(64, 48), (32, 24), (40, 64), (16, 16)])
def test_one_picture_tower_reads_every_size(shape):
    tower = PictureTower((8, 16, 32), 12).eval()
    assert tower(torch.rand(3, 3, *shape)).shape == (3, 12)


def test_a_new_residual_block_is_its_skip():
    block = Residual(4, 4).eval()
    x = torch.rand(2, 4, 6, 6)
    torch.testing.assert_close(block(x), x)


def test_padding_changes_nothing():
    tower = TextTower(50, 16, width=32).eval()
    words = torch.tensor([[7, 8, 9]])
    padded = torch.tensor([[7, 8, 9, 0, 0, 0]])
    torch.testing.assert_close(tower(words), tower(padded), rtol=1e-4, atol=1e-5)


def test_words_beyond_the_length_are_not_read():
    tower = TextTower(50, 16, width=32, length=4).eval()
    long = torch.arange(1, 11)[None]
    torch.testing.assert_close(tower(long), tower(long[:, :4]))


def test_order_matters_with_layers_and_not_without():
    torch.manual_seed(0)
    forward, backward = torch.tensor([[3, 4, 5]]), torch.tensor([[5, 4, 3]])
    bag, mixed = TextTower(20, 16, width=32, layers=0).eval(), TextTower(20, 16, width=32).eval()
    torch.testing.assert_close(bag(forward), bag(backward))
    assert (mixed(forward) - mixed(backward)).abs().max() > 1e-4


def test_no_words_give_a_number():
    assert torch.isfinite(TextTower(20, 16, width=32).eval()(torch.zeros(2, 3, dtype=torch.long))).all()


def test_attention_skips_what_is_not_kept():
    layer = TransformerLayer(32, 2).eval()
    x = torch.rand(1, 4, 32)
    other = x.clone()
    other[:, 3] = 9
    keep = torch.tensor([[True, True, True, False]])
    torch.testing.assert_close(layer(x, keep)[:, :3], layer(other, keep)[:, :3])


def test_augmentation_keeps_colour_and_draws_from_its_own_chance():
    frames = np.zeros((6, 32, 24, 3), np.uint8)
    frames[:, :, :, 0] = 200
    x = as_input(torch.from_numpy(frames))
    once, again = (augment(x, np.random.default_rng(3)) for _ in range(2))
    torch.testing.assert_close(once, again)
    assert (once[:, 0] - once[:, 1]).min() > 0.6  # still red
    assert (once - x).abs().max() > 0.01


def test_input_is_scaled_and_shrunk_by_area():
    frames = np.zeros((1, 4, 4, 3), np.uint8)
    frames[:, :2] = 255
    np.testing.assert_allclose(as_input(torch.from_numpy(frames), (2, 2))[0, 0], [[1, 1], [0, 0]])


def test_turning_by_a_third_moves_red_to_green_and_leaves_grey():
    red = torch.zeros(2, 3, 2, 2)
    red[0, 0], red[1] = 0.9, 0.4
    moved = turned(red, np.array([1 / 3, 1 / 3]), np.ones(2))
    torch.testing.assert_close(moved[0, :, 0, 0], torch.tensor([0.0, 0.9, 0.0]), atol=1e-6, rtol=0)
    torch.testing.assert_close(moved[1], red[1])
    pale = turned(red, np.zeros(2), np.zeros(2))
    torch.testing.assert_close(pale[0, :, 0, 0], torch.full((3,), 0.3))


def test_covering_hides_a_rectangle_of_the_share_of_pictures():
    pictures = torch.zeros(400, 3, 20, 10)
    flat = augment(pictures, np.random.default_rng(0), light=0.0, cover=0.5)
    hidden = (flat == 0.7).all(1)
    size = hidden.sum((1, 2))
    assert 0.4 < (size > 0).float().mean() < 0.6
    covered = hidden[size > 0]
    assert torch.equal(covered.any(2).sum(1) * covered.any(1).sum(1), covered.sum((1, 2)))  # a rectangle each
    assert covered.any(2).sum(1).min() >= 4
    assert covered.any(2).sum(1).max() <= 10
