"""A world of small lessons with a rule: the first guess is a square, the truth the same square, lighter and lower."""

import numpy as np

from tastemaker.studio.own.crops import Layers
from tastemaker.studio.own.lessons import CHOOSE, LEARN, SCORE, Lessons
from tastemaker.studio.own.settings import OwnConfig

SIDE = 32
TINY = OwnConfig(side=SIDE, product_side=16, local=16, width=32, depth=1, pairs=8, steps=70, batch_size=8)


def square_lessons(n=24, seed=0):
    """Squares of chance colours on a chance ground; what they should be is 30 levels lighter and reaches 6 rows on."""
    rng = np.random.default_rng(seed)
    told, product, truth, cover = [], [], [], []
    for _ in range(n):
        ground, colour = rng.integers(120, 220, 3), rng.integers(40, 200, 3)
        left, top = rng.integers(6, 12, 2)
        guess = np.zeros((SIDE, SIDE), np.float32)
        guess[top : top + 10, left : left + 12] = 1
        right = guess.copy()
        right[top + 10 : top + 16, left : left + 12] = 1
        photo = np.broadcast_to(ground, (SIDE, SIDE, 3)).astype(np.float32)
        front = np.broadcast_to(colour, (SIDE, SIDE, 3)).astype(np.float32)
        none = np.zeros_like(guess)
        told.append(Layers(photo, front, none + 1, guess, guess, none).told())
        truth.append(np.where(right[..., None] > 0, front + 30, photo).astype(np.uint8))
        cover.append((255 * right).astype(np.uint8))
        product.append(np.broadcast_to(colour, (16, 16, 3)).astype(np.uint8))
    use = np.resize(np.array([LEARN, LEARN, LEARN, LEARN, CHOOSE, SCORE], np.uint8), n)
    task = np.resize(np.array([0, 0, 0, 1, 0, 0], np.uint8), n)
    arrays = [np.stack(each) for each in (told, product, truth, cover)]
    return Lessons(arrays[0], arrays[1], task, arrays[2], arrays[3], use)
