"""Acts on a page that is open: a form or a button says something, the main part comes back changed, or a word is said.

In the browser ``assets/act.js`` sends what a form or a button with ``data-send`` holds.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from nicegui import Client, events, ui

from tastemaker.page.frame import Content
from tastemaker.page.html import Attribute, Safe, tag
from tastemaker.page.trying import tried

Given = Mapping[str, str]
"""What a form or a button says, by name of its fields."""


@dataclass(frozen=True)
class Reply:
    """What becomes of an act.

    Attributes:
        content: the page as it is now; None leaves it.
        said: the message at the bottom; "" for none.
        part: id of one part of the page, and what is in it now; None leaves all.
    """

    content: Content | None = None
    said: str = ""
    part: tuple[str, Safe] | None = None


def hear(client: Client, name: str, act: Callable[[Given], Reply]) -> None:
    """Carry out an act whenever the page of a client sends it."""

    async def heard(message: events.GenericEventArguments) -> None:
        said = message.args if isinstance(message.args, dict) else {}
        given = {str(key): str(value)[:20_000] for key, value in said.items()}
        show(client, await tried(lambda: act(given), lambda said, _status: Reply(said=said)))

    with client:
        ui.on(name, heard)


def show(client: Client, reply: Reply) -> None:
    """Send a reply to the browser."""
    if reply.content is not None:
        client.run_javascript(f"tm.fill({json.dumps(reply.content.main)}, {json.dumps(reply.content.title)})")
    if reply.part is not None:
        client.run_javascript(f"tm.part({json.dumps(reply.part[0])}, {json.dumps(reply.part[1])})")
    if reply.said:
        client.run_javascript(f"tm.say({json.dumps(reply.said)})")


def button(
    name: str, values: Given, text: str, *, label: str = "", look: str = "button", sure: str = ""
) -> Safe:  # fmt: skip
    """A button that sends an act.

    Args:
        name: of the act.
        values: what it says.
        text: on the button.
        label: for people who do not see what it stands beside.
        look: its class.
        sure: a question that is asked first; "" for none.
    """
    attributes: dict[str, Attribute] = {"type": "button", "class": look, "data-send": name}
    attributes |= {"data-value": json.dumps(dict(values), ensure_ascii=False), "aria-label": label or None}
    return tag("button", attributes | {"data-sure": sure or None}, text)
