"""A person's words -> actions: answer, point, step back, ask why; what is nothing of the kind is a wish.

What is wanted of the catalog is read by ``alignment.language``; here is only what people do in a conversation.

Only the person's own words are read. A title or a description is looked up and never read, so a product that is called
"undo" undoes nothing.
"""

import re
from collections.abc import Callable
from dataclasses import replace

from tastemaker.alignment.language.wordforms import stems
from tastemaker.alignment.language.wording import understand
from tastemaker.assistant.actions import (
    Action,
    AddToList,
    Answer,
    Compare,
    Compose,
    Explain,
    Filter,
    Judge,
    Plain,
    Recommend,
    Search,
    Visualise,
    Wish,
)
from tastemaker.assistant.facts import asked_of
from tastemaker.assistant.question import Question
from tastemaker.assistant.references import pointed_at
from tastemaker.assistant.state import State
from tastemaker.core.types import ItemId
from tastemaker.shop.live import View

_PLEASE = re.compile(r"^(?:(?:please|ok|okay|so|and|then|now|well|hm+|oh|no|yes),?\s+)+|[\s,]+(?:please|thanks)$")
_PLAIN: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), verb)
    for pattern, verb in (
        (r"undo(?: (?:that|it|this))?|(?:go|take (?:that|it)) back|never ?mind|cancel(?: (?:that|it))?|back", "undo"),
        (r"start (?:over|again|afresh|from scratch)|reset|new search|clear(?: (?:all|everything))?"
         r"|forget (?:everything|all(?: of)?(?: (?:that|it))?|it all)", "start_over"),
        (r"(?:hi|hello|hey|hiya|good (?:morning|afternoon|evening)|howdy)(?: there| you| all)?", "greet"),
        (r"(?:many )?thanks?(?: you)?(?: (?:so|very) much| a lot)?|thank you.{0,30}|cheers|great|perfect|lovely|bye"
         r"|goodbye|that'?s (?:all|it|great|perfect|fine)", "thank"),
        (r"(?:show |give |see )?(?:me )?(?:some |a few |any )?(?:more|others?|next)(?: (?:of them|ones?|items?|results?"
         r"|options?|like (?:these|those|them|this|that)))?|(?:any|some)thing else|what else(?: .{0,40})?|next page",
         "more"),
        (r"what (?:do|have|can|else do) you (?:have|got|sell|offer)(?: .{0,30})?|what(?:'s| is) (?:there|here|new"
         r"|in .{0,20})|(?:show me )?everything|help|what can (?:i|you) .{0,30}|what is this(?: shop)?"
         r"|(?:who|what) are you|are you (?:a |an )?(?:robot|bot|human|person|real|machine|ai)", "browse"),
        (r"(?:show me |what(?:'s| is) on )?my list|(?:show me |what(?:'s| is) in )?my (?:basket|cart|bag)", "list"),
    )
)  # fmt: skip
_RECOMMEND = re.compile(
    r"(?:can you |could you |what (?:do|would|can) you )?(?:recommend|suggest)(?: (?:me|us))?(?: (?:something|anything|"
    r"some things|things))?(?: (?:for|to) me)?|surprise me|something for me|what(?:'s| is) good|what suits me|for me"
)
_WHY = re.compile(r"(?:but )?why(?: (?:do|did|are|is|would) (?:you |i )?(?:show|showing|see|seeing|recommend)?)?"
                  r"(?: me)?(?: (?P<what>.+?))?(?: (?:shown|here|there))?")  # fmt: skip
