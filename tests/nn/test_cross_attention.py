import pytest
import torch

from tastemaker.nn.cross_attention import CrossEncoder, CrossLayer, grid_cells
from tastemaker.nn.towers import PictureTower, TextTower

WIDTHS, SHAPE = (8, 16), (16, 12)


@pytest.fixture(scope="module")
def model():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        text = TextTower(20, 8, width=32, length=10)
        return CrossEncoder(PictureTower(WIDTHS, 8), text, grid_cells(WIDTHS, SHAPE), 2, 0.07, 0.0).eval()


def noise(*shape):
    return torch.rand(*shape, generator=torch.Generator().manual_seed(3))


def test_cells_are_those_of_the_last_grid(model):
    """16 x 12 pixels: the stem makes 4 x 3 of them, the second stage 2 x 2."""
    assert grid_cells(WIDTHS, SHAPE) == 4
    assert grid_cells((96, 192, 384), (48, 36)) == 9
    assert model.look(noise(3, 3, *SHAPE)).cells.shape == (3, 4, 32)


def test_vectors_are_those_of_the_towers(model):
    pictures, tokens = noise(3, 3, *SHAPE), torch.tensor([[3, 4, 5], [6, 0, 0], [0, 0, 0]])
    want = torch.nn.functional.normalize(model.picture(pictures), dim=1)
    torch.testing.assert_close(model.look(pictures).vector, want)
    want = torch.nn.functional.normalize(model.text(tokens), dim=1)
    torch.testing.assert_close(model.read(tokens).vector, want)


def test_filling_changes_nothing(model):
    cells = model.look(noise(1, 3, *SHAPE)).cells
    short, long = model.read(torch.tensor([[3, 4]])), model.read(torch.tensor([[3, 4, 0, 0, 0]]))
    torch.testing.assert_close(
        model.matching(short.states, short.keep, cells), model.matching(long.states, long.keep, cells)
    )


def test_pairs_are_judged_one_by_one_whatever_their_lengths(model):
    """More pairs than go together at once, of all lengths, the empty text among them."""
    n = 150
    tokens = torch.zeros(n, 9, dtype=torch.long)
    for place in range(n):
        tokens[place, : place % 10] = 2 + place % 17
    cells = model.look(noise(n, 3, *SHAPE)).cells
    read = model.read(tokens)
    together = model.matching(read.states, read.keep, cells)
    for place in (0, 1, 8, 77, 149):
        one = slice(place, place + 1)
        alone = model.matching(read.states[one], read.keep[one], cells[one])
        torch.testing.assert_close(together[one], alone, rtol=1e-4, atol=1e-5)


def test_the_picture_is_looked_at(model):
    read = model.read(torch.tensor([[3, 4]]))
    first, second = model.look(noise(2, 3, *SHAPE)).cells
    a, b = (model.matching(read.states, read.keep, cells[None]) for cells in (first, second))
    assert not torch.allclose(a, b, atol=1e-6)


def test_a_layer_gives_every_cell_its_share():
    """With no weight on the question, each cell counts alike: any order of cells gives the same."""
    layer = CrossLayer(32, 1)
    torch.nn.init.zeros_(layer.query.weight)
    torch.nn.init.zeros_(layer.query.bias)
    x, keep, cells = noise(1, 3, 32), torch.ones(1, 3, dtype=torch.bool), noise(1, 5, 32)
    even = layer.project(layer.key_value(cells)[..., 32:].mean(1, keepdim=True))
    torch.testing.assert_close(layer(x, keep, cells), layer.own(x + even, keep))


def test_a_word_is_asked_of_every_token(model):
    assert model.words(noise(4, 32)).shape == (4, 20)
