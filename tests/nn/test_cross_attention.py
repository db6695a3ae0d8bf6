import pytest
import torch
from torch.nn import functional

from tastemaker.nn.cross_attention import CrossEncoder, grid_cells
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


def test_cells_are_those_of_the_grid_before_the_last(model):
    """16 x 12 pixels: the stem makes 4 x 3 of them, the second stage 2 x 2."""
    assert grid_cells(WIDTHS, SHAPE) == 12
    assert grid_cells((8,), SHAPE) == 12
    assert grid_cells((96, 192, 384), (48, 36)) == 6 * 5
    assert model.look(noise(3, 3, *SHAPE)).cells.shape == (3, 12, 32)


def test_vectors_are_those_of_the_towers(model):
    pictures, tokens = noise(3, 3, *SHAPE), torch.tensor([[3, 4, 5], [6, 0, 0], [0, 0, 0]])
    want = functional.normalize(model.picture(pictures), dim=1)
    torch.testing.assert_close(model.look(pictures).vector, want)
    want = functional.normalize(model.text(tokens), dim=1)
    torch.testing.assert_close(model.read(tokens).vector, want)


def test_matching_is_the_formula(model):
    """Word by word, head by head and cell by cell, as the docstring says it."""
    cells = model.look(noise(2, 3, *SHAPE)).cells
    read = model.read(torch.tensor([[3, 4, 5], [6, 0, 0]]))
    found = model.matching(read.states, read.keep, cells)
    for text, words in enumerate((3, 1)):
        for picture in range(2):
            total = 0.0
            for word in range(words):
                question, reading = model.ask(read.states[text, word]).view(2, 2, 16)
                for head in range(2):
                    said = [model.answer(cell).view(2, 2, 16)[:, head] for cell in cells[picture]]
                    share = torch.stack([question[head] @ key / 4 for key, _ in said]).softmax(0)
                    total += sum(s * (reading[head] @ value) / 4 for s, (_, value) in zip(share, said, strict=True))
            torch.testing.assert_close(found[text, picture], total / words**0.5, rtol=1e-4, atol=1e-5)


def test_filling_changes_nothing_and_no_words_are_no_evidence(model):
    cells = model.look(noise(3, 3, *SHAPE)).cells
    short, long = model.read(torch.tensor([[3, 4]])), model.read(torch.tensor([[3, 4, 0, 0], [0, 0, 0, 0]]))
    found = model.matching(long.states, long.keep, cells)
    torch.testing.assert_close(found[:1], model.matching(short.states, short.keep, cells))
    assert not found[1].any()


def test_a_covered_word_is_guessed_from_the_picture(model):
    """Of two pictures the guess differs; each place has its own picture."""
    cells, states = model.look(noise(2, 3, *SHAPE)).cells, noise(1, 32).expand(2, -1)
    guessed = model.words(states, cells)
    assert guessed.shape == (2, 20)
    assert not torch.allclose(guessed[0], guessed[1], atol=1e-6)
    torch.testing.assert_close(model.words(states[:1], cells[1:]), guessed[1:])
