"""``tastemaker try-on``: an item on a person, a preview."""

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
    "tastemaker try-on shop/ --item sku-7 --person me.jpg --consent --out me-in-it.png",
    'tastemaker try-on shop/ --item sku-7 --person me.jpg --consent --box "120,80,340,420" --json',
)

Person = Annotated[
    Path,
    typer.Option("--person", metavar="FILE", exists=True, dir_okay=False, help="A photo.", show_default=False),
]
Consent = Annotated[bool, typer.Option("--consent", help="The person in the photo agrees to this.")]

Points = Annotated[
    list[str] | None,
    typer.Option("--point", metavar="MARK=X,Y", help="Where a part of the body is, in pixels; see `points` of --json."),
]


def try_on(
    shop: Folder,
    item: Item,
    person: Person,
    consent: Consent = False,
    out: Out = Path("shown.png"),
    box: Where = "",
    point: Points = None,
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
    """Show an item on a person; a preview, not a fit.

    What cannot be shown well is refused with the reason; that is an answer, too. Nothing of the photo is kept.
    """
    where, points = box_of(box), dict(_mark(text) for text in point or [])
    painted = brush_of(brush)
    with opened(shop) as found, watching() as observer:
        result = found.try_on(
            item, person, consent=consent, box=where, points=points, brush=painted, instruction=instruction,
            user=user or "", n=n, seed=seed, commercial=commercial, badge=not no_badge, engine=engine,
            observer=observer,
        )  # fmt: skip
    tell(result, out, as_json=as_json)


def _mark(text: str) -> tuple[str, tuple[float, float]]:
    """``left shoulder=120,80`` as a mark and its place.

    Raises:
        InputError: it is not written so.
    """
    name, sign, place = text.partition("=")
    like = "left shoulder=120,80"
    if not sign:
        raise InputError(f"the point is {text!r}", hint=f'write it like "{like}"')
    x, y = numbers(place, 2, f"the {name.strip()}", like.partition("=")[2])
    return name.strip(), (x, y)
