"""Wardrobe: a space that learned from studio photos alone, asked with people's own phone photos of their clothes.

    python benchmarks/bench_wardrobe.py [--seed 0]      # after bench_fashion.py; about four minutes on one core

403 photos of 16 classes by 74 contributors (CC0) against 21,841 studio products with words and pictures. Kind accuracy
at 10 is the share of the ten nearest products that are of the photo's kind, by the table ``KINDS`` written below before
anything was measured. Twenty draws: contributors in a random order until 50 photos are had; these are the labelled
ones, and all photos of all other contributors are asked. Always showing the kind that is most frequent among the 50
stands beside, since a map that is learned also learns what people photograph. What is learned or chosen (a shift, a
linear map and its strength, how a photo is cut before it is asked) is learned and chosen on the 50, contributors apart.
"""

import argparse
import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

import bench_fashion
import rows
from common import BUILD, Lines, data, fashion_space, show
from tastemaker.alignment.contrast.space import ContrastiveSpace
from tastemaker.catalog.pictures import Pictures
from tastemaker.core.seeds import generator
from tastemaker.core.types import Bools, Doubles, Floats, Ints
from tastemaker.encoders.base import unit
from tastemaker.evaluation.significance import intervals, paired

K, LABELLED, DRAWS = 10, 50, 20
VECTORS = BUILD / "wardrobe" / "vectors.npz"
SHOES = (
    "Casual Shoes", "Sports Shoes", "Heels", "Flip Flops", "Sandals", "Formal Shoes", "Flats", "Sports Sandals",
    "Booties",
)  # fmt: skip
KINDS = {
    "Blazer": ("Blazers", "Jackets", "Nehru Jackets"),
    "Body": ("Rompers",),
    "Dress": ("Dresses",),
    "Hat": ("Caps", "Hat"),
    "Hoodie": ("Sweatshirts", "Sweaters"),
    "Longsleeve": ("Tshirts", "Lounge Tshirts", "Tops", "Sweaters", "Sweatshirts"),
    "Outwear": ("Jackets", "Rain Jacket", "Nehru Jackets"),
    "Pants": (
        "Trousers", "Jeans", "Track Pants", "Capris", "Leggings", "Lounge Pants", "Jeggings", "Churidar", "Salwar",
        "Patiala", "Tights",
    ),
    "Polo": ("Tshirts",),
    "Shirt": ("Shirts",),
    "Shoes": SHOES,
    "Shorts": ("Shorts", "Lounge Shorts"),
    "Skirt": ("Skirts",),
    "T-Shirt": ("Tshirts", "Lounge Tshirts"),
    "Top": ("Tops", "Camisoles", "Tunics"),
    "Undershirt": ("Innerwear Vests", "Camisoles"),
}  # fmt: skip
"""Class of a phone photo -> article types of the studio products that are of its kind."""
Look = Callable[[Image.Image], Image.Image]


def middle(share: float) -> Look:
    """The middle of a picture, that share of both sides."""

    def cut(picture: Image.Image) -> Image.Image:
        width, height = picture.size
        left, top = round(width * (1 - share) / 2), round(height * (1 - share) / 2)
        return picture.crop((left, top, width - left, height - top))

    return cut


