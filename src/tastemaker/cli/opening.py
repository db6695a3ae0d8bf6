"""Opening a workspace for one command, and closing it whatever happens."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tastemaker.shop import Shop


@contextmanager
def opened(folder: Path) -> Iterator["Shop"]:
    """The shop of a folder.

    Raises:
        WorkspaceError: the folder is not a workspace.
    """
    from tastemaker.shop.opening import open as open_shop

    shop = open_shop(folder)
    try:
        yield shop
    finally:
        shop.close()
