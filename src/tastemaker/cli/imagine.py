"""``tastemaker imagine``: pictures of things that could exist, with the real items nearest to each."""

from pathlib import Path
from typing import Annotated

import typer

from tastemaker.cli.opening import opened
from tastemaker.cli.options import AsJson, Folder, Ignored, User
from tastemaker.cli.output import data, note, words
from tastemaker.cli.progress import watching

EXAMPLES = (
    'tastemaker imagine shop/ "sage green linen shirt" --n 4 --out drawn/',
    'tastemaker imagine shop/ "a lamp" --user u42 --json',
)

Out = Annotated[Path, typer.Option("--out", metavar="DIR", file_okay=False, help="Folder for the pictures.")]
Image = Annotated[
    Path | None,
    typer.Option("--image", metavar="FILE", exists=True, dir_okay=False, help="A picture it should look like."),
]
Many = Annotated[int, typer.Option("--n", min=1, max=64, metavar="N", help="How many pictures.")]
Designed = Annotated[bool, typer.Option("--design", help="Search for what --user would prefer.")]
Seed = Annotated[int, typer.Option("--seed", min=0, metavar="N", help="Draws the same again.")]


def imagine(
    shop: Folder,
    text: Annotated[str, typer.Argument(metavar="WORDS", help="What to draw.", show_default=False)] = "",
    image: Image = None,
    user: User = None,
    n: Many = 4,
    seed: Seed = 0,
    ignore: Ignored = None,
    design: Designed = False,
    out: Out = Path("drawn"),
    as_json: AsJson = False,
) -> None:
    """Draw what could exist, beside the nearest real items.

    The shop learns to draw with `tastemaker fit SHOP --parts generators`. Every picture says in its file that it was
    generated, by which model and from what.
    """
    out.mkdir(parents=True, exist_ok=True)
    with opened(shop) as found, watching() as observer:
        imagined = found.imagine(
            text, image=image, user=user, n=n, seed=seed, ignore=ignore or [], design=design, observer=observer
        )
    for drawing in imagined.designs:
        (out / drawing.name).write_bytes(drawing.png)
    if as_json:
        data({"out": out, **{name: getattr(imagined, name) for name in type(imagined).__dataclass_fields__}})
        return
    if imagined.understood:
        note("understood: " + ", ".join(facet.label for facet in imagined.understood))
    words(str(imagined))
    note(f"{len(imagined.designs)} pictures are in {out}")