def cut_out(picture: Image.Image) -> Image.Image:
    """What is far from the colours of the border, on white and cut to its box; the picture itself where little is left.

    Each pixel's distance is that to the nearest of the border's eight usual colours; the threshold is Otsu's.
    """
    small = picture.convert("RGB").resize((96, 128), Image.Resampling.BOX)
    pixels = np.asarray(small, np.float32)
    border = np.concatenate([pixels[:3].reshape(-1, 3), pixels[-3:].reshape(-1, 3),
                             pixels[:, :3].reshape(-1, 3), pixels[:, -3:].reshape(-1, 3)])  # fmt: skip
    usual = border[np.argsort(border.sum(1))][len(border) // 16 :: len(border) // 8]
    far = np.sqrt(((pixels[:, :, None] - usual) ** 2).sum(3)).min(2)
    kept = far > otsu(far)
    if not 0.1 < kept.mean() < 0.9:
        return picture
    ys, xs = np.where(kept)
    (top, bottom), (left, right) = np.quantile(ys, (0.01, 0.99)), np.quantile(xs, (0.01, 0.99))
    soft = Image.fromarray((kept * 255).astype(np.uint8)).resize(picture.size, Image.Resampling.BICUBIC)
    ground = Image.new("RGB", picture.size, "white")
    ground.paste(picture, mask=soft)
    x, y = picture.width / 96, picture.height / 128
    return ground.crop((round(left * x), round(top * y), round((right + 1) * x), round((bottom + 1) * y)))


def otsu(values: Floats) -> float:
    """The threshold between two groups of values that sets them furthest apart (Otsu 1979)."""
    counts, edges = np.histogram(values, 64)
    share, middles = counts / counts.sum(), (edges[1:] + edges[:-1]) / 2
    below, mass = np.cumsum(share), np.cumsum(share * middles)
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = (mass[-1] * below - mass) ** 2 / (below * (1 - below))
    return float(edges[1:][np.nanargmax(apart[:-1])])


LOOKS: dict[str, Look] = {
    "whole": lambda picture: picture, "middle 85 %": middle(0.85), "middle 70 %": middle(0.7), "cut out": cut_out,
}  # fmt: skip


def photos() -> list[dict[str, str]]:
    """The phone photos: file, contributor, class."""
    with data("wardrobe_cc0", "images.csv").open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def encode(space_name: str, path: Path) -> dict[str, object]:
    """Vectors of all studio products, as a shop keeps them, and of the phone photos as they are asked."""
    kept = fashion_space()
    space = ContrastiveSpace.restore(kept.config, kept.tensors())
    catalog = bench_fashion.build("wardrobe/shop")
    found: dict[str, npt.NDArray[np.generic]] = {}
    found["items"] = space.embed_items(catalog, np.arange(catalog.size), Lines()).matrix
    found["kinds"] = np.array([str(catalog.item(row).attributes["articleType"]) for row in range(catalog.size)])
    source = Pictures(data("wardrobe_cc0", "images.zip"))
    pictures = [source.open(f"{photo['image']}.jpg", 256) for photo in photos()]
    for name, look in LOOKS.items():
        found[name] = space.embed_pictures([look(picture) for picture in pictures])
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, **found)  # type: ignore[arg-type]
    return {"space": space_name, "items": catalog.size, "photos": len(pictures)}


class Wardrobe:
    """Vectors and truths, read back.

    Attributes:
        items: unit vectors of studio products.
        asked: vectors of phone photos, by look.
        right: is the product of the photo's kind?
        sender: contributor of each photo, as a number.
        label: class of each photo, as a number.

    Shapes: items (m, dim), asked[look] (n, dim), right (n, m), sender, label (n,).
    """

    def __init__(self, path: Path) -> None:
        kept = np.load(path)
        self.items: Floats = kept["items"]
        self.asked: dict[str, Floats] = {name: kept[name] for name in LOOKS}
        self.asked["whole + cut out"] = unit(self.asked["whole"] + self.asked["cut out"])
        told = photos()
        of_kind = {name: np.isin(kept["kinds"], types) for name, types in KINDS.items()}
        self.right: Bools = np.stack([of_kind[photo["label"]] for photo in told])
        self.sender: Ints = np.unique([photo["sender_id"] for photo in told], return_inverse=True)[1]
        self.names = sorted(KINDS)
        self.label: Ints = np.array([self.names.index(photo["label"]) for photo in told])
        middles = [self.items[of_kind[name]].mean(0) for name in self.names]
        self.middle: Floats = np.stack(middles).astype(np.float32)
        self.of_kind: Bools = np.stack([of_kind[name] for name in self.names])

    def accuracy(self, asked: Floats, rows: Ints) -> Floats:
        """Share of the ten nearest products that are of the photo's kind. Shapes: asked (n, dim), rows (n,) -> (n,)."""
        return self.of_nearest(asked @ self.items.T, rows)

    def of_nearest(self, scores: Floats, rows: Ints) -> Floats:
        """The same of scores. Shapes: scores (n, m), rows (n,) -> (n,)."""
        best = np.argpartition(-scores, K, axis=1)[:, :K]
        return np.asarray(np.take_along_axis(self.right[rows], best, axis=1).mean(1), np.float32)

    def draw(self, seed: int, number: int) -> tuple[Ints, Ints]:
        """Labelled photos, and photos of all other contributors."""
        order = generator(seed, f"wardrobe {number}").permutation(self.sender.max() + 1)
        taken = 0
        senders: list[int] = []
        for sender in order.tolist():
            size = int((self.sender == sender).sum())
            if taken + size <= LABELLED:  # who gave more than is left is asked, not learned from
                taken, senders = taken + size, [*senders, sender]
        inside = np.isin(self.sender, senders)
        return np.flatnonzero(inside), np.flatnonzero(~inside)


def shift(world: Wardrobe, asked: Floats, look: Floats, learned: Ints, strength: float) -> Floats:
    """Photos moved by the mean way from the labelled ones to the middles of their kinds; 0 moves nothing."""
    way = (world.middle[world.label[learned]] - look[learned]).mean(0)
    return unit(asked + strength * way)


