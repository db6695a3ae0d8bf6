"""``tastemaker drift``: has what people do changed since it was learned from?"""

from typing import Annotated

import typer

from tastemaker.cli.opening import opened
from tastemaker.cli.options import AsJson, Folder
from tastemaker.cli.output import data, words

EXAMPLES = ("tastemaker drift shop/", "tastemaker drift shop/ --days 7 --json")


def drift(
    shop: Folder,
    days: Annotated[
        float | None,
        typer.Option("--days", metavar="N", help="The last N days; else what came since the fit."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """See how what people do has changed.

    Kinds of events, departments, kinds of things, prices and the sources of the scores, each with what chance alone
    would do; new people and new items.
    """
    with opened(shop) as found:
        report = found.drift(days=days)
    data(report) if as_json else words(str(report))
