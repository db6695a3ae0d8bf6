"""Arguments and options that several verbs share, each said once."""

from pathlib import Path
from typing import Annotated

import typer

Folder = Annotated[Path, typer.Argument(metavar="SHOP", help="The workspace, a folder.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of words.")]
Places = Annotated[int, typer.Option("--k", min=1, metavar="N", help="How many items.")]
Where = Annotated[str, typer.Option("--where", metavar="FILTER", help='Filter, e.g. "price < 80 and colour = red".')]
User = Annotated[str | None, typer.Option("--user", metavar="ID", help="The person.")]
Exclude = Annotated[list[str] | None, typer.Option("--exclude", metavar="ID", help="An item not to rank; repeatable.")]

Ignored = Annotated[
    list[str] | None,
    typer.Option("--ignore", metavar="LABEL", help='Leave out what was understood, "colour: red"; repeatable.'),
]

Explain = Annotated[bool, typer.Option("--explain", help="Tell what each source has added to each score.")]


def several(given: list[str] | None) -> list[str]:
    """A repeatable option whose values may also be joined by commas: ``--methods ease,hybrid``."""
    return [part.strip() for value in given or [] for part in value.split(",") if part.strip()]
