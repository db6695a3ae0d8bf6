"""``tastemaker import``: public formats into a workspace."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Protocol, cast

import typer

from tastemaker.cli.output import note, words
from tastemaker.core.errors import InputError

EXAMPLES = (
    "tastemaker import movielens ml-latest-small/ --out shop/",
    "tastemaker import sequences Beauty.txt --out beauty/",
)


class Importer(Protocol):
    """What a registered importer can do."""

    def convert(self, source: Path, out: Path) -> None:
        """Read the source and write a workspace."""


def import_(
    kind: Annotated[str, typer.Argument(metavar="FORMAT", help="movielens, recbole, mmrec or sequences.")],
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A folder or a file of that format.", exists=True)],
    out: Annotated[Path, typer.Option("--out", metavar="SHOP", help="The workspace to make; new or empty.")],
) -> None:
    """Turn a public data set into a workspace."""
    from tastemaker.core import registry

    importer = cast("Callable[[], Importer]", registry.find("importer", kind))()
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(f"{str(out)!r} is not empty", hint="import into a new folder")
    importer.convert(path, out)
    note(f"imported; next: tastemaker fit {out}")
    words(str(out))
