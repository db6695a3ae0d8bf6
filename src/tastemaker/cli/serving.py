"""``tm.serve``: the API and the page on one address.

It lives on the highest level because it is where two doors meet: the server (level 9) may not know the page (level 10),
which mounts itself on the server's app, and the command line (level 11) may know both.
"""

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING

from tastemaker.cli.output import note, words

if TYPE_CHECKING:
    import socket

    from fastapi import FastAPI

    from tastemaker.server.settings import ServerSettings
    from tastemaker.shop import Shop


def serve(shop: "Shop", host: str = "127.0.0.1", port: int = 8000, *, api_key: str = "") -> None:
    """Serve a shop's API and page until Ctrl-C; prints the address once it answers.

    Args:
        shop: an open shop; it is closed at the end.
        host: address to bind; one that other machines can reach needs ``api_key``.
        port: 0 takes a free one.
        api_key: at least 8 characters; every request but the health checks must then carry it.

    Raises:
        ConfigError: a public address without a key, or a key that is too short.
        WorkspaceError: the port is taken.

    Example:
        >>> tm.serve(tm.open("shop/"), port=8000)  # doctest: +SKIP
    """
    from tastemaker.server.running import bind

    settings = settings_of(host, port, api_key)
    answer(shop, settings, bind(settings))


def settings_of(host: str, port: int, api_key: str) -> "ServerSettings":
    """The server's settings, checked.

    Raises:
        ConfigError: a value is out of range, a key too short, or a public address has none.
    """
    from tastemaker.server.settings import ServerSettings, read_key

    settings = ServerSettings.read({"host": host, "port": port, "api_key": read_key(api_key)})
    settings.refuse_open_door()
    return settings


def app_of(shop: "Shop", settings: "ServerSettings") -> "FastAPI":
    """The API with the page mounted on it."""
    from tastemaker.page import attach
    from tastemaker.server.app import create_app

    app = create_app(shop, settings)
    attach(app, shop)
    return app


def answer(
    shop: "Shop", settings: "ServerSettings", bound: "socket.socket", ready: Callable[[str], None] = words
) -> None:
    """Answer on an address that is bound already; closes the shop at the end."""
    from tastemaker.server.running import run

    # The page's framework looks at every object there is, and torch warns when an old name of its own is looked at.
    warnings.filterwarnings("ignore", message=".*torch.distributed.reduce_op", category=FutureWarning)
    try:
        run(app_of(shop, settings), bound, ready)
    except KeyboardInterrupt:
        note("stopped")
    finally:
        bound.close()
        shop.close()
