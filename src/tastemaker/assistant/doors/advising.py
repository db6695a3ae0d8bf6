"""One turn with a language model: it is asked for actions, then for words; whatever fails leaves what the rules say.

The model is asked for actions only where the rules found nothing but a wish: what they recognise, they do. Its words
come after those of the rules, sentence by sentence, each looked up (``vetting``).
"""

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import TypeVar, cast

from PIL import Image

from tastemaker.assistant.actions import Action, Search
from tastemaker.assistant.doors.door import Budget, Door, DoorFailed, Message, Unreachable, Wants, bounded
from tastemaker.assistant.doors.own import Own
from tastemaker.assistant.doors.prompts import again, for_actions, for_words, jpeg
from tastemaker.assistant.doors.proposing import LOOKS, proposed
from tastemaker.assistant.doors.vetting import Vetting
from tastemaker.assistant.listening import waited
from tastemaker.assistant.looking import FindPicture
from tastemaker.assistant.state import State
from tastemaker.assistant.turn import Turn
from tastemaker.catalog.shown import price_text
from tastemaker.core.errors import InputError, TastemakerError
from tastemaker.shop.language_model import AssistantConfig, opened
from tastemaker.shop.live import View
from tastemaker.shop.shop import Shop

T = TypeVar("T")
BROKEN = (ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError)
"""What a door, which may be somebody else's, can raise."""


class Advisor:
    """A door, and what a turn may cost.

    Args:
        door: the model.
        config: limits.
        currency: in which prices are written.
        clock: seconds, rising.
    """

    def __init__(
        self, door: Door, config: AssistantConfig, currency: str = "", clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.door, self.currency = door, currency
        self._config, self._clock = config, clock
        self._rests_until = float("-inf")

    def begin(self, said: str, gone: Callable[[], bool] | None = None) -> "Advice":
        """A turn begins, and with it a new budget.

        Args:
            said: by the person.
            gone: does nobody wait any more? The model is then let go, however long it takes.
        """
        config = self._config
        advice = Advice(self, said, Budget(config.seconds, config.calls, config.tokens, self._clock, gone))
        if self._clock() < self._rests_until:
            advice.fail(DoorFailed("the language model did not answer a moment ago and is not asked for a while"))
        return advice

    def rest(self) -> None:
        """Do not ask for a while: whoever talks would wait for nothing, turn after turn."""
        self._rests_until = self._clock() + self._config.rest


def advisor_of(shop: Shop, llm: str | Door | None, find: FindPicture | None = None) -> Advisor | None:
    """The language model of a conversation; None when there is to be none.

    Args:
        shop: its settings say the limits, and which model when nothing else does.
        llm: "provider:model", a door, "" for none; None for what the settings say.
        find: the person's pictures by key; None when nobody keeps any.

    Raises:
        InputError: it cannot be opened, or a setting is out of range.
        NotFitted: it is the shop's own, and there is none.
        MissingExtra: it needs a package that is not installed.
    """
    config = AssistantConfig.read(shop.workspace.settings.assistant)
    wanted = config.llm if llm is None else llm
    if not wanted:
        return None
    door = cast("Door", opened(wanted)) if isinstance(wanted, str) else wanted
    door = door.of(shop, find) if isinstance(door, Own) else door
    return Advisor(door, config, shop.workspace.settings.currency)


class Advice:
    """What a model has to say in one turn.

    Args:
        advisor: whose.
        said: what the person says.
        budget: of the turn.

    Attributes:
        notes: what went wrong, or was left out.
    """

    def __init__(self, advisor: Advisor, said: str, budget: Budget) -> None:
        self.notes: tuple[str, ...] = ()
        self._advisor, self._said, self._budget = advisor, said, budget
        self._failed = False

    def fail(self, error: TastemakerError) -> None:
        """The model is not asked any more in this turn."""
        self._failed = True
        self.notes = (*self.notes, f"{error.message}; the rules answer")
        if isinstance(error, Unreachable):
            self._advisor.rest()

    def actions(
        self, rules: Sequence[Action], state: State, view: View, picture: Image.Image | None = None
    ) -> Sequence[Action]:
        """What is to be done: what the model proposes where the rules see only a wish, else what they see.

        Args:
            rules: what the rules read.
            state: what is understood and shown so far.
            view: of the shop.
            picture: that the person shows.
        """
        if self._failed or not isinstance(rules[0], Search) or not self._said.strip():
            return rules
        try:
            return self._proposed(state, view, picture)
        except DoorFailed as error:
            self.fail(error)
            return rules

    def told(self, turn: Turn, items: Sequence[str], view: View, hear: Callable[[Turn], None] | None) -> Turn:
        """The same turn with the model's words behind those of the rules, as far as they can be looked up.

        Args:
            turn: of the rules.
            items: shown in it.
            view: of the shop.
            hear: gets the turn again with every sentence.
        """
        if not self._failed and items:
            turn = self._worded(turn, items, view, hear)
        return replace(turn, notes=(*turn.notes, *self.notes))

    def _proposed(self, state: State, view: View, picture: Image.Image | None) -> tuple[Action, ...]:
        """Ask for actions; once more, told what was wrong, when they cannot be used."""
        verbs = LOOKS if picture is None else ("search",)
        sees = picture is not None and next(self._waited(self._sees), False)
        shown = jpeg(picture) if picture is not None and sees else None
        messages = for_actions(self._said, state.spoken[:-1], len(state.shown), picture=shown)
        for _ in range(2):
            text = "".join(self._read(messages, "actions"))
            try:
                return proposed(text, state, view, verbs=verbs)
            except InputError as error:
                messages = [*messages, Message("assistant", text), again(error.message)]
        raise DoorFailed("the language model proposed twice what cannot be done")

    def _worded(self, turn: Turn, items: Sequence[str], view: View, hear: Callable[[Turn], None] | None) -> Turn:
        """Ask for words; every whole sentence that can be looked up is heard as it comes, and stays."""
        found = [view.catalog.item(view.catalog.row(id)) for id in items]
        prices = [price_text(item.price, self._advisor.currency) for item in found]
        messages = for_words(self._said, found, prices)
        vetting = Vetting(items, view, self._advisor.currency)
        try:
            for piece in self._read(messages, "words"):
                if said := vetting.add(piece):
                    turn = replace(turn, say=f"{turn.say} {said}".strip())
                    if hear is not None:
                        hear(replace(turn, question=None, suggestions=()))
            turn = replace(turn, say=f"{turn.say} {vetting.end()}".strip())
        except DoorFailed as error:
            self.fail(error)
        if left_out := vetting.left_out:
            what = "1 sentence" if left_out == 1 else f"{left_out} sentences"
            self.notes = (*self.notes, f"{what} of the language model left out: not what the catalog says")
        return turn

    def _read(self, messages: Sequence[Message], wants: Wants) -> Iterator[str]:
        """What the model writes, within the budget; it is let go when nobody listens any more.

        Raises:
            DoorFailed: it gives no usable answer; whatever else breaks behind the door is the same to who talks.
        """
        try:
            with closing(self._waited(lambda: self._advisor.door.stream(messages, wants, self._budget))) as pieces:
                yield from bounded(pieces, self._budget)
        except BROKEN as error:
            raise DoorFailed("the door to the language model broke") from error

    def _waited(self, make: Callable[[], Generator[T, None, None]]) -> Generator[T, None, None]:
        """What a door gives, waited for as long as somebody waits."""
        return make() if self._budget.gone is None else waited(make, self._budget.gone)

    def _sees(self) -> Generator[bool, None, None]:
        yield self._advisor.door.can("pictures", self._budget)