def linear(world: Wardrobe, asked: Floats, look: Floats, learned: Ints, strength: float) -> Floats:
    """A linear map from photos to the middles of their kinds, pulled towards the identity; 0 is the identity.

    ``W = (X'X + s I)^-1 (X'Y + s I)`` with ``s = 1 / strength``.
    """
    if not strength:
        return asked
    x, y = look[learned], unit(world.middle[world.label[learned]])
    eye = np.eye(x.shape[1]) / strength
    return unit((asked @ np.linalg.solve(x.T @ x + eye, x.T @ y + eye)).astype(np.float32))


WAYS = {"shift": (shift, (0.0, 0.5, 1.0)), "linear map": (linear, (0.0, 0.1, 0.3, 1.0, 3.0))}
FOLDS = 3


def chosen(world: Wardrobe, look: Floats, learned: Ints, way: str) -> float:
    """The strength that is best on the labelled photos, each asked by what other contributors' have taught."""
    learn, strengths = WAYS[way]
    fold = np.unique(world.sender[learned], return_inverse=True)[1] % FOLDS
    hits = dict.fromkeys(strengths, 0.0)
    for number in range(FOLDS):
        asked, others = learned[fold == number], learned[fold != number]
        for strength in strengths if len(asked) and len(others) else ():
            hits[strength] += float(world.accuracy(learn(world, look[asked], look, others, strength), asked).sum())
    return max(hits, key=lambda strength: hits[strength])


def measured(seed: int, space: str, version: int) -> dict[str, object]:
    """Accuracy of every method for the photos of every draw, and what was chosen."""
    del space, version
    world = Wardrobe(VECTORS)
    every = np.arange(len(world.label))
    plain = {look: world.accuracy(asked, every) for look, asked in world.asked.items()}
    sums: dict[str, Doubles] = {}
    times = np.zeros(len(every))
    picks: dict[str, list[str]] = {}
    for number in range(DRAWS):
        learned, tested = world.draw(seed, number)
        times[tested] += 1
        found = {f"as it is, {look}": values[tested] for look, values in plain.items()}
        look = max(plain, key=lambda name: float(plain[name][learned].mean()))
        found["50 photos: how it is cut"] = plain[look][tested]
        picks.setdefault("50 photos: how it is cut", []).append(look)
        for way in WAYS:
            name = f"50 photos: {way}"
            asked = world.asked[look]
            strength = chosen(world, asked, learned, way)
            found[name] = world.accuracy(WAYS[way][0](world, asked[tested], asked, learned, strength), tested)
            picks.setdefault(name, []).append(f"{look}, {strength}")
        usual = world.middle[np.bincount(world.label[learned]).argmax()]
        found["50 photos: their most frequent kind"] = world.accuracy(np.tile(usual, (len(tested), 1)), tested)
        for name, values in found.items():
            sums.setdefault(name, np.zeros(len(every)))[tested] += values
    ever = times > 0
    table = {name: (total[ever] / times[ever]).tolist() for name, total in sums.items()}
    table["chance"] = world.right.mean(1)[ever].tolist()
    by_kind = {world.names[kind]: int((world.label == kind).sum()) for kind in range(len(world.names))}
    return {"per photo": table, "label": world.label[ever].tolist(), "sender": world.sender[ever].tolist(),
            "picks": picks, "photos": by_kind}  # fmt: skip


def main() -> None:
    """Encode, ask, print, store."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=0)
    seed: int = parser.parse_args().seed
    space = fashion_space().name
    rows.run("vectors", encode, space, VECTORS)
    row = rows.run(f"accuracy-{seed}", measured, seed, space, 2)
    found = {name: np.asarray(values) for name, values in dict(row["per photo"]).items()}  # type: ignore[call-overload]
    whole = found["as it is, whole"]
    low, high = intervals(np.stack(list(found.values()), axis=1))
    lines = []
    for place, (name, values) in enumerate(found.items()):
        gap = paired(values, whole)
        lines.append({"asked": name, "kind accuracy at 10": round(float(values.mean()), 4),
                      "95 %": f"{low[place]:.3f}-{high[place]:.3f}",
                      "less whole": f"{gap.value:+.3f} [{gap.low:+.3f}, {gap.high:+.3f}]"})  # fmt: skip
    lines.sort(key=lambda line: -float(str(line["kind accuracy at 10"])))
    show(f"wardrobe: {len(whole)} phone photos, ten nearest of 21,841 studio products", lines)
    label = np.asarray(row["label"])
    kinds = [
        {"kind": name, "photos": int((label == at).sum()),
         **{way: round(float(found[way][label == at].mean()), 3)
            for way in ("as it is, whole", "50 photos: how it is cut", "50 photos: linear map", "chance")}}
        for at, name in enumerate(sorted(KINDS))
    ]  # fmt: skip
    show("by kind", kinds)
    rows.keep("wardrobe", {"photos": len(whole), "rows": lines, "kinds": kinds, "picks": row["picks"]}, seed=seed)


if __name__ == "__main__":
    main()
