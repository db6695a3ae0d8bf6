"""What `try-on` and `place` share: their options, numbers in an option, and how a result is written down and told."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tastemaker.cli.output import data, note, words
from tastemaker.core.errors import InputError

if TYPE_CHECKING:
    from tastemaker.core.types import Bools
    from tastemaker.studio.request import VisualResult

Item = Annotated[str, typer.Option("--item", metavar="ID", help="The item.", show_default=False)]
Out = Annotated[
    Path,
    typer.Option("--out", metavar="FILE", dir_okay=False, help="The picture, a PNG; its mask goes beside it."),
]
Where = Annotated[
    str, typer.Option("--box", metavar="L,T,R,B", help="Where it goes, in pixels; overrules what is found.")
]
Brush = Annotated[
    Path | None,
    typer.Option("--brush", metavar="FILE", exists=True, dir_okay=False,
                 help="A picture as large as the photo, white where it may change."),
]  # fmt: skip
Instruction = Annotated[
    str, typer.Option("--instruction", metavar="WORDS", help="How it should look, for engines that follow words.")
]
Seed = Annotated[int, typer.Option("--seed", min=0, metavar="N", help="Makes the same again.")]
Many = Annotated[int, typer.Option("--n", min=1, max=8, metavar="N", help="How many pictures.")]
NoBadge = Annotated[bool, typer.Option("--no-badge", help="Leave out the word on the picture; its file still tells.")]
Commercial = Annotated[bool, typer.Option("--commercial", help="Only engines whose licence allows commercial use.")]
Engine = Annotated[str | None, typer.Option("--engine", metavar="NAME", help="The engine that must answer.")]


def numbers(text: str, many: int, what: str, like: str) -> tuple[float, ...]:
    """Numbers of an option, separated by commas.

    Raises:
        InputError: they are not as many numbers as it takes.
    """
    try:
        found = tuple(float(part) for part in text.split(","))
    except ValueError:
        found = ()
    if len(found) != many or not all(math.isfinite(number) for number in found):
        raise InputError(f"{what} is {text!r}", hint=f'write it like "{like}"')
    return found


def box_of(text: str) -> tuple[int, int, int, int] | None:
    """The box of an option; None for an empty one.

    Raises:
        InputError: it is no box.
    """
    if not text:
        return None
    left, top, right, bottom = (round(value) for value in numbers(text, 4, "the box", "120,80,340,420"))
    if left >= right or top >= bottom:
        raise InputError(f"the box {text!r} is empty", hint="left, top, right, bottom")
    return left, top, right, bottom


def brush_of(path: Path | None) -> "Bools | None":
    """Where the photo may change, of an option. Shapes: (h, w)."""
    from tastemaker.shop.asking import bright, photo_of

    return None if path is None else bright(photo_of(path))


def tell(result: "VisualResult", out: Path, *, as_json: bool) -> None:
    """Write the pictures and their masks, and say what became of it; a refusal is an answer."""
    masks = []
    for number, each in enumerate(result.shown):
        path = out.with_suffix(".png") if not number else out.with_name(f"{out.stem}-{number + 1}.png")
        path.parent.mkdir(parents=True, exist_ok=True)
        masks.append(path.with_name(f"{path.stem}-mask.png"))
        path.write_bytes(each.png)
        masks[-1].write_bytes(each.mask)
    if as_json:
        data(
            {
                "out": out.with_suffix(".png") if masks else None,
                "engine": result.engine,
                "licence": result.licence,
                "mask": masks[0] if masks else None,
                "masks": masks,
                "fidelity": result.fidelity,
                "warnings": result.warnings,
                "refused": result.refused,
                "provenance": result.provenance,
                "points": result.points,
                "size": result.size,
                "nearest": result.nearest,
            }
        )
        return
    words(str(result))
    if masks:
        note(f"the picture is {out.with_suffix('.png')}, its mask {masks[0]}")
