"""``tastemaker add``: items, pictures and events, live."""

from pathlib import Path
from typing import Annotated

import typer

from tastemaker.cli.opening import opened
from tastemaker.cli.options import AsJson, Folder
from tastemaker.cli.output import data, note, words
from tastemaker.core.errors import InputError

EXAMPLES = (
    "tastemaker add shop/ --items new/items.csv --images new/images",
    "tastemaker add shop/ --events today.jsonl --json",
)


def add(
    shop: Folder,
    items: Annotated[
        Path | None, typer.Option("--items", metavar="FILE", exists=True, help="CSV, Parquet or JSONL of items.")
    ] = None,
    images: Annotated[
        Path | None, typer.Option("--images", metavar="DIR", exists=True, help="Their pictures, a folder or a zip.")
    ] = None,
    events: Annotated[
        Path | None, typer.Option("--events", metavar="FILE", exists=True, help="CSV, Parquet or JSONL of events.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Add or update items and events, live.

    Nothing is refitted, and everything counts at once.
    """
    if items is None and events is None:
        raise InputError("nothing to add was given", hint="--items FILE, --events FILE or both")
    with opened(shop) as found:
        added = found.add(items, images=images, events=events)
    for refusal in added.refusals:
        note(f"refused: {refusal}")
    if as_json:
        data(added)
    else:
        words(f"{added.added} added, {added.updated} updated, {added.events} events, {added.duplicates} duplicates")
