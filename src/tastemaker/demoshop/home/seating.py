"""Sofas, armchairs, chairs, stools and beds."""

from dataclasses import replace

import numpy as np

from tastemaker.demoshop.cloth import Cloth
from tastemaker.demoshop.curves import box
from tastemaker.demoshop.goods import Piece
from tastemaker.demoshop.home.finish import cloth_of, metal, wood
from tastemaker.demoshop.home.stage import WOODS, Block, Stage


def draw_sofa(stage: Stage, piece: Piece) -> None:
    """Two-seat, three-seat or with a corner."""
    w, h, d = (piece.number(n) for n in ("width_cm", "height_cm", "depth_cm"))
    cloth = cloth_of(piece)
    x, z = w / 2, d / 2
    stage.shadow(box(-x, -z, x, z), strength=0.5)
    seat, arm = h * 0.50, h * (0.66 if piece.chance("arm") % 2 else 0.76)
    thick = 11 + piece.chance("thick") % 10
    foot = 11.0 if piece["style"] in ("mid-century", "scandinavian", "japandi") else 5.0
    _feet(stage, piece, x - 7, z - 7, foot)
    stage.block(Block(-x + 3, x - 3, foot, h, -z, -z + 20), cloth, round_=7, soft=3.0, puff=0.5)
    stage.block(Block(-x, -x + thick, foot, arm, -z + 2, z - 1), cloth, round_=6, soft=3.0, puff=0.4)
    stage.block(
        Block(-x + thick * 0.6, x - thick * 0.6, foot, seat - 14, -z + 14, z - 3),
        cloth.darker(0.08),
        round_=3,
        soft=1.5,
    )
    _sofa_cushions(stage, piece, cloth, seat, thick)
    stage.block(Block(x - thick, x, foot, arm, -z + 2, z - 1), cloth, round_=6, soft=3.0, puff=0.4)
    _scatter(stage, piece, -x + thick + 6, seat, -z + 36)


def _sofa_cushions(stage: Stage, piece: Piece, cloth: Cloth, seat: float, thick: float) -> None:
    """Back cushions, then seat cushions; in a corner sofa the last seat reaches out."""
    w, h, d = (piece.number(n) for n in ("width_cm", "height_cm", "depth_cm"))
    count = 2 if piece["form"] == "two-seat" else 3
    step = (w - 2 * thick) / count
    lefts = [-w / 2 + thick + step * i for i in range(count)]
    back, front = -d / 2, d / 2
    for x in lefts:
        pillow = Block(x + 0.6, x + step - 0.6, seat - 4, h + 4, back + 17, back + 33)
        stage.block(pillow, cloth, round_=9, soft=3.5, puff=0.9)
    for x in lefts:
        reach = 42.0 if piece["form"] == "corner" and x == lefts[-1] else 0.0
        pad = Block(x + 0.5, x + step - 0.5, seat - 15, seat, back + 28, front + reach)
        stage.block(pad, cloth, round_=6, soft=3.0, puff=0.75)


def _scatter(stage: Stage, piece: Piece, x: float, y: float, z: float) -> None:
    """A loose cushion or two in the accent colour."""
    if piece.chance("scatter") % 3 == 0:
        return
    cloth = Cloth(piece.ink, piece.colour, "plain", "linen", stiff=0.3)
    stage.block(Block(x, x + 40, y - 2, y + 34, z, z + 11), cloth, round_=9, soft=4.0, puff=1.0)


def _feet(stage: Stage, piece: Piece, x: float, z: float, height: float) -> None:
    finish = metal("26262a") if piece["style"] in ("industrial", "glamour") else wood(piece)
    for px, pz in ((-x, -z), (x, -z), (-x, z), (x, z)):
        stage.rod((px, height + 1, pz), (px * 1.02, 0, pz * 1.02), 2.4, finish, 0.65)


