"""Questions about what is shown -> what the catalog says of it: "is the second one cotton?", "which is cheaper?".

A question is answered and wishes for nothing. One that speaks of nothing shown ("is there one in blue?") is none of
these. What the catalog has no value for is answered with all that it has.
"""

import re
from collections.abc import Callable
from dataclasses import replace

from tastemaker.alignment.language.wording import understand
from tastemaker.assistant.actions import Action, Compare, Describe, Explain, Hint
from tastemaker.assistant.references import NotOnList, NotShown, having, pointed_at
from tastemaker.assistant.state import State
from tastemaker.catalog.catalog import FIELDS
from tastemaker.core.types import ItemId
from tastemaker.shop.live import View

Named = Callable[[str, View], str]
"""The attribute that words name; "" for none."""
_WHETHER = re.compile(
    r"(?:(?:and|but|so) )?(?:is|are|was|were|does|did|has|can|could|will|would|should"
    r"|(?:do|have)(?= (?:they|these|those|all|both|the)\b))(?:n't| not)? (?P<said>.+)"
)
_WHICH = re.compile(
    r"(?:which|what)(?: (?:one|ones|item|items))?(?: of (?P<of>.+?))?"
    r"(?:'s| is| are| has| have| was| looks?) (?P<rest>.+)"
)
_EITHER = re.compile(r"(?P<rest>.+?)(?:,|:| of| among| between)? (?P<of>(?:the|number|#|\d).* (?:or|and) .+)")
_WHAT = re.compile(r"(?:what|which|how) (?P<name>[a-z][a-z _]*?) (?:is|are|does|do|has|have) (?P<said>.+)")
_OF = re.compile(
    r"(?:(?:tell|show|give) me |what(?:'s| is| are) )?"
    r"(?:(?:the )?(?P<name>[a-z][a-z _]*?) of (?P<said>.+)|(?P<whose>its|their) (?P<own>[a-z][a-z _]*))"
)
_WHO = re.compile(r"(?:who|where|when)(?:'s)? (?:is |are |was |were |does |do )?(?P<said>[a-z]+ ?(?P<then>.*))")
_MONEY = re.compile(r"\b(?:cost|price|priced|expensive|cheap|cheaper|affordable|pricey|pricier|dearer)\b")
_ONE = r"(?: ones?| items?)?(?: of (?:them|these|those))?(?: here)?"
_LESS = re.compile(rf"(?:the )?(?:cheap(?:er|est)?|(?:less|least) (?:expensive|pricey)|(?:more|most) affordable){_ONE}")
_MORE = re.compile(rf"(?:the )?(?:(?:more|most) expensive|expensive|pricey|(?:prici|dear)e(?:r|st)){_ONE}")
_THAN = re.compile(r"\b(?:than|as|like|from|to)\b (?P<other>.+)$")


def inquired(said: str, state: State, view: View, named: Named) -> Action | None:
    """A question about what is shown, as what answers it; None when the words are something else.

    Args:
        said: in small letters.
        state: says what is shown.
        view: of the shop.
        named: the attribute that words name.

    Raises:
        NotShown: it asks of a place beyond what is shown.
    """
    if not state.shown:
        return None
    if action := _which(said, state, view):
        return action
    if (found := _WHAT.fullmatch(said)) and (parts := _subject(found["said"], state, view)):
        return _several(view, parts[0], _value(found["name"], view, named))
    if (found := _OF.fullmatch(said)) and (about := _value(found["name"] or found["own"], view, named)):
        items = pointed_at(found["said"] or ("it" if found["whose"] == "its" else "them"), state, view)
        return _several(view, items, about) if items else None
    if (found := _WHETHER.fullmatch(said)) and (parts := _subject(found["said"], state, view)):
        return _whether(*parts, state, view, named)
    if found := _WHO.fullmatch(said):
        parts = _subject(found["said"], state, view) or _subject(found["then"], state, view)  # "who made it?"
        return Describe(items=parts[0][:4]) if parts else None
    return None


def _value(words: str, view: View, named: Named) -> str:
    """The attribute or the price that words name; "" for none."""
    return "price" if words in ("price", "cost", "much") else named(words, view)


def _subject(said: str, state: State, view: View) -> tuple[tuple[ItemId, ...], str] | None:
    """The items that a phrase begins with, by the longest beginning that points at any; and what is said of them."""
    words = said.split()
    beyond: NotShown | None = None
    for count in range(min(len(words), 8), 0, -1):
        try:
            items = pointed_at(" ".join(words[:count]), state, view)
        except NotOnList:
            raise
        except NotShown as error:
            beyond = error
            continue
        if items:
            return items, " ".join(words[count:])
    if beyond is not None:
        raise beyond
    return None


def _whether(items: tuple[ItemId, ...], rest: str, state: State, view: View, named: Named) -> Action:
    """Is that so? The value that is asked about, or all that is known; two things that are compared, side by side."""
    if (found := _THAN.search(rest)) and (others := pointed_at(found["other"], state, view)):
        return _several(view, tuple(dict.fromkeys((*items, *others))), "")
    names = {facet.name for facet in understand(rest, view.vocabulary).facets if facet.name != "words"}
    if not names and _MONEY.search(rest):
        names = {"price"}
    if not names and re.search(r"\b(?:available|in stock|sold out|left)\b", rest):
        names = {"available"}
    about = names.pop() if len(names) == 1 else named(rest.removeprefix("have ").removeprefix("a "), view)
    return _several(view, items, about)


def _several(view: View, items: tuple[ItemId, ...], about: str) -> Action:
    """One value of one thing; all of them where there is no such value to tell, or several things."""
    if len(items) > 1:
        return Compare(items=items[:4])
    known = about in FIELDS or about in view.catalog.item(view.catalog.row(items[0])).attributes
    return Explain(item=items[0], about=about) if known else Describe(items=items)


def _which(said: str, state: State, view: View) -> Action | None:
    """Which of the shown is it? The cheapest or the dearest of them, or those that have a value."""
    found = _WHICH.fullmatch(said)
    if not found:
        return None
    rest, of = found["rest"], found["of"] or ""
    if either := _EITHER.fullmatch(rest):
        rest, of = either["rest"], either["of"]
    among = pointed_at(re.sub(r"\bor\b", "and", of), state, view) if of else state.shown
    way = "cheapest" if _LESS.fullmatch(rest) else "most expensive" if _MORE.fullmatch(rest) else ""
    if not among or (not way and not said.startswith("which")):
        return None
    if way:
        first = pointed_at(f"the {way}", _only(state, among), view)
        return Explain(item=first[0], about="price") if first else Hint(about="shown")
    return _that_have(rest, among, view)


def _that_have(rest: str, among: tuple[ItemId, ...], view: View) -> Action:
    """Those of some items that have what is asked; where that is unknown or none has it, all of them side by side."""
    names = {facet.name for facet in understand(rest, view.vocabulary).facets}
    held = having(rest, among, view)
    if len(held) == 1 and len(names) == 1:
        return Explain(item=held[0], about=names.pop())
    told = held if len(held) > 1 else among
    return Compare(items=told[:4]) if len(told) > 1 else Describe(items=told)


def _only(state: State, items: tuple[ItemId, ...]) -> State:
    """The state as if nothing else were shown."""
    return replace(state, shown=items, focus=None)
