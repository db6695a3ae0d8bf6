"""``tastemaker fit``: train what the shop serves with."""

from pathlib import Path
from typing import Annotated

import typer

from tastemaker.cli.opening import opened
from tastemaker.cli.options import several
from tastemaker.cli.output import note, words
from tastemaker.cli.progress import watching
from tastemaker.core.errors import InputError

EXAMPLES = ("tastemaker fit shop/", "tastemaker fit --show-config > shop/tastemaker.toml")


def fit(
    shop: Annotated[Path | None, typer.Argument(metavar="SHOP", help="The workspace, a folder.")] = None,
    parts: Annotated[
        list[str] | None,
        typer.Option("--parts", metavar="NAME", help="Fit only this part; repeatable. A new space brings the others."),
    ] = None,
    ray_workers: Annotated[
        int,
        typer.Option("--ray-workers", min=0, metavar="N", help="Learn the space by N processes on Ray; 0 learns here."),
    ] = 0,
    show_config: Annotated[
        bool, typer.Option("--show-config", help="Print every setting with its meaning as TOML; fit nothing.")
    ] = False,
) -> None:
    """Train on the shop's own data.

    The space, the weights of the search and the recommender; a shop that is being served takes them over at once.
    """
    if show_config:
        from tastemaker.cli.show_config import settings_text

        words(settings_text(shop))
        return
    if shop is None:
        raise InputError("no shop was given", hint="`tastemaker fit shop/`; `tastemaker fit --help` shows more")
    with opened(shop) as found, watching() as observer:
        found.fit(several(parts) or None, ray_workers=ray_workers, observer=observer)
    note(f"fitted {shop}")
