"""``tastemaker serve``: the API and the page."""

from pathlib import Path
from typing import Annotated

import typer

from tastemaker.cli.options import Folder

EXAMPLES = (
    "tastemaker serve shop/",
    "tastemaker serve shop/ --host 0.0.0.0 --port 8080 --workers 4 --api-key-file key.txt",
    "tastemaker serve shop/ other/ --settings server.toml",
)
PORT = typer.Option(
    "--port", min=0, max=65535, metavar="N", help="Port to bind; 0 takes a free one.", show_default="8000"
)
HOST = typer.Option("--host", metavar="ADDRESS", help="Address to bind.", show_default="127.0.0.1")
SETTINGS = typer.Option("--settings", metavar="FILE", help="TOML with fields of ServerSettings.")
WORKERS = typer.Option("--workers", min=1, max=64, metavar="N", help="Processes that answer.", show_default="1")


def serve(
    shop: Folder,
    more: Annotated[
        list[Path] | None, typer.Argument(metavar="SHOP", help="More shops; each needs keys of its own.")
    ] = None,
    port: Annotated[int | None, PORT] = None,
    host: Annotated[str | None, HOST] = None,
    api_key: Annotated[
        str,
        typer.Option(
            "--api-key", envvar="TASTEMAKER_API_KEY", metavar="KEY", help="Needed when others can reach the address."
        ),
    ] = "",
    api_key_file: Annotated[
        Path | None, typer.Option("--api-key-file", metavar="FILE", help="Read the key from a file instead.")
    ] = None,
    workers: Annotated[int | None, WORKERS] = None,
    ray: Annotated[bool, typer.Option("--ray", help="As replicas on Ray Serve, without the page.")] = False,
    settings: Annotated[Path | None, SETTINGS] = None,
) -> None:
    """Serve the page and the API of a shop.

    Both on one address, printed once it answers. Several shops are served without the page; the key says which one is
    asked.
    """
    from tastemaker.cli.progress import lines
    from tastemaker.cli.serving import answer, mention, on_ray, settings_of, share, take
    from tastemaker.server.settings import ServerSettings, read_key
    from tastemaker.shop.opening import open as open_shop

    values = ServerSettings.from_toml(settings).model_dump(exclude_unset=True) if settings else {}
    given = {"host": host, "port": port, "workers": workers}
    values |= {name: value for name, value in given.items() if value is not None}
    chosen = settings_of(values, read_key(api_key, api_key_file).get_secret_value())
    folders = [shop, *(more or [])]
    if ray:
        on_ray(folders, chosen)
        return
    bound = take(chosen, folders)
    mention(folders)
    if chosen.workers > 1:
        share(folders, chosen, bound)
        return
    answer([open_shop(folder, observer=lines) for folder in folders], chosen, bound)
