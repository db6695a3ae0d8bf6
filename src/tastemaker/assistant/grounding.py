"""Are a text's claims what the catalog says? Ids, prices and attribute values are taken out of it and looked up.

The rules write nothing that was not looked up; this is for texts that somebody else wrote, a language model for one. A
sentence speaks of the items whose title or id stands in it, else of the item spoken of before, else of all that are
shown. What it claims must hold for one of them; a sentence with a claim that does not is taken out.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from tastemaker.alignment.language.wording import understand
from tastemaker.catalog.items import Item
from tastemaker.core.ranking import Facet
from tastemaker.index.coded import fold
from tastemaker.shop.live import View

Kind = Literal["value", "price", "id"]
_SENTENCE = re.compile(r"[^.!?\n]*(?:[.!?](?!\s|$)[^.!?\n]*)*[.!?\n]?")
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"")
_PRICE = re.compile(
    r"(?:(?:€|\$|£|¥)\s*(\d+(?:[.,]\d+)*))|(\d+(?:[.,]\d+)*)\s*(?:€|\$|£|¥|euros?\b|dollars?\b|pounds?\b|eur\b|usd\b)"
    r"|\b(?:price(?:d)?(?: of| is| at|:)?|costs?(?: only)?) (\d+(?:[.,]\d+)*)"
)
_LIMIT = re.compile(
    r"(?:under|over|below|above|up to|from|at most|at least|less than|more than|instead of|than)\s*[€$£¥]?\s*$"
)
_ID = re.compile(r"(?<![\w-])[A-Za-z]+[-_]\w*\d\w*(?![\w-])|(?<![\w-])\d{4,}(?![\w-])")


@dataclass(frozen=True)
class Claim:
    """Something that a text says of items.

    Attributes:
        kind: of what is said.
        said: as it stands in the text.
        facet: the value or the price; None for an id.
        sentence: where it stands.
        holds: is it so?
        truth: what the catalog says instead; "" when it holds or nothing is known.
    """

    kind: Kind
    said: str
    sentence: str
    facet: Facet | None
    holds: bool
    truth: str = ""


@dataclass(frozen=True)
class Checked:
    """A text that was looked up.

    Attributes:
        text: what is left of it: the sentences all of whose claims hold.
        claims: everything that it claims.
    """

    text: str
    claims: tuple[Claim, ...]

    @property
    def wrong(self) -> tuple[Claim, ...]:
        """Claims that do not hold."""
        return tuple(claim for claim in self.claims if not claim.holds)


def grounded(text: str, items: Sequence[str], view: View, wishes: Sequence[Facet] = ()) -> Checked:
    """Look up every claim of a text, and leave out the sentences that say something else than the catalog.

    Args:
        text: somebody's words about items.
        items: ids that it may speak of.
        view: of the shop.
        wishes: what the person asked for; a text may repeat that without claiming it of an item.
    """
    about = [view.catalog.item(view.catalog.row(id)) for id in items if view.catalog.has(id)]
    kept: list[str] = []
    claims: list[Claim] = []
    last, listing = about, False
    for sentence in sentences(text):
        if named := [item for item in about if _names(sentence, item)]:
            last = [*last, *named] if listing else named
            listing = not re.search(
                r"[^\W\d]", _QUOTED.sub("", sentence)
            )  # a list of titles, and what follows, is of all
        found = list(_claims(sentence, named or last, about, view, wishes))
        claims += found
        if all(claim.holds for claim in found):
            kept.append(sentence)
    return Checked("".join(kept).strip(), tuple(claims))


def sentences(text: str) -> list[str]:
    """A text in sentences; a full stop inside quotation marks or a number ends none."""
    hidden = _QUOTED.sub(lambda found: re.sub(r"[.!?\n]", "\0", found[0]), text)
    parts, at = [], 0
    for found in _SENTENCE.finditer(hidden):
        if found[0]:
            parts.append(text[found.start() : found.end()])
            at = found.end()
    return [*parts, text[at:]] if at < len(text) else parts


def _names(sentence: str, item: Item) -> bool:
    """Does a sentence name an item by its title or its id?"""
    words = sentence.casefold()
    return (bool(item.title) and item.title.casefold() in words) or bool(
        re.search(rf"(?<![\w-]){re.escape(item.id.casefold())}(?![\w-])", words)
    )


def _claims(
    sentence: str, about: Sequence[Item], known: Sequence[Item], view: View, wishes: Sequence[Facet]
) -> Iterator[Claim]:
    """Everything that one sentence claims."""
    plain = sentence
    for item in sorted(known, key=lambda each: -len(each.title)):
        plain = re.sub(re.escape(item.title), " ", plain, flags=re.IGNORECASE) if item.title else plain
    plain = _QUOTED.sub(" ", plain)
    for found in _ID.finditer(plain):
        if not any(found[0] == item.id for item in known):
            there = view.catalog.has(found[0])
            if there or "-" in found[0] or "_" in found[0]:
                yield Claim("id", found[0], sentence, None, holds=False, truth="" if not there else "not shown")
    for found in _PRICE.finditer(plain):
        yield from _priced(found, sentence, plain, about, wishes)
    said = _PRICE.sub(" ", plain)
    for facet in understand(said, view.vocabulary).facets:
        if facet.op == "=" and facet.name != "price" and not _wished(facet, wishes):
            yield _valued(facet, sentence, about)


def _priced(
    found: re.Match[str], sentence: str, plain: str, about: Sequence[Item], wishes: Sequence[Facet]
) -> Iterator[Claim]:
    """A price that is said of an item; a limit is a wish and no claim."""
    amount = float((found[1] or found[2] or found[3]).replace(",", ""))
    limits = [float(wish.value) for wish in wishes if wish.name == "price"]
    if _LIMIT.search(plain[: found.start()].casefold()) or amount in limits:
        return
    prices = [item.price for item in about if item.price is not None]
    holds = any(abs(price - amount) < 0.005 for price in prices)
    truth = "" if holds else ", ".join(f"{price:.10g}" for price in prices[:3])
    yield Claim("price", found[0].strip(), sentence, Facet("price", "=", f"{amount:.10g}"), holds, truth)


def _valued(facet: Facet, sentence: str, about: Sequence[Item]) -> Claim:
    """A value that is said of an item."""
    held = [_held(item, facet.name) for item in about]
    holds = any(fold(facet.name, value) == fold(facet.name, facet.value) for values in held for value in values)
    truth = "" if holds else ", ".join(dict.fromkeys(value for values in held for value in values))
    return Claim("value", facet.value, sentence, facet, holds, truth)


def _held(item: Item, name: str) -> tuple[str, ...]:
    """The texts that an item holds for an attribute."""
    value = item.department if name == "department" else item.attributes.get(name)
    if isinstance(value, tuple):
        return value
    return (value,) if isinstance(value, str) else ()


def _wished(facet: Facet, wishes: Sequence[Facet]) -> bool:
    return any(
        wish.name == facet.name and fold(wish.name, wish.value) == fold(facet.name, facet.value) for wish in wishes
    )
