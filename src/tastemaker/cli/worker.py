"""One process of a server with several: ``python -m tastemaker.cli.worker``, started by :mod:`tastemaker.cli.serving`.

What to serve, and the lines it has inherited, are told on its standard input, where no other user can see a key.
"""

import json
import sys
from pathlib import Path

from pydantic import Field

from tastemaker.cli.output import complain_of
from tastemaker.core.config import Config
from tastemaker.core.errors import TastemakerError


class Told(Config):
    """What a worker is told."""

    folders: tuple[Path, ...] = Field(min_length=1)
    """Workspaces to serve."""
    settings: dict[str, object]
    """Fields of ``ServerSettings``."""
    line: int
    """Descriptor of the line that connections come from."""
    keeper: int | None
    """Descriptor of the keeper's line; None in the keeper."""
    buckets: int
    """Descriptor of the memory in which all processes count requests."""


def main() -> int:
    """Serve until told to stop; gives the exit code."""
    told = Told.read(json.load(sys.stdin))
    try:
        _serve(told)
    except KeyboardInterrupt:
        return 0
    except TastemakerError as error:
        complain_of(error)
        return 1
    return 0


def _serve(told: Told) -> None:
    from tastemaker.cli.progress import lines
    from tastemaker.cli.serving import app_of
    from tastemaker.server.limits import Limits, SharedBuckets
    from tastemaker.server.line import Line
    from tastemaker.server.settings import ServerSettings
    from tastemaker.server.worker import work
    from tastemaker.shop.opening import open as open_shop

    shops = [open_shop(folder, observer=lines) for folder in told.folders]
    try:
        limits = Limits(shared=SharedBuckets(told.buckets))
        app = app_of(shops, ServerSettings.read(told.settings), limits, page=told.keeper is None)
        keeper = None if told.keeper is None else Line.of(told.keeper)
        work(app, Line.of(told.line), keeper)
    finally:
        for shop in shops:
            shop.close()


if __name__ == "__main__":
    sys.exit(main())
