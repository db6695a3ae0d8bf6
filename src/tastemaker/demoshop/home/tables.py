"""Tables, desks, shelves, sideboards and nightstands."""

import numpy as np

from tastemaker.demoshop.cloth import Cloth
from tastemaker.demoshop.curves import box, ellipse
from tastemaker.demoshop.goods import Piece
from tastemaker.demoshop.home.finish import brass_or_black, cloth_of, wood
from tastemaker.demoshop.home.stage import WOODS, Block, Stage
from tastemaker.demoshop.palette import mix, rgb
from tastemaker.demoshop.texture import at


def _top(piece: Piece) -> Cloth:
    cloth = cloth_of(piece)
    if piece["material"] == "glass":
        return Cloth(mix(rgb("cfdcd9"), piece.colour, 0.12), rgb("ffffff"), "plain", "glass", gloss=0.9)
    if piece["material"] == "marble":
        return Cloth(mix(rgb("efece8"), piece.colour, 0.25), rgb("aaa49c"), "plain", "marble", gloss=0.5)
    return cloth


def draw_table(stage: Stage, piece: Piece) -> None:
    """Dining and coffee tables: round on a foot, rectangular on four legs."""
    w, h, d = (piece.number(n) for n in ("width_cm", "height_cm", "depth_cm"))
    top, legs = _top(piece), wood(piece) if piece["material"] in WOODS else brass_or_black(piece)
    if piece["form"] == "round":
        _round_table(stage, piece, min(w, 130) / 2, h, top, legs)
        return
    if piece["form"] == "nesting":
        _round_table(stage, piece, w * 0.34, h, top, legs, x=-w * 0.14, z=-d * 0.1)
        _round_table(stage, piece, w * 0.26, h * 0.78, top, legs, x=w * 0.2, z=d * 0.25)
        return
    x, z = w / 2, d / 2
    stage.shadow(box(-x, -z, x, z), strength=0.34)
    inset = 5 if piece.chance("inset") % 2 else 12
    for px, pz in ((-x + inset, -z + inset), (x - inset, -z + inset), (-x + inset, z - inset), (x - inset, z - inset)):
        splay = 1.05 if inset > 8 else 1.0
        stage.rod((px, h - 3, pz), (px * splay, 0, pz * splay), max(2.0, h * 0.035), legs, 0.6 if splay > 1 else 0.9)
    if h > 60:
        stage.block(Block(-x + 6, x - 6, h - 11, h - 3, -z + 6, z - 6), legs.darker(0.18), round_=0.5)
    stage.block(Block(-x, x, h - 3.6, h, -z, z), top, round_=2.5, soft=0.5)
    if h < 60 and piece.chance("book") % 2:
        _still_life(stage, piece, h)


def _still_life(stage: Stage, piece: Piece, h: float) -> None:
    """Two books and a bowl: scale, and a touch of life."""
    stage.block(Block(-22, 6, h, h + 3, -10, 10), Cloth(piece.ink, piece.ink, material="paper"), round_=0.5)
    stage.block(Block(-19, 5, h + 3, h + 5.4, -8, 8), Cloth(rgb("e9e2d4"), piece.ink, material="paper"), round_=0.5)
    stage.lathe(
        [(8, h + 7), (6.4, h + 3), (3, h)], Cloth(rgb("cfc6b8"), piece.ink, material="stoneware"), x=26, z=4, open_=True
    )


def _round_table(
    stage: Stage, piece: Piece, r: float, h: float, top: Cloth, legs: Cloth, x: float = 0.0, z: float = 0.0
) -> None:
    turn = np.linspace(0, 2 * np.pi, 40)
    stage.shadow(np.stack([x + r * 0.9 * np.cos(turn), z + r * 0.9 * np.sin(turn)], 1), strength=0.34)
    if piece.chance("foot") % 2:
        stage.lathe(
            [(r * 0.1, h - 3), (r * 0.09, h * 0.4), (r * 0.16, 6), (r * 0.5, 2.5), (r * 0.52, 0)], legs, x=x, z=z
        )
    else:
        for px, pz in ((-0.6, -0.55), (0.6, -0.55), (-0.55, 0.6), (0.55, 0.6)):
            stage.rod(
                (x + px * r * 0.85, h - 3, z + pz * r * 0.85),
                (x + px * r, 0, z + pz * r),
                max(1.8, h * 0.04),
                legs,
                0.65,
            )
    stage.lathe([(r, h), (r, h - 3.2), (r * 0.97, h - 4)], top, x=x, z=z)
    if top.material in WOODS:
        centre = stage.see([(x, h, z)])[0]
        half = r * stage.frame.scale
        disc = ellipse(centre[0], centre[1], half, half * float(np.sin(stage.pitch)))
        patch = stage.canvas.fill(disc)
        grain = at("wood", patch.x * 3 + patch.y, patch.y * 6 + 0 * patch.x)
        stage.canvas.paint(patch, np.clip(top.colour * (1.1 + grain[..., None] * 0.05), 0, 1).astype(np.float32))


