"""``tastemaker keys``: who may ask the service of a shop."""

import time
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tastemaker.cli.options import AsJson, Folder, several
from tastemaker.cli.output import data, note, table, words
from tastemaker.core.errors import InputError

if TYPE_CHECKING:
    from tastemaker.server.keys import Key, Keyring

EXAMPLES = (
    "tastemaker keys shop/ create web --scope read,write --rate 50",
    "tastemaker keys shop/",
    "tastemaker keys shop/ revoke 1f0c9a2b",
)


def keys(
    shop: Folder,
    action: Annotated[
        Literal["list", "create", "revoke"], typer.Argument(metavar="ACTION", help="list, create or revoke.")
    ] = "list",
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who gets the key; to revoke one, its id.")] = "",
    scope: Annotated[
        list[str] | None, typer.Option("--scope", metavar="SCOPE", help="read, write or admin; repeatable.")
    ] = None,
    rate: Annotated[float | None, typer.Option("--rate", metavar="N", help="Requests a second.")] = None,
    as_json: AsJson = False,
) -> None:
    """Create, list and revoke keys of the service.

    A new key is shown once; only its hash is kept. Running servers know at once.
    """
    from tastemaker.catalog.workspace import Workspace
    from tastemaker.server.keys import Keyring

    ring = Keyring.of(Workspace.open(shop).state)
    if action != "list" and not name:
        raise InputError(f"no name was given to {action}", hint=f"`tastemaker keys SHOP {action} NAME`")
    if action == "create":
        _create(ring, name, several(scope) or ["read"], rate, as_json)
    elif action == "revoke":
        gone = ring.revoke(name)
        data(gone.shown()) if as_json else words(f"{gone.id} ({gone.name}) is revoked")
    else:
        known = ring.all()
        data([key.shown() for key in known]) if as_json else words(_told(known))


def _create(ring: "Keyring", name: str, scopes: list[str], rate: float | None, as_json: bool) -> None:
    key, secret = ring.create(name, scopes, rate)
    if as_json:
        data(key.shown() | {"key": secret})
    else:
        words(secret)
        note(f"key {key.id} for {key.name}, {' and '.join(key.scopes)}; it is shown this once")


def _told(known: "tuple[Key, ...]") -> str:
    if not known:
        return "(no keys)"
    rows = [
        [key.id, key.name, " ".join(key.scopes), "" if key.rate is None else f"{key.rate:g}/s", _day(key.made)]
        for key in known
    ]
    return table(["id", "name", "scopes", "rate", "made"], rows)


def _day(moment: float) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(moment))
