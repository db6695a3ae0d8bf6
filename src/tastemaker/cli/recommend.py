"""``tastemaker recommend``: what suits a person."""

from typing import Annotated

import typer

from tastemaker.cli.opening import opened
from tastemaker.cli.options import AsJson, Exclude, Explain, Folder, Places, User, Where
from tastemaker.cli.output import data, words

EXAMPLES = (
    "tastemaker recommend shop/ --user u42 --k 10",
    'tastemaker recommend shop/ --history sku-7 --where "price < 80" --json',
)


def recommend(
    shop: Folder,
    user: User = None,
    history: Annotated[
        list[str] | None,
        typer.Option("--history", metavar="ID", help="An item that somebody new looked at; repeatable."),
    ] = None,
    k: Places = 10,
    where: Where = "",
    exclude: Exclude = None,
    explain: Explain = False,
    as_json: AsJson = False,
) -> None:
    """Recommend items to a person.

    From what they did so far; popular items when nothing is known of them, and the answer says so.
    """
    with opened(shop) as found:
        ranking = found.recommend(user, history=history or [], k=k, where=where, exclude=exclude or [], explain=explain)
    if as_json:
        data(ranking)
    else:
        words(str(ranking))
