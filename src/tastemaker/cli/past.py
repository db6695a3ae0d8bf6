"""``tastemaker past``: what a person did."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from tastemaker.catalog.events import Event
from tastemaker.cli.opening import opened
from tastemaker.cli.options import AsJson, Folder
from tastemaker.cli.output import data, words
from tastemaker.core.lines import one_line

EXAMPLES = ("tastemaker past shop/ --user u42", "tastemaker past shop/ --user u42 --kind like --limit 20 --json")
Person = Annotated[str, typer.Option("--user", metavar="ID", help="The person.", show_default=False)]
Kind = Annotated[str, typer.Option("--kind", metavar="WORD", help="Only events of this kind, such as like.")]


def past(
    shop: Folder,
    user: Person,
    kind: Kind = "",
    limit: Annotated[int, typer.Option("--limit", min=1, metavar="N", help="At most so many.")] = 500,
    as_json: AsJson = False,
) -> None:
    """See what a person did, newest first.

    Only what was done with items that are in the shop. `tastemaker forget` forgets it.
    """
    with opened(shop) as found:
        events = found.past(user, kind=kind, limit=limit)
        titles = [found.item(event.item).title for event in events]
    told = [_line(event, title) for event, title in zip(events, titles, strict=True)]
    data(events) if as_json else words("\n".join(told or ["nothing is known of this person"]))


def _line(event: Event, title: str) -> str:
    when = "at some time" if event.time is None else f"{datetime.fromtimestamp(event.time, UTC):%Y-%m-%d %H:%M}"
    value = "" if event.value is None else f" {event.value:g}"
    return f"{when:<16}  {event.kind + value:<10}  {one_line(event.item)}  {one_line(title)}".rstrip()
