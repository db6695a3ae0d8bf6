"""What is said where the wish stays as it is: what a thing is, and what was not understood or cannot be done here."""

import textwrap
from collections.abc import Sequence

from tastemaker.alignment.language.reading import STOP
from tastemaker.alignment.language.wording import understand
from tastemaker.assistant.actions import Hint
from tastemaker.assistant.asking import spoken
from tastemaker.assistant.question import Question
from tastemaker.assistant.state import State
from tastemaker.assistant.telling import compared, title_of, titled, value_of
from tastemaker.shop.live import View
from tastemaker.shop.shop import Shop
from tastemaker.studio.kinds import stance_of, worn_as

SAYABLE = "“a red dress under 90”, “cheaper”, “compare the first two”, “why the second?”, “undo” or “what do you have”"
"""What can be said, by examples."""
PRETRAINED = "pretrained"
"""Name of the space that knows words which no item holds."""
TEXT = 400
"""Characters of a description that are told."""


def understood(shop: Shop, words: str) -> bool:
    """Does the shop know anything of some words: a value, an amount, a word of any item?

    A space that was learned elsewhere knows more words than the shop has; there everything may be understood.
    """
    view = shop.view
    if view.fitted.space is not None and view.fitted.space.name == PRETRAINED:
        return True
    wording = understand(words, view.vocabulary)
    if wording.facets or wording.avoid or wording.notes or wording.other:
        return True
    telling = " ".join(word for word in wording.rest.split() if word.casefold() not in STOP)
    return bool(telling) and len(shop.store.search_words(telling, 1)[0]) > 0


def described(view: View, items: Sequence[str]) -> str:
    """What the catalog has of an item, or of several side by side."""
    if len(items) > 1:
        return compared(view, items)
    item = view.catalog.item(view.catalog.row(items[0]))
    price = [] if item.price is None else [f"price {item.price:.10g}"]
    values = [f"{spoken(name)} {value_of(value)}" for name, value in item.attributes.items()]
    sold = [] if item.available else ["sold out"]
    told = f"{title_of(item)}: {'; '.join((*sold, *price, *values)) or 'nothing more is known of it'}."
    text = textwrap.shorten(value_of(item.text), TEXT, placeholder=" …") if item.text else ""
    return f"{told} “{text}”" if text else told


def hinted(view: View, state: State, hint: Hint) -> str:
    """The sentence of a hint."""
    match hint.about:
        case "words" if not any(view.catalog.column("title")):
            return "The things here have no words that I could look for: show me a picture of something like it."
        case "words":
            return f"I did not understand that, so nothing has changed. Say for example {SAYABLE}."
        case "question":
            return _asked_again(state.question)
        case "list":
            there = [id for id in state.list if view.catalog.has(id)]
            return f"On your list: {titled(view, there)}. Say which of them." if there else "Your list is empty."
        case "shown":
            return _places(len(state.shown))
        case "you" | "room":
            return _shown_elsewhere(view, hint)


def _asked_again(question: Question | None) -> str:
    labels = [choice.label for choice in question.choices] if question is not None else []
    return f"Which one? Say {', '.join(f'“{label}”' for label in labels)} or “no preference”."


def _places(count: int) -> str:
    if not count:
        return "Nothing is shown yet. Tell me what you look for, or show me a picture."
    if count == 1:
        return "There is one thing here: say “it”, or tell me what else you look for."
    return f"There are {count} here: say one of them, “the first” to “number {count}”, or its name."


def _shown_elsewhere(view: View, hint: Hint) -> str:
    """Where a thing can be seen on a person or in a room; not in a conversation, which asks nobody for such photos."""
    button, verb = ("See it on you", "try-on") if hint.about == "you" else ("See it in your room", "place")
    photo = "--person me.jpg --consent" if hint.about == "you" else "--room room.jpg"
    how = f"“{button}” on its own page, or `tastemaker {verb} SHOP --item {hint.item or 'ID'} {photo} --out seen.png`"
    if not hint.item:
        return f"That is done with a photo of yours: {how}."
    item = view.catalog.raw_item(view.catalog.row(hint.item))
    if (worn_as(item) if hint.about == "you" else stance_of(item)) is None or not item.images:
        return f"{title_of(item)} cannot be shown {'on you' if hint.about == 'you' else 'in a room'}."
    return f"{title_of(item)}: that is done with a photo of yours: {how}."
