"""The answer that every verb gives: items in order, each with a score and the reasons for it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tastemaker.core.lines import one_line
from tastemaker.core.types import ItemId

_SAID = {"!=": "not", "more": "more", "less": "less"}


@dataclass(frozen=True)
class Reason:
    """Why an item stands where it stands; made only of facts that can be looked up.

    Attributes:
        source: which part said so ("ease", "content", "words", "picture", "popularity" ...).
        sentence: for the person, in plain words.
        weight: share of the score that this source brought, 0 to 1.
        items: items the reason rests on (the person's own, usually).
        attributes: attributes of the item the reason rests on, by name.
    """

    source: str
    sentence: str
    weight: float = 1.0
    items: tuple[ItemId, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Ranked:
    """One place of a ranking.

    Attributes:
        id: of the item.
        score: comparable inside one ranking only.
        title, price: of the item.
        picture: the key of the picture to show, or empty.
        reasons: why it stands here, the weightiest first.
        scores: what each source has added to the score, when asked for; they sum up to it.
    """

    id: ItemId
    score: float
    title: str = ""
    price: float | None = None
    picture: str = ""
    reasons: tuple[Reason, ...] = ()
    scores: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Facet:
    """One thing that was understood from a request, shown as a removable chip.

    Attributes:
        name: attribute, or "price", "picture", "words", "person".
        op: "=", "!=", "<", "<=", ">", ">=", "like"; "more" and "less" of a value, "same" for what is to stay.
        value: what it is compared with, as shown.
        hard: True when it filters, False when it only pulls.
    """

    name: str
    op: str
    value: str
    hard: bool = False

    @property
    def label(self) -> str:
        """The chip's text: ``colour: red``, ``not: sleeves``, ``under 60``, ``more: formal``, ``same colour``."""
        if self.op in _SAID:
            return f"{_SAID[self.op]}: {self.value}"
        if self.op == "same":
            return f"same {self.name}"
        if self.op in ("<", "<="):
            return f"{self.name} under {self.value}"
        if self.op in (">", ">="):
            return f"{self.name} over {self.value}"
        return f"{self.name}: {self.value}"


@dataclass(frozen=True)
class Part:
    """One term of a composed request: what was said or shown, and how much it weighs in the sum of all terms.

    Attributes:
        name: "words", "picture", "change", "items", "taste" or "avoid"; pictures beyond the first "picture 2" ...
        said: the words of the part, "" for a picture.
        weight: below zero for what is refused.
    """

    name: str
    said: str
    weight: float


@dataclass(frozen=True)
class Plan:
    """How a request was carried out, to be read and changed by the person who made it.

    Attributes:
        parts: what was added up in the space.
        facets: what was understood of the words; the same as ``Ranking.understood``.
        kept: what the picture or item shows and the change did not name: attribute -> value that is held on to.
        sure: for each of ``kept`` how sure it is, 0 to 1; what is known is 1.
        filters: the conditions that every answer meets, as they can be written in ``where``.
        combined: how the parts became one vector, "arithmetic", "learned" or "inverted".
    """

    parts: tuple[Part, ...] = ()
    facets: tuple[Facet, ...] = ()
    kept: Mapping[str, str] = field(default_factory=dict)
    sure: Mapping[str, float] = field(default_factory=dict)
    filters: str = ""
    combined: str = "arithmetic"

    def __str__(self) -> str:
        lines = [f"{part.weight:+.2f}  {part.name}  {part.said}".rstrip() for part in self.parts]
        lines += [f"{'only' if facet.hard else 'pull'}   {facet.label}" for facet in self.facets]
        lines += [f"keep   {name}: {value} ({self.sure[name]:.0%})" for name, value in self.kept.items()]
        return "\n".join([*lines, *([f"where  {self.filters}"] if self.filters else [])])


@dataclass(frozen=True)
class Ranking:
    """Items in order, best first. Prints as a table.

    Attributes:
        items: at most k places.
        understood: what was taken from the request, as facets.
        notes: fallbacks that were taken and other things to say aloud ("no events of this person: popular items").
        plan: how a search was carried out, when it was asked for.
        token: names this answer where an experiment keeps it; events that come of it carry it. "" where none does.
    """

    items: tuple[Ranked, ...]
    understood: tuple[Facet, ...] = ()
    notes: tuple[str, ...] = ()
    plan: Plan | None = None
    token: str = ""

    @property
    def ids(self) -> list[ItemId]:
        """Ids, best first."""
        return [item.id for item in self.items]

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Ranked]:
        return iter(self.items)

    def __getitem__(self, place: int) -> Ranked:
        return self.items[place]

    def __str__(self) -> str:
        if not self.items:
            return "\n".join(("(nothing found)", *self.notes))
        ids = [one_line(item.id) for item in self.items]
        width = max(4, *map(len, ids))
        lines = [f"{'id':<{width}} {'score':>7} {'price':>9}  title / reason"]
        for id, item in zip(ids, self.items, strict=True):
            price = "" if item.price is None else f"{item.price:,.2f}"
            reason = f"  ({one_line(item.reasons[0].sentence)})" if item.reasons else ""
            lines.append(f"{id:<{width}} {item.score:>7.3f} {price:>9}  {one_line(item.title)[:60]}{reason}")
            if item.scores:
                parts = ", ".join(f"{name} {value:+.3f}" for name, value in item.scores.items())
                lines.append(f"{'':<{width}} {'':>7} {'':>9}  = {parts}")
        return "\n".join((*lines, *self.notes))
