"""Every error that Tastemaker raises on purpose.

A message says what was given, what is accepted and the next step; the next step travels as a ``hint`` so that
the command line can print ``error:`` and ``hint:`` and the server can send both as problem+json.

    TastemakerError
    ├── InputError            what the caller gave is not usable
    │   ├── ConfigError       a setting is unknown or out of range
    │   ├── FilterError       a ``where`` cannot be read or typed
    │   ├── PictureError      a picture is missing, broken, too large or of a refused format
    │   └── UnknownName       an item, person, method or attribute that does not exist (lists its neighbours)
    ├── WorkspaceError        the folder is not a workspace, or cannot be read or written
    │   └── NotFitted         the verb needs something that ``fit`` has not made yet
    ├── FitError              training cannot go on (no data, diverged)
    ├── BusyError             the same work is under way already
    ├── ServiceError          a running service refused, failed or cannot be reached
    ├── Cancelled             the person stopped it; nothing is half-written
    └── MissingExtra          an optional dependency is not installed
"""

from collections.abc import Iterable
from difflib import get_close_matches


class TastemakerError(Exception):
    """Base of all errors raised on purpose.

    Args:
        message: what was given and what is accepted, one line, no full stop.
        hint: the next step, one line; empty when the message says it all.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if hint:
            self.add_note(f"hint: {hint}")


class InputError(TastemakerError, ValueError):
    """What the caller gave is not usable."""


class ConfigError(InputError):
    """A setting is unknown or out of range."""


class FilterError(InputError):
    """A ``where`` cannot be read, or does not fit the catalog's attributes."""


class PictureError(InputError):
    """A picture is missing, broken, too large or of a refused format."""


class UnknownName(InputError, LookupError):
    """Something asked for by name does not exist.

    Args:
        kind: what was looked for, in words ("item", "recommender").
        name: the name that was given.
        known: the names that exist; the nearest ones are listed in the hint.
    """

    def __init__(self, kind: str, name: str, known: Iterable[str] = (), *, hint: str = "") -> None:
        names = list(known)
        near = get_close_matches(name[:80], names, n=3, cutoff=0.6)
        if near:
            hint = f"did you mean {' or '.join(repr(n) for n in near)}?"
        elif not hint and names:
            shown = ", ".join(repr(n) for n in names[:8])
            hint = f"known: {shown}{' ...' if len(names) > 8 else ''}"
        super().__init__(f"unknown {kind} {name[:80]!r}", hint=hint)
        self.kind = kind
        self.name = name


class WorkspaceError(TastemakerError):
    """The folder is not a workspace, or cannot be read or written."""


class NotFitted(WorkspaceError):
    """The verb needs something that ``fit`` has not made yet."""


class FitError(TastemakerError):
    """Training cannot go on: there is no data, or it diverged."""


class BusyError(TastemakerError):
    """The same work is under way already; nothing was done."""


class ServiceError(TastemakerError):
    """A running service refused, failed or cannot be reached; only ``tastemaker.Client`` raises it.

    Args:
        message: what happened.
        hint: the next step.
        status: HTTP status; 0 when there was no answer.
        wait: seconds after which to ask again, when the service says so.
        request: id of the request in the service's log.
    """

    def __init__(
        self, message: str, *, hint: str = "", status: int = 0, wait: float | None = None, request: str = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.status, self.wait, self.request = status, wait, request


class Cancelled(TastemakerError):
    """The person stopped the work; nothing is left half-written."""


class MissingExtra(TastemakerError, ImportError):
    """An optional dependency is not installed.

    Args:
        package: the package that could not be imported.
        extra: the extra of this project that brings it; "" when none does.
    """

    def __init__(self, package: str, extra: str = "") -> None:
        wanted = f"tastemaker[{extra}]" if extra else package
        super().__init__(f"{package} is not installed", hint=f"pip install '{wanted}'")
