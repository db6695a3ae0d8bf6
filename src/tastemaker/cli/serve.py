"""``tastemaker serve``: the API and the page."""

from pathlib import Path
from typing import Annotated

import typer

from tastemaker.cli.options import Folder
from tastemaker.cli.output import note

EXAMPLES = (
    "tastemaker serve shop/",
    "tastemaker serve shop/ --host 0.0.0.0 --port 8080 --api-key-file key.txt",
)
Port = Annotated[int, typer.Option("--port", min=0, max=65535, metavar="N", help="Port to bind; 0 takes a free one.")]


def serve(
    shop: Folder,
    port: Port = 8000,
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Address to bind.")] = "127.0.0.1",
    api_key: Annotated[
        str,
        typer.Option(
            "--api-key", envvar="TASTEMAKER_API_KEY", metavar="KEY", help="Needed when others can reach the address."
        ),
    ] = "",
    api_key_file: Annotated[
        Path | None, typer.Option("--api-key-file", metavar="FILE", help="Read the key from a file instead.")
    ] = None,
) -> None:
    """Serve the page and the API of a shop.

    Both on one address, printed once it answers.
    """
    from tastemaker.cli.serving import answer, settings_of
    from tastemaker.server.running import bind
    from tastemaker.server.settings import read_key
    from tastemaker.shop.opening import open as open_shop

    settings = settings_of(host, port, read_key(api_key, api_key_file).get_secret_value())
    bound = bind(settings)
    opened = open_shop(shop)
    if not opened.view.fitted.names:
        note("note: this shop is not fitted yet; `tastemaker fit` makes its answers better")
    answer(opened, settings, bound)
