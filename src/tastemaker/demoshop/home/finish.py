"""What furniture is made of: woods, metals, upholstery, glazes."""

from tastemaker.demoshop.cloth import Cloth
from tastemaker.demoshop.goods import Piece
from tastemaker.demoshop.home.stage import WOODS
from tastemaker.demoshop.palette import mix, rgb

_WOOD = {"oak": "c39a6b", "walnut": "6f4d36", "ash": "dcc6a2", "pine": "d9b27c"}
_STYLE_WOOD = {
    "scandinavian": "ash",
    "japandi": "oak",
    "mid-century": "walnut",
    "industrial": "walnut",
    "rustic": "pine",
    "glamour": "walnut",
    "coastal": "pine",
}
_GLOSS = {"ceramic": 0.5, "glass": 0.9, "metal": 0.45, "marble": 0.4, "leather": 0.35, "velvet": 0.1, "stoneware": 0.15}


def cloth_of(piece: Piece) -> Cloth:
    """The main material of a piece."""
    material = piece["material"]
    if material in WOODS:
        jitter = (piece.chance("wood tone") % 100 - 50) / 900
        return Cloth(rgb(_WOOD[material]) * (1 + jitter), piece.ink, "plain", material)
    return Cloth(piece.colour, piece.ink, "plain", material, gloss=_GLOSS.get(material, 0.0))


def wood(piece: Piece) -> Cloth:
    """The wood that goes with a piece's style: for feet and frames."""
    name = piece["material"] if piece["material"] in WOODS else _STYLE_WOOD[piece["style"]]
    return Cloth(rgb(_WOOD[name]), rgb(_WOOD[name]), "plain", name)


def metal(code: str) -> Cloth:
    """Painted or polished metal."""
    return Cloth(rgb(code), rgb(code), "plain", "metal", gloss=0.4)


def brass_or_black(piece: Piece) -> Cloth:
    """The metal that goes with a piece's style."""
    warm = piece["style"] in ("glamour", "mid-century", "coastal")
    return metal("b8935a" if warm else "2b2b2e")


def marble(piece: Piece) -> Cloth:
    """Stone in the colour of the piece, mostly white."""
    return Cloth(mix(rgb("f1eeea"), piece.colour, 0.15), rgb("8d8a86"), "abstract", "marble", 2.2, 0.4)
