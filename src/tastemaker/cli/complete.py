"""``tastemaker complete``: what goes with these."""

from typing import Annotated

import typer

from tastemaker.cli.opening import opened
from tastemaker.cli.options import AsJson, Exclude, Explain, Folder, Places, Where, several
from tastemaker.cli.output import data, words

EXAMPLES = (
    "tastemaker complete shop/ --items sku-7",
    'tastemaker complete shop/ --items sku-7,sku-9 --where "price < 80" --json',
)
Items = Annotated[
    list[str] | None, typer.Option("--items", metavar="ID", help="What is there already; repeatable, or with commas.")
]


def complete(
    shop: Folder,
    items: Items = None,
    k: Places = 10,
    where: Where = "",
    exclude: Exclude = None,
    explain: Explain = False,
    as_json: AsJson = False,
) -> None:
    """Find what goes with some items.

    What stands together with them, not what could stand in for them; learned from sets.csv and from visits.
    """
    with opened(shop) as found:
        ranking = found.complete(several(items), k=k, where=where, exclude=exclude or [], explain=explain)
    if as_json:
        data(ranking)
    else:
        words(str(ranking))
