"""Printed and woven patterns as functions of cloth coordinates: a pattern follows the cloth wherever the cloth goes."""

from collections.abc import Callable

import numpy as np

from tastemaker.demoshop.field import Field

Ink = Field
Painter = Callable[[Field, Field, Ink, Ink, float], Field]


def print_on(name: str, u: Field, v: Field, base: Ink, ink: Ink, size: float = 1.0) -> Field:
    """Colour of every point of a cloth.

    Args:
        name: one of :data:`PATTERNS`.
        u: cloth coordinates across, sheet units, (h, w).
        v: cloth coordinates along, sheet units, (h, w).
        base: ground colour, (3,).
        ink: second colour, (3,).
        size: repeat of the pattern relative to its usual one.

    Returns:
        (h, w, 3).
    """
    return PATTERNS[name](u / size, v / size, base, ink, size)


def _lay(base: Field, ink: Ink, cover: Field) -> Field:
    return np.asarray(base + (ink - base) * cover[..., None], np.float32)


def _band(coordinate: Field, period: float, width: float, size: float) -> Field:
    """Soft-edged bands: 1 inside ``width`` of every ``period``."""
    distance = np.abs((coordinate + period / 2) % period - period / 2)
    return np.asarray(np.clip((width / 2 - distance) * size * 1.4 + 0.5, 0, 1))


def _plain(u: Field, _v: Field, base: Ink, _ink: Ink, _size: float) -> Field:
    return np.broadcast_to(base, (*u.shape, 3)).astype(np.float32)


def _breton(_u: Field, v: Field, base: Ink, ink: Ink, size: float) -> Field:
    return _lay(base, ink, _band(v, 14, 5.0, size) * 0.92)


def _wide_stripe(_u: Field, v: Field, base: Ink, ink: Ink, size: float) -> Field:
    return _lay(base, ink, _band(v, 44, 22.0, size) * 0.95)


def _pinstripe(u: Field, _v: Field, base: Ink, ink: Ink, size: float) -> Field:
    return _lay(base, ink, _band(u, 9, 1.1, size) * 0.6)


def _candy(u: Field, _v: Field, base: Ink, ink: Ink, size: float) -> Field:
    return _lay(base, ink, _band(u, 11, 4.6, size) * 0.8)


def _gingham(u: Field, v: Field, base: Ink, ink: Ink, size: float) -> Field:
    across, down = _band(u, 13, 6.5, size), _band(v, 13, 6.5, size)
    return _lay(base, ink, (across + down) * 0.44)


def _tartan(u: Field, v: Field, base: Ink, ink: Ink, size: float) -> Field:
    out = _lay(base, ink, (_band(u, 40, 17, size) + _band(v, 40, 17, size)) * 0.38)
    pale = np.array([0.93, 0.88, 0.78], np.float32)
    thin = np.maximum(_band(u + 20, 40, 1.6, size), _band(v + 20, 40, 1.6, size))
    out = _lay(out, pale, thin * 0.6)
    return _lay(out, ink * 0.55, np.maximum(_band(u, 40, 1.5, size), _band(v, 40, 1.5, size)) * 0.6)


def _windowpane(u: Field, v: Field, base: Ink, ink: Ink, size: float) -> Field:
    return _lay(base, ink, np.maximum(_band(u, 27, 1.3, size), _band(v, 27, 1.3, size)) * 0.6)


def _herringbone(u: Field, v: Field, base: Ink, ink: Ink, size: float) -> Field:
    zigzag = np.abs((u % 12) - 6)
    return _lay(base, ink, _band(v + zigzag, 4, 1.8, size) * 0.32)


def _dots(u: Field, v: Field, base: Ink, ink: Ink, size: float) -> Field:
    row = np.floor(v / 9)
    du = (u + (row % 2) * 5.5) % 11 - 5.5
    dv = v % 9 - 4.5
    return _lay(base, ink, np.clip((2.1 - np.hypot(du, dv)) * size * 1.4 + 0.5, 0, 1) * 0.92)


def _jitter(cell_u: Field, cell_v: Field, salt: float) -> Field:
    """A repeatable random number, 0 to 1, for every cell of a grid."""
    return np.asarray(np.modf(np.abs(np.sin(cell_u * 12.9898 + cell_v * 78.233 + salt * 37.7) * 43758.5453))[0])


