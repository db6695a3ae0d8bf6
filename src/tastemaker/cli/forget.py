"""``tastemaker forget``: what a person did is forgotten."""

from typing import Annotated

import typer

from tastemaker.cli.opening import opened
from tastemaker.cli.options import AsJson, Folder
from tastemaker.cli.output import data, words
from tastemaker.cli.past import Kind, Person

EXAMPLES = ("tastemaker forget shop/ --user u42", "tastemaker forget shop/ --user u42 --item sku-7 --json")


def forget(
    shop: Folder,
    user: Person,
    item: Annotated[str, typer.Option("--item", metavar="ID", help="Only what they did with this item.")] = "",
    kind: Kind = "",
    as_json: AsJson = False,
) -> None:
    """Forget what a person did, for good.

    Everything, or what they did with one item. Their answers know nothing of it at once, what is trained at the next
    fit. The events file does not bring it back.
    """
    with opened(shop) as found:
        count = found.forget(user, item, kind=kind)
    data({"forgotten": count}) if as_json else words(f"{count} forgotten")
