"""``tastemaker demo``: a whole shop without any data of yours."""

from pathlib import Path
from typing import Annotated

import typer

from tastemaker.cli.output import note, words
from tastemaker.cli.progress import watching

EXAMPLES = ("tastemaker demo", "tastemaker demo my-shop/ --port 8080")


def demo(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to draw it.")] = Path("demo-shop"),
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, metavar="N", help="Port to bind; 0 takes a free one.")
    ] = 8000,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Draw and fit only.")] = False,
) -> None:
    """Draw the demo shop, fit it and serve its page.

    What was drawn and fitted before is taken as it is.
    """
    from tastemaker.cli.serving import answer, settings_of
    from tastemaker.server.running import bind

    settings = settings_of({"port": port})
    bound = None if no_serve else bind(settings)
    from tastemaker.shop.opening import demo as demo_shop

    with watching() as observer:
        shop = demo_shop(folder, observer=observer)
    if bound is None:
        shop.close()
        words(str(folder))
        return
    note("the demo shop is ready; ctrl-c stops it")
    answer([shop], settings, bound)
