"""The server's log: one JSON object a line on stderr, without anything about people.

    {"time": "2026-03-01T12:00:00.123Z", "level": "info", "message": "GET /items/{item_id} 200", "request": "4f0c…",
     "method": "GET", "route": "/items/{item_id}", "status": 200, "ms": 3.1, "shop": "shop", "key": "1f0c9a2b"}

No path, query, body, address or name of a person. Of an error its kind and the lines of code it came through are told;
its text is not, because it may repeat what was sent.
"""

import json
import logging
import sys
import traceback
import warnings
from datetime import UTC, datetime
from typing import Literal

from tastemaker.server.service import request_id

Level = Literal["error", "warning", "info"]
OURS = ("tastemaker", "uvicorn", "python_multipart")
"""Whose messages say nothing of what was asked; of others only the level and the line of code are told."""
NAMES = ("tastemaker", "tastemaker.server", "uvicorn.error", "python_multipart", "nicegui")


class JsonLines(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        told: dict[str, object] = {"time": moment, "level": record.levelname.lower()}
        if record.name.partition(".")[0] in OURS:
            told["message"] = record.getMessage().split("\n", 1)[0]
        else:
            told["message"] = f"{record.levelname.lower()} of {record.name}"
            told["where"] = [f"{record.filename}:{record.lineno} {record.funcName}"]
        if id := request_id.get():
            told["request"] = id
        told |= getattr(record, "known", {})
        if record.exc_info and record.exc_info[0] is not None:
            told |= {"error": record.exc_info[0].__name__, "where": frames(record.exc_info[1])}
        return json.dumps(told, ensure_ascii=True)


def frames(error: BaseException | None) -> list[str]:
    """The lines of code that an error came through, the innermost last."""
    found = traceback.extract_tb(None if error is None else error.__traceback__)
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in found][-12:]


def _warned(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: object = None,
    line: object = None,
) -> None:
    """A warning of Python's as a line of the log; its text may repeat what was sent."""
    del message, file, line
    where = [f"{filename.rpartition('/')[2]}:{lineno}"]
    logging.getLogger("tastemaker.server").warning(
        "a library warns", extra={"known": {"error": category.__name__, "where": where}}
    )


def configure(level: Level) -> None:
    """Write the log of this process to stderr, warnings and what other libraries say included.

    Called once, by whoever runs a server.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level="ERROR" if level == "error" else "WARNING", handlers=[handler], force=True)
    warnings.showwarning = _warned
    for name in NAMES:
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(level.upper())
