"""``tm.serve``: the API and the page on one address.

It lives on the highest level because it is where two doors meet: the server (level 9) may not know the page (level 10),
which mounts itself on the server's app, and the command line (level 11) may know both.
"""

import signal
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tastemaker.cli.output import note, words

if TYPE_CHECKING:
    import socket
    from pathlib import Path

    from tastemaker.server.limits import Limits
    from tastemaker.server.service import Service
    from tastemaker.server.settings import ServerSettings
    from tastemaker.shop import Shop

UNFITTED = "note: {} is not fitted yet; `tastemaker fit` makes its answers better"


def serve(
    shop: "Shop",
    host: str = "127.0.0.1",
    port: int = 8000,
    *,
    api_key: str = "",
    others: "Sequence[Shop]" = (),
    settings: "Mapping[str, object] | None" = None,
) -> None:
    """Serve a shop's API and page until Ctrl-C; prints the address once it answers.

    Args:
        shop: an open shop; it is closed at the end.
        host: address to bind; one that other machines can reach needs a key, this one or one of ``tastemaker keys``.
        port: 0 takes a free one.
        api_key: at least 8 characters; every request but the health checks must then carry it, or another key.
        others: more shops on the same address. Each needs keys of its own, which say whose shop is asked, and there is
            no page.
        settings: further fields of ``ServerSettings``.

    Raises:
        ConfigError: a public address without a key, a key that is too short, or a setting that is not one.
        WorkspaceError: the port is taken.

    Example:
        >>> tm.serve(tm.open("shop/"), port=8000)  # doctest: +SKIP
    """
    answer([shop, *others], settings_of({**(settings or {}), "host": host, "port": port}, api_key))


def settings_of(values: "Mapping[str, object]", api_key: str = "") -> "ServerSettings":
    """The server's settings, checked.

    Raises:
        ConfigError: a value is unknown or out of range, or a key too short.
    """
    from tastemaker.server.settings import ServerSettings, read_key

    given = {"api_key": read_key(api_key)} if api_key else {}
    return ServerSettings.read({**values, **given})


def app_of(
    shops: "Sequence[Shop]", settings: "ServerSettings", limits: "Limits | None" = None, *, page: bool = True
) -> "Service":
    """The API, with the page mounted on it where one shop is served.

    Args:
        shops: open shops.
        settings: of the server.
        limits: who has asked how often, where several processes count together.
        page: False leaves it to another process.
    """
    from tastemaker.server.app import create_app

    # The page's framework looks at every object there is, and torch warns when an old name of its own is looked at.
    warnings.filterwarnings("ignore", message=".*torch.distributed.reduce_op", category=FutureWarning)
    app = create_app(shops, settings, limits)
    if page and len(shops) == 1:
        from tastemaker.page import attach

        attach(app, shops[0])
    return app


def take(settings: "ServerSettings", folders: "Sequence[Path]") -> "socket.socket":
    """Bind the address, before the time it takes to open the shops in these folders.

    Raises:
        ConfigError: a public address without a key.
        WorkspaceError: the port is taken.
    """
    from tastemaker.catalog.workspace import STATE
    from tastemaker.server.keys import Keyring
    from tastemaker.server.running import bind

    return bind(settings, keys=any(Keyring.of(folder / STATE).all() for folder in folders))


def answer(
    shops: "Sequence[Shop]",
    settings: "ServerSettings",
    bound: "socket.socket | None" = None,
    ready: Callable[[str], None] = words,
) -> None:
    """Answer on an address, taken now unless it was before; closes the shops at the end."""
    from tastemaker.server.running import run

    bound = bound or take(settings, [shop.path for shop in shops])
    with _ending(bound, shops):
        if settings.workers > 1:
            _share([shop.path for shop in shops], settings, bound, ready)
        else:
            run(app_of(shops, settings), bound, ready)


def share(folders: "Sequence[Path]", settings: "ServerSettings", bound: "socket.socket") -> None:
    """Answer on a bound address with several processes; this one reads new input files, and opens nothing more.

    Raises:
        ConfigError: this system cannot do it.
        WorkspaceError: a worker could not start.
    """
    from tastemaker.catalog.loading import open_store
    from tastemaker.catalog.workspace import Workspace

    with _ending(bound, ()):
        for folder in folders:
            open_store(Workspace.open(folder)).close()
        _share(folders, settings, bound, words)


def on_ray(folders: "Sequence[Path]", settings: "ServerSettings") -> None:
    """Answer as replicas on a Ray cluster until the process is told to stop.

    Raises:
        ConfigError: several shops, or a public address without a key.
        MissingExtra: Ray is not installed.
    """
    from tastemaker.core.errors import ConfigError
    from tastemaker.server.on_ray import deployed

    if len(folders) > 1:
        raise ConfigError(f"{len(folders)} shops on Ray", hint="one at a time, each on a port of its own")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    mention(folders)
    try:
        with deployed(folders[0], settings) as address:
            words(address)
            signal.pause()
    except KeyboardInterrupt:
        note("stopped")


def mention(folders: "Sequence[Path]") -> None:
    """A word about each workspace that has learned nothing yet, or whose language model cannot be opened."""
    from tastemaker.catalog.workspace import Workspace
    from tastemaker.core.storage import Artefacts
    from tastemaker.shop.language_model import trouble

    for workspace in map(Workspace.open, folders):
        published = Artefacts(workspace.state).published()
        if not published:
            note(f"note: {workspace.root.name} is not fitted yet; `tastemaker fit` makes its answers better")
        if wrong := trouble(workspace, published):
            note(f"note: {workspace.root.name}: {wrong}; until then the rules answer")


@contextmanager
def _ending(bound: "socket.socket", shops: "Sequence[Shop]") -> Iterator[None]:
    """Says so when it was told to stop, and lets go of everything."""
    try:
        yield
    except KeyboardInterrupt:
        note("stopped")
    finally:
        bound.close()
        for shop in shops:
            shop.close()


def _share(
    folders: "Sequence[Path]",
    settings: "ServerSettings",
    bound: "socket.socket",
    ready: Callable[[str], None],
) -> None:
    """Answer with several processes.

    Raises:
        KeyboardInterrupt: it was told to stop; every request under way was finished first.
        ConfigError: this system cannot do it.
        WorkspaceError: a worker could not start.
    """
    from tastemaker.server.running import address_of
    from tastemaker.server.workers import Workers

    values = settings.model_dump(mode="json") | {"api_key": settings.api_key.get_secret_value()}
    told = {"folders": [str(folder) for folder in folders], "settings": values}
    workers = Workers([sys.executable, "-m", "tastemaker.cli.worker"], told, settings.workers)
    workers.run(bound, lambda: ready(address_of(bound)), settings.drain_seconds)
