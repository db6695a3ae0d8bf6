"""The search bar: words, a picture and a change, in one form that works as a plain link."""

from dataclasses import dataclass

from tastemaker.page.html import Attribute, Safe, join, tag
from tastemaker.page.state import MAX_TEXT, State

_CAMERA = (
    "M4 8.5h3.2l1.6-2.3h6.4l1.6 2.3H20a1.5 1.5 0 0 1 1.5 1.5v8a1.5 1.5 0 0 1-1.5 1.5H4A1.5 1.5 0 0 1 2.5 18v-8"
    "A1.5 1.5 0 0 1 4 8.5Zm8 8.7a3.6 3.6 0 1 0 0-7.2 3.6 3.6 0 0 0 0 7.2Z"
)


_TYPED: dict[str, Attribute] = {"autocomplete": "off", "enterkeyhint": "search", "maxlength": MAX_TEXT}


@dataclass(frozen=True)
class Held:
    """What the search bar holds beside words: a picture or an item, shown small.

    Attributes:
        field: the form field it goes by ("picture" or "like").
        value: key of the picture, id of the item.
        label: for people who do not see the picture.
        source: address of the small picture; "" when there is none.
    """

    field: str
    value: str
    label: str
    source: str = ""


def search_bar(state: State, held: Held | None, example: str) -> Safe:
    """The form.

    Args:
        state: what it is filled with.
        held: the picture or item that the search is about.
        example: of a change that fits the catalog ("in red").
    """
    return tag(
        "form",
        {"class": "search", "role": "search", "action": "/", "method": "get", "id": "search"},
        tag("div", {"id": "held"}, held_thumb(held) if held else None),
        _words(state, held),
        _change(state, example, hidden=not (state.asks or held)),
        _camera(),
        join(_kept(state)),
        tag("button", {"type": "submit", "class": "go"}, "Search"),
    )


def held_thumb(held: Held) -> Safe:
    """The picture or item in the search bar, with a cross that takes it away."""
    image = tag("img", {"src": held.source, "alt": held.label}) if held.source else tag("span", None, held.label)
    return tag(
        "span",
        {"class": "held", "data-field": held.field},
        image,
        tag("input", {"type": "hidden", "name": held.field, "value": held.value}),
        tag("button", {"type": "button", "data-act": "let-go", "aria-label": f"Remove {held.label}"}, "×"),
    )


def _words(state: State, held: Held | None) -> Safe:
    invitation = "And words, if you like" if held else "Words, or drop a picture"
    own: dict[str, Attribute] = {"id": "words", "name": "q", "type": "search", "value": state.words}
    return tag("input", own | {"placeholder": invitation, "aria-label": "Search with words"} | _TYPED)


def _change(state: State, example: str, *, hidden: bool) -> Safe:
    own: dict[str, Attribute] = {"id": "change", "name": "change", "type": "text", "value": state.change}
    label = f"What should be different, for example: {example}"
    return tag("input", own | {"placeholder": f"but… {example}", "aria-label": label, "hidden": hidden} | _TYPED)


def _camera() -> Safe:
    """Chooses a file; on a phone, or takes a photo."""
    chooser = tag("input", {"id": "file", "type": "file", "accept": "image/*", "aria-label": "Search with a picture"})
    return tag("label", {"class": "camera", "title": "Search with a picture"}, chooser, _icon(_CAMERA))


def _kept(state: State) -> list[Safe]:
    """What stays the same when something new is searched."""
    values = {
        "person": state.person,
        "department": state.department,
        "under": "" if state.under is None else f"{state.under:g}",
    }
    kept = [(name, value) for name, value in values.items() if value]
    kept += [("earlier", change) for change in state.earlier]
    return [tag("input", {"type": "hidden", "name": name, "value": value}) for name, value in kept]


def _icon(path: str) -> Safe:
    drawing = tag("path", {"d": path, "fill": "none", "stroke": "currentColor", "stroke-width": "1.6"})
    return tag("svg", {"viewBox": "0 0 24 24", "width": 24, "height": 24, "aria-hidden": "true"}, drawing)