def _flower(u: Field, v: Field, pitch: float, radius: float, salt: float) -> tuple[Field, Field, Field]:
    """Petals, hearts and leaves of one jittered flower a cell."""
    cu, cv = np.floor(u / pitch), np.floor(v / pitch)
    du = u - (cu + 0.3 + 0.4 * _jitter(cu, cv, salt)) * pitch
    dv = v - (cv + 0.3 + 0.4 * _jitter(cu, cv, salt + 1)) * pitch
    distance, turn = np.hypot(du, dv), _jitter(cu, cv, salt + 2) * 6.28
    reach = radius * (0.7 + 0.5 * _jitter(cu, cv, salt + 3))
    petals = reach * (0.68 + 0.32 * np.cos(5 * (np.arctan2(dv, du) + turn)))
    leaf_u = du * np.cos(turn) + dv * np.sin(turn) - reach * 1.25
    leaf_v = -du * np.sin(turn) + dv * np.cos(turn)
    leaf = 1 - np.hypot(leaf_u / (reach * 0.62), leaf_v / (reach * 0.26))
    return petals - distance, reach * 0.26 - distance, leaf * reach * 0.3


def _floral(u: Field, v: Field, base: Ink, ink: Ink, size: float) -> Field:
    leaf_ink = np.array([0.36, 0.44, 0.33], np.float32) * 0.75 + base * 0.25
    heart_ink = np.array([0.92, 0.76, 0.42], np.float32)
    out = np.broadcast_to(base, (*u.shape, 3))
    for pitch, radius, salt in ((25.0, 6.6, 1.0), (17.0, 3.2, 5.0)):
        petals, heart, leaf = _flower(u + salt * 3, v + salt * 5, pitch, radius, salt)
        tone = ink if salt < 2 else ink * 0.6 + base * 0.4
        out = _lay(out, leaf_ink, np.clip(leaf * size + 0.3, 0, 1) * 0.85)
        out = _lay(out, tone, np.clip(petals * size + 0.5, 0, 1))
        out = _lay(out, heart_ink, np.clip(heart * size + 0.5, 0, 1))
    return np.asarray(out, np.float32)


def _fair_isle(u: Field, v: Field, base: Ink, ink: Ink, _size: float) -> Field:
    # Knitted bands: everything snaps to stitches of 2.6 units.
    stitch = 2.6
    su, sv = np.floor(u / stitch), np.floor(v / stitch)
    row, column = sv % 26, np.abs((su % 12) - 6)
    diamond = (np.abs(row - 6) + column) % 6 < 2
    zigzag = np.abs(row - 17 - np.abs((su % 8) - 4)) < 1.1
    dots = (row == 23) & (su % 3 == 0)
    cover = np.where(row < 13, diamond, zigzag | dots).astype(np.float32)
    return _lay(base, ink, cover * 0.85)


def _abstract(u: Field, v: Field, base: Ink, ink: Ink, _size: float) -> Field:
    wave = np.sin(u / 17 + 1.7 * np.sin(v / 23)) + np.sin(v / 14 + 1.3 * np.sin(u / 31))
    out = _lay(base, ink, np.clip((wave - 0.75) * 9 + 0.5, 0, 1) * 0.9)
    return _lay(out, base * 0.45 + ink * 0.55, np.clip((-wave - 1.0) * 9 + 0.5, 0, 1) * 0.75)


def _cable(u: Field, v: Field, base: Ink, _ink: Ink, size: float) -> Field:
    twist = np.sin(v / 5.0) * 3.4
    column = (u + 20) % 40 - 20
    ropes = np.maximum(1 - np.abs(column - twist) / 3.6, 1 - np.abs(column + twist) / 3.6)
    edge = _band(u + 20, 40, 3.0, size) * 0.25
    light = np.clip(ropes, 0, 1) * 0.26 + edge * 0.3 - 0.1
    return np.asarray(np.clip(base * (1 + light[..., None]), 0, 1), np.float32)


def _colour_block(_u: Field, v: Field, base: Ink, ink: Ink, size: float) -> Field:
    return _lay(base, ink, np.clip((v - 178 / size) * 2, 0, 1))


PATTERNS: dict[str, Painter] = {
    "plain": _plain,
    "striped": _breton,
    "wide stripe": _wide_stripe,
    "pinstripe": _pinstripe,
    "candy stripe": _candy,
    "gingham": _gingham,
    "checked": _tartan,
    "windowpane": _windowpane,
    "herringbone": _herringbone,
    "dotted": _dots,
    "floral": _floral,
    "fair isle": _fair_isle,
    "abstract": _abstract,
    "cable knit": _cable,
    "colour block": _colour_block,
}
