"""A small stage in three dimensions: boxes, turned bodies and thin legs, seen from the front right and a little above.

World: centimetres, x to the right, y up from the floor, z towards the viewer. Parts are drawn in the order they are
asked for, back to front. The lamp is the one of the whole shop: upper left, so fronts are bright and right sides are in
the shade.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.spatial import ConvexHull

from tastemaker.demoshop.canvas import Canvas, Patch, soften
from tastemaker.demoshop.cloth import Cloth, lay_light, relief
from tastemaker.demoshop.curves import Frame, ellipse, rounded
from tastemaker.demoshop.field import Field
from tastemaker.demoshop.patterns import print_on
from tastemaker.demoshop.texture import GRAIN, at, surface

WOODS = ("oak", "walnut", "ash", "pine")
_FACES = {"top": 1.09, "front": 0.97, "side": 0.74}


@dataclass(frozen=True)
class Block:
    """A box from one corner to the other, cm."""

    x0: float
    x1: float
    y0: float
    y1: float
    z0: float
    z1: float

    def corners(self) -> Field:
        """The eight corners."""
        return np.array(
            [(x, y, z) for x in (self.x0, self.x1) for y in (self.y0, self.y1) for z in (self.z0, self.z1)], np.float64
        )

    def faces(self) -> dict[str, Field]:
        """The three faces that are seen: origin, end of u, far corner, end of v."""
        x0, x1, y0, y1, z0, z1 = self.x0, self.x1, self.y0, self.y1, self.z0, self.z1
        return {
            "top": np.array([(x0, y1, z1), (x1, y1, z1), (x1, y1, z0), (x0, y1, z0)], np.float64),
            "front": np.array([(x0, y1, z1), (x1, y1, z1), (x1, y0, z1), (x0, y0, z1)], np.float64),
            "side": np.array([(x1, y1, z1), (x1, y1, z0), (x1, y0, z0), (x1, y0, z1)], np.float64),
        }


class Stage:
    """Draws solids onto a canvas.

    Args:
        canvas: where.
        size: width, height and depth of the whole thing, cm; it is fitted into ``into``.
        into: left, top, right, bottom on the sheet.
        rng: chance for grain and wrinkles.
        yaw, pitch: how far the viewer stands to the right and above, degrees.
    """

    def __init__(
        self,
        canvas: Canvas,
        size: tuple[float, float, float],
        into: tuple[float, float, float, float],
        rng: np.random.Generator,
        *,
        yaw: float = 27.0,
        pitch: float = 15.0,
    ) -> None:
        self.canvas = canvas
        self.rng = rng
        self.yaw, self.pitch = np.radians(yaw), np.radians(pitch)
        width, height, depth = size
        self.reach = 7.0 * max(size)
        bounds = Block(-width / 2, width / 2, 0, height, -depth / 2, depth / 2).corners()
        flat = self._flat(bounds)
        low, high = flat.min(axis=0), flat.max(axis=0)
        self.frame = Frame.fit((low[0], low[1]), (high[0], high[1]), into)
        if into[3] > 0:  # stand on the lower edge, not in the middle
            self.frame = Frame(self.frame.scale, self.frame.dx, into[3] - high[1] * self.frame.scale)

    def _flat(self, points: Field) -> Field:
        x, y, z = points[:, 0], points[:, 1], points[:, 2]
        right = x * np.cos(self.yaw) - z * np.sin(self.yaw)
        near = x * np.sin(self.yaw) + z * np.cos(self.yaw)
        up = y * np.cos(self.pitch) - near * np.sin(self.pitch)
        depth = near * np.cos(self.pitch) + y * np.sin(self.pitch)
        scale = self.reach / (self.reach - depth)
        return np.stack([right * scale, -up * scale], 1)

    def see(self, points: Field | Sequence[tuple[float, float, float]]) -> Field:
        """World points on the sheet."""
        return self.frame(self._flat(np.asarray(points, np.float64)))

    def shadow(self, footprint: Field, *, strength: float = 0.42, spread: float = 7.0) -> None:
        """The shadow of something that stands on the floor; ``footprint`` is (points, 2) of x and z."""
        ground = np.stack([footprint[:, 0], np.zeros(len(footprint)), footprint[:, 1]], 1)
        flat = self.see(ground)
        self.canvas.shadow(flat, spread * 1.5, strength * 0.55, (spread * 1.3, spread * 0.35))
        self.canvas.shadow(flat, spread * 0.35, strength * 0.8, (spread * 0.2, spread * 0.05))

    def block(self, block: Block, cloth: Cloth, *, round_: float = 0.0, soft: float = 0.0, puff: float = 0.0) -> Patch:
        """Draw a box.

        Args:
            block: where, cm.
            cloth: what it is made of; woods show their grain along the longer side.
            round_: radius of the corners, cm.
            soft: how softly one face turns into the next, cm.
            puff: how much it bulges like a cushion, 0 to 1.
        """
        seen = self.see(block.corners())
        hull = seen[ConvexHull(seen).vertices]
        if round_:
            hull = rounded(hull, round_ * self.frame.scale)
        patch = self.canvas.fill(hull, pad=1)
        colour = np.empty((*patch.shape, 3), np.float32)
        colour[:] = cloth.colour
        shade: Field = np.full(patch.shape, _FACES["front"], np.float32)
        for name, face in block.faces().items():
            self._face(patch, name, face, cloth, colour, shade)
        pixel = self.frame.scale * self.canvas.scale
        shade = soften(shade, max(0.6, soft * pixel))
        if puff:
            height = soften(patch.alpha, 5 * puff * pixel + 1) * np.float32(9 * puff * pixel)
            shade = shade * relief(height + soften(patch.alpha, 1.5) * 1.5)
        self._finish(patch, colour, shade, cloth)
        return patch

    def _face(self, patch: Patch, name: str, face: Field, cloth: Cloth, colour: Field, shade: Field) -> None:
        """Paint one face into the colour and light of its block."""
        flat = self.see(face)
        mask = np.zeros(self.canvas.pixels.shape[:2], np.float32)
        part = self.canvas.fill(flat)
        mask[part.window] = part.alpha
        inside = mask[patch.window] > 0.5
        if not inside.any():
            return
        u, v = self._face_coordinates(patch, flat, face)
        wide = float(np.linalg.norm(face[1] - face[0]))
        falloff = (
            1
            + 0.05 * (0.5 - u / max(wide, 1.0))
            - (0.10 * v / max(float(np.linalg.norm(face[3] - face[0])), 1.0) if name != "top" else 0)
        )
        shade[inside] = (_FACES[name] * falloff)[inside]
        if cloth.material in WOODS:
            tall = float(np.linalg.norm(face[3] - face[0]))
            offset = self.rng.integers(0, 400)
            along, across = (u, v) if wide >= tall else (v, u)
            grain = at("wood", along * 2.2 + offset, across * 3.0 + offset)
            colour[inside] = (cloth.colour * (1 + grain[..., None] * np.array([0.055, 0.065, 0.075], np.float32)))[
                inside
            ]
        elif cloth.pattern != "plain":
            colour[inside] = print_on(cloth.pattern, u * 1.2, v * 1.2, cloth.colour, cloth.ink, cloth.size)[inside]

    @staticmethod
    def _face_coordinates(patch: Patch, flat: Field, face: Field) -> tuple[Field, Field]:
        """Centimetres on a face for every pixel of a patch (the weak perspective inside one face is ignored)."""
        to_u, to_v = flat[1] - flat[0], flat[3] - flat[0]
        inverse = np.linalg.pinv(np.stack([to_u, to_v], 1))
        x, y = patch.x - flat[0][0], patch.y - flat[0][1]
        u = (inverse[0, 0] * x + inverse[0, 1] * y) * np.linalg.norm(face[1] - face[0])
        v = (inverse[1, 0] * x + inverse[1, 1] * y) * np.linalg.norm(face[3] - face[0])
        return u.astype(np.float32), v.astype(np.float32)

    def _finish(self, patch: Patch, colour: Field, shade: Field, cloth: Cloth) -> None:
        if cloth.material not in WOODS:
            name, contrast = GRAIN.get(cloth.material, ("cotton", 0.01))
            shade = shade * (1 + contrast * surface(name, patch.shape, self.rng))
        if cloth.gloss:
            shade = shade + cloth.gloss * 0.10 * np.clip(
                1 - np.abs((patch.x - patch.x.min()) - 0.5 * (patch.y - patch.y.min()) - 14) / 10, 0, 1
            )
        self.canvas.paint(patch, lay_light(np.clip(colour, 0, 1), shade.astype(np.float32)))

    def rod(
        self,
        start: tuple[float, float, float],
        end: tuple[float, float, float],
        radius: float,
        cloth: Cloth,
        taper: float = 1.0,
    ) -> None:
        """A round bar between two points; ``taper`` scales the radius at its end."""
        a, b = self.see([start, end])
        step = b - a
        out = np.array([-step[1], step[0]]) / max(float(np.hypot(*step)), 1e-6) * radius * self.frame.scale
        outline = np.array([a + out, b + out * taper, b - out * taper, a - out])
        patch = self.canvas.fill(outline, pad=0.5)
        length = np.hypot(*out)
        side = ((patch.x - a[0]) * out[0] + (patch.y - a[1]) * out[1]) / max(length, 1e-6) ** 2
        lit = side if out[0] < 0 or (out[0] == 0 and out[1] < 0) else -side
        shade = (0.86 + 0.26 * lit - 0.12 * lit**2).astype(np.float32)
        colour = np.broadcast_to(cloth.colour, (*patch.shape, 3))
        self._finish(patch, colour, np.clip(shade, 0.4, 1.2), cloth)

    def disc(self, centre: tuple[float, float, float], radius: float, depth: float | None = None) -> Field:
        """A horizontal circle (or ellipse) on the sheet."""
        turn = np.linspace(0, 2 * np.pi, 48, endpoint=False)
        x, y, z = centre
        ring = np.stack([x + radius * np.cos(turn), np.full(48, y), z + (depth or radius) * np.sin(turn)], 1)
        return self.see(ring)

    def lathe(
        self,
        profile: Sequence[tuple[float, float]],
        cloth: Cloth,
        *,
        x: float = 0.0,
        z: float = 0.0,
        open_: bool = False,
        glow: float = 0.0,
    ) -> Patch:
        """A body turned on a lathe.

        Args:
            profile: (radius, height) from the top down, cm.
            cloth: what it is made of.
            x: where its axis stands, to the right.
            z: where its axis stands, to the front.
            open_: is it hollow at the top (a vase, a pot)?
            glow: light from inside, as in a lampshade, 0 to 1.
        """
        radii, heights = np.array(profile, np.float64).T
        axis = self.see(np.stack([np.full(len(heights), x), heights, np.full(len(heights), z)], 1))
        half = radii * self.frame.scale
        flat = float(np.sin(self.pitch))
        top = self._arc(axis[0], half[0], flat, upper=True)
        bottom = self._arc(axis[-1], half[-1], flat, upper=False)
        right = np.stack([axis[:, 0] + half, axis[:, 1]], 1)
        left = np.stack([axis[:, 0] - half, axis[:, 1]], 1)
        patch = self.canvas.fill(np.concatenate([top, right, bottom, left[::-1]]), pad=1)
        reach = np.interp(patch.y[:, 0], axis[:, 1], half, left=half[0], right=half[-1])[:, None]
        across = np.clip((patch.x - axis[0, 0]) / np.maximum(reach, 0.5), -1, 1)
        shade = self._turned_light(across, axis, half, patch)
        shade = np.maximum(shade, shade * (1 - glow) + glow * (1.18 - 0.22 * across**2))
        colour = self._turned_colour(patch, across, reach, cloth)
        shade = shade + cloth.gloss * 0.75 * np.exp(-(((across + 0.42) / 0.13) ** 2))
        self._finish(patch, colour, shade.astype(np.float32), Cloth(cloth.colour, cloth.ink, "plain", cloth.material))
        self._cap(ellipse(axis[0, 0], axis[0, 1], half[0], half[0] * flat), cloth, 1.06 + glow * 0.2, open_=open_)
        return patch

    def _cap(self, rim: Field, cloth: Cloth, bright: float, *, open_: bool) -> None:
        """The upper end of a turned body: a lid, or a rim around the dark."""
        top = self.canvas.fill(rim)
        lit = lay_light(cloth.colour[None, None], np.full((1, 1), 1.12 if open_ else bright, np.float32))[0, 0]
        self.canvas.paint(top, cloth.colour * 0.32 if open_ else lit)
        if open_:
            self.canvas.paint(self.canvas.stroke([np.concatenate([rim, rim[:2]])], 0.9), lit, 0.9)

    @staticmethod
    def _arc(centre: Field, half: float, flat: float, *, upper: bool) -> Field:
        """The visible half of a rim."""
        turn = np.linspace(np.pi, 2 * np.pi, 20) if upper else np.linspace(0, np.pi, 20)
        return np.stack([centre[0] + half * np.cos(turn), centre[1] + half * flat * np.sin(turn)], 1)

    @staticmethod
    def _turned_light(across: Field, axis: Field, half: Field, patch: Patch) -> Field:
        """Light on a turned body: around it, and up and down its slopes."""
        down = np.maximum.accumulate(axis[:, 1]) + np.arange(len(half)) * 1e-3
        slope = np.gradient(half, down)
        tilt = np.interp(patch.y[:, 0], axis[:, 1], np.arctan(slope))[:, None]
        facing = np.sqrt(np.clip(1 - across**2, 0, 1))
        lit = -0.50 * across * np.cos(tilt) + 0.69 * facing * np.cos(tilt) + 0.45 * np.sin(tilt)
        return np.asarray(0.52 + 0.66 * np.clip(lit, -0.2, 1), np.float32)

    @staticmethod
    def _turned_colour(patch: Patch, across: Field, reach: Field, cloth: Cloth) -> Field:
        if cloth.material in WOODS:
            grain = at("wood", patch.y * 3 + 0 * patch.x, np.arcsin(across) * reach * 3 + 200)
            return np.asarray(cloth.colour * (1 + grain[..., None] * 0.06), np.float32)
        u = (np.arcsin(across) * reach).astype(np.float32)
        v = (patch.y + 0 * u + 3 * (1 - across**2)).astype(np.float32)
        return print_on(cloth.pattern, u, v, cloth.colour, cloth.ink, cloth.size)
