"""A second process that draws a share of the pictures, run as a program (see ``draw``).

A plain child process, not a pool: a pool would import the caller's script again, which a script without a main guard
or a running server does not survive. It writes one line for every picture it has finished.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from tastemaker.demoshop.assortment import assortment
from tastemaker.demoshop.config import DemoConfig
from tastemaker.demoshop.goods import Piece
from tastemaker.demoshop.pictures import picture

QUALITY = 88


def draw_share(pieces: list[Piece], folder: Path, width: int) -> Iterator[str]:
    """Draw pictures into a folder; gives the name of each one that is done."""
    for piece in pieces:
        name = f"{piece.id}.jpg"
        picture(piece, width).save(folder / name, quality=QUALITY, subsampling=0)
        yield name


def main(arguments: list[str]) -> None:
    """Draw every ``OF``-th picture from the ``SHARE``-th on."""
    folder, share, of, settings = arguments
    config = DemoConfig.model_validate_json(settings)
    mine = assortment(config)[int(share) :: int(of)]
    for name in draw_share(mine, Path(folder), config.width):
        sys.stdout.write(name + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
