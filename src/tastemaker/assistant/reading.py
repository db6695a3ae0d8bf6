"""A person's words -> actions: answer, point, step back, ask why; what is nothing of the kind is a wish.

What is wanted of the catalog is read by ``alignment.language``; here is only what people do in a conversation.

Only the person's own words are read. A title or a description is looked up and never read, so a product that is called
"undo" undoes nothing.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from tastemaker.alignment.language.wordforms import stems
from tastemaker.alignment.language.wording import understand
from tastemaker.assistant import phrases
from tastemaker.assistant.actions import (
    Action,
    AddToList,
    Answer,
    Compare,
    Complete,
    Compose,
    Describe,
    Explain,
    Filter,
    Hint,
    Judge,
    Plain,
    Recommend,
    Search,
    Visualise,
    Wish,
)
from tastemaker.assistant.facts import asked_of
from tastemaker.assistant.inquiring import inquired
from tastemaker.assistant.question import Question
from tastemaker.assistant.references import NotOnList, NotShown, counted, pointed_at
from tastemaker.assistant.state import State
from tastemaker.core.types import ItemId
from tastemaker.shop.live import View


def read(words: str, state: State, view: View) -> tuple[Action, ...]:
    """The actions that a person's words ask for; what is nothing else is a wish.

    Args:
        words: as they were typed.
        state: what is understood and shown so far.
        view: of the shop, to look up what is named.
    """
    said = _trimmed(words)
    try:
        if found := _done(said, state, view):
            return found
        if (corrected := phrases.CORRECTED.fullmatch(said)) and (what := corrected["what"] or corrected["no"]):
            return _done(what, state, view) or (Search(words=what),)
        if state.question is None and (phrases.YES.fullmatch(said) or said in ("no", "nope")):
            return (Hint(about="words"),)
        if (negated := phrases.NEGATED.fullmatch(said)) and _is_deed(negated["what"], state, view):
            return (Hint(about="words"),)  # "no buy the first": done is neither that nor its contrary
    except NotShown as error:
        return (Hint(about="list" if isinstance(error, NotOnList) else "shown"),)
    return (Search(words=words.strip(), fresh=starts_afresh(said, state, view)),)


def _done(said: str, state: State, view: View) -> tuple[Action, ...]:
    """What is asked for beside a wish; () for nothing."""
    if beside := _goes_with(phrases.PLEASE.sub("", said), state, view):
        return (beside,)
    plainly = _plainly(said)
    if not plainly and (asked := inquired(phrases.PLEASE.sub("", said), state, view, _attribute)):
        return (asked,)
    if state.question is not None and (answer := _answer(said, state.question, view)):
        return (answer,)
    if plainly:
        return plainly
    for form in dict.fromkeys((said, phrases.PLEASE.sub("", said))):
        if plainly := _plainly(form):
            return plainly
        for reader in _READERS:
            if action := reader(form, state, view):
                return action if isinstance(action, tuple) else (action,)
    return ()


def _is_deed(said: str, state: State, view: View) -> bool:
    """Do the words ask for something that is done, and not for a wish, whose contrary is one too?"""
    found = _done(said, replace(state, question=None), view)
    return bool(found) and not isinstance(found[0], Filter)


def _plainly(said: str) -> tuple[Action, ...]:
    """What needs no looking up; () for nothing of the kind."""
    if phrases.RECOMMEND.fullmatch(said):
        return (Recommend(),)
    verbs = [verb for pattern, verb in phrases.PLAIN if pattern.fullmatch(said)]
    return (Plain.model_validate({"verb": verbs[0]}),) if verbs else ()


def _trimmed(words: str) -> str:
    return " ".join(words.casefold().replace("’", "'").split()).strip(" .!?,;")


def _answer(said: str, question: Question, view: View) -> Answer | Hint | None:
    """What is said, as an answer to the question; None when it is something else."""
    plain, pictures = phrases.PLEASE.sub("", said), question.kind == "pictures"
    if phrases.SHRUG.fullmatch(said) or phrases.SHRUG.fullmatch(plain):
        return Answer(indifferent=True)
    for place, choice in enumerate(question.choices):
        if plain in (choice.label.casefold(), choice.value.casefold()):
            return Answer(choice=place)
    found = phrases.ORDINAL.fullmatch(plain)
    if found and (pictures or not (plain.startswith("i ") or found["place"] in ("left", "right"))):
        place = phrases.PLACES[found["place"]] % max(1, len(question.choices))
        if phrases.PLACES[found["place"]] < len(question.choices):
            return Answer(choice=place)
        return Hint(about="question") if pictures else None
    if phrases.YES.fullmatch(said) and question.choices:
        return Answer(choice=0) if len(question.choices) == 1 else Hint(about="question")
    if question.kind != "attribute":
        return None
    return _values_of(plain, question.about, view)


def _values_of(said: str, name: str, view: View) -> Answer | None:
    """Values of the attribute that was asked about, if the words say nothing else."""
    known = {value.casefold(): value for value in view.catalog.spec(name).values}
    if said in known:
        return Answer(values=(known[said],))
    wording = understand(said, view.vocabulary)
    if wording.facets and not wording.rest and all(f.name == name and f.op == "=" for f in wording.facets):
        return Answer(values=tuple(facet.value for facet in wording.facets))
    parts = [known[part] for part in re.split(r"\s*(?:,| or | and |/)\s*", said) if part in known]
    return (
        Answer(values=tuple(parts))
        if parts and len(parts) == len(re.split(r"\s*(?:,| or | and |/)\s*", said))
        else None
    )


def _why(said: str, state: State, view: View) -> Action | None:
    found = phrases.WHY.fullmatch(said)
    if not found or not (state.shown or found["what"]) or phrases.WHY_NOT_DO.match(said):
        return None
    if items := pointed_at(found["what"] or "that", state, view):
        return Explain(item=items[0])
    if not state.shown:
        return None
    if found["what"].startswith("not"):
        items = pointed_at(found["what"].removeprefix("not "), state, view)
        return Explain(item=items[0]) if items else Hint(about="shown")
    return Explain(item=pointed_at("that", state, view)[0])  # "why are they all red?"


def _goes_with(said: str, state: State, view: View) -> Action | None:
    """What is had beside the things that are pointed at."""
    found = phrases.GOES_WITH.fullmatch(said)
    if not found or not state.shown:
        return None
    what = found["with"] or found["look"] or "that"
    if items := pointed_at(what, state, view):
        return Complete(items=items[:4])
    return Hint(about="shown") if re.match(r"(?:the|this|that|these|those|it|them)\b", what) else None


def _compare(said: str, state: State, view: View) -> Action | None:
    found = phrases.COMPARE.fullmatch(said)
    if not found:
        return None
    what = found["what"] or found["between"] or found["of"] or found["differ"] or "all"
    items = pointed_at(what, state, view)
    if len(items) < 2:
        parts = re.split(r"\s+(?:and|with|to|vs\.?|versus)\s+", what)
        items = tuple(dict.fromkeys(id for part in parts for id in pointed_at(part, state, view)))
    if len(items) > 1:
        return Compare(items=items[:4])
    if re.search(r"\bmy \w+$", what):
        return Hint(about="list")
    return Hint(about="shown") if items or not found["what"] else None


def _listed(said: str, state: State, view: View) -> Action | None:
    found = phrases.LIST.fullmatch(said)
    items = pointed_at(found["what"], state, view) if found else ()
    return AddToList(items=items) if items else None


def _unlisted(said: str, state: State, view: View) -> tuple[Action, ...]:
    """What comes off the list; places are counted on it."""
    if phrases.EMPTIED.fullmatch(said):
        items = state.list
    elif found := phrases.UNLIST.fullmatch(said):
        items = pointed_at(f"{found['what']} on my list", state, view)
    else:
        return ()
    steps = [items[at : at + 20] for at in range(0, len(items), 20)]
    return tuple(AddToList(items=step, off=True) for step in steps) or (Hint(about="list"),)


def _shown_on(said: str, state: State, view: View) -> Action | None:
    """How something can be seen on the person, or in their room."""
    found = phrases.ON_ME.fullmatch(said)
    if not found:
        return None
    about: Literal["you", "room"] = "room" if found["room"] or found["there"] else "you"
    what = found["what"] or found["try"] or found["look"] or found["wear"] or "that"
    items = pointed_at(what, state, view)
    return Hint(about=about, item=items[0] if items else "") if items or not state.shown else None


def _told(said: str, state: State, view: View) -> Action | None:
    """What is known of the things that are pointed at: "the second one", "tell me about the blue one"."""
    found = phrases.TELL.fullmatch(said)
    if found and (items := pointed_at(found["what"], state, view)):
        return Describe(items=items[:4])
    found = phrases.SHOW.fullmatch(said)
    what = found["what"] if found else said
    if what.isdecimal() and int(what) > len(state.shown) and not view.catalog.has(what):
        return None  # a size, a year
    pronoun = re.fullmatch(r"(?:that|this) one|(?:it|that|this)" if found else r"(?:that|this) one", what)
    items = (
        pointed_at(what, state, view)
        if pronoun or re.search(r"\bmy (?:\w+ )?(?:list|basket|cart|bag)$", what)
        else counted(what, state, view)
    )
    return Describe(items=items[:4]) if items else None


def _budget(said: str, state: State, view: View) -> Action | None:  # noqa: ARG001
    """Another limit than the one that was said, or none."""
    found = phrases.BUDGET.fullmatch(said)
    labels = tuple(known.label for known in state.facets if known.facet.name == "price")
    if not found or not labels:
        return None
    if found["most"]:
        return Filter(keep=(Wish(name="price", op="<=", value=found["most"]),))
    return Filter(remove=labels)


def _of_one(said: str, state: State, view: View) -> Action | None:
    return asked_of(said, state, view, _attribute)


def _judged(said: str, state: State, view: View) -> Action | None:
    if found := phrases.DISLIKE.fullmatch(said):
        what = found["what"] or found["hate"] or found["not"] or found["no"]
        items = pointed_at(what, state, view)
        return Judge(items=items, liked=False) if items else None
    found = phrases.LIKE.fullmatch(said)
    items = pointed_at(found["what"], state, view) if found else ()
    return Judge(items=items) if items else None


def _alike(said: str, state: State, view: View) -> Action | None:
    found = phrases.SIMILAR.fullmatch(said)
    what, change = (found["what"], found["change"] or "") if found else ("", "")
    items = pointed_at(what, state, view)
    if not items and (found := phrases.AS_SHOWN.fullmatch(said)):
        what, change = found["what"], found["change"]
        items = pointed_at(what, state, view)
    return Compose(items=items[:4], change=change) if items else None


def _cheaper(said: str, state: State, view: View) -> Action | None:
    """A limit at the price of what is pointed at, else at the middle of what is shown."""
    found = phrases.CHEAPER.fullmatch("cheaper" if phrases.TOO_DEAR.fullmatch(said) else said)
    if not found or not state.shown:
        return None
    pointed = pointed_at(found["what"], state, view) if found["what"] else ()
    prices = _prices(pointed or ((state.focus,) if state.focus and not found["what"] else state.shown), view)
    if not prices:
        return None
    less = found["way"] in ("cheaper", "less expensive", "more affordable", "less pricey")
    middle = sorted(prices)[len(prices) // 2]
    return Filter(keep=(Wish(name="price", op="<" if less else ">", value=f"{middle:.10g}"),))


def _prices(items: tuple[ItemId, ...], view: View) -> list[float]:
    found = [view.catalog.raw_item(view.catalog.row(id)).price for id in items if view.catalog.has(id)]
    return [price for price in found if price is not None]


def _not_that(said: str, state: State, view: View) -> Action | None:
    """Refuses the value that the item spoken of has: "not that brand", "another colour"."""
    found = phrases.NOT_THAT.fullmatch(said)
    if not found or not state.shown:
        return None
    name = _attribute(found["name"], view)
    if not name or not (found["this"] or said.startswith(("another", "a different", "any other"))):
        return None
    items = pointed_at("that", state, view)
    held = view.catalog.item(view.catalog.row(items[0])).attributes.get(name) if items else None
    values = held if isinstance(held, tuple) else (held,)
    wishes = tuple(Wish(name=name, op="!=", value=value) for value in values if isinstance(value, str))
    return Filter(keep=wishes) if wishes else None


def _any(said: str, state: State, view: View) -> Action | None:
    """Takes away what was understood of an attribute: "any colour", "forget the price"."""
    found = phrases.ANY.fullmatch(said)
    if not found:
        return None
    words = (found["name"] or found["same"]).strip()
    name = "price" if words in ("price", "budget", "limit") else _attribute(words, view)
    labels = tuple(known.label for known in state.facets if name == known.facet.name or words == known.label.casefold())
    return Filter(remove=labels) if labels else None


def _attribute(words: str, view: View) -> str:
    """The attribute that words name; "" for none."""
    plain = words.strip()
    names = {name.casefold().replace("_", " "): name for name in view.catalog.types}
    if plain in names:
        return names[plain]
    return view.vocabulary.names.get(stems(plain), "") or view.vocabulary.called.get(" ".join(stems(plain)), "")


def _drawn(said: str, state: State, view: View) -> Action | None:
    found = phrases.DRAW.fullmatch(said)
    if not found:
        return None
    what = found["what"] or ""
    items = pointed_at(what, state, view) if what else ()
    return Visualise(words="" if items else what, item=items[0] if items else "")


_READERS: tuple[Callable[[str, State, View], Action | tuple[Action, ...] | None], ...] = (
    _why, _of_one, _compare, _unlisted, _budget, _listed, _cheaper, _not_that, _judged, _alike, _any, _shown_on, _told,
    _drawn,
)  # fmt: skip


def starts_afresh(said: str, state: State, view: View) -> bool:
    """Do the words, in small letters, name another kind of thing than the wish so far, and no change of it?"""
    if not state.said or re.match(r"(?:but|same|instead|rather|or)\b", said):
        return False
    kinds = {
        f.value for f in understand(said, view.vocabulary).facets if f.op == "=" and view.vocabulary.is_kind(f.name)
    }
    before = {known.facet.value for known in state.facets if view.vocabulary.is_kind(known.facet.name)}
    return bool(kinds and before and not kinds & before)
