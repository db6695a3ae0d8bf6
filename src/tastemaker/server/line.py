"""A line between two processes of one server: it carries open connections, and words about them.

Whoever has accepted a connection need not be the one who answers on it: the kernel hands a copy of the open socket to
the other process, with what was read from it already. Linux alone (sequenced packets, memory files).
"""

import array
import os
import socket
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Literal, Self, cast

from tastemaker.core.errors import ConfigError

Kind = Literal["connection", "figures", "ready"]
_INT = array.array("i").itemsize


@dataclass(frozen=True)
class Parcel:
    """What came over a line.

    Attributes:
        kind: a connection to answer on, figures of another process, or the word that it answers.
        connection: descriptor of the socket; the receiver closes it. -1 when there is none.
        data: what was read from it already, or the figures.
    """

    kind: Kind
    connection: int = -1
    data: bytes = b""


class Line:
    """One end of a line.

    Args:
        end: its socket; never waits.
    """

    def __init__(self, end: socket.socket) -> None:
        end.settimeout(0)
        self._end = end

    @classmethod
    def pair(cls) -> tuple[Self, Self]:
        """Both ends.

        Raises:
            ConfigError: this system has no such lines.
        """
        if not hasattr(os, "memfd_create"):
            raise ConfigError("several workers need Linux", hint="leave `workers` at 1")
        one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        return cls(one), cls(other)

    @classmethod
    def of(cls, descriptor: int) -> Self:
        """The end that was inherited under this number."""
        return cls(socket.socket(fileno=descriptor))

    def fileno(self) -> int:
        """Its descriptor."""
        return self._end.fileno()

    def close(self) -> None:
        """Let go of this end."""
        self._end.close()

    def send(self, parcel: Parcel) -> bool:
        """Send; the receiver gets descriptors of its own. False when the other side takes nothing now, or is gone."""
        with ExitStack() as stack:
            handed = array.array("i", [parcel.connection] if parcel.connection >= 0 else [])
            if parcel.data:
                file = stack.enter_context(open(os.memfd_create("parcel"), "wb", buffering=0))  # noqa: PTH123
                file.write(parcel.data)
                handed.append(file.fileno())
            extra = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, handed)] if handed else []
            try:
                self._end.sendmsg([parcel.kind.encode()], extra)
            except (BlockingIOError, ConnectionError):
                return False
        return True

    def receive(self) -> Parcel | None:
        """The next parcel; None when there is none at the moment.

        Raises:
            EOFError: nobody holds the other end any more.
        """
        room = socket.CMSG_SPACE(2 * _INT)
        try:
            words, extra, _, _ = self._end.recvmsg(32, room, socket.MSG_CMSG_CLOEXEC)
        except BlockingIOError:
            return None
        except ConnectionError:
            words, extra = b"", []
        if not words:
            raise EOFError
        handed = array.array("i")
        for _, _, found in extra:
            handed.frombytes(found[: len(found) - len(found) % _INT])
        kind = cast("Kind", words.decode())
        connection = handed.pop(0) if kind == "connection" else -1
        return Parcel(kind, connection, b"".join(_contents(each) for each in handed))


def _contents(descriptor: int) -> bytes:
    """All of a memory file, which is closed."""
    with open(descriptor, "rb") as file:
        file.seek(0)
        return file.read()
