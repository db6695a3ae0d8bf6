"""A conversation with a service's assistant."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from tastemaker.client.reading import Picture, fields, item_of, naming, sent, turn
from tastemaker.client.wire import Wire, address, problem_error
from tastemaker.core.closing import Closing
from tastemaker.core.errors import ServiceError
from tastemaker.core.wire import Json

if TYPE_CHECKING:
    from tastemaker.assistant.turn import Turn


class Chat(Closing):
    """One conversation; made by ``Client.chat``.

    Args:
        wire: the service.
        user: who speaks.
        k: how many items are shown at a time.
    """

    def __init__(self, wire: Wire, user: str | None, k: int) -> None:
        self._wire = wire
        self._begin = {"k": k} | ({"user": user} if user else {})
        self._session = ""

    def say(self, text: str, *, image: Picture | None = None, hear: "Callable[[Turn], None] | None" = None) -> "Turn":
        """Say something.

        Args:
            text: words.
            image: a picture: a file, its bytes, decoded, or the id of an item.
            hear: gets the answer as far as it is, as it comes.

        Raises:
            PictureError: it is neither a file here nor an item.
        """
        item = "" if image is None else item_of(image)
        shown = {"item": item} if item else {} if image is None else {"image": sent(image)}
        with naming(item):
            return self._turn({"text": text, **shown}, hear)

    def remove(self, label: str) -> "Turn":
        """Take away something that was understood, by its label."""
        return self._turn({"remove": label}, None)

    def do(self, action: Mapping[str, object]) -> "Turn":
        """Do something typed: ``{"verb": "compare", "items": [...]}``."""
        return self._turn({"action": dict(action)}, None)

    def state(self) -> dict[str, Json]:
        """What is understood so far."""
        return fields(self._wire.get(address("chat", self._session)))

    def close(self) -> None:
        """Let the service forget everything of it."""
        if self._session:
            self._wire.delete(address("chat", self._session))
        self._session = ""

    def _turn(self, said: Mapping[str, object], hear: "Callable[[Turn], None] | None") -> "Turn":
        begun = {"session": self._session} if self._session else self._begin
        for name, value in self._wire.events("/chat", {**begun, **said}):
            told = fields(value)
            if name == "session":
                self._session = str(told["session"])
            elif name == "items" and hear is not None:
                hear(turn(told))
            elif name == "turn":
                return turn(told)
            elif name == "problem":
                status = told["status"] if isinstance(told["status"], int) else 500
                raise problem_error(status, str(told["title"]), str(told["detail"]), str(told["hint"]))
        raise ServiceError("the answer broke off", hint="say it again")