def draw_desk(stage: Stage, piece: Piece) -> None:
    """A desk with a drawer or a case of drawers."""
    w, h, d = (piece.number(n) for n in ("width_cm", "height_cm", "depth_cm"))
    cloth, knob = cloth_of(piece), brass_or_black(piece)
    x, z = w / 2, d / 2
    stage.shadow(box(-x, -z, x, z), strength=0.34)
    case = piece["form"] == "drawer"
    for px, pz in ((-x + 5, -z + 5), (x - 5, -z + 5), (-x + 5, z - 5), (x - 5, z - 5)):
        if not (case and px > 0):
            stage.rod((px, h - 3, pz), (px * 1.02, 0, pz), 2.3, cloth, 0.65)
    if case:
        stage.block(Block(x - 42, x - 2, 4, h - 3, -z + 3, z - 3), cloth, round_=1)
        _drawers(stage, x - 42, x - 2, 6, h - 5, z - 3, 3, knob, cloth)
    else:
        stage.block(Block(-x + 5, x - 5, h - 14, h - 3, -z + 4, z - 4), cloth.darker(0.06), round_=0.8)
        _drawers(stage, -x * 0.42, x * 0.42, h - 13, h - 4, z - 4, 1, knob, cloth)
    stage.block(Block(-x, x, h - 3.2, h, -z, z), cloth, round_=1.5, soft=0.4)


def _drawers(
    stage: Stage, x0: float, x1: float, y0: float, y1: float, z: float, count: int, knob: Cloth, cloth: Cloth
) -> None:
    """Drawer fronts: fine dark gaps, and a knob each."""
    step = (y1 - y0) / count
    for i in range(count):
        low, high = y0 + i * step, y0 + (i + 1) * step
        front = stage.see(
            [
                (x0 + 1, low + 0.7, z),
                (x1 - 1, low + 0.7, z),
                (x1 - 1, high - 0.7, z),
                (x0 + 1, high - 0.7, z),
                (x0 + 1, low + 0.7, z),
            ]
        )
        stage.canvas.paint(stage.canvas.stroke([front], 0.55), cloth.colour * 0.38, 0.85)
        centre = stage.see([((x0 + x1) / 2, (low + high) / 2, z)])[0]
        turn = np.linspace(0, 2 * np.pi, 16)
        ball = centre + np.stack([np.cos(turn), np.sin(turn)], 1) * 1.5 * max(0.8, stage.frame.scale)
        stage.canvas.shadow(ball, 1.0, 0.4, (0.6, 0.8))
        stage.canvas.paint(stage.canvas.fill(ball), knob.colour)


def draw_shelf(stage: Stage, piece: Piece) -> None:
    """Open shelves, ladder shelves and cubes, with things on them."""
    w, h, d = (piece.number(n) for n in ("width_cm", "height_cm", "depth_cm"))
    cloth = cloth_of(piece)
    x, z = w / 2, d / 2
    stage.shadow(box(-x, -z, x, z), strength=0.42)
    cube = piece["form"] == "cube"
    if piece["form"] != "ladder":
        stage.block(Block(-x, x, 0, h, -z, -z + 1.5), cloth.darker(0.28), round_=0.3)
    count = max(3, round(h / 36))
    side = 2.2
    stage.block(Block(-x, -x + side, 0, h, -z, z), cloth, round_=0.3)
    for i in range(count + 1):
        y = 3 + (h - 5) * i / count
        stage.block(Block(-x + side, x - side, y - 1.6, y + 1.0, -z, z), cloth, round_=0.3)
        if i < count:
            _objects(stage, piece, i, -x + side + 2, x - side - 3, y + 1.0, (h - 5) / count - 4, z)
            if cube:
                stage.block(Block(-1, 1, y + 1, y + (h - 5) / count - 1.6, -z, z), cloth, round_=0.2)
    stage.block(Block(x - side, x, 0, h, -z, z), cloth, round_=0.3)


