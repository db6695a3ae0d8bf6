"""The shelf: the last reports of a workspace, whoever made them, so that they can be looked at again.

    .tastemaker/reports/2026-05-01T12-00-00.json     what ``Report.to_json`` gives

A file that cannot be read is left out: a report can be made again.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tastemaker.core.storage import replace_text

KEPT = 12
"""Reports that stay, the newest."""


@dataclass(frozen=True)
class Shelved:
    """A report of earlier.

    Attributes:
        name: of its file, without the suffix; when it was made, in UTC.
        values: its fixed JSON shape.
    """

    name: str
    values: Mapping[str, object]


class Shelf:
    """The reports of one workspace.

    Args:
        folder: made when the first report comes.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, values: Mapping[str, object]) -> None:
        """Put a report there; the oldest make room."""
        self._folder.mkdir(parents=True, exist_ok=True)
        name = datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%S-%f")
        replace_text(self._folder / f"{name}.json", json.dumps(values, allow_nan=True))
        for old in sorted(self._folder.glob("*.json"))[:-KEPT]:
            old.unlink(missing_ok=True)

    def all(self) -> list[Shelved]:
        """Every report that can be read, the newest first."""
        found = []
        for path in sorted(self._folder.glob("*.json"), reverse=True):
            try:
                values = json.loads(path.read_text(encoding="utf-8"))
            except (OSError, ValueError):
                continue
            if isinstance(values, dict) and isinstance(values.get("rows"), list):
                found.append(Shelved(path.stem, values))
        return found
