"""HTML as values: text is escaped unless it was built here.

Catalog text comes from anywhere, so no function of the page puts strings together by hand: everything goes through
:func:`tag`, which escapes attributes and every child that is not already :class:`Safe`.
"""

from collections.abc import Iterable, Mapping
from html import escape

Attribute = str | int | float | bool | None
"""What an attribute can hold: True writes its name alone, False and None leave it out."""

_VOID = frozenset({"img", "input", "link", "meta", "br", "hr"})


class Safe(str):
    """HTML that is ready to be sent; made by :func:`tag` and :func:`join` only."""

    __slots__ = ()


def tag(name: str, attributes: Mapping[str, Attribute] | None = None, *children: str | None) -> Safe:
    """An element.

    Args:
        name: of the element.
        attributes: by name; values are escaped.
        children: text, which is escaped, or what this function returned; None is left out.
    """
    opening = f"<{name}{_written(attributes or {})}>"
    if name in _VOID:
        return Safe(opening)
    return Safe(f"{opening}{join(children)}</{name}>")


def join(parts: Iterable[str | None]) -> Safe:
    """Parts after one another; text is escaped."""
    return Safe("".join(part if isinstance(part, Safe) else escape(part) for part in parts if part is not None))


def _written(attributes: Mapping[str, Attribute]) -> str:
    """Attributes as they stand in an opening tag."""
    words = []
    for name, value in attributes.items():
        if value is None or value is False:
            continue
        words.append(f" {name}" if value is True else f' {name}="{escape(str(value), quote=True)}"')
    return "".join(words)
