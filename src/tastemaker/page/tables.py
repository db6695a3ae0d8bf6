"""Tables that sort, numbers at the right; and the tiles and meters that stand over them."""

from collections.abc import Collection, Sequence

from tastemaker.page.html import Safe, join, tag

Tile = tuple[str, str]
"""A figure and what it is."""


def table(
    head: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: Collection[int] = (), name: str = ""
) -> Safe:  # fmt: skip
    """A table whose headings sort it; it scrolls sideways by itself where it is too wide.

    Args:
        head: one heading a column.
        rows: of cells, text or built HTML.
        numbers: columns of numbers.
        name: what the table shows, for people who do not see it.
    """
    kinds = [{"class": "number"} if place in numbers else None for place in range(len(head))]
    headings = [
        tag("th", {"scope": "col", **(kind or {})}, tag("button", {"type": "button", "data-sort": True}, text) if text
            else tag("span", {"class": "hush"}, "Acts"))
        for text, kind in zip(head, kinds, strict=True)
    ]  # fmt: skip
    lines = [
        tag("tr", None, join(tag("td", kind, cell) for cell, kind in zip(row, kinds, strict=True))) for row in rows
    ]
    caption = tag("caption", {"class": "hush"}, name) if name else None
    body = tag("tbody", None, join(lines))
    whole = tag("table", None, caption, tag("thead", None, tag("tr", None, join(headings))), body)
    return tag("div", {"class": "wide", "tabindex": 0, "role": "region", "aria-label": name or "Table"}, whole)


def tiles(entries: Sequence[Tile]) -> Safe:
    """The few figures that matter, large."""
    lines = [tag("div", None, tag("dt", {"class": "quiet"}, text), tag("dd", None, figure)) for figure, text in entries]
    return tag("dl", {"class": "tiles"}, join(lines))


def meter(done: float, label: str) -> Safe:
    """A bar that is filled to a share, 0 to 1."""
    share = round(100 * min(max(done, 0.0), 1.0))
    return tag(
        "span",
        {"class": "meter", "role": "progressbar", "aria-valuenow": share, "aria-valuemin": 0, "aria-valuemax": 100,
         "aria-label": label},
        tag("span", {"style": f"inline-size:{share}%"}),
    )  # fmt: skip


def section(title: str, *parts: str | None, note: str = "", id: str = "") -> Safe:
    """A heading and what is under it."""
    told = tag("p", {"class": "note"}, note) if note else None
    return tag("section", {"id": id or None}, tag("h2", None, title), told, *parts)
