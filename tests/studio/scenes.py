"""Drawn photos with a known truth: a mannequin before a wall, garments laid flat, a box, a camera in a room."""

import csv

import cv2
import numpy as np
from PIL import Image

from tastemaker.studio.floor import Camera

WALL, SKIN, CLOTH, TROUSERS = (228, 230, 232), (214, 168, 140), (60, 90, 150), (50, 50, 56)
PERSON = {"shoulder": 96, "soles": 486, "axis": 192, "span": 108}
"""What is true of :func:`mannequin`."""


def wall(height=512, width=384, *, vignette=0.0, noise=0.8, seed=0):
    """A plain wall, lighter in its middle by ``vignette`` levels."""
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    light = np.asarray(WALL, np.float64) + (vignette * (1 - x**2 - 0.5 * y**2))[..., None] - vignette
    return np.clip(light + np.random.default_rng(seed).normal(0, noise, (height, width, 1)), 0, 255).astype(np.uint8)


def mannequin(*, sleeves=0, vignette=4.0):
    """A person without a face, arms a little apart. ``sleeves``: 0 short, 1 long.

    Shapes: (512, 384, 3).
    """
    photo = wall(vignette=vignette)
    middle = PERSON["axis"]
    cv2.ellipse(photo, (middle, 48), (22, 30), 0, 0, 360, SKIN, -1)
    cv2.rectangle(photo, (middle - 11, 70), (middle + 11, 100), SKIN, -1)
    for side in (-1, 1):
        arm = [(middle + side * 46, 106), (middle + side * 62, 190), (middle + side * 66, 268)]
        cv2.polylines(photo, [np.array(arm)], False, SKIN, 19)
        reach = arm if sleeves else [arm[0], (middle + side * 54, 150)]
        cv2.polylines(photo, [np.array(reach)], False, CLOTH, 22)
        cv2.line(photo, (middle + side * 20, 270), (middle + side * 24, 470), TROUSERS, 32)
        cv2.ellipse(photo, (middle + side * 26, 478), (16, 8), 0, 0, 360, (30, 30, 30), -1)
    trunk = [
        (-50, 98),
        (-12, 88),
        (12, 88),
        (50, 98),
        (40, 150),
        (36, 200),
        (40, 256),
        (-40, 256),
        (-36, 200),
        (-40, 150),
    ]
    cv2.fillPoly(photo, [np.array([(middle + x, y) for x, y in trunk])], CLOTH)
    cv2.rectangle(photo, (middle - 38, 256), (middle + 38, 300), TROUSERS, -1)
    return cv2.GaussianBlur(photo, (0, 0), 0.6)


def tee(colour=(190, 60, 50), stripe=(250, 250, 250)):
    """A striped t-shirt laid flat on white, and its mask. Shapes: (400, 360, 3), (400, 360)."""
    mask = np.zeros((400, 360), np.uint8)
    outline = [(130, 60), (230, 60), (262, 72), (330, 140), (290, 176), (258, 150), (256, 340),
               (104, 340), (102, 150), (70, 176), (30, 140), (98, 72)]  # fmt: skip
    cv2.fillPoly(mask, [np.array(outline)], 1)
    photo = np.full((400, 360, 3), 255, np.uint8)
    photo[mask > 0] = colour
    for row in range(90, 340, 40):
        photo[row : row + 8][mask[row : row + 8] > 0] = stripe
    return cv2.GaussianBlur(photo, (0, 0), 0.5), mask > 0


def trousers(colour=(120, 110, 70)):
    """Trousers laid flat on white, and their mask. Shapes: (420, 240, 3), (420, 240)."""
    mask = np.zeros((420, 240), np.uint8)
    outline = [
        (70, 20),
        (170, 20),
        (190, 120),
        (200, 400),
        (140, 400),
        (122, 140),
        (118, 140),
        (100, 400),
        (40, 400),
        (50, 120),
    ]
    cv2.fillPoly(mask, [np.array(outline)], 1)
    photo = np.full((420, 240, 3), 255, np.uint8)
    photo[mask > 0] = colour
    return cv2.GaussianBlur(photo, (0, 0), 0.5), mask > 0


def box(width=200, height=120, colour=(150, 90, 60)):
    """A front view of a box on white, and its mask. Shapes: (height + 80, width + 80, 3)."""
    photo = np.full((height + 80, width + 80, 3), 255, np.uint8)
    photo[40 : 40 + height, 40 : 40 + width] = colour
    photo[60:70, 60:100] = (250, 240, 60)
    mask = np.zeros(photo.shape[:2], np.bool_)
    mask[40 : 40 + height, 40 : 40 + width] = True
    return photo, mask


def camera(height=480, width=640, *, focal=560.0, place=(1.5, -3.0, 1.5), look=(1.5, 2.0, 0.4)):
    """A camera somewhere in a room, looking somewhere; upright."""
    place, forward = np.asarray(place, float), np.asarray(look, float) - np.asarray(place, float)
    forward /= np.linalg.norm(forward)
    right = np.cross(forward, [0, 0, 1])
    right /= np.linalg.norm(right)
    turn = np.stack([right, np.cross(forward, right), forward])
    inside = np.array([[focal, 0, width / 2], [0, focal, height / 2], [0, 0, 1.0]])
    return Camera(inside @ np.c_[turn, -turn @ place])


def write_shop(root):
    """A workspace that sells the tee and the box."""
    (root / "images").mkdir(parents=True)
    Image.fromarray(tee()[0]).save(root / "images" / "tee.png")
    Image.fromarray(box()[0]).save(root / "images" / "box.png")
    with (root / "items.csv").open("w", newline="", encoding="utf-8") as stream:
        rows = [["tee-1", "Striped tee", "tee.png"], ["box-1", "Low cabinet", "box.png"]]
        csv.writer(stream).writerows([["id", "title", "image"], *rows])
    return root