def draw_armchair(stage: Stage, piece: Piece) -> None:
    """Lounge, wing or tub chair."""
    w, h, d = (piece.number(n) for n in ("width_cm", "height_cm", "depth_cm"))
    cloth = cloth_of(piece)
    x, z = w / 2, d / 2
    stage.shadow(box(-x, -z, x, z), strength=0.5)
    form, seat = piece["form"], 43.0
    foot = 17.0 if form == "lounge" else 11.0
    arm = {"lounge": 58.0, "wing": 62.0, "tub": h * 0.82}[form]
    thick = 8.0 if form == "lounge" else 13.0
    _feet(stage, piece, x - 8, z - 8, foot)
    stage.block(
        Block(-x + (4 if form != "tub" else 0), x - (4 if form != "tub" else 0), foot + 4, h, -z, -z + 17),
        cloth,
        round_=12,
        soft=4,
        puff=0.8,
    )
    stage.block(Block(-x, -x + thick, foot, arm, -z + 3, z - 4), cloth, round_=6, soft=3, puff=0.5)
    if form == "wing":
        stage.block(Block(-x + 1, -x + 10, arm - 4, h - 4, -z + 3, -z + 32), cloth, round_=8, soft=3, puff=0.6)
    stage.block(
        Block(-x + thick * 0.5, x - thick * 0.5, foot, seat - 11, -z + 10, z - 3), cloth.darker(0.1), round_=3, soft=1.5
    )
    stage.block(Block(-x + thick, x - thick, seat - 6, h - 10, -z + 14, -z + 28), cloth, round_=9, soft=4, puff=0.9)
    stage.block(Block(-x + thick, x - thick, seat - 13, seat, -z + 22, z), cloth, round_=6, soft=3, puff=0.8)
    if form == "wing":
        stage.block(Block(x - 10, x - 1, arm - 4, h - 4, -z + 3, -z + 32), cloth, round_=8, soft=3, puff=0.6)
    stage.block(Block(x - thick, x, foot, arm, -z + 3, z - 4), cloth, round_=6, soft=3, puff=0.5)


def draw_chair(stage: Stage, piece: Piece) -> None:
    """Spindle, slat or upholstered back."""
    w, h, d = (piece.number(n) for n in ("width_cm", "height_cm", "depth_cm"))
    frame = cloth_of(piece)
    x, z, seat = w / 2 - 2, d / 2 - 2, 45.0
    stage.shadow(box(-x, -z, x, z), strength=0.32, spread=6)
    radius = 1.2 if piece["material"] == "metal" else 1.9
    for px in (-x, x):
        stage.rod((px, h, -z - 3), (px, 0, -z - 1), radius, frame, 0.8)
    soft = Cloth(piece.ink, piece.colour, "plain", "wool")
    if piece["form"] == "upholstered":
        stage.block(Block(-x, x, h - 32, h, -z - 5, -z), soft, round_=7, soft=2, puff=0.7)
    elif piece["form"] == "slat":
        for y in (h - 7, h - 18, h - 29):
            stage.block(Block(-x, x, y, y + 6, -z - 3.5, -z - 1), frame, round_=2, soft=0.8)
    else:
        for share in np.linspace(-0.75, 0.75, 6):
            stage.rod((x * share, h - 2, -z - 3), (x * share * 0.9, seat, -z), 0.8, frame)
        stage.block(Block(-x - 2, x + 2, h - 4, h, -z - 5, -z - 1), frame, round_=2, soft=1)
    stage.rod((-x, seat - 3, z), (-x - 1, 0, z + 1), radius, frame, 0.75)
    stage.rod((x, 22, -z), (x, 22, z), 0.9, frame)
    stage.rod((-x, 22, -z), (-x, 22, z), 0.9, frame)
    stage.block(Block(-x - 1, x + 1, seat - 4, seat - 0.5, -z, z + 1), frame, round_=3, soft=1)
    if piece["form"] == "upholstered" or piece["material"] == "metal":
        stage.block(Block(-x, x, seat - 1, seat + 4, -z + 1, z), soft, round_=4, soft=2, puff=0.6)
    stage.rod((x, seat - 4, z), (x + 1, 0, z + 1), radius, frame, 0.75)


