"""The shop's own multimodal language model, which ``tastemaker fit SHOP --parts language`` teaches.

It stands behind the same door as every other: it is asked for actions and for words, and what it says is looked up.
Beside that it knows the shop, so two things more come from it: how likely each item is meant, from all that was said
and shown and from what the person chose before, added to what the search finds; and what a drawing should be like, for
the shop's generator. Items are the catalog's by construction: it ranks what is there.
"""

import io
import json
from collections.abc import Generator, Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from PIL import Image

from tastemaker.assistant.doors.door import Ability, Budget, Door, DoorFailed, Message, Wants
from tastemaker.assistant.doors.prompts import data_of
from tastemaker.assistant.doors.vetting import ORDINALS
from tastemaker.assistant.looking import FindPicture, history_of
from tastemaker.assistant.state import State
from tastemaker.core.errors import InputError, NotFitted
from tastemaker.core.types import Floats
from tastemaker.shop.imagining import Imagined, Request, imagine
from tastemaker.shop.live import View
from tastemaker.shop.shop import Shop

if TYPE_CHECKING:
    from tastemaker.generators.language.inputs import Asked
    from tastemaker.shop.speaker import Speaker

MODEL = "multimodal-lm"
"""The one model there is."""
WEIGHT, LEAST = 0.5, -8.0
"""What its log-probabilities of items are multiplied by, and the least of them, counted from the likeliest."""
TOLD = 3
"""Items that it says something of."""
SAID = 4
"""Wishes that it reads, the latest."""


class Own(Door):
    """The shop's own model; of no use before :meth:`of` has told it the shop.

    Args:
        model: "multimodal-lm", or nothing.

    Raises:
        InputError: there is no such model.
    """

    figure: ClassVar[str] = "5"
    source: ClassVar[str] = "the generator multimodal-lm, fitted on the shop"

    def __init__(self, model: str = "") -> None:
        if model not in ("", MODEL):
            raise InputError(f"a shop's own language model is {MODEL!r}, not {model[:80]!r}", hint='say "own"')
        self._shop: Shop | None = None
        self._find: FindPicture | None = None
        self._ranked: tuple[tuple[object, ...], Floats] | None = None

    def of(self, shop: Shop, find: FindPicture | None = None) -> "Own":
        """The model of a shop, in one conversation.

        Args:
            shop: that has learned one.
            find: the person's pictures by key; None when nobody keeps any.

        Raises:
            NotFitted: it has not, or its space was fitted again since.
        """
        made = Own()
        made._shop, made._find = shop, find
        made._speaker().shelf(shop.view)
        return made

    def can(self, ability: Ability, budget: Budget) -> bool:  # noqa: ARG002
        """It sees, and neither calls functions nor writes JSON at will."""
        return ability == "pictures"

    def stream(self, messages: Sequence[Message], wants: Wants, budget: Budget) -> Generator[str, None, None]:
        """Actions, or sentence by sentence what it says of the items shown."""
        budget.call()
        try:
            if wants == "actions":
                yield self._action(messages)
            else:
                yield from self._sentences(messages, budget)
        except (NotFitted, RuntimeError) as error:
            raise DoorFailed("the shop's own language model cannot answer") from error

    def logits(self, view: View, state: State) -> Floats | None:
        """How likely each row is meant; None before anything is known.

        Shapes: -> (rows,).

        Raises:
            NotFitted: the space was fitted again since it learned.
        """
        shop = self._of()
        history = history_of(shop, view, state).liked.rows[-2 * TOLD :]
        if not (state.wishes or len(history)):
            return None
        key = (id(view), state.said, state.replies, state.likes_of, state.pictures, tuple(history.tolist()))
        if self._ranked is None or self._ranked[0] != key:
            picture = self._find(state.pictures[-1]) if self._find is not None and state.pictures else None
            items = [view.catalog.row(id) for id in state.likes_of if view.catalog.has(id)]
            speaker = self._speaker()
            asked = speaker.asked(view, spoken(state), picture=picture, items=items, history=history)
            found = speaker.logits(view, asked)
            self._ranked = key, np.asarray(WEIGHT * np.maximum(found - found.max(), LEAST), np.float32)
        return self._ranked[1]

    def imagine(self, words: str, *, image: str | None = None, user: str | None = None, n: int = 2) -> Imagined:
        """What it asks for in answer to words and an item, drawn by the shop's generator.

        Args:
            words: what is to be drawn.
            image: id of an item that it should look like.
            user: for whom.
            n: how many pictures.

        Raises:
            NotFitted: the shop has not learned to draw.
        """
        shop = self._of()
        view = shop.view
        items = [view.catalog.row(image)] if image else []
        name = view.catalog.main_picture(items[0]) if items else ""
        history = shop.store.history(user).among(view.catalog.alive) if user else None
        liked = None if history is None else history.liked.rows
        signs = self._speaker().signs(self._speaker().asked(view, words, items=items, history=liked))
        picture = view.catalog.pictures.open(name) if name else None
        request = Request(words, picture, history, n, signs=signs)
        return imagine(view, request, shop.workspace.state / "drawn")

    def _action(self, messages: Sequence[Message]) -> str:
        """A search for what was said, or a picture of it where one is asked for."""
        data = data_of(messages)
        said, shown = str(data.get("said", "")), [jpeg for message in messages for jpeg in message.pictures]
        picture = Image.open(io.BytesIO(shown[-1])) if shown else None
        asked = self._speaker().asked(self._of().view, said, picture=picture)
        draws = picture is None and self._of().draws and self._speaker().model.kinds([asked])[0] == "picture"
        return json.dumps({"actions": [{"verb": "visualise" if draws else "search", "words": said}]})

    def _sentences(self, messages: Sequence[Message], budget: Budget) -> Iterator[str]:
        """A sentence an item, with its title and its price put where the model says them."""
        data, view, speaker = data_of(messages), self._of().view, self._speaker()
        items = data.get("items")
        told = [item for item in items if isinstance(item, dict)][:TOLD] if isinstance(items, list) else []
        for item in told:
            budget.left()
            if not view.catalog.has(str(item.get("id"))):
                continue
            asked: Asked = speaker.asked(view, f"{data.get('said', '')} . why", items=[view.catalog.row(item["id"])])
            yield looked_up(speaker.model.say([asked])[0], item) + " "

    def _of(self) -> Shop:
        if self._shop is None:
            raise NotFitted(
                "the shop's own language model knows no shop", hint='open it by `tm.Assistant(shop, llm="own")`'
            )
        return self._shop

    def _speaker(self) -> "Speaker":
        found = self._of().view.fitted.speaker
        if found is None:
            hint = "run `tastemaker fit SHOP --parts language`"
            raise NotFitted("this shop has no language model of its own", hint=hint)
        return found


def spoken(state: State) -> str:
    """What was wished for and answered so far, in its order, as the model reads it."""
    turns = [(said.turn, said.words) for said in state.said] + [
        (reply.turn, " ".join(reply.values)) for reply in state.replies if reply.question.kind == "attribute"
    ]
    return " . ".join(words for _, words in sorted(turns)[-SAID:] if words.strip())


def looked_up(said: str, item: dict[str, object]) -> str:
    """What the model says, with the title and the price of the item it speaks of; what is not known is left out."""
    title, price, place = str(item.get("title") or ""), str(item.get("price") or ""), item.get("place")
    name = f"“{title}”" if title else f"The {ORDINALS[int(str(place)) - 1]}"
    said = said.replace("<price>", price) if price else said.replace(", for <price>", "").replace("for <price>", "")
    return said.replace("<name>", name)
