"""Questions about one thing that is shown: "how much is it?", "what material is the second one?", looked up."""

import re
from collections.abc import Callable

from tastemaker.assistant.actions import Explain
from tastemaker.assistant.asking import spoken
from tastemaker.assistant.references import pointed_at
from tastemaker.assistant.state import State
from tastemaker.assistant.telling import title_of, value_of
from tastemaker.catalog.catalog import FIELDS
from tastemaker.shop.live import View

_ASKED = re.compile(
    r"how much (?:is|are|does|do|for) (?P<price>.+?)(?: cost)?"
    r"|what(?:'s| is) the (?P<name>[a-z][a-z _]*?) of (?P<of>.+)"
    r"|(?:what|which) (?P<which>[a-z][a-z _]*?) (?:is|does|has) (?P<what>.+?)(?: have| in)?"
    r"|what(?:'s| is) (?P<made>.+?) made of"
)


def asked_of(said: str, state: State, view: View, named: Callable[[str, View], str]) -> Explain | None:
    """The question of one value of one thing that is shown; None when the words are something else.

    Args:
        said: in small letters.
        state: says what is shown.
        view: of the shop.
        named: the attribute that words name; "" for none.
    """
    found = _ASKED.fullmatch(said)
    if not found or not state.shown:
        return None
    items = pointed_at(found["price"] or found["of"] or found["what"] or found["made"], state, view)
    words = "price" if found["price"] else found["name"] or found["which"] or "material"
    about = "price" if words in ("price", "cost") else named(words, view)
    return Explain(item=items[0], about=about) if items and about else None


def fact(view: View, id: str, about: str) -> str:
    """One value of an item, in words."""
    item = view.catalog.item(view.catalog.row(id))
    if about == "available":
        return f"{title_of(item)}: it is {'' if item.available else 'not '}available."
    value = item.attributes.get(about, getattr(item, about) if about in FIELDS else None)
    if value is None or value == "":
        return f"{title_of(item)}: its {spoken(about)} is not known."
    told = f"“{value_of(value)}”" if about in ("title", "text") else value_of(value)
    return f"{title_of(item)}: its {spoken(about)} is {told}."
