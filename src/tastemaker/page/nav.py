"""The one navigation of all pages: the pages of a role, and the way to the other roles."""

from collections.abc import Mapping

from tastemaker.page.html import Safe, join, tag
from tastemaker.page.state import State

ROLES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "Shop": (("For you", "/"), ("List", "/list"), ("History", "/history"), ("Draw", "/draw")),
    "Merchandise": (("Catalog health", "/health"), ("Rules", "/rules"), ("Creatives", "/creatives")),
    "Engine": (
        ("Evaluation", "/evaluation"),
        ("Map", "/map"),
        ("Models", "/models"),
        ("Latency", "/latency"),
        ("Running", "/running"),
        ("Doctor", "/engine"),
    ),
}
"""Role -> its pages, by title and path; the first is where the role begins."""


def navigation(state: State, path: str, *, draws: bool = True) -> Safe:
    """The line under the search bar.

    Args:
        state: whose pages they are.
        path: the page that is shown; one of no role belongs to the shop.
        draws: does the shop draw? Else there is no link to it.
    """
    own = next((role for role, pages in ROLES.items() if path in dict(pages).values()), "Shop")
    shown = path if not state.asks else ""
    pages = [(title, to, to == shown) for title, to in ROLES[own] if draws or to != "/draw"]
    roles = [(role, places[0][1], role == own) for role, places in ROLES.items()]
    return tag(
        "nav",
        {"class": "ways", "aria-label": "Pages"},
        _links(state, pages, own, "page"),
        _links(state, roles, "Roles", "true"),
    )


def _links(state: State, entries: list[tuple[str, str, bool]], name: str, current: str) -> Safe:
    own = State(person=state.person)
    lines = [
        tag("li", None, tag("a", {"href": own.url(path), "aria-current": current if on else None}, title))
        for title, path, on in entries
    ]
    return tag("ul", {"role": "list", "aria-label": name}, join(lines))
