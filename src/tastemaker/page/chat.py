"""The conversation at the right of every page, full screen on a phone: the empty panel, and the button that opens it.

What is said in it is drawn in the browser (``assets/chat.js``), from the turns that ``/chat`` sends.
"""

from tastemaker.page.card import heart
from tastemaker.page.html import Attribute, Safe, tag
from tastemaker.page.state import State

MAX_WORDS = 2_000
_CAMERA = (
    "M4 8.5h3.2l1.6-2.3h6.4l1.6 2.3H20a1.5 1.5 0 0 1 1.5 1.5v8a1.5 1.5 0 0 1-1.5 1.5H4A1.5 1.5 0 0 1 2.5 18v-8"
    "A1.5 1.5 0 0 1 4 8.5Zm8 8.7a3.6 3.6 0 1 0 0-7.2 3.6 3.6 0 0 0 0 7.2Z"
)


def opener() -> Safe:
    """The button that opens the conversation."""
    attributes: dict[str, Attribute] = {
        "type": "button", "id": "talk", "class": "talk", "aria-controls": "chat", "aria-expanded": "false",
    }  # fmt: skip
    return tag("button", attributes, "Talk")


def panel(state: State, currency: str) -> Safe:
    """The panel, closed and empty.

    Args:
        state: whose conversation it is.
        currency: stands before prices.
    """
    heading = tag(
        "div",
        {"class": "heading"},
        tag("h2", None, "Talk"),
        _button("transcript", "Save", "Save the conversation as a file"),
        _button("afresh", "Start over", "Forget this conversation and start over"),
        _button("close", "×", "Close the conversation", cross=True),
    )
    chips = tag(
        "ul", {"class": "chips", "role": "list", "id": "chat-facets", "aria-label": "Understood", "hidden": True}
    )
    turns = tag("div", {"id": "chat-turns", "role": "log", "aria-live": "polite", "tabindex": 0, "aria-label": "Said"})
    return tag(
        "aside",
        {"id": "chat", "aria-label": "Talk", "hidden": True, "data-currency": currency, "data-person": state.person},
        heading,
        chips,
        turns,
        _form(),
        tag("template", {"id": "chat-heart"}, heart("")),
    )


def _button(act: str, text: str, label: str, *, cross: bool = False) -> Safe:
    attributes: dict[str, Attribute] = {"type": "button", "data-chat": act, "aria-label": label}
    return tag("button", attributes | {"class": "cross" if cross else "quiet"}, text)


def _form() -> Safe:
    drawing = tag("path", {"d": _CAMERA, "fill": "none", "stroke": "currentColor", "stroke-width": "1.6"})
    icon = tag("svg", {"viewBox": "0 0 24 24", "width": 24, "height": 24, "aria-hidden": "true"}, drawing)
    chooser = tag("input", {"id": "chat-file", "type": "file", "accept": "image/*", "aria-label": "Show a picture"})
    words: dict[str, Attribute] = {
        "id": "chat-words", "type": "text", "maxlength": MAX_WORDS, "autocomplete": "off", "enterkeyhint": "send",
        "placeholder": "What do you look for?", "aria-label": "What do you look for?",
    }  # fmt: skip
    return tag(
        "form",
        {"id": "chat-form"},
        tag("span", {"id": "chat-held", "hidden": True}),
        tag("label", {"class": "camera", "title": "Show a picture"}, chooser, icon),
        tag("input", words),
        tag("button", {"type": "submit", "class": "go", "id": "chat-send"}, "Send"),
        tag(
            "button", {"type": "button", "class": "go", "id": "chat-stop", "data-chat": "stop", "hidden": True}, "Stop"
        ),
    )
