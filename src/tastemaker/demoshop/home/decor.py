"""Lamps, vases, plants, mirrors, rugs and cushions."""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from tastemaker.demoshop.canvas import Patch, soften
from tastemaker.demoshop.cloth import Cloth, drape, lay_light
from tastemaker.demoshop.curves import bend, box, ellipse, flow, join, line, rounded, shifted
from tastemaker.demoshop.field import Field
from tastemaker.demoshop.goods import Piece
from tastemaker.demoshop.home.finish import brass_or_black, cloth_of, wood
from tastemaker.demoshop.home.stage import WOODS, Stage
from tastemaker.demoshop.palette import mix, rgb
from tastemaker.demoshop.patterns import print_on
from tastemaker.demoshop.texture import clouds, grain


def _round_shadow(stage: Stage, r: float, strength: float = 0.4, spread: float = 6.0) -> None:
    turn = np.linspace(0, 2 * np.pi, 40)
    stage.shadow(np.stack([r * np.cos(turn), r * np.sin(turn)], 1), strength=strength, spread=spread)


def _glow(stage: Stage, centre: Field, radius: float, strength: float) -> None:
    """Warm light around a lamp."""
    sheet = stage.canvas.whole()
    far = np.hypot(sheet.x - centre[0], (sheet.y - centre[1]) * 0.9) / radius
    light = (np.exp(-(far**2)) * strength).astype(np.float32)
    stage.canvas.pixels += (rgb("ffdfa8") - stage.canvas.pixels * 0.6) * light[..., None] * 0.5


def draw_floor_lamp(stage: Stage, piece: Piece) -> None:
    """Arc, tripod or column."""
    h, r = piece.number("height_cm"), min(piece.number("width_cm"), 46) / 2
    shade_cloth, pole = cloth_of(piece), brass_or_black(piece)
    form = piece["form"]
    x = -10.0 if form == "arc" else 0.0
    _glow(stage, stage.see([(x, h - 14, 0)])[0], 95, 0.42)
    _round_shadow(stage, r * 0.6, 0.3)
    if form == "tripod":
        for px, pz in ((-0.9, -0.5), (0.9, -0.4), (0.05, 1.0)):
            stage.rod((px * 2, h - 30, pz * 2), (px * r * 1.15, 0, pz * r * 1.15), 1.3, wood(piece), 0.8)
    else:
        stage.lathe([(r * 0.55, 2.6), (r * 0.6, 0.8), (r * 0.6, 0)], pole, x=14.0 if form == "arc" else 0.0)
        if form == "arc":
            points = flow([(14.0, 2.0), (15.0, h * 0.6), (9.0, h * 0.93), (-2.0, h * 1.0), (x, h - 6)], 8)
            for a, b in pairwise(points):
                stage.rod((a[0], a[1], 0), (b[0], b[1], 0), 0.95, pole)
        else:
            stage.rod((0, h - 20, 0), (0, 2, 0), 1.0, pole)
    deep = 22.0 if form == "arc" else 30.0
    round_ = piece["material"] == "metal"
    profile = [(r * (0.22 if round_ else 0.72), h), (r * (0.8 if round_ else 0.86), h - deep * 0.5), (r, h - deep)]
    stage.lathe(profile, replace(shade_cloth, pattern="plain"), x=x, glow=0.0 if round_ else 0.7)


