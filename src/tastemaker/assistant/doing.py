"""An action and a state -> the next state, and what there is to say. The shop is only read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from tastemaker.alignment.language.turns import overrules
from tastemaker.alignment.language.wording import understand
from tastemaker.assistant.actions import (
    Action,
    AddToList,
    Answer,
    Ask,
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
)
from tastemaker.assistant.changing import without
from tastemaker.assistant.facts import fact
from tastemaker.assistant.fitting import kind_of
from tastemaker.assistant.hints import described, hinted, understood
from tastemaker.assistant.looking import FindPicture
from tastemaker.assistant.state import Known, Reply, Said, State
from tastemaker.assistant.telling import compared, overview, titled
from tastemaker.assistant.turn import Shown
from tastemaker.assistant.why import because
from tastemaker.core.errors import NotFitted
from tastemaker.core.lines import one_line
from tastemaker.core.ranking import Facet, Ranking
from tastemaker.core.types import ItemId
from tastemaker.shop.live import View
from tastemaker.shop.shop import Shop

if TYPE_CHECKING:
    from tastemaker.shop.imagining import Imagined

MOST_SEEN = 400
"""Items that were shown and are remembered as such."""


@dataclass(frozen=True)
class Outcome:
    """What an action led to.

    Attributes:
        state: the next one.
        say: words; "" when the items speak for themselves.
        shows: are items to be shown?
        next: True shows what was not shown yet.
        pictures: to show beside.
        notes: fallbacks.
        ranking: items to be shown instead of those that the wish finds; None for those.
        ask: what is to be asked about; None lets the assistant choose, "" asks nothing.
        asks: is something to be asked even when nothing new is shown?
    """

    state: State
    say: str = ""
    shows: bool = False
    next: bool = False
    pictures: tuple[Shown, ...] = ()
    notes: tuple[str, ...] = ()
    ranking: Ranking | None = None
    ask: str | None = None
    asks: bool = False


class Imagines(Protocol):
    """Whatever draws what is asked for; the shop itself when nobody else does."""

    def __call__(self, words: str, /, *, image: str | None, user: str | None, n: int) -> "Imagined":
        """Draw."""


def do(
    shop: Shop, state: State, action: Action, find: FindPicture, imagines: Imagines | None = None, k: int = 10
) -> Outcome:
    """Carry out an action that was checked.

    Args:
        shop: the shop.
        state: before it.
        action: what to do; ``undo`` and ``start_over`` are the assistant's own.
        find: the person's pictures by key.
        imagines: draws; the shop itself when None.
        k: how many items are shown at a time.
    """
    view = shop.view
    match action:
        case Search(words=words) if words.strip() and not _with_picture(state) and not understood(shop, words):
            return Outcome(state, hinted(view, state, Hint(about="words")))
        case Search() | Compose() | Filter() | Recommend() | Ask():
            return _wished(view, state, action)
        case Answer() | Judge():
            return _replied(view, state, action)
        case AddToList():
            return _listed(view, state, action)
        case Complete():
            return _completed(shop, state, action, k)
        case Explain():
            return _explained(shop, state, action, find)
        case Describe() | Hint() | Compare():
            return _told(view, state, action)
        case Visualise():
            return _visualise(shop, state, action, imagines or shop.imagine)
        case Plain():
            return _plain(view, state, action)


def _wished(view: View, state: State, action: Search | Compose | Filter | Recommend | Ask) -> Outcome:
    """What changes the wish."""
    match action:
        case Search():
            return _search(view, state, action)
        case Compose():
            return _compose(view, state, action)
        case Filter():
            return _filter(state, action)
        case Recommend():
            return Outcome(replace(state, question=None), "Here is what might suit you.", shows=True)
        case Ask():
            return Outcome(state, shows=not state.shown, ask=action.about or None, asks=True)


def _replied(view: View, state: State, action: Answer | Judge) -> Outcome:
    """What the person says of what is shown or asked."""
    return _answer(view, state, action) if isinstance(action, Answer) else _judge(view, state, action)


def seen(state: State, shown: Sequence[ItemId]) -> State:
    """The state after some items were shown."""
    focus = state.focus if state.focus in shown else None
    return replace(state, shown=tuple(shown), seen=(*state.seen, *shown)[-MOST_SEEN:], focus=focus)


def _search(view: View, state: State, action: Search) -> Outcome:
    """A wish in words, beside those before or afresh; what was taken away and is named again counts again."""
    if action.fresh:
        kept = tuple(known for known in state.facets if known.facet.name == "price" and known.facet.hard)
        state = replace(
            state, said=(), likes_of=(), replies=(), pictures=(), removed=(), asked=(), seen=(), chosen=kept
        )
    said = (*state.said, Said(action.words, state.turn)) if action.words.strip() else state.said
    named = {facet.label for facet in understand(action.words, view.vocabulary).facets}
    removed = tuple(label for label in state.removed if label not in named)
    return Outcome(replace(state, said=said, removed=removed, question=None), shows=True)


def _compose(view: View, state: State, action: Compose) -> Outcome:
    """Something like an item: of its kind unless another is named, within the budget, and without what was refused."""
    items, refused = _ids(action.items), [known for known in state.facets if known.facet.op == "!="]
    kept = [known for known in state.facets if known.facet.name == "price" and known.facet.hard]
    kept += [known for known in refused if known.facet.name != "words"]
    # what is refused in words that no attribute knows is heard by the search alone
    said = [Said(f"no {known.facet.value}", known.turn) for known in refused if known.facet.name == "words"]
    said += [Said(action.change, state.turn)] if action.change.strip() else []
    kept += [Known(kind, state.turn, 1.0, "reference") for kind in _kinds(view, items, action.change)]
    fresh = replace(
        state,
        said=tuple(said),
        likes_of=items,
        pictures=(),
        replies=(),
        removed=(),
        asked=(),
        seen=(),
        chosen=tuple(kept),
    )
    return Outcome(replace(fresh, focus=items[0], question=None), shows=True)


def _kinds(view: View, items: Sequence[str], change: str) -> list[Facet]:
    """What some items are; nothing where the change says what is wanted instead."""
    rows = view.catalog.rows(items).tolist()
    found = [kind for row in rows if (kind := kind_of(view, row)) is not None]
    said = understand(change, view.vocabulary, view.catalog.item(rows[0])).facets
    named = {facet.name for facet in said if facet.op == "="}
    other = any(view.vocabulary.is_kind(name) for name in named) or named & {kind.name for kind in found}
    return [] if other else list(dict.fromkeys(found))


def _filter(state: State, action: Filter) -> Outcome:
    for label in action.remove:
        state = without(state, label)
    new = [Known(wish.facet, state.turn, 1.0, "reference") for wish in action.keep]
    kept = tuple(known for known in state.chosen if not any(overrules(each.facet, known.facet) for each in new))
    gone = [known.label for known in state.facets if any(overrules(each.facet, known.facet) for each in new)]
    removed = tuple(dict.fromkeys((*state.removed, *gone)))
    state = replace(state, chosen=(*kept, *new), removed=removed, question=None)
    told = f"Without {', '.join(map(one_line, action.remove))}, then." if action.remove else ""
    return Outcome(state, told, shows=True)


def _answer(view: View, state: State, action: Answer) -> Outcome:
    question = state.question
    if question is None:
        return Outcome(state, "There is no open question.", shows=True)
    values = action.values
    if action.choice is not None and action.choice < len(question.choices):
        values = (question.choices[action.choice].value,)
    if action.indifferent:
        values = ()
    reply = Reply(question, values, state.turn)
    state = replace(state, replies=(*state.replies, reply), question=None)
    if not values:
        return Outcome(state, "No preference, then.", shows=True)
    if question.kind == "pictures":
        item = question.items[0 if values[0] == "first" else 1]
        return Outcome(replace(state, focus=item), f"More like {titled(view, [item])}, then.", shows=True)
    return Outcome(state, shows=True)


def _judge(view: View, state: State, action: Judge) -> Outcome:
    items = _ids(action.items)
    if action.liked:
        kept = tuple(id for id in state.disliked if id not in items)
        state = replace(state, liked=tuple(dict.fromkeys((*state.liked, *items))), disliked=kept, focus=items[0])
        return Outcome(state, f"More like {titled(view, items)}.", shows=True)
    kept = tuple(id for id in state.liked if id not in items)
    state = replace(state, disliked=tuple(dict.fromkeys((*state.disliked, *items))), liked=kept)
    return Outcome(state, f"Away with {titled(view, items)}, and less like it.", shows=True)


def _told(view: View, state: State, action: Describe | Hint | Compare) -> Outcome:
    """Words alone, and what they are about; the wish stays as it is."""
    if isinstance(action, Hint):
        return Outcome(state, hinted(view, state, action))
    if isinstance(action, Compare):
        return _compared(view, state, action)
    items = _ids(action.items)
    return Outcome(replace(state, focus=items[0]), described(view, items), pictures=_photos(view, items))


def _completed(shop: Shop, state: State, action: Complete, k: int) -> Outcome:
    """What goes with some items; nothing of it takes their place."""
    items = _ids(action.items)
    state = replace(state, focus=items[0], question=None)
    try:
        found = shop.complete(items, k=k, exclude=list(filter(shop.view.catalog.has, state.disliked)))
    except NotFitted as error:
        return Outcome(state, "This shop has not learned what goes with what.", notes=(error.message,), ask="")
    named = titled(shop.view, items)
    told = f"What goes with {named}:" if found.items else f"Nothing here is known to go with {named}."
    return Outcome(state, told, ranking=found, ask="")


def _with_picture(state: State) -> bool:
    """Was a picture shown, and nothing said of it before this turn?"""
    return bool(state.pictures) and not state.said


def _forget_picture(state: State) -> Outcome:
    """The wish less the picture, or the item, that it starts from."""
    if not (state.pictures or state.likes_of):
        return Outcome(state, "There is no picture to forget.")
    without_it = replace(state, pictures=(), likes_of=(), question=None, asked=())
    return Outcome(without_it, "Without the picture, then.", shows=True)


def _visualise(shop: Shop, state: State, action: Visualise, imagines: Imagines) -> Outcome:
    words = action.words or " ".join(said.words for said in state.said)
    try:
        drawn = imagines(words, image=action.item or None, user=state.person or None, n=2)
    except NotFitted as error:
        return Outcome(state, "This shop has not learned to draw; here is what it has.", shows=True,
                       notes=(error.message,))  # fmt: skip
    pictures = tuple(Shown(design.name, None, generated=True, alt="a generated picture") for design in drawn.designs)
    nearest = tuple(dict.fromkeys(item.id for design in drawn.designs for item in design.nearest[:2]))
    told = f"Drawn, not photographed. The nearest real things: {titled(shop.view, nearest)}." if nearest else "Drawn."
    return Outcome(state, told, pictures=pictures, notes=drawn.notes, ask="")


def _plain(view: View, state: State, action: Plain) -> Outcome:
    tells: dict[str, Callable[[], Outcome]] = {
        "more": lambda: Outcome(replace(state, question=None), shows=True, next=True),
        "list": lambda: Outcome(state, _list_of(view, state), pictures=_photos(view, state.list), ask=""),
        "forget_picture": lambda: _forget_picture(state),
        "browse": lambda: Outcome(state, overview(view), shows=not state.wishes, ask=""),
        "greet": lambda: Outcome(state, "Hello. Tell me what you look for, or show me a picture.", ask=""),
        "thank": lambda: Outcome(replace(state, question=None), "You are welcome.", ask=""),
    }
    return tells[action.verb]()


def _listed(view: View, state: State, action: AddToList) -> Outcome:
    items = _ids(action.items)
    if action.off:
        state = replace(state, list=tuple(id for id in state.list if id not in items), focus=items[-1])
        return Outcome(state, f"Off your list: {titled(view, items)}.", ask="")
    known = tuple(dict.fromkeys((*state.list, *items)))
    return Outcome(replace(state, list=known, focus=items[-1]), f"On your list: {titled(view, items)}.", ask="")


def _list_of(view: View, state: State) -> str:
    there = [id for id in state.list if view.catalog.has(id)]
    return f"On your list: {titled(view, there)}." if there else "Your list is empty."


def _compared(view: View, state: State, action: Compare) -> Outcome:
    items = _ids(action.items)
    told, photos = compared(view, items), _photos(view, items)
    return Outcome(replace(state, focus=items[0]), told, pictures=photos, ask="")


def _explained(shop: Shop, state: State, action: Explain, find: FindPicture) -> Outcome:
    item = ItemId(action.item)
    if action.about:
        return Outcome(replace(state, focus=item), fact(shop.view, item, action.about), ask="")
    told = because(shop, state, item, find)
    shown = (Shown(told.looks.picture, item, alt=one_line(told.title) or item, looks=told.looks),) if told.looks else ()
    return Outcome(replace(state, focus=item), told.sentence, ask="", pictures=shown, notes=told.notes)


def _photos(view: View, items: Sequence[str]) -> tuple[Shown, ...]:
    """The main pictures of some items."""
    found = []
    for row in view.catalog.rows(items).tolist():
        item = view.catalog.raw_item(row)
        if name := view.catalog.main_picture(row):
            found.append(Shown(name, item.id, alt=one_line(item.title) or item.id))
    return tuple(found)


def _ids(items: Sequence[str]) -> tuple[ItemId, ...]:
    return tuple(ItemId(item) for item in items)
