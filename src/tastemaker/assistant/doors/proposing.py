"""Text of a model -> typed actions, or a refusal that says what is wrong with it.

A model may only look: what changes the conversation by the person's own hand (the list, likes, undo, starting over) is
read from the person's words by the rules and by nobody else.
"""

import json
import re

from tastemaker.alignment.language.wording import understand
from tastemaker.assistant import actions as acts
from tastemaker.assistant.actions import Action, Compose, Search
from tastemaker.assistant.reading import starts_afresh
from tastemaker.assistant.state import State
from tastemaker.core.errors import InputError
from tastemaker.shop.live import View

LOOKS = (
    "search",
    "compose",
    "filter",
    "complete",
    "compare",
    "explain",
    "visualise",
    "recommend",
    "more",
    "browse",
    "greet",
    "thank",
)
"""Verbs that a model may propose."""
MOST = 4
"""Actions in one turn."""
_QUOTED, _LETTERS = re.compile("“([^”]*)”"), re.compile(r"[^\W\d_]+")


def proposed(text: str, state: State, view: View, *, verbs: tuple[str, ...] = LOOKS) -> tuple[Action, ...]:
    """The actions that a model proposes; all of them can be carried out.

    Args:
        text: what it wrote.
        state: says what is shown; items are named by their place in it.
        view: of the shop, where every name is looked up.
        verbs: that may be proposed.

    Raises:
        InputError: it is no JSON, or an action in it is unknown, not allowed, or names what is not there.
    """
    value = _object(text).get("actions")
    if not isinstance(value, list) or not 1 <= len(value) <= MOST:
        raise InputError(f'"actions" is a list of one to {MOST} actions')
    return tuple(_action(each, state, view, verbs) for each in value)


def _object(text: str) -> dict[str, object]:
    """The JSON object in a text; a fence or a word around it does no harm."""
    first, last = text.find("{"), text.rfind("}")
    try:
        value = json.loads(text[first : last + 1])
        json.dumps(value, ensure_ascii=False).encode()  # half a character is none
    except (ValueError, RecursionError):
        raise InputError("it is not valid JSON") from None
    if not isinstance(value, dict):
        raise InputError("it is not a JSON object")
    return value


def _action(value: object, state: State, view: View, verbs: tuple[str, ...]) -> Action:
    """One action, with the items in their places."""
    if not isinstance(value, dict) or value.get("verb") not in verbs:
        raise InputError(f'"verb" is one of {", ".join(verbs)}')
    if "items" in value:
        items = value["items"]
        value = {**value, "items": tuple(_item(place, state) for place in items) if isinstance(items, list) else items}
    if "item" in value:
        value = {**value, "item": _item(value["item"], state)}
    action = acts.parse(value)
    acts.check(action, view.catalog, state)
    if isinstance(action, Search | Compose):
        _check_words(action, state, view)
    if isinstance(action, Search) and starts_afresh(action.words.casefold(), state, view):
        return action.model_copy(update={"fresh": True})
    return action


def _check_words(action: Search | Compose, state: State, view: View) -> None:
    """What no attribute knows is told back where it is refused, not used, or a change; so it must be the person's own.

    Raises:
        InputError: it is not.
    """
    read = understand(action.words if isinstance(action, Search) else action.change, view.vocabulary)
    told = [*read.avoid, *(quoted for note in read.notes for quoted in _QUOTED.findall(note)[:1])]
    told += [read.rest] if isinstance(action, Compose) else []
    said = set(_LETTERS.findall(" ".join(state.spoken).casefold()))
    if not set(_LETTERS.findall(" ".join(told).casefold())) <= said:
        raise InputError("its words are no values of the shop, and the shopper did not say them")


def _item(place: object, state: State) -> str:
    """The item at a place among those shown.

    Raises:
        InputError: nothing is shown there.
    """
    shown = state.shown
    at = int(place) if isinstance(place, int | str) and re.fullmatch("[0-9]{1,3}", str(place)) else 0
    if not 1 <= at <= len(shown):
        raise InputError(f"items are places from 1 to {len(shown)}" if shown else "no items are shown yet")
    return shown[at - 1]