def draw_table_lamp(stage: Stage, piece: Piece) -> None:
    """A base and a shade; or a mushroom of one material."""
    h, w = piece.number("height_cm"), piece.number("width_cm")
    base = cloth_of(piece)
    _glow(stage, stage.see([(0, h * 0.75, 0)])[0], 120, 0.5)
    _round_shadow(stage, w * 0.3, 0.42, 5)
    r = w / 2
    if piece["form"] == "mushroom":
        stage.lathe([(r * 0.2, h * 0.62), (r * 0.22, h * 0.3), (r * 0.52, 1), (r * 0.54, 0)], base)
        dome = [(r * np.cos(a), h * 0.55 + h * 0.45 * np.sin(a)) for a in np.radians((82, 66, 50, 36, 22, 10, 0))]
        stage.lathe(dome, base, glow=0.45 if piece["material"] == "glass" else 0.15)
        return
    tall = piece["form"] == "tall"
    body = [
        (r * 0.16, h * 0.58),
        (r * 0.2, h * 0.54),
        (r * (0.34 if tall else 0.62), h * (0.4 if tall else 0.3)),
        (r * (0.36 if tall else 0.6), h * 0.16),
        (r * 0.34, 0.8),
        (r * 0.36, 0),
    ]
    stage.lathe(_smooth(body), base)
    stage.rod((0, h * 0.66, 0), (0, h * 0.55, 0), 0.8, brass_or_black(piece))
    linen = Cloth(mix(rgb("f3e8d4"), piece.ink, 0.08), piece.ink, material="linen")
    stage.lathe([(r * 0.62, h), (r * 0.98, h * 0.6)], linen, glow=0.8)


