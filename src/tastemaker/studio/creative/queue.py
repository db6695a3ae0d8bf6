"""What waits for the merchandiser: every creative with its files, who decided on it, when and why.

    .tastemaker/creatives/NAME.json|.png|.svg

Each file is written whole and replaced in one rename, decisions under a lock, so a killed process loses nothing and two
merchandisers do not overwrite each other. A decision is never erased: one that is taken back leaves its line.
"""

import fcntl
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Literal, get_args

from pydantic import TypeAdapter, ValidationError

from tastemaker.core.errors import InputError, UnknownName, WorkspaceError
from tastemaker.core.storage import replace_bytes, replace_text
from tastemaker.studio.creative.scene import Fact

State = Literal["waiting", "approved", "refused"]
STATES: tuple[State, ...] = get_args(State)
LONGEST = 500
"""Letters of a name or a reason."""


@dataclass(frozen=True)
class Decision:
    """One line of a creative's history.

    Attributes:
        state: what it became.
        who: decided.
        why: in their words; may be empty.
        when: Unix seconds.
    """

    state: State
    who: str
    why: str
    when: float


@dataclass(frozen=True)
class Creative:
    """One creative, as it is kept.

    Attributes:
        name: of its files; the same items, format and look have the same name.
        format: banner, square, story or email.
        layout: the variant.
        width, height: in pixels.
        items: ids, the first one large.
        facts: every printed piece with the field it came from.
        leads: why these items and attributes come first; empty when nobody's taste was asked.
        contrast: the least of any text and what lies behind it.
        made: Unix seconds.
        decisions: the history, oldest first.
        png, svg: the files; read when asked for.
    """

    name: str
    format: str
    layout: str
    width: int
    height: int
    items: tuple[str, ...]
    facts: tuple[Fact, ...]
    leads: tuple[str, ...]
    contrast: float
    made: float
    decisions: tuple[Decision, ...] = ()
    png: bytes = field(default=b"", repr=False)
    svg: bytes = field(default=b"", repr=False)

    @property
    def state(self) -> State:
        """What it is now."""
        return self.decisions[-1].state if self.decisions else "waiting"

    @property
    def headline(self) -> str:
        """Its first fact that is an item's."""
        return next((fact.text for fact in self.facts if fact.item), "")


_READER = TypeAdapter(Creative)


class Queue:
    """All creatives of one workspace.

    Args:
        folder: made when the first one comes.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, creative: Creative) -> Creative:
        """Keep a creative; one that is there already keeps its history."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._lock():
            if self._path(creative.name, "json").exists():
                creative = replace(creative, decisions=self._read(creative.name).decisions)
            replace_bytes(self._path(creative.name, "png"), creative.png)
            replace_bytes(self._path(creative.name, "svg"), creative.svg)
            self._write(creative)
        return creative

    def find(self, name: str) -> Creative:
        """A creative without its files' bytes.

        Raises:
            UnknownName: there is none.
        """
        if not name.isalnum() or not self._path(name, "json").is_file():
            raise UnknownName("creative", name, self._names())
        return self._read(name)

    def all(self, state: str = "") -> list[Creative]:
        """Those in a state, or all, newest first.

        Raises:
            UnknownName: there is no such state.
        """
        if state and state not in STATES:
            raise UnknownName("state", state, STATES)
        found = [self._read(name) for name in self._names()]
        return sorted((one for one in found if state in ("", one.state)), key=lambda one: (-one.made, one.name))

    def file(self, name: str, kind: Literal["png", "svg"]) -> bytes:
        """A creative's file.

        Raises:
            UnknownName: there is none.
        """
        self.find(name)
        return self._path(name, kind).read_bytes()

    def decide(self, name: str, state: str, who: str, why: str = "") -> Creative:
        """Approve, refuse, or take a decision back ("waiting").

        Raises:
            UnknownName: there is no such creative or state.
            InputError: nobody is named, or a text is too long.
        """
        if state not in STATES:
            raise UnknownName("state", state, STATES)
        who, why = " ".join(who.split()), " ".join(why.split())
        if not who:
            raise InputError("nobody is named who decides", hint="say who you are")
        if max(len(who), len(why)) > LONGEST:
            raise InputError(f"a name or reason of {max(len(who), len(why))} letters", hint=f"at most {LONGEST}")
        with self._lock():
            known = self.find(name)
            decision = Decision(STATES[STATES.index(state)], who, why, time.time())
            decided = replace(known, decisions=(*known.decisions, decision))
            self._write(decided)
        return decided

    def _names(self) -> list[str]:
        return sorted(path.stem for path in self._folder.glob("*.json"))

    def _path(self, name: str, kind: str) -> Path:
        return self._folder / f"{name}.{kind}"

    def _read(self, name: str) -> Creative:
        path = self._path(name, "json")
        try:
            return _READER.validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            raise WorkspaceError(f"{path.name} is damaged: {error}", hint="remove the file and make it again") from None

    def _write(self, creative: Creative) -> None:
        told: Mapping[str, object] = {k: v for k, v in asdict(creative).items() if k not in ("png", "svg")}
        replace_text(self._path(creative.name, "json"), json.dumps(told, ensure_ascii=False, indent=2))

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """One writer at a time, over all processes."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / ".lock").open("w") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            yield
