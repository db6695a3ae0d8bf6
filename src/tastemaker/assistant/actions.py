"""What an assistant can do, as typed values that are checked before they are carried out.

The rules make them from a person's words (``assistant.reading``); whoever else proposes an action, a language model for
one, hands in the same values through :func:`parse`. All of them read; none changes the shop.
"""

from collections.abc import Collection, Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from tastemaker.assistant.state import State
from tastemaker.catalog.catalog import FIELDS, Catalog
from tastemaker.core.errors import InputError, UnknownName
from tastemaker.core.ranking import Facet
from tastemaker.index.coded import coded, fold

Words = Annotated[str, StringConstraints(max_length=2_000)]
Id = Annotated[str, StringConstraints(min_length=1, max_length=256)]
Op = Literal["=", "!=", "<", "<=", ">", ">="]


class _Action(BaseModel):
    """Base of all actions: frozen, nothing beside the fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Search(_Action):
    """Look for something in words; what was said before holds unless it is overruled."""

    verb: Literal["search"] = "search"
    words: Words = ""
    """What the person said; empty when a picture says it all."""
    fresh: bool = False
    """True forgets the wish so far, but not the budget and what was disliked."""


class Compose(_Action):
    """Something like an item that is shown, but different."""

    verb: Literal["compose"] = "compose"
    items: Annotated[tuple[Id, ...], Field(min_length=1, max_length=4)]
    """What it should be like."""
    change: Words = ""
    """What should be different, in words."""


class Wish(_Action):
    """One value that is wanted or refused."""

    name: Words
    """Attribute, or "price"."""
    op: Op = "="
    """How the value is compared."""
    value: Words
    """The value, as the catalog writes it."""

    @property
    def facet(self) -> Facet:
        """The same as a filter."""
        return Facet(self.name, self.op, self.value, hard=True)


class Filter(_Action):
    """Keep only what has, or has not, some values; or take away what was understood."""

    verb: Literal["filter"] = "filter"
    keep: Annotated[tuple[Wish, ...], Field(max_length=20)] = ()
    """What must hold."""
    remove: Annotated[tuple[Words, ...], Field(max_length=20)] = ()
    """Labels of what was understood and is to be left out."""


class Ask(_Action):
    """Ask the person about an attribute, the price, or which of two pictures."""

    verb: Literal["ask"] = "ask"
    about: Words = ""
    """Attribute, "price", "pictures"; empty for the question that pays most."""


class Answer(_Action):
    """The person's answer to the question that was asked."""

    verb: Literal["answer"] = "answer"
    values: Annotated[tuple[Words, ...], Field(max_length=10)] = ()
    """Values that are wanted; any of them."""
    choice: Annotated[int, Field(ge=0, le=10)] | None = None
    """Place of the choice that was taken, from 0; None when it was said in words."""
    indifferent: bool = False
    """True: no preference."""


class Recommend(_Action):
    """What suits the person, or most people."""

    verb: Literal["recommend"] = "recommend"


class Complete(_Action):
    """Show what goes with some items: what is had beside them, not instead of them. The wish stays as it is."""

    verb: Literal["complete"] = "complete"
    items: Annotated[tuple[Id, ...], Field(min_length=1, max_length=4)]
    """Which."""


class Compare(_Action):
    """Put items side by side."""

    verb: Literal["compare"] = "compare"
    items: Annotated[tuple[Id, ...], Field(min_length=2, max_length=4)]
    """Which."""


class Explain(_Action):
    """Say why an item is shown, or what one of its values is."""

    verb: Literal["explain"] = "explain"
    item: Id
    """Which."""
    about: Words = ""
    """An attribute, or "price", whose value is told instead; empty for why it is shown."""


class Describe(_Action):
    """Tell what the catalog has of some items, and show their pictures."""

    verb: Literal["describe"] = "describe"
    items: Annotated[tuple[Id, ...], Field(min_length=1, max_length=4)]
    """Which; several are put side by side."""


class Hint(_Action):
    """Change nothing, and say what can be said or done instead."""

    verb: Literal["hint"] = "hint"
    about: Literal["words", "shown", "list", "question", "you", "room"]
    """What is not clear (the words, which of the shown, which on the list, which answer), or cannot be done here: to
    see something on you, or in your room."""
    item: str = ""
    """What is to be seen there; empty for nothing."""


class Visualise(_Action):
    """Draw what it could look like."""

    verb: Literal["visualise"] = "visualise"
    words: Words = ""
    """What to draw; empty for what was asked for so far."""
    item: str = ""
    """An item that it should look like; empty for none."""