_COMPARE = re.compile(
    r"(?:can you )?compare (?P<what>.+)|what(?:'s| is) the difference between (?P<between>.+)"
    r"|difference between (?P<of>.+)"
)
_LIST = re.compile(
    r"(?:i(?:'ll| will| would like to| want to)? )?(?:add|put|save|keep|take|buy|get)(?: me)? (?P<what>.+?)"
    r"(?: (?:to|on|in|into)(?: my| the)? (?:list|basket|cart|bag|wishlist|wish list))?"
)
_UNLIST = re.compile(
    r"(?:remove|take|delete|drop) (?P<what>.+?) (?:from|off)(?: of)?(?: my| the)? (?:list|basket|cart|bag|wish ?list)"
)
_BUDGET = re.compile(
    r"(?:(?:make|raise|lower|set|change|increase) (?:it|that|the (?:budget|limit)|my budget) (?:to )?"
    r"|(?:my |the )?budget(?: is)?(?: now)? |say |up to |rather )"
    r"[€$£]?(?P<most>\d+(?:\.\d+)?)(?: ?(?:€|\$|£|euros?|dollars?|pounds?))?"
    r"|(?:actually )?(?:(?:no|without (?:a )?) ?(?:budget|(?:price )?limit)"
    r"|(?:the )?(?:price|money) is no (?:object|issue))"
)
_LIKE = re.compile(r"(?:i )?(?:really |quite |do )?(?:like|love|prefer|enjoy(?:ed)?|liked|loved) (?P<what>.+)")
_DISLIKE = re.compile(
    r"(?:i )?(?:really )?(?:do not|don'?t|didn'?t) (?:really )?(?:like|love|want|care for) (?P<what>.+)"
    r"|(?:i )?(?:hate|dislike) (?P<hate>.+)|not (?P<not>(?:the |that|this|it).*)|no(?:t)? (?P<no>that one|this one|it)"
)
_SIMILAR = re.compile(
    r"(?:(?:show|give|find)(?: me)? )?(?:(?:some(?:thing)?|any(?:thing)?|one|ones|more|others?|products?|items?) )?"
    r"(?:like|similar to|the same as) (?P<what>.+?)(?:[, ]+(?:but|only|just|except)(?: that is| in)? (?P<change>.+))?"
)
_AS_SHOWN = re.compile(r"(?P<what>.+?)[, ]+but (?P<change>.+)")
_CHEAPER = re.compile(
    r"(?:(?:show|give|find)(?: me)? )?(?:(?:something|anything|some|ones?|a|much|a bit|a little|slightly) )*"
    r"(?P<way>cheaper|less expensive|more affordable|less pricey|more expensive|pricier|dearer)(?: ones?| items?)?"
    r"(?: than (?P<what>.+))?"
)
_NOT_THAT = re.compile(
    r"(?:not|no more|no|without|anything but|another|a different|any other|other than)(?: of)? ?(?P<this>that|this"
    r"|the same)? ?(?P<name>[a-z][a-z _]*)"
)
_ANY = re.compile(
    r"(?:any|forget(?: about)?|ignore|remove|drop|never mind) (?:the |that |any )?(?P<name>[a-z0-9][a-z0-9 :_]*?)"
    r"(?: is (?:fine|ok|okay)| will do| does not matter)?|(?P<same>[a-z][a-z _]*) (?:doesn'?t|does not) matter"
)
_DRAW = re.compile(
    r"(?:draw|sketch|imagine|picture|visuali[sz]e|(?:show me|what would|how would) (?:what )?(?:it|that|this|they) "
    r"(?:would |could )?look(?:s)? like)(?: (?:me|it|that|this))?(?: (?:a picture of )?(?P<what>.+))?"
)
_SHRUG = re.compile(
    r"(?:i )?(?:really )?(?:do not|don'?t|dont) (?:really )?(?:care|mind|know)(?: .{0,30})?|no preference"
    r"|(?:any|either|whatever|anything|both|all)(?: (?:one|of them|is (?:fine|ok|good)|will do|works?))?"
    r"|(?:it )?(?:doesn'?t|does not) matter(?: .{0,20})?|not sure|no idea|skip(?: (?:that|it))?|neither"
    r"|none(?: of .{0,20})?|no|nope|pass|up to you"
)
_YES = re.compile(r"yes|yeah|yep|yup|sure|ok|okay|right|correct|of course|please do|exactly")
_ORDINAL = re.compile(
    r"(?:i (?:like|prefer|want|take|mean) )?(?:the )?(?P<place>first|second|third|fourth|fifth|last|left|right"
    r"|1st|2nd|3rd|4th|5th|one|two|1|2|3|4|5)(?: (?:one|picture|option|is (?:nearer|better|closer)))?"
)
_PLACES = {"first": 0, "left": 0, "1st": 0, "one": 0, "1": 0, "second": 1, "right": 1, "2nd": 1, "two": 1, "2": 1,
           "third": 2, "3rd": 2, "3": 2, "fourth": 3, "4th": 3, "4": 3, "fifth": 4, "5th": 4,
           "5": 4, "last": -1}  # fmt: skip


def read(words: str, state: State, view: View) -> tuple[Action, ...]:
    """The actions that a person's words ask for; what is nothing else is a wish.

    Args:
        words: as they were typed.
        state: what is understood and shown so far.
        view: of the shop, to look up what is named.
    """
    said = _trimmed(words)
    if state.question is not None and (answer := _answer(said, state.question, view)):
        return (answer,)
    for form in dict.fromkeys((said, _PLEASE.sub("", said))):
        for pattern, verb in _PLAIN:
            if pattern.fullmatch(form):
                return (Plain.model_validate({"verb": verb}),)
        if _RECOMMEND.fullmatch(form):
            return (Recommend(),)
        for reader in _READERS:
            if action := reader(form, state, view):
                return (action,)
    return (Search(words=words.strip(), fresh=starts_afresh(said, state, view)),)


