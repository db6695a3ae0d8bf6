"""``tastemaker embed``: the vectors of all items as one table on disk, by many workers."""

from pathlib import Path
from typing import Annotated

import typer

from tastemaker.cli.opening import opened
from tastemaker.cli.options import AsJson, Folder
from tastemaker.cli.output import data, words
from tastemaker.cli.progress import watching

EXAMPLES = (
    "tastemaker embed shop/ --out vectors/ --workers 8",
    "tastemaker embed big/ --space shop/ --out vectors/ --workers 64 --ray",
)

Out = Annotated[Path, typer.Option("--out", metavar="DIR", file_okay=False, help="Folder for the table.")]
Workers = Annotated[int, typer.Option("--workers", min=1, metavar="N", help="How many at a time, one core each.")]
OnRay = Annotated[bool, typer.Option("--ray", help="On the Ray cluster of RAY_ADDRESS, or on a Ray of this machine.")]
Space = Annotated[
    Path | None,
    typer.Option("--space", metavar="SHOP", file_okay=False, help="Embed with the space of this shop instead."),
]
Rows = Annotated[int, typer.Option("--shard", min=1, metavar="ROWS", help="Items that a worker takes at a time.")]


def embed(
    shop: Folder,
    out: Out = Path("vectors"),
    space: Space = None,
    workers: Workers = 1,
    ray: OnRay = False,
    rows: Rows = 1000,
    as_json: AsJson = False,
) -> None:
    """Embed the catalog into a Lance table, in shards.

    Stopped or killed, the next call goes on where this one was; after a change of the catalog it embeds what has
    changed. Needs the extra `scale`.
    """
    with opened(shop) as found, watching() as observer:
        done = found.embed(out, space=space, workers=workers, ray=ray, rows=rows, observer=observer)
    if as_json:
        data(done)
    else:
        words(str(done))
