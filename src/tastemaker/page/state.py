"""What a person is looking at, all of it in the address: Back works, and a link can be sent to a friend.

    /?q=linen+shirt&change=in+red&person=u42&ignore=colour%3A+red&department=wardrobe&under=60

The page keeps nothing else between two requests, so there is no session and no cookie.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

from tastemaker.index.conditions import quoted

MAX_TEXT = 400
MAX_LIST = 20
PAGE_SIZE = 24
MAX_SIZE = 240
FACTORS = ("0", "0.25", "0.5", "1", "2", "4")
"""How much a part of a search can be made of."""
TYPED = ("q", "change", "earlier")
"""What people type, where white space says nothing; the others are names, where it does."""


@dataclass(frozen=True)
class State:
    """One address of the page.

    Attributes:
        words: what was typed.
        change: what should be different from the picture or the item ("in red").
        earlier: changes of earlier turns, oldest first; ``change`` overrules them.
        picture: key of a picture that was dropped, pasted or photographed; see ``uploads``.
        like: id of the item that others should be like.
        person: whose taste counts; "" for nobody.
        ignore: labels of what was understood and then taken away.
        department: the only department shown; "" for all.
        under: highest price shown; None for any.
        size: how many results are shown.
        weigh: factors on the parts of the search that were made more or less of, by name.
    """

    words: str = ""
    change: str = ""
    picture: str = ""
    like: str = ""
    person: str = ""
    ignore: tuple[str, ...] = ()
    department: str = ""
    under: float | None = None
    size: int = PAGE_SIZE
    weigh: tuple[tuple[str, float], ...] = ()
    earlier: tuple[str, ...] = ()

    @classmethod
    def read(cls, pairs: Iterable[tuple[str, str]]) -> "State":
        """The state that an address asks for; what cannot be read is left out."""
        texts: dict[str, str] = {}
        lists: dict[str, list[str]] = {"ignore": [], "earlier": []}
        weigh: dict[str, float] = {}
        for name, value in pairs:
            said = value.replace("\0", " ")
            text = " ".join(said.split())[:MAX_TEXT] if name in TYPED or not said.strip() else said[:MAX_TEXT]
            if name in lists:
                lists[name] += [text] if text and text not in lists[name] else []
            elif name == "weigh":
                part, _, factor = text.rpartition(":")
                weigh |= {part: float(factor)} if part and factor in FACTORS else {}
            else:
                texts[name] = text
        return cls(
            words=texts.get("q", ""),
            change=texts.get("change", ""),
            picture=texts.get("picture", ""),
            like=texts.get("like", ""),
            person=texts.get("person", ""),
            ignore=tuple(lists["ignore"][:MAX_LIST]),
            earlier=tuple(lists["earlier"][-MAX_LIST:]),
            weigh=tuple(list(weigh.items())[:MAX_LIST]),
            department=texts.get("department", ""),
            under=_price(texts.get("under", "")),
            size=_size(texts.get("n", "")),
        )

    @property
    def asks(self) -> bool:
        """Is there something to search for?"""
        return bool(self.words or self.change or self.picture or self.like)

    @property
    def changes(self) -> tuple[str, ...]:
        """What should be different, over all turns, oldest first."""
        return (*self.earlier, *([self.change] if self.change else []))

    @property
    def where(self) -> str:
        """The quick filters in the language of ``where``."""
        parts = []
        if self.department:
            parts.append(f"department = {quoted(self.department)}")
        if self.under is not None:
            parts.append(f"price <= {self.under:g}")
        return " and ".join(parts)

    def pairs(self) -> list[tuple[str, str]]:
        """Name and value of everything that is not as it is by default, in a fixed order."""
        single = [
            ("q", self.words),
            ("change", self.change),
            ("picture", self.picture),
            ("like", self.like),
            ("department", self.department),
            ("under", "" if self.under is None else f"{self.under:g}"),
            ("n", "" if self.size == PAGE_SIZE else str(self.size)),
            ("person", self.person),
        ]
        lists = [("earlier", change) for change in self.earlier] + [("ignore", label) for label in self.ignore]
        lists += [("weigh", f"{part}:{factor:g}") for part, factor in self.weigh]
        return [(name, value) for name, value in single if value] + lists

    def url(self, path: str = "/") -> str:
        """The address of this state."""
        query = urlencode(self.pairs())
        return f"{path}?{query}" if query else path

    def item_url(self, item: str) -> str:
        """The address of an item's own page, seen by the same person who said the same."""
        return State(words=self.words, person=self.person).url(f"/item/{quote(item, safe='')}")

    def home(self) -> "State":
        """The same person and quick filters, with nothing searched."""
        return State(person=self.person, department=self.department, under=self.under)

    def more_like(self, item: str) -> "State":
        """Results like an item."""
        return State(person=self.person, like=item)

    def without(self, label: str) -> "State":
        """The same search, with one thing that was understood taken away."""
        return replace(self, ignore=(*self.ignore, label), size=PAGE_SIZE)

    def weighing(self, part: str, step: int) -> "State | None":
        """The same search with a part made more (+1) or less (-1) of; None where there is no further step."""
        now = dict(self.weigh)
        at = FACTORS.index(f"{now.pop(part, 1.0):g}") + step
        if not 0 <= at < len(FACTORS):
            return None
        factor = float(FACTORS[at])
        return replace(self, weigh=(*now.items(), *([(part, factor)] if factor != 1 else [])), size=PAGE_SIZE)

    def then(self, change: str) -> "State":
        """The same search, with one more turn; a change that was said before counts as said last."""
        before = tuple(said for said in self.changes if said != change)
        return replace(self, earlier=before[-MAX_LIST:], change=change, size=PAGE_SIZE)

    def before(self, change: str) -> "State":
        """The same search without an earlier turn."""
        return replace(self, earlier=tuple(said for said in self.earlier if said != change), size=PAGE_SIZE)

    def with_again(self, label: str) -> "State":
        """The same search, with a thing that was taken away put back."""
        return replace(self, ignore=tuple(kept for kept in self.ignore if kept != label), size=PAGE_SIZE)


def _price(text: str) -> float | None:
    """A price limit; None when there is none that makes sense."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None


def _size(text: str) -> int:
    """How many results: whole pages, within bounds."""
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        return PAGE_SIZE
    return max(PAGE_SIZE, min(int(text), MAX_SIZE))
