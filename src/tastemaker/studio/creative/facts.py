"""What may be printed of an item: its title, its price, a few of its attributes. Nothing is made up or reworded.

Every piece is the text of a catalog field, or a number of one with its unit, or one entry of a list. What a title
already says is not said again; free text, flags and bare numbers are left to the product's page. Of the letters only
those are left out that nobody sees and that would turn the others round.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tastemaker.catalog.items import AttributeSpec, Item
from tastemaker.catalog.shown import labelled, price_text
from tastemaker.core.types import Value
from tastemaker.studio.creative.brand import Brand
from tastemaker.studio.creative.scene import Fact

NOTHING: Mapping[str, str] = MappingProxyType({})
CUT = "….\N{NO-BREAK SPACE}"
"""What a text that was cut may end in."""
SHORT = 28
"""Letters that a printed attribute has at most."""
USUAL = 0.4
"""Share of all items whose value is too common to be worth printing ("plain"), unless all values are that common."""
DETAILS = 3
"""Attributes that are printed of one item."""
DIRECTIONS = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""Unseen characters that turn the direction of writing (Unicode's Bidi_Control): never printed."""


@dataclass(frozen=True)
class Printed:
    """What is printed of one item.

    Attributes:
        item: its id.
        title: its name; the id of an item that has none.
        details: attributes, the most telling first.
        price: None when unknown.
        before: the price before a reduction; None when there was none.
    """

    item: str
    title: Fact
    details: tuple[Fact, ...] = ()
    price: Fact | None = None
    before: Fact | None = None


def facts_of(
    item: Item, specs: Mapping[str, AttributeSpec], brand: Brand, currency: str, first: Mapping[str, str] = NOTHING
) -> Printed:
    """What can be printed of an item.

    Args:
        item: with its attributes typed.
        specs: what is known of the attributes over the whole catalog.
        brand: names the attributes that the shop wants printed.
        currency: stands before a price.
        first: attributes that this creative is to name first, with the entry of a list that is meant.
    """
    name = " ".join(_seen(item.title).split())
    title = Fact(name or _seen(item.id), "title" if name else "id", item.id)
    price = price_text(item.price, currency)
    before = item.attributes.get(brand.price_before)
    reduced = isinstance(before, float) and item.price is not None and before > item.price
    return Printed(
        item.id,
        title,
        _details(item, specs, brand, first, title.text),
        Fact(price, "price", item.id) if price else None,
        Fact(price_text(before, currency), brand.price_before, item.id)
        if reduced and isinstance(before, float)
        else None,
    )


def holds(fact: Fact, item: Item, specs: Mapping[str, AttributeSpec], brand: Brand, currency: str) -> bool:
    """Does the item say now what is printed of it?"""
    value = item.attributes.get(fact.field)
    if fact.field in ("title", "id", "price", brand.price_before):
        now = facts_of(item, specs, brand, currency)
        texts = [one.text for one in (now.title, now.price, now.before) if one is not None and one.field == fact.field]
    else:
        texts = [_seen(one) for one in (value if isinstance(value, tuple) else (_text(fact.field, value, specs),))]
    beginning = fact.text.rstrip(CUT)
    if fact.cut:
        return beginning != "" and any(text.startswith(beginning) for text in texts)
    return fact.text in texts


def _details(
    item: Item, specs: Mapping[str, AttributeSpec], brand: Brand, first: Mapping[str, str], title: str
) -> tuple[Fact, ...]:
    """The attributes to print: those asked for, those of the brand, then those with the most different values."""
    wanted = list(dict.fromkeys([*first, *brand.facts]))
    rest = [] if brand.facts else sorted(item.attributes, key=lambda name: _rank(specs, name))
    found: list[Fact] = []
    said = title.casefold()
    for name in dict.fromkeys([*wanted, *rest]):
        value = item.attributes.get(name)
        text = first[name] if isinstance(value, tuple) and first.get(name) in value else _text(name, value, specs)
        seen = _seen(text)
        new = seen.strip() and seen.casefold() not in said
        if new and (name in wanted or _telling(specs[name], text)):
            found.append(Fact(seen, name, item.id))
            said += f" {seen.casefold()}"
    return tuple(found[:DETAILS])


def _telling(spec: AttributeSpec, text: str) -> bool:
    """Does a value say something: a number with a unit, or a category or list entry that not most items have?"""
    if spec.type == "number":
        return labelled(spec.name, 1.0)[1] != "1"  # with a unit
    if spec.type not in ("category", "list") or len(spec.values) < 2:
        return False
    share = spec.values.get(text, 0) / sum(spec.values.values())
    return share <= max(USUAL, 2 / len(spec.values))


def _rank(specs: Mapping[str, AttributeSpec], name: str) -> tuple[bool, int]:
    """Categories and lists before numbers; of these the attribute with the most different values says most."""
    return specs[name].type == "number", -len(specs[name].values)


def _text(name: str, value: Value | None, specs: Mapping[str, AttributeSpec]) -> str:
    """An attribute as printed; "" when it cannot be."""
    if value is None or isinstance(value, bool) or name not in specs:
        return ""
    if isinstance(value, tuple):
        return next((entry for entry in value if 0 < len(entry) <= SHORT), "")
    if isinstance(value, float):
        heading, text = labelled(name, value)
        return f"{heading} {text}"
    text = " ".join(value.split())
    return text if len(text) <= SHORT else ""


def _seen(text: str) -> str:
    """A text without the characters that turn its direction; those that join letters stay."""
    return text.translate(DIRECTIONS)