def _smooth(profile: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """More points on a turned profile."""
    return [(float(max(0.2, p[0])), float(p[1])) for p in flow(profile, 8)]


def draw_pendant(stage: Stage, piece: Piece) -> None:
    """A lamp on a cord; it hangs in the upper half of the picture."""
    h, r = piece.number("height_cm"), piece.number("width_cm") / 2
    cloth = cloth_of(piece)
    lift = h * 0.35
    top = stage.see([(0, h + lift, 0)])[0]
    stage.canvas.paint(stage.canvas.stroke([line((top[0], 0), (top[0], float(top[1]) + 2))], 1.2), rgb("2b2a29"))
    _glow(stage, stage.see([(0, lift, 0)])[0], 110, 0.5)
    if piece["form"] == "globe":
        profile = [
            (r * np.sin(a), lift + h / 2 + h / 2 * np.cos(a))
            for a in np.radians((8, 25, 45, 65, 90, 115, 135, 155, 170))
        ]
    elif piece["form"] == "dome":
        profile = [(r * np.sin(a), lift + h * np.cos(a)) for a in np.radians((6, 20, 36, 52, 68, 80, 90))]
    else:
        profile = [(r * 0.1, lift + h), (r * 0.18, lift + h * 0.82), (r, lift)]
    light = piece["material"] in ("paper", "glass", "rattan")
    if piece["form"] != "globe":
        mouth = stage.disc((0, lift, 0), r)
        stage.canvas.paint(stage.canvas.fill(mouth), rgb("fff0cf") if light else mix(cloth.colour, rgb("ffdf9e"), 0.55))
    stage.lathe(profile, cloth, glow=0.65 if light else 0.08)
    if piece["material"] in ("paper", "rattan"):
        for radius, y in profile[1::1]:
            ring = stage.disc((0, y, 0), radius)[:25]
            stage.canvas.paint(stage.canvas.stroke([ring], 0.5), cloth.colour * 0.72, 0.6)


_VASES = {
    "round": [(0.42, 1.0), (0.36, 0.92), (0.62, 0.78), (0.98, 0.5), (0.86, 0.2), (0.5, 0.0)],
    "tall": [(0.5, 1.0), (0.46, 0.9), (0.62, 0.6), (0.66, 0.35), (0.5, 0.0)],
    "amphora": [(0.55, 1.0), (0.4, 0.93), (0.38, 0.84), (0.86, 0.64), (0.9, 0.5), (0.5, 0.12), (0.44, 0.0)],
    "bottle": [(0.24, 1.0), (0.2, 0.93), (0.2, 0.68), (0.62, 0.5), (0.78, 0.28), (0.6, 0.0)],
}


def draw_vase(stage: Stage, piece: Piece) -> None:
    """A vase, sometimes with a few branches."""
    h, r = piece.number("height_cm"), piece.number("width_cm") / 2
    pattern = {"striped": "wide stripe", "speckled": "dotted"}.get(piece["pattern"], "plain")
    cloth = replace(cloth_of(piece), pattern=pattern, size=0.45 if pattern == "dotted" else 0.7)
    _round_shadow(stage, r * 0.7, 0.45, 5)
    if piece.chance("branch") % 5 < 3:
        _branches(stage, piece, h, 0.34 * h)
    body = _smooth([(a * r, b * h) for a, b in _VASES[piece["form"]]])
    stage.lathe(body, cloth, open_=piece.chance("branch") % 5 >= 3)
    if piece["form"] == "amphora":
        for sign in (-1, 1):
            handle = flow([(sign * r * 0.42, h * 0.92), (sign * r * 0.95, h * 0.9), (sign * r * 0.88, h * 0.68)], 6)
            for a, b in pairwise(handle):
                stage.rod((a[0], a[1], 0), (b[0], b[1], 0), r * 0.08, cloth)


def _branches(stage: Stage, piece: Piece, base: float, spread: float) -> None:
    rng = piece.rng("branches")
    dry = piece["style"] in ("rustic", "japandi", "mid-century")
    tint = rgb("b59a6f") if dry else rgb("6f8462")
    for _ in range(int(rng.integers(3, 6))):
        lean = rng.uniform(-1, 1)
        tip = (lean * spread * 1.6, base * rng.uniform(1.55, 2.0))
        stem = stage.see([(x, y, 0) for x, y in bend((0, base * 0.9), (lean * spread * 0.3, base * 1.4), tip)])
        stage.canvas.paint(stage.canvas.stroke([stem], 0.8), tint * 0.7)
        for share in np.linspace(0.35, 1.0, 9):
            at = stem[int(share * (len(stem) - 1))]
            side = rng.choice((-1, 1))
            size = rng.uniform(3.0, 5.5) * (0.6 if dry else 1.0)
            turn = rng.uniform(-0.5, 0.9)
            leaf = ellipse(0, 0, size, size * 0.42)
            spin = np.array([[np.cos(turn), np.sin(turn) * side], [-np.sin(turn) * side, np.cos(turn)]])
            shape = leaf @ spin + at + (side * size * 0.8, -1)
            stage.canvas.paint(stage.canvas.fill(shape), np.clip(tint * rng.uniform(0.75, 1.2), 0, 1))


def draw_plant(stage: Stage, piece: Piece) -> None:
    """A plant in a pot."""
    h, w = piece.number("height_cm"), piece.number("width_cm")
    pot_h = min(h * 0.3, 36.0)
    r = min(w * 0.36, pot_h * 0.62)
    _round_shadow(stage, r * 1.0, 0.45)
    pot = cloth_of(piece)
    {"fig": _fig, "palm": _palm, "snake plant": _snake, "olive tree": _olive}[piece["form"]](stage, piece, h, w, pot_h)
    stage.lathe([(r, pot_h), (r * 0.96, pot_h * 0.5), (r * 0.78, 0)], pot, open_=True)
    soil = stage.disc((0, pot_h - 1.5, 0), r * 0.86)
    stage.canvas.paint(stage.canvas.fill(soil), rgb("4a3b2f"))
    if piece["form"] == "snake plant":
        _snake(stage, piece, h, w, pot_h)
    else:
        stage.rod(
            (0, pot_h - 2, 0),
            (0, pot_h + (h - pot_h) * 0.25, 0),
            1.3,
            Cloth(rgb("7b6248"), rgb("7b6248"), material="wool"),
            0.8,
        )


def _leaf(stage: Stage, root: Field, tip: Field, wide: float, tint: Field) -> None:
    """One leaf with a lit and a shaded half and a rib."""
    step = tip - root
    out = np.array([-step[1], step[0]]) / max(float(np.hypot(*step)), 1e-6) * wide
    middle = root + step * 0.5
    for side, light in ((1, 1.12), (-1, 0.82)):
        half = join(bend(tuple(root), tuple(middle + out * side), tuple(tip)), line(tuple(root)))
        stage.canvas.paint(stage.canvas.fill(half), np.clip(tint * light, 0, 1).astype(np.float32))
    stage.canvas.paint(
        stage.canvas.stroke([np.stack([root, tip])], 0.4), np.clip(tint * 1.35, 0, 1).astype(np.float32), 0.6
    )


def _fig(stage: Stage, piece: Piece, h: float, w: float, pot: float) -> None:
    rng = piece.rng("leaves")
    trunk = stage.see([(0, y, 0) for y in np.linspace(pot, h * 0.92, 8)])
    stage.canvas.paint(stage.canvas.stroke([trunk], 2.0), rgb("7b6248"))
    scale = stage.frame.scale
    for share in np.linspace(0.2, 1.0, 34):
        at = trunk[int(share * 7)]
        angle = (
            rng.uniform(-np.pi, 0.15 * np.pi)
            if share > 0.85
            else rng.choice((rng.uniform(-0.5, 0.5), np.pi + rng.uniform(-0.5, 0.5)))
        )
        reach = w * scale * rng.uniform(0.2, 0.42)
        root = at + rng.normal(0, 1.5, 2)
        tip = root + np.array([np.cos(angle), np.sin(angle) * 0.8 - 0.25]) * reach
        _leaf(stage, root, tip, reach * 0.42, rgb("4f6b45") * rng.uniform(0.75, 1.25))


def _palm(stage: Stage, piece: Piece, h: float, _w: float, pot: float) -> None:
    rng = piece.rng("leaves")
    crown = stage.see([(0, pot + (h - pot) * 0.22, 0)])[0]
    scale = stage.frame.scale
    for angle in np.linspace(-2.75, -0.4, 13):
        reach = (h - pot) * scale * rng.uniform(0.6, 0.85)
        tip = crown + np.array(
            [np.cos(angle) * reach * 0.75, np.sin(angle) * reach + abs(np.cos(angle)) * reach * 0.35]
        )
        spine = bend(
            tuple(crown),
            tuple(crown + np.array([np.cos(angle) * reach * 0.25, np.sin(angle) * reach * 0.95])),
            tuple(tip),
            22,
        )
        tint = rgb("5b7a4c") * rng.uniform(0.8, 1.2)
        strands = [
            np.stack([spine[i], spine[i] + np.array([side * long, long * 0.55])])
            for i, long in ((i, 10 * (1 - abs(i - 13) / 16) * max(0.8, scale * 0.45)) for i in range(5, 22))
            for side in (-1, 1)
        ]
        stage.canvas.paint(stage.canvas.stroke(strands, 1.3), tint)
        stage.canvas.paint(stage.canvas.stroke([spine], 0.8), np.clip(tint * 1.2, 0, 1))


def _snake(stage: Stage, piece: Piece, h: float, _w: float, pot: float) -> None:
    rng = piece.rng("leaves")
    scale = stage.frame.scale
    base = stage.see([(0, pot - 2, 0)])[0]
    for x in np.linspace(-0.6, 0.6, 9):
        tall = (h - pot) * scale * rng.uniform(0.6, 1.0)
        root = shifted(base, x * pot * 0.55 * scale, rng.uniform(-2, 2))
        tip = shifted(root, x * tall * 0.35 + rng.normal(0, 3), -tall)
        tint = rgb("55704f") * rng.uniform(0.8, 1.15)
        _leaf(stage, root, tip, max(3.0, tall * 0.075), rgb("b9b972"))
        _leaf(stage, shifted(root, 0, -1), shifted(tip, 0, 3), max(2.0, tall * 0.052), tint)


def _olive(stage: Stage, piece: Piece, h: float, w: float, pot: float) -> None:
    rng = piece.rng("leaves")
    trunk = stage.see([(0, pot, 0), (1, pot + (h - pot) * 0.3, 0), (-1, pot + (h - pot) * 0.55, 0)])
    stage.canvas.paint(stage.canvas.stroke([trunk], 2.4), rgb("86715a"))
    top = stage.see([(0, pot + (h - pot) * 0.66, 0)])[0]
    wide, tall = w * 0.52 * stage.frame.scale, (h - pot) * 0.36 * stage.frame.scale
    for _ in range(26):
        angle, far = rng.uniform(0, 2 * np.pi), np.sqrt(rng.random()) * 0.82
        at = top + np.array([np.cos(angle) * wide, np.sin(angle) * tall]) * far
        stage.canvas.paint(
            stage.canvas.fill(ellipse(at[0], at[1], wide * 0.2, tall * 0.17)),
            rgb("5f6f55") * rng.uniform(0.8, 1.1),
            0.75,
        )
    for layer in (0.75, 0.95, 1.2):
        for _ in range(120):
            angle, far = rng.uniform(0, 2 * np.pi), np.sqrt(rng.random())
            at = top + np.array([np.cos(angle) * wide, np.sin(angle) * tall]) * far
            turn = rng.uniform(0, np.pi)
            step = np.array([np.cos(turn), np.sin(turn)]) * rng.uniform(3, 5.5)
            lit = layer * (1 - 0.12 * np.sin(angle) * far)
            stage.canvas.paint(
                stage.canvas.stroke([np.stack([at, at + step])], 1.7), np.clip(rgb("8a9a7a") * lit, 0, 1)
            )


def draw_mirror(stage: Stage, piece: Piece) -> None:
    """A mirror that leans on or hangs on the wall, and shows a little of the room."""
    h, w = piece.number("height_cm"), piece.number("width_cm")
    if piece["form"] == "round":
        h = w
    scale = min(200 / w, 280 / h)
    cx, low = 150.0, 338.0 if h > 110 else 290.0
    left, right, top = cx - w * scale / 2, cx + w * scale / 2, low - h * scale
    shape = {
        "round": ellipse(cx, (top + low) / 2, w * scale / 2, w * scale / 2),
        "arched": join(
            line((left, low), (left, top + w * scale / 2)),
            ellipse(cx, top + w * scale / 2, w * scale / 2, w * scale / 2, 180, 360),
            line((right, low)),
        ),
        "rectangular": rounded(box(left, top, right, low), 5),
    }[piece["form"]]
    stage.canvas.shadow(shape, 9, 0.34, (7, 8))
    rim = 3.0 * scale if piece["material"] in WOODS else 1.6 * scale
    frame = cloth_of(piece) if piece["material"] in WOODS else brass_or_black(piece)
    drape(stage.canvas, shape, frame, stage.rng, volume=0.35)
    centre = np.array([cx, (top + low) / 2])
    inner = centre + (shape - centre) * (1 - 2 * rim / np.array([right - left, low - top]))
    glass = stage.canvas.fill(inner)
    sheen = np.clip(((glass.x - left) + (low - glass.y)) / (w + h) / scale, 0, 1)
    room = (
        rgb("dfe3e2") * (0.80 + 0.24 * sheen[..., None])
        + rgb("c9b79c") * np.clip((glass.y - low + h * scale * 0.3) / (h * scale), 0, 1)[..., None] * 0.2
    )
    for at, wide in ((0.52, 0.06), (0.62, 0.02)):
        room = room + np.exp(-(((sheen - at) / wide) ** 2))[..., None] * 0.12
    stage.canvas.paint(glass, np.clip(room, 0, 1).astype(np.float32))
    inside = Patch(
        glass.alpha * (1 - soften(glass.alpha, 5 * stage.canvas.scale)) * 0.9, glass.x, glass.y, glass.window
    )
    stage.canvas.light(inside, 0.6)


def draw_rug(stage: Stage, piece: Piece) -> None:
    """A rug on the floor, seen from above at a slant."""
    w, d = piece.number("width_cm"), piece.number("depth_cm")
    plan: Field
    if piece["form"] == "round":
        turn = np.linspace(0, 2 * np.pi, 60, endpoint=False)
        plan = np.stack([d / 2 * np.cos(turn), d / 2 * np.sin(turn)], 1)
    else:
        plan = rounded(box(-w / 2, -d / 2, w / 2, d / 2), 2)
    flat = stage.see(np.stack([plan[:, 0], np.zeros(len(plan)), plan[:, 1]], 1))
    stage.canvas.shadow(flat, 3, 0.4, (1.5, 2.5))
    patch = stage.canvas.fill(flat)
    face = np.array([(-w / 2, 0, -d / 2), (w / 2, 0, -d / 2), (w / 2, 0, d / 2), (-w / 2, 0, d / 2)], np.float64)
    u, v = stage._face_coordinates(patch, stage.see(face), face)
    cloth = cloth_of(piece)
    colour = _woven(piece, cloth, u, v, w, d)
    light = grain("boucle" if piece["material"] == "wool" else "jute", patch, stage.rng) * (
        1.02 + 0.02 * clouds(patch.shape, 30, stage.rng)
    )
    stage.canvas.paint(patch, lay_light(colour, light.astype(np.float32)))
    if piece["form"] != "round":
        ends = [
            stage.see([(side * w / 2, 0, z), (side * (w / 2 + 5), 0, z)])
            for side in (-1, 1)
            for z in np.linspace(-d / 2, d / 2, 30)
        ]
        stage.canvas.paint(stage.canvas.stroke(ends, 0.7), np.clip(mix(cloth.colour, rgb("f0e9da"), 0.6), 0, 1))


def _woven(piece: Piece, cloth: Cloth, u: Field, v: Field, w: float, d: float) -> Field:
    """The pattern of a rug, in its own centimetres."""
    name = {"border": "plain", "geometric": "fair isle"}.get(piece["pattern"], piece["pattern"])
    size = {"striped": 1.6, "geometric": 2.4, "checked": 1.4, "abstract": 2.6}.get(piece["pattern"], 1.0)
    ink = cloth.ink if piece["material"] != "jute" else rgb("5c4a37")
    colour: Field = print_on(name, u, v, cloth.colour, ink, size)
    if piece["pattern"] in ("border", "geometric"):
        edge = np.minimum(np.minimum(u, w - u), np.minimum(v, d - v))
        band = ((edge > 5) & (edge < 11)).astype(np.float32)[..., None]
        colour = colour + (ink - colour) * band * 0.85
    return np.asarray(colour, np.float32)


def draw_cushion(stage: Stage, piece: Piece) -> None:
    """A cushion, seen from the front, leaning."""
    w, h = piece.number("width_cm"), piece.number("height_cm")
    if piece["form"] == "square":
        h = w
    scale = min(205 / w, 210 / h)
    left, right, low = 150 - w * scale / 2, 150 + w * scale / 2, 318.0
    top = low - h * scale
    dip = 7.0
    outline = join(
        bend((left, top), (150, top + dip * 1.6), (right, top)),
        bend((right, top), (right - dip, (top + low) / 2), (right, low)),
        bend((right, low), (150, low - dip * 0.8), (left, low)),
        bend((left, low), (left + dip, (top + low) / 2), (left, top)),
    )
    stage.canvas.shadow(ellipse(155, low - 2, w * scale * 0.48, 9), 9, 0.5, (5, 2))
    name = {"geometric": "fair isle"}.get(piece["pattern"], piece["pattern"])
    size = {"geometric": 1.6, "striped": 1.3}.get(piece["pattern"], 1.4)
    cloth = replace(cloth_of(piece), pattern=name, size=size, stiff=0.1)
    drape(stage.canvas, outline, cloth, stage.rng, volume=1.9)
    edge = stage.canvas.stroke([join(outline, outline[:1])], 1.6)
    stage.canvas.paint(edge, cloth.colour * 0.78, 0.6)
