"""``tastemaker place``: an item in a room, in its true size."""

import re
from pathlib import Path
from typing import Annotated

import typer

from tastemaker.cli.opening import opened
from tastemaker.cli.options import AsJson, Folder, User
from tastemaker.cli.progress import watching
from tastemaker.cli.showing import (
    Brush,
    Commercial,
    Engine,
    Instruction,
    Item,
    Many,
    NoBadge,
    Out,
    Seed,
    Where,
    box_of,
    brush_of,
    numbers,
    tell,
)
from tastemaker.core.errors import InputError

EXAMPLES = (
    'tastemaker place shop/ --item sofa-3 --room room.jpg --floor "10,400 600,400 500,250 120,250" --floor-size 3x4',
    'tastemaker place shop/ --item sofa-3 --room room.jpg --at "320,380" --out room-with-it.png --json',
)

Room = Annotated[
    Path, typer.Option("--room", metavar="FILE", exists=True, dir_okay=False, help="A photo.", show_default=False)
]
Floor = Annotated[
    str,
    typer.Option("--floor", metavar='"X,Y X,Y X,Y X,Y"', help="Corners of a rectangle on the floor, in order."),
]
FloorSize = Annotated[
    str,
    typer.Option("--floor-size", metavar="AxB", help="Its sides in metres, from corner to corner."),
]
At = Annotated[str, typer.Option("--at", metavar="X,Y", help="Where it stands or hangs, in pixels.")]

Turn = Annotated[
    float, typer.Option("--turn", min=-180, max=180, metavar="DEGREES", help="Turn it, counterclockwise from above.")
]
Scale = Annotated[
    float, typer.Option("--scale", min=0.1, max=10, metavar="X", help="Larger than its size, by so much.")
]


def place(
    shop: Folder,
    item: Item,
    room: Room,
    floor: Floor = "",
    floor_size: FloorSize = "",
    at: At = "",
    turn: Turn = 0.0,
    scale: Scale = 1.0,
    out: Out = Path("shown.png"),
    box: Where = "",
    brush: Brush = None,
    instruction: Instruction = "",
    n: Many = 1,
    seed: Seed = 0,
    user: User = None,
    no_badge: NoBadge = False,
    commercial: Commercial = False,
    engine: Engine = None,
    as_json: AsJson = False,
) -> None:
    """Show an item in a room, in its true size.

    With four corners on the floor and their distance in metres the size is exact; without, the floor is guessed.
    """
    corners = [numbers(part, 2, "a corner of the floor", "10,400") for part in floor.split()]
    spot = numbers(at, 2, "the place", "320,380") if at else None
    size = _sides(floor_size) if floor_size else None
    where, painted = box_of(box), brush_of(brush)
    with opened(shop) as found, watching() as observer:
        result = found.place(
            item, room, floor=[(x, y) for x, y in corners] or None, floor_size=size,
            at=(spot[0], spot[1]) if spot else None, turn=turn, scale=scale, box=where, brush=painted,
            instruction=instruction, user=user or "", n=n, seed=seed, commercial=commercial,
            badge=not no_badge, engine=engine, observer=observer,
        )  # fmt: skip
    tell(result, out, as_json=as_json)


def _sides(text: str) -> tuple[float, float]:
    """``3x4`` as metres.

    Raises:
        InputError: it is not written so.
    """
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*[x×]\s*(\d+(?:\.\d+)?)\s*m?\s*", text)
    if match is None:
        raise InputError(f"the size of the floor is {text!r}", hint="write it like 3x4, in metres")
    return float(match[1]), float(match[2])
