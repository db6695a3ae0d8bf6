"""Plots as SVG texts, drawn here: dots with intervals, scatters, lines. Colours are those of the page that holds them.

A drawing is about as wide as a phone, so that its letters have the same size everywhere; a page puts them side by side.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 356
LETTER = 6.4
"""Width of a letter, about."""


@dataclass(frozen=True)
class Mark:
    """One thing to draw.

    Attributes:
        label: its name.
        x: place along the plot.
        y: height in a scatter; of no matter elsewhere.
        low: lower end of its interval; None when it has none.
        high: upper end of its interval.
        role: "own", "plain" or "other": which colour.
    """

    label: str
    x: float
    y: float = 0.0
    low: float | None = None
    high: float | None = None
    role: str = "other"


def dots(marks: Sequence[Mark], unit: str) -> str:
    """One line a mark: its value as a dot, its interval as a bar.

    Args:
        marks: from top to bottom.
        unit: says what the axis shows.
    """
    if not marks:
        return ""
    left = 10 + min(128.0, LETTER * max(len(mark.label) for mark in marks))
    top = max(mark.high if mark.high is not None else mark.x for mark in marks)
    ticks = _ticks(0.0, top)
    scale = _Scale(0.0, ticks[-1], left, WIDTH - 56)
    height = 24 * len(marks)
    parts = [_grid(scale, ticks, 6, height + 6), _axis_name(unit, left, height + 40)]
    for place, mark in enumerate(marks):
        y = 6 + 24 * place + 12
        parts.append(_text(left - 8, y + 4, mark.label, "end"))
        if mark.low is not None and mark.high is not None:
            parts.append(f'<path class="bar {mark.role}" d="M{scale(mark.low):.1f} {y}H{scale(mark.high):.1f}"/>')
        parts.append(_dot(scale(mark.x), y, mark))
        parts.append(_text(WIDTH - 2, y + 4, f"{mark.x:.4f}", "end", "number"))
    return _svg(height + 48, parts, f"{unit} of {len(marks)} methods")


def scatter(marks: Sequence[Mark], x_name: str, y_name: str, *, log_x: bool = False) -> str:
    """Each mark at its place, with its name beside it.

    Args:
        marks: x above zero where ``log_x``.
        x_name: says what goes to the right.
        y_name: says what goes up.
        log_x: each step to the right is ten times as much.
    """
    if not marks:
        return ""
    height, left, bottom = 280, 44, 232
    xs = [math.log10(mark.x) if log_x else mark.x for mark in marks]
    x_ticks = _decades(xs) if log_x else _ticks(0.0, max(xs))
    y_ticks = _ticks(0.0, max(mark.y for mark in marks))
    across, up = _Scale(x_ticks[0], x_ticks[-1], left, WIDTH - 16), _Scale(0.0, y_ticks[-1], bottom, 24)
    names = [f"{10**tick:g}" for tick in x_ticks] if log_x else None
    parts = [_grid(across, x_ticks, 24, bottom, names)]
    for tick in y_ticks:
        parts.append(f'<path class="grid" d="M{left} {up(tick):.1f}H{WIDTH - 16}"/>')
        parts.append(_text(left - 6, up(tick) + 4, f"{tick:g}", "end", "tick"))
    places = [(across(x), up(mark.y)) for x, mark in zip(xs, marks, strict=True)]
    parts += _labels(places, marks)
    parts += [_dot(x, y, mark) for (x, y), mark in zip(places, marks, strict=True)]
    parts += [_axis_name(x_name, left, bottom + 36), _text(2, 12, y_name, "start", "tick")]
    return _svg(height, parts, f"{y_name} against {x_name}")


def line(xs: Sequence[float], ys: Sequence[float], x_name: str, y_name: str) -> str:
    """One line through points, x rising."""
    known = [(x, y) for x, y in zip(xs, ys, strict=True) if math.isfinite(y)]
    if len(known) < 2:
        return ""
    height, left, bottom = 180, 48, 132
    low, high = min(y for _, y in known), max(y for _, y in known)
    y_ticks = _ticks(low, high)
    x_ticks = [tick for tick in _ticks(known[0][0], known[-1][0]) if known[0][0] <= tick <= known[-1][0]]
    across = _Scale(known[0][0], known[-1][0], left, WIDTH - 16)
    up = _Scale(y_ticks[0], y_ticks[-1], bottom, 24)
    parts = [_grid(across, x_ticks, 24, bottom)]
    for tick in y_ticks:
        parts.append(f'<path class="grid" d="M{left} {up(tick):.1f}H{WIDTH - 16}"/>')
        parts.append(_text(left - 6, up(tick) + 4, f"{tick:g}", "end", "tick"))
    way = " ".join(f"{across(x):.1f},{up(y):.1f}" for x, y in known)
    parts.append(f'<polyline class="line" points="{way}"/>')
    parts += [_axis_name(x_name, left, bottom + 36), _text(2, 12, y_name, "start", "tick")]
    return _svg(height, parts, f"{y_name} by {x_name}")


class _Scale:
    """Values -> places."""

    def __init__(self, low: float, high: float, start: float, end: float) -> None:
        self._low, self._start = low, start
        self._step = (end - start) / (high - low) if high > low else 0.0

    def __call__(self, value: float) -> float:
        return self._start + (value - self._low) * self._step


def _ticks(low: float, high: float) -> list[float]:
    """Three to six round values that hold both ends."""
    span = high - low
    if not span > 0:
        return [low, low + 1.0] if low >= 0 else [low, 0.0]
    step = 10 ** math.floor(math.log10(span / 3))
    step = next((step * factor for factor in (1, 2, 5, 10) if span / (step * factor) <= 4.5), step * 10)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(place * step, 10) for place in range(first, last + 1)]


def _decades(logs: Sequence[float]) -> list[float]:
    low, high = math.floor(min(logs)), math.ceil(max(logs))
    return [float(power) for power in range(low, max(high, low + 1) + 1)]


SHIFTS = (0, *(sign * step * 13 for step in range(1, 13) for sign in (1, -1)))
"""How far a name may be moved up or down to be free of others, the nearest first."""


def _labels(places: Sequence[tuple[float, float]], marks: Sequence[Mark]) -> list[str]:
    """Names beside their dots, moved up or down until none covers another; one without room is left to the dot."""
    parts: list[str] = []
    taken: list[tuple[float, float, float]] = [(x - 5, x + 5, y) for x, y in places]
    for (x, y), mark in sorted(zip(places, marks, strict=True), key=lambda pair: pair[0][1]):
        wide = LETTER * len(mark.label) + 4
        sides = [("start", x + 9, x + 9, x + 9 + wide), ("end", x - 9, x - 9 - wide, x - 9)]
        found = next(
            (
                (anchor, at, start, end, y + shift)
                for shift in SHIFTS
                for anchor, at, start, end in sides
                if start > 0 and end < WIDTH - 2 and _free(start, end, y + shift, taken)
            ),
            None,
        )
        if found is None:
            continue
        anchor, at, start, end, height = found
        taken.append((start, end, height))
        if height != y:
            parts.append(f'<path class="grid" d="M{x:.1f} {y:.1f}L{at:.1f} {height:.1f}"/>')
        parts.append(_text(at, height + 4, mark.label, anchor))
    return parts


def _free(start: float, end: float, y: float, taken: Sequence[tuple[float, float, float]]) -> bool:
    inside = 18 < y < 230
    return inside and not any(start < other_end and other < end and abs(y - at) < 12 for other, other_end, at in taken)


def _grid(scale: _Scale, ticks: Sequence[float], top: float, bottom: float, names: Sequence[str] | None = None) -> str:
    """Upright lines with their values below."""
    parts = []
    for place, tick in enumerate(ticks):
        name = names[place] if names else f"{tick:g}"
        parts.append(f'<path class="grid" d="M{scale(tick):.1f} {top}V{bottom}"/>')
        parts.append(_text(scale(tick), bottom + 16, name, "middle", "tick"))
    return "".join(parts)


def _dot(x: float, y: float, mark: Mark) -> str:
    return f'<circle class="{mark.role}" cx="{x:.1f}" cy="{y:.1f}" r="4.5"><title>{escape(mark.label)}</title></circle>'


def _axis_name(name: str, left: float, y: float) -> str:
    return _text((left + WIDTH) / 2, y, name, "middle", "tick")


def _text(x: float, y: float, text: str, anchor: str = "start", role: str = "") -> str:
    kind = f' class="{role}"' if role else ""
    return f'<text{kind} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _svg(height: float, parts: Sequence[str], says: str) -> str:
    inside = "".join(parts)
    return f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{escape(says, quote=True)}">{inside}</svg>'
