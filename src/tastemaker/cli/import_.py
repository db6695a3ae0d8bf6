"""``tastemaker import``: photos and public formats into a workspace."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Protocol, cast

import typer

from tastemaker.cli.output import note, words

EXAMPLES = (
    "tastemaker import photos my-photos/ --out shop/",
    "tastemaker import movielens ml-latest-small/ --out shop/",
    "tastemaker import sequences Beauty.txt --out beauty/",
    "tastemaker import google-retail user_events.jsonl --out shop/",
)


class Importer(Protocol):
    """What a registered importer can do."""

    def convert(self, source: Path, out: Path) -> object:
        """Read the source and write a workspace; gives a report that prints."""


def import_(
    kind: Annotated[
        str,
        typer.Argument(
            metavar="FORMAT", help="photos, movielens, recbole, mmrec, sequences, google-retail or personalize."
        ),
    ],
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A folder or a file of that format.", exists=True)],
    out: Annotated[Path, typer.Option("--out", metavar="SHOP", help="The workspace to make; new or empty.")],
) -> None:
    """Turn photos or a public data set into a workspace."""
    from tastemaker.core import registry

    importer = cast("Callable[[], Importer]", registry.find("importer", kind))()
    words(str(importer.convert(path, out)))
    note(f"next: tastemaker fit {out}")