class AddToList(_Action):
    """Put items on the person's list for this conversation, or take them off."""

    verb: Literal["add_to_list"] = "add_to_list"
    items: Annotated[tuple[Id, ...], Field(min_length=1, max_length=20)]
    """Which."""
    off: bool = False
    """True takes them off."""


class Judge(_Action):
    """The person likes or dislikes items."""

    verb: Literal["judge"] = "judge"
    items: Annotated[tuple[Id, ...], Field(min_length=1, max_length=20)]
    """Which."""
    liked: bool = True
    """False: not for them."""


class Plain(_Action):
    """What needs no argument: the next ten, a step back, an empty slate, an overview, the list, no picture, thanks."""

    verb: Literal["more", "undo", "start_over", "browse", "list", "forget_picture", "greet", "thank"]


Action = (
    Search
    | Compose
    | Filter
    | Ask
    | Answer
    | Recommend
    | Complete
    | Compare
    | Explain
    | Describe
    | Hint
    | Visualise
    | AddToList
    | Judge
    | Plain
)
"""Everything that can be done."""

_ADAPTER: TypeAdapter[Action] = TypeAdapter(Annotated[Action, Field(discriminator="verb")])


def parse(proposed: Mapping[str, object]) -> Action:
    """An action from plain values, as somebody else proposes it.

    Raises:
        InputError: there is no such action, or its arguments are not of the right shape.
    """
    try:
        return _ADAPTER.validate_python(dict(proposed))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "verb"
        raise InputError(f"the action cannot be used: {where}: {first['msg']}", hint="see assistant.actions") from None


def check(action: Action, catalog: Catalog, state: State) -> None:
    """Is there everything that an action names: items, attributes, values, what was understood and asked?

    Args:
        action: what somebody proposes.
        catalog: of the shop.
        state: before it.

    Raises:
        UnknownName: one of them is not there; its neighbours are named.
        InputError: what is to be taken away was not understood, or an item is to be compared with itself.
    """
    match action:
        case Compare(items=items) if len(set(items)) < len(items):
            raise InputError("an item cannot be compared with itself", hint="name two to four different items")
        case (
            Compose(items=items)
            | Complete(items=items)
            | Compare(items=items)
            | Describe(items=items)
            | AddToList(items=items)
            | Judge(items=items)
        ):
            catalog.rows(items)
        case Explain(item=item, about=about):
            catalog.row(item)
            _known("attribute", about or "id", [*catalog.types, *FIELDS])
        case Visualise(item=item) | Hint(item=item) if item:
            catalog.row(item)
        case Filter():
            _check_filter(action, catalog, state)
        case Ask(about=about) if about:
            asked = [name for name, type in {**catalog.types, **FIELDS}.items() if type in ("category", "list")]
            _known("question", about, [*asked, "price", "pictures"])
        case Answer():
            _check_answer(action, catalog, state)
        case _:
            pass


def check_label(label: str, state: State) -> None:
    """Is there something to take away?

    Raises:
        InputError: nothing is understood by that label; what is, is said.
    """
    labels = [known.label for known in state.facets]
    if label not in labels:
        hint = f"understood is: {', '.join(labels)}" if labels else "nothing is understood yet"
        raise InputError(f"nothing is understood as {label!r}", hint=hint)


def _check_filter(action: Filter, catalog: Catalog, state: State) -> None:
    types = {**catalog.types, **FIELDS}
    for label in action.remove:
        check_label(label, state)
    for wish in action.keep:
        _known("attribute", wish.name, types)
        if types[wish.name] in ("category", "list", "text"):
            _check_value(wish.name, wish.value, catalog)


def _check_answer(action: Answer, catalog: Catalog, state: State) -> None:
    """Does an answer fit the question? To none it is no answer, and is told so when it is carried out."""
    question = state.question
    if question is None:
        return
    if action.choice is not None and action.choice >= len(question.choices):
        raise InputError(f"there is no choice {action.choice}", hint=f"choices are 0 to {len(question.choices) - 1}")
    for value in action.values:
        if question.kind == "attribute":
            _check_value(question.about, value, catalog)
        else:
            _known("answer", value, [choice.value for choice in question.choices])


def _check_value(name: str, value: str, catalog: Catalog) -> None:
    """Does any item have a value, capitals aside? Of names and texts, which are many, no neighbours are looked for."""
    column = coded(catalog, name)
    if fold(name, value) not in column.code_of:
        listed = {**catalog.types, **FIELDS}[name] != "text"
        raise UnknownName(name, value, column.shown if listed else ())


def _known(kind: str, name: str, known: Collection[str]) -> None:
    if name not in known:
        raise UnknownName(kind, name, known)
