"""``tastemaker remove``: take items out, live."""

from typing import Annotated

import typer

from tastemaker.cli.opening import opened
from tastemaker.cli.options import AsJson, Folder
from tastemaker.cli.output import data, words

EXAMPLES = ("tastemaker remove shop/ --item sku-7", "tastemaker remove shop/ --item sku-7 sku-8 sku-9 --json")


def remove(
    shop: Folder,
    item: Annotated[list[str], typer.Option("--item", metavar="ID", help="An item; repeatable.", show_default=False)],
    more: Annotated[list[str] | None, typer.Argument(metavar="ID", help="More items.")] = None,
    as_json: AsJson = False,
) -> None:
    """Remove items, live.

    When one of them is unknown, none is removed.
    """
    with opened(shop) as found:
        removed = found.remove([*item, *(more or [])])
    if as_json:
        data({"removed": removed})
    else:
        words(f"{removed} removed")