def draw_stool(stage: Stage, piece: Piece) -> None:
    """A round seat on three or four legs."""
    h, r = piece.number("height_cm"), piece.number("width_cm") / 2
    frame = cloth_of(piece)
    turn = np.linspace(0, 2 * np.pi, 40)
    stage.shadow(np.stack([r * np.cos(turn), r * np.sin(turn)], 1), strength=0.3, spread=6)
    legs = [(-0.72, -0.5), (0.72, -0.5), (-0.6, 0.62), (0.6, 0.62)]
    for px, pz in legs:
        stage.rod((px * r * 0.8, h - 3, pz * r * 0.8), (px * r * 1.15, 0, pz * r * 1.15), 1.7, frame, 0.75)
    ring = h * 0.32
    for (ax, az), (bx, bz) in zip(legs, (legs[1], legs[3], legs[0], legs[2]), strict=True):
        stage.rod((ax * r, ring, az * r), (bx * r, ring, bz * r), 0.9, frame)
    stage.lathe([(r * 0.96, h), (r, h - 1.5), (r * 0.9, h - 4.5)], frame)
    if piece["style"] in ("glamour", "mid-century"):
        cushion = Cloth(piece.ink, piece.colour, "plain", "velvet")
        stage.lathe([(r * 0.86, h + 5), (r * 0.97, h + 2.6), (r * 0.92, h)], cushion)


def draw_bed(stage: Stage, piece: Piece) -> None:
    """A bed, made: frame, mattress, duvet turned back, pillows."""
    w, h, d = (piece.number(n) for n in ("width_cm", "height_cm", "depth_cm"))
    frame = cloth_of(piece)
    x, z = w / 2, d / 2
    stage.shadow(box(-x, -z, x, z), strength=0.5, spread=6)
    soft = piece["material"] not in WOODS
    for px, pz in ((-x + 6, z - 6), (x - 6, z - 6), (x - 6, -z + 6)):
        stage.rod((px, 16, pz), (px, 0, pz), 3.0, wood(piece), 0.75)
    high = h if piece["form"] == "headboard" else h * 0.72
    stage.block(
        Block(-x, x, 12, high, -z, -z + (11 if soft else 5)),
        frame,
        round_=8 if soft else 2,
        soft=3 if soft else 0.6,
        puff=0.5 if soft else 0,
    )
    if soft and piece["form"] == "headboard":
        for share in (-0.5, 0.0, 0.5):
            line = stage.see([(x * share, high - 4, -z + 11), (x * share, 40, -z + 11)])
            stage.canvas.paint(stage.canvas.stroke([line], 0.5), frame.colour * 0.6, 0.6)
    stage.block(Block(-x, x, 14, 31, -z + 4, z), frame, round_=4 if soft else 1, soft=2 if soft else 0.5)
    linen = Cloth(np.array([0.955, 0.945, 0.925], np.float32), piece.colour, "plain", "linen", stiff=0.3)
    stage.block(Block(-x + 3, x - 3, 29, 50, -z + 6, z - 3), linen, round_=5, soft=3, puff=0.3)
    for px in (-x * 0.5, x * 0.5):
        stage.block(Block(px - 33, px + 33, 48, 64, -z + 12, -z + 46), linen, round_=8, soft=5, puff=1.2)
    cover = replace(linen, colour=piece.ink if soft or piece.chance("cover") % 2 else piece.colour)
    stage.block(Block(-x + 1, x - 1, 30, 56, -z + 62, z - 1), cover, round_=6, soft=5, puff=0.9)
    stage.block(Block(-x + 1, x - 1, 49, 57, -z + 54, -z + 74), linen, round_=4, soft=3, puff=0.5)
