"""What was published before: the last few versions of a workspace, so that a bad one can be taken back.

    .tastemaker/versions.json     [{"made", "parts": {part: folder}}, ...], the oldest first

Beside it stands ``published.json``, which alone says what is read. A version that is published after a step back takes
the place of those that were stepped back from, as in an editor's undo. The file is disposable: without it there is no
way back, and nothing else changes.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

KEPT = 3
"""Versions that are kept, the one that is read included."""
Parts = Mapping[str, str]


@dataclass(frozen=True)
class Version:
    """One version.

    Attributes:
        id: what it is called: the same parts are the same version.
        made: when it was published, Unix seconds; 0 when nobody knows.
        parts: part -> folder of its artefact.
        current: is it what is read now?
    """

    id: str
    made: float
    parts: Parts
    current: bool = False

    @classmethod
    def of(cls, parts: Parts, made: float = 0.0) -> "Version":
        """The version that these parts are."""
        digest = hashlib.sha256(json.dumps(dict(parts), sort_keys=True).encode()).hexdigest()
        return cls(digest[:8], made, parts)


def read(file: Path, current: Parts) -> list[Version]:
    """Every version that is kept, the oldest first, the one that is read marked."""
    try:
        kept = [(dict(entry["parts"]), float(entry["made"])) for entry in json.loads(file.read_bytes())]
        known = [Version.of({part: str(name) for part, name in parts.items()}, made) for parts, made in kept]
    except (OSError, ValueError, TypeError, KeyError):
        known = []
    if current and all(version.parts != current for version in known):
        known.append(Version.of(current))
    return [replace(version, current=version.parts == current) for version in known]


def text_with(known: list[Version], new: Version, *, amend: bool) -> str:
    """The file's text once a version is there too.

    Args:
        known: from :func:`read`.
        new: what is published next.
        amend: it is the version that is read, a little changed, and takes its place.
    """
    place = next((place for place, version in enumerate(known) if version.current), -1)
    if amend and place >= 0:
        kept = [*known[:place], replace(new, made=known[place].made), *known[place + 1 :]]
    else:
        kept = [*(version for version in known[: place + 1] if version.parts != new.parts), new]
    return json.dumps([{"made": version.made, "parts": dict(version.parts)} for version in kept[-KEPT:]], indent=2)
