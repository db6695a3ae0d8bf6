from io import BytesIO

import numpy as np
from PIL import Image

from tastemaker.evaluation.drawn_sheet import GAP, LINE, beside, grid, samples

RED, BLUE = (200, 30, 40), (40, 70, 190)


def cell(colour, shape=(8, 6)):
    return np.full((*shape, 3), colour, np.uint8)


def pixels(png):
    return np.asarray(Image.open(BytesIO(png)).convert("RGB"))


def where(sheet, colour):
    """Top, left, bottom and right of a colour."""
    rows, columns = np.nonzero((sheet == colour).all(2))
    return rows.min(), columns.min(), rows.max() + 1, columns.max() + 1


def test_a_grid_is_filled_row_by_row_pixel_by_pixel():
    sheet = pixels(grid([cell(RED), None, None, cell(BLUE)], ["", ""]))
    assert sheet.shape == (GAP + 2 * (16 + GAP), GAP + 2 * (12 + GAP), 3)
    assert where(sheet, RED) == (GAP, GAP, GAP + 16, GAP + 12)
    assert where(sheet, BLUE) == (GAP + 20, GAP + 16, GAP + 36, GAP + 28)
    assert (sheet == RED).all(2).sum() == 16 * 12


def test_labels_take_room_and_never_reach_into_the_next_column():
    bare = pixels(grid([cell(RED)] * 2, ["", ""]))
    named = pixels(grid([cell(RED)] * 2, ["a very long name of a colour", ""], ["shirts"]))
    assert where(named, RED)[0] == GAP + LINE
    assert where(named, RED)[1] > GAP
    assert named.shape[0] == bare.shape[0] + LINE
    left = where(named, RED)[1]
    second = named[:LINE, left + 12 + GAP :]
    assert (second == second[0, 0]).all()  # nothing is written above the second


def test_sixty_four_samples_are_four_rows():
    sheet = pixels(samples(np.stack([cell(RED)] * 64)))
    assert sheet.shape == (GAP + 4 * 20, GAP + 16 * 16, 3)


def test_what_was_made_stands_under_its_original():
    sheet = pixels(beside(np.stack([cell(RED)] * 3), np.stack([cell(BLUE)] * 3)))
    top, left, bottom, right = where(sheet, RED)
    assert where(sheet, BLUE) == (bottom + GAP, left, bottom + GAP + 16, right)
    assert top == GAP
