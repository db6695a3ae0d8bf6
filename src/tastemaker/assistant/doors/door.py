"""What every door is: messages in, text out piece by piece, within the budget of a turn."""

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol

from tastemaker.core.errors import Cancelled, TastemakerError

Wants = Literal["actions", "words"]
Ability = Literal["json", "tools", "pictures"]
"""Answers in JSON when told to; calls a function that is offered; sees."""
CHARACTERS = 8
"""Characters that a token has at most, on average, before an answer counts as endless."""


class DoorFailed(TastemakerError):
    """The model gave no answer that can be used; the rules answer instead.

    The message is ours, word by word: nothing that a model or an endpoint wrote stands in it.
    """


class Unreachable(DoorFailed):
    """Nothing answered, or not in time: not worth waiting for again soon."""


@dataclass(frozen=True)
class Message:
    """One message of a prompt.

    Attributes:
        role: who speaks.
        text: what is said.
        pictures: JPEGs without metadata; left out where the model sees none.
    """

    role: Literal["system", "user", "assistant"]
    text: str
    pictures: tuple[bytes, ...] = ()


class Budget:
    """What one turn may cost; asked before and during every call.

    Args:
        seconds: until the last word.
        calls: requests to the model.
        tokens: written by the model in one answer, at most.
        clock: seconds, rising.
        gone: does nobody wait for the answer any more? None where nobody goes away.
    """

    def __init__(
        self,
        seconds: float,
        calls: int,
        tokens: int,
        clock: Callable[[], float] = time.monotonic,
        gone: Callable[[], bool] | None = None,
    ) -> None:
        self.tokens, self.gone = tokens, gone
        self._seconds, self._calls, self._clock = seconds, calls, clock
        self._end = clock() + seconds

    def call(self) -> None:
        """Take one call.

        Raises:
            DoorFailed: none is left, or no time.
        """
        self.left()
        if self._calls <= 0:
            raise DoorFailed("the language model was asked too often in one turn")
        self._calls -= 1

    def left(self) -> float:
        """Seconds that are left.

        Raises:
            DoorFailed: none are.
            Cancelled: nobody waits any more.
        """
        if self.gone is not None and self.gone():
            raise Cancelled("the turn was stopped", hint="say it again when you like")
        left = self._end - self._clock()
        if left <= 0:
            raise Unreachable(f"the language model took longer than {self._seconds:g} s")
        return left


def bounded(pieces: Iterator[str], budget: Budget) -> Iterator[str]:
    """The same pieces, as long as there is time and the answer does not run on.

    Raises:
        DoorFailed: it does, or the time is over.
    """
    read = 0
    for piece in pieces:
        budget.left()
        read += len(piece)
        if read > budget.tokens * CHARACTERS:
            raise DoorFailed("the language model did not come to an end")
        yield piece


class Door(Protocol):
    """A language model.

    Attributes:
        figure: of the survey.
        source: what stands behind the door.
    """

    figure: ClassVar[str]
    source: ClassVar[str]

    def can(self, ability: Ability, budget: Budget) -> bool:
        """Is the model able to do something? Tried out once, when it is first asked.

        Raises:
            DoorFailed: it does not answer at all.
        """
        ...

    def stream(self, messages: Sequence[Message], wants: Wants, budget: Budget) -> Generator[str, None, None]:
        """What the model writes, piece by piece.

        Raises:
            DoorFailed: it gives no usable answer.
        """
        ...


class Closed(Door):
    """In place of a model that cannot be opened."""

    figure: ClassVar[str] = "-"
    source: ClassVar[str] = "no model"

    def can(self, ability: Ability, budget: Budget) -> bool:  # noqa: ARG002
        """Nothing."""
        return False

    def stream(self, messages: Sequence[Message], wants: Wants, budget: Budget) -> Generator[str, None, None]:  # noqa: ARG002
        """Fails."""
        raise DoorFailed("the language model of this shop cannot be opened")
