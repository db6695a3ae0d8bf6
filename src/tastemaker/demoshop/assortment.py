"""The whole range of the demo shop: the four departments, with their titles and descriptions."""

from dataclasses import replace

from tastemaker.core.seeds import generator
from tastemaker.demoshop import home, landscapes, posters, wardrobe
from tastemaker.demoshop.config import DemoConfig
from tastemaker.demoshop.goods import SHARES, Piece
from tastemaker.demoshop.words import named

_RANGES = {"wardrobe": wardrobe.pieces, "home": home.pieces, "screen": posters.pieces, "trips": landscapes.pieces}
_SOLD_OUT = 0.03


def assortment(config: DemoConfig) -> list[Piece]:
    """Every piece that the shop sells, in a fixed order."""
    made: list[Piece] = []
    for name, share in SHARES.items():
        count = round(config.items * share) if name != "trips" else config.items - len(made)
        made.extend(_RANGES[name](count, generator(config.seed, f"demo {name}"), config.seed))
    rng = generator(config.seed, "demo sold out")
    return [named(replace(piece, available=bool(rng.random() >= _SOLD_OUT))) for piece in made]
