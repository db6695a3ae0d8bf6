"""The ledger of openings: how often a test part was looked at, and for how many configurations.

Whoever looks at a test part a hundred times and keeps the best figure has trained on it. Nothing can forbid that on
somebody's own machine; so it is written down, and every report says how often it happened.
"""

import fcntl
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from tastemaker.core.config import Config
from tastemaker.core.errors import InputError, WorkspaceError
from tastemaker.core.storage import replace_text

Configuration = Config | Mapping[str, object]
"""What is frozen before a test part is opened: the settings of one method, or of everything in a table."""


@dataclass(frozen=True)
class Opening:
    """One look at a test part.

    Attributes:
        protocol: how the part was cut, such as ``split time``.
        part: hash of what is in it.
        configuration: hash of what was frozen before.
        time: when, ISO 8601, UTC.
    """

    protocol: str
    part: str
    configuration: str
    time: str


class Ledger:
    """All openings that were recorded in one place.

    Args:
        path: a JSON file, written whole at every opening; None keeps them in memory.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._kept: tuple[Opening, ...] = ()

    def openings(self) -> tuple[Opening, ...]:
        """Everything recorded so far, oldest first.

        Raises:
            WorkspaceError: the file is damaged.
        """
        if self._path is None or not self._path.exists():
            return self._kept
        try:
            return tuple(Opening(**line) for line in json.loads(self._path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            hint = "the openings so far cannot be told; move the file away to begin anew"
            raise WorkspaceError(f"{self._path.name} cannot be read: {error}", hint=hint) from error

    def record(self, protocol: str, part: str, configuration: str) -> tuple[Opening, ...]:
        """Write down one more opening.

        Returns:
            Every opening of the same part, this one last.
        """
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._locked():
            self._kept = (*self.openings(), Opening(protocol, part, configuration, now))
            if self._path is not None:
                replace_text(self._path, json.dumps([asdict(opening) for opening in self._kept], indent=1))
        return tuple(opening for opening in self._kept if opening.part == part)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Two evaluations at once both count."""
        if self._path is None:
            yield
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.with_suffix(".lock").open("w") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            yield


def configuration_hash(configuration: Configuration) -> str:
    """The same 16 letters for the same settings, whatever their order.

    Raises:
        InputError: a value is no plain value; only what can be written down can be frozen.
    """
    text = json.dumps(_plain(configuration), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _plain(value: object) -> object:
    if isinstance(value, Config):
        return {"config": type(value).__name__, **value.model_dump(mode="json")}
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_plain(inner) for inner in value]
    if value is None or isinstance(value, str | int | float):
        return value
    raise InputError(
        f"a {type(value).__name__} is no setting", hint="freeze configs, numbers, texts, and lists or tables of them"
    )
