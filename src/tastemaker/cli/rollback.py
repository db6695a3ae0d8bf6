"""``tastemaker rollback``: serve again what was fitted before."""

import time
from typing import TYPE_CHECKING, Annotated

import typer

from tastemaker.cli.opening import opened
from tastemaker.cli.options import AsJson, Folder
from tastemaker.cli.output import data, table, words

if TYPE_CHECKING:
    from tastemaker.core.versions import Version

EXAMPLES = ("tastemaker rollback shop/", "tastemaker rollback shop/ --list", "tastemaker rollback shop/ --to 1f0c9a2b")


def rollback(
    shop: Folder,
    to: Annotated[str, typer.Option("--to", metavar="ID", help="A version; else the one before the current.")] = "",
    listed: Annotated[bool, typer.Option("--list", help="Only list the versions that are kept.")] = False,
    as_json: AsJson = False,
) -> None:
    """Go back to an earlier version.

    Running servers follow within seconds, without dropping a request.
    """
    with opened(shop) as found:
        if listed:
            data(found.versions) if as_json else words(_told(found.versions))
            return
        version = found.rollback(to)
    data(version) if as_json else words(f"version {version.id} of {_moment(version)} is served")


def _told(known: "list[Version]") -> str:
    if not known:
        return "(nothing is fitted yet)"
    rows = [[each.id, _moment(each), " ".join(sorted(each.parts)), "served" * each.current] for each in known]
    return table(["id", "made", "parts", ""], rows)


def _moment(version: "Version") -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(version.made)) if version.made else "an unknown time"