def _trimmed(words: str) -> str:
    return " ".join(words.casefold().replace("’", "'").split()).strip(" .!?,;")


def _answer(said: str, question: Question, view: View) -> Answer | None:
    """What is said, as an answer to the question; None when it is something else."""
    plain = _PLEASE.sub("", said)
    if _SHRUG.fullmatch(said) or _SHRUG.fullmatch(plain):
        return Answer(indifferent=True)
    if (_YES.fullmatch(said)) and question.choices:
        return Answer(choice=0)
    if (found := _ORDINAL.fullmatch(plain)) and (question.kind == "pictures" or not plain.startswith("i ")):
        place = _PLACES[found["place"]] % max(1, len(question.choices))
        return Answer(choice=place) if _PLACES[found["place"]] < len(question.choices) else None
    for place, choice in enumerate(question.choices):
        if plain in (choice.label.casefold(), choice.value.casefold()):
            return Answer(choice=place)
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
    found = _WHY.fullmatch(said)
    if not found or not state.shown:
        return None
    items = pointed_at(found["what"] or "that", state, view)
    return Explain(item=items[0]) if items else None


def _compare(said: str, state: State, view: View) -> Action | None:
    found = _COMPARE.fullmatch(said)
    if not found:
        return None
    what = found["what"] or found["between"] or found["of"]
    items = pointed_at(what, state, view)
    if len(items) < 2:
        parts = re.split(r"\s+(?:and|with|to|vs\.?|versus)\s+", what)
        items = tuple(dict.fromkeys(id for part in parts for id in pointed_at(part, state, view)))
    return Compare(items=items[:4]) if len(items) > 1 else None


def _listed(said: str, state: State, view: View) -> Action | None:
    found = _LIST.fullmatch(said)
    items = pointed_at(found["what"], state, view) if found else ()
    return AddToList(items=items) if items else None


def _unlisted(said: str, state: State, view: View) -> Action | None:
    found = _UNLIST.fullmatch(said)
    there = replace(state, shown=tuple(dict.fromkeys((*state.shown, *state.list))))
    items = tuple(id for id in pointed_at(found["what"], there, view) if id in state.list) if found else ()
    return AddToList(items=items, off=True) if items else None


def _budget(said: str, state: State, view: View) -> Action | None:  # noqa: ARG001
    """Another limit than the one that was said, or none."""
    found = _BUDGET.fullmatch(said)
    labels = tuple(known.label for known in state.facets if known.facet.name == "price")
    if not found or not labels:
        return None
    if found["most"]:
        return Filter(keep=(Wish(name="price", op="<=", value=found["most"]),))
    return Filter(remove=labels)


def _of_one(said: str, state: State, view: View) -> Action | None:
    return asked_of(said, state, view, _attribute)


def _judged(said: str, state: State, view: View) -> Action | None:
    if found := _DISLIKE.fullmatch(said):
        what = found["what"] or found["hate"] or found["not"] or found["no"]
        items = pointed_at(what, state, view)
        return Judge(items=items, liked=False) if items else None
    found = _LIKE.fullmatch(said)
    items = pointed_at(found["what"], state, view) if found else ()
    return Judge(items=items) if items else None


def _alike(said: str, state: State, view: View) -> Action | None:
    found = _SIMILAR.fullmatch(said)
    what, change = (found["what"], found["change"] or "") if found else ("", "")
    items = pointed_at(what, state, view)
    if not items and (found := _AS_SHOWN.fullmatch(said)):
        what, change = found["what"], found["change"]
        items = pointed_at(what, state, view)
    return Compose(items=items[:4], change=change) if items else None


def _cheaper(said: str, state: State, view: View) -> Action | None:
    """A limit at the price of what is pointed at, else at the middle of what is shown."""
    found = _CHEAPER.fullmatch(said)
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
    found = _NOT_THAT.fullmatch(said)
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
    found = _ANY.fullmatch(said)
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
    found = _DRAW.fullmatch(said)
    if not found:
        return None
    what = found["what"] or ""
    items = pointed_at(what, state, view) if what else ()
    return Visualise(words="" if items else what, item=items[0] if items else "")


_READERS: tuple[Callable[[str, State, View], Action | None], ...] = (
    _why, _of_one, _compare, _unlisted, _budget, _listed, _cheaper, _not_that, _judged, _alike, _any, _drawn,
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