def _objects(stage: Stage, piece: Piece, row: int, x0: float, x1: float, y: float, room: float, z: float) -> None:
    """Books and vessels on one board."""
    rng = piece.rng(f"shelf {row}")
    tones = [piece.ink, rgb("e6ded0"), rgb("8b7f72"), piece.colour, rgb("b5886a"), rgb("5d6a66")]
    x = x0 + rng.uniform(0, 6)
    while x < x1 - 8:
        kind = rng.random()
        if kind < 0.5:
            for _ in range(int(rng.integers(2, 6))):
                wide = rng.uniform(2.2, 4.2)
                if x + wide > x1:
                    break
                tall = room * rng.uniform(0.62, 0.9)
                tone = tones[int(rng.integers(len(tones)))]
                stage.block(
                    Block(x, x + wide, y, y + tall, -z + 6, z - 5), Cloth(tone, tone, material="paper"), round_=0.3
                )
                x += wide + 0.2
        elif kind < 0.75:
            r = min(7.0, room * 0.22)
            if x + 2 * r < x1:
                tone = tones[int(rng.integers(len(tones)))]
                stage.lathe(
                    [(r * 0.5, y + room * 0.6), (r, y + room * 0.38), (r * 0.7, y)],
                    Cloth(tone, tone, material="stoneware", gloss=0.2),
                    x=x + r,
                    z=0,
                    open_=True,
                )
            x += 2 * r + 2
        x += rng.uniform(3, 14)


def draw_sideboard(stage: Stage, piece: Piece) -> None:
    """A low cupboard with doors, drawers or slats."""
    w, h, d = (piece.number(n) for n in ("width_cm", "height_cm", "depth_cm"))
    cloth, knob = cloth_of(piece), brass_or_black(piece)
    x, z, foot = w / 2, d / 2, 15.0 if piece["style"] in ("mid-century", "scandinavian", "coastal") else 7.0
    stage.shadow(box(-x, -z, x, z), strength=0.42)
    for px, pz in ((-x + 8, -z + 6), (x - 8, -z + 6), (-x + 8, z - 6), (x - 8, z - 6)):
        stage.rod((px, foot + 1, pz), (px * 1.03, 0, pz * 1.03), 2.2, cloth.darker(0.1), 0.6)
    stage.block(Block(-x, x, foot, h, -z, z), cloth, round_=1.2, soft=0.5)
    count = 3 if w < 155 else 4
    for i in range(count):
        left, right = -x + 2 + (w - 4) * i / count, -x + 2 + (w - 4) * (i + 1) / count
        if piece["form"] == "slatted":
            slats = [stage.see([(s, foot + 4, z), (s, h - 4, z)]) for s in np.linspace(left + 2, right - 2, 9)]
            stage.canvas.paint(stage.canvas.stroke(slats, 0.8), cloth.colour * 0.5, 0.75)
        _drawers(stage, left, right, foot + 2, h - 3, z, 3 if piece["form"] == "drawers" else 1, knob, cloth)


def draw_nightstand(stage: Stage, piece: Piece) -> None:
    """A small case beside the bed."""
    w, h, d = (piece.number(n) for n in ("width_cm", "height_cm", "depth_cm"))
    cloth, knob = cloth_of(piece), brass_or_black(piece)
    x, z = w / 2, d / 2
    stage.shadow(box(-x, -z, x, z), strength=0.38)
    foot = h * 0.34
    for px, pz in ((-x + 4, -z + 4), (x - 4, -z + 4), (-x + 4, z - 4), (x - 4, z - 4)):
        stage.rod((px, foot + 1, pz), (px * 1.06, 0, pz * 1.06), 1.7, cloth, 0.6)
    if piece["form"] == "open":
        stage.block(Block(-x, x, foot, foot + 2.2, -z, z), cloth, round_=0.6)
        stage.block(Block(-x, x, foot, h - 2, -z, -z + 1.5), cloth.darker(0.3), round_=0.3)
        stage.block(Block(-x, -x + 2, foot, h - 2, -z, z), cloth, round_=0.4)
        stage.block(
            Block(-8, 8, foot + 2.2, foot + 5.4, -8, 8), Cloth(piece.ink, piece.ink, material="paper"), round_=0.4
        )
        stage.block(Block(x - 2, x, foot, h - 2, -z, z), cloth, round_=0.4)
    else:
        stage.block(Block(-x, x, foot, h - 2, -z, z), cloth, round_=1)
        _drawers(stage, -x + 1, x - 1, foot + 1.5, h - 4, z, 2 if h - foot > 30 else 1, knob, cloth)
    stage.block(Block(-x - 0.6, x + 0.6, h - 2.4, h, -z - 0.6, z + 0.6), cloth, round_=1.2, soft=0.4)
