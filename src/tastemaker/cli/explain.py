"""``tastemaker explain``: why an item, from facts that can be looked up."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tastemaker.cli.opening import opened
from tastemaker.cli.options import AsJson, Folder, User
from tastemaker.cli.output import data, note, words
from tastemaker.cli.similar import ItemOption

if TYPE_CHECKING:
    from tastemaker.shop import Shop
    from tastemaker.shop.explaining import Explanation

EXAMPLES = (
    "tastemaker explain shop/ --item sku-7 --user u42",
    'tastemaker explain shop/ --item sku-7 --text "with long sleeves" --picture why.png',
)
Words = Annotated[str, typer.Option("--text", metavar="WORDS", help="Words that its picture is held against.")]
Shown = Annotated[
    Path | None,
    typer.Option("--image", metavar="FILE", exists=True, dir_okay=False, help="A picture that it is held against."),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--picture", metavar="FILE", dir_okay=False, help="Write its picture, what does not count faded, as a PNG."
    ),
]


def explain(
    shop: Folder,
    item: ItemOption,
    user: User = None,
    text: Words = "",
    image: Shown = None,
    picture: Out = None,
    as_json: AsJson = False,
) -> None:
    """Say why an item suits a person, and by which part.

    --text, --image or --picture tell which part of its picture counts; against what the person chose when neither words
    nor a picture are given.
    """
    with opened(shop) as found:
        explanation = found.explain(item, user=user, text=text, image=image, looks=picture is not None)
        if picture is not None and explanation.looks is not None:
            _drawn(found, explanation, picture)
    if as_json:
        data(explanation)
    else:
        words(str(explanation))


def _drawn(shop: "Shop", explanation: "Explanation", out: Path) -> None:
    """Write the picture down."""
    import numpy as np

    from tastemaker.shop.looks import lit

    told = explanation.looks
    if told is not None:
        lit(shop.catalog.pictures.open(told.picture), np.array(told.falls, np.float32)).save(out, "PNG")
        note(f"{out}: what counts is clear, the rest is faded")
