"""``tastemaker similar``: more like this item."""

from typing import Annotated

import typer

from tastemaker.cli.opening import opened
from tastemaker.cli.options import AsJson, Folder, Places, Where
from tastemaker.cli.output import data, words

EXAMPLES = (
    "tastemaker similar shop/ --item sku-7",
    'tastemaker similar shop/ --item sku-7 --where "price < 80" --json',
)
ItemOption = Annotated[str, typer.Option("--item", metavar="ID", help="The item.", show_default=False)]


def similar(shop: Folder, item: ItemOption, k: Places = 10, where: Where = "", as_json: AsJson = False) -> None:
    """Find items like one of the catalog."""
    with opened(shop) as found:
        ranking = found.similar(item, k=k, where=where)
    if as_json:
        data(ranking)
    else:
        words(str(ranking))
