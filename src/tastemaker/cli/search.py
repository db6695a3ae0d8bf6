"""``tastemaker search``: words, a picture, or a picture and a change in words."""

from pathlib import Path
from typing import Annotated

import typer

from tastemaker.cli.opening import opened
from tastemaker.cli.options import AsJson, Exclude, Folder, Ignored, Places, User, Where
from tastemaker.cli.output import data, note, words
from tastemaker.core.errors import InputError

EXAMPLES = (
    'tastemaker search shop/ "blue sofa" --where "price < 500"',
    'tastemaker search shop/ --image dress.jpg --change "but in red" --user u42 --json',
)

Pictures = Annotated[
    list[Path] | None,
    typer.Option("--image", metavar="FILE", exists=True, dir_okay=False, help="A picture of it; repeatable."),
]
Turns = Annotated[
    list[str] | None,
    typer.Option("--then", metavar="WORDS", help="A further change that overrules the ones before; repeatable."),
]
Plan = Annotated[
    bool, typer.Option("--explain", help="Tell how it was searched: parts and weights, what is kept, filters.")
]


def search(
    shop: Folder,
    text: Annotated[str, typer.Argument(metavar="WORDS", help="What is looked for.", show_default=False)] = "",
    image: Pictures = None,
    change: Annotated[
        str, typer.Option("--change", metavar="WORDS", help='What should differ from the picture, "but in red".')
    ] = "",
    where: Where = "",
    user: User = None,
    k: Places = 10,
    exclude: Exclude = None,
    ignore: Ignored = None,
    turn: Turns = None,
    explain: Plan = False,
    as_json: AsJson = False,
) -> None:
    """Find items by words, a picture, or both.

    A picture with --change asks for something like it that differs as the words say.
    """
    if not (text or image or change or turn or where):
        raise InputError("nothing to look for was given", hint='words, --image FILE or both: "blue sofa"')
    with opened(shop) as found:
        ranking = found.search(
            text,
            images=[(picture, 1.0) for picture in image or []],
            change=[change, *(turn or [])],
            where=where,
            user=user,
            k=k,
            exclude=exclude or [],
            ignore=ignore or [],
            explain=explain,
        )
    if as_json:
        data(ranking)
        return
    if ranking.understood:
        note("understood: " + ", ".join(facet.label for facet in ranking.understood))
    if ranking.plan is not None:
        note(str(ranking.plan))
    words(str(ranking))
