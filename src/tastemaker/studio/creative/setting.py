"""Setting the text of a creative: one column, its headline as large as fits, everything else in one quiet size.

When a column is too full even with the smallest headline, attributes are left out, then the title is cut at the last
word that fits and ends in an ellipsis; the price always stays.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tastemaker.studio.creative.colours import Colour
from tastemaker.studio.creative.facts import CUT, Printed
from tastemaker.studio.creative.formats import Shape
from tastemaker.studio.creative.lettering import SMALLER, Face, balanced, shortened
from tastemaker.studio.creative.scene import Box, Fact, Line

BETWEEN = "  ·  "
"""Stands between attributes."""
WITH = "with"
"""Stands before the further items of a bundle."""
MOST_LINES = 4
"""Lines of a headline."""
FEW = 3
"""Letters that must stand of a title that is cut."""


@dataclass(frozen=True)
class Inks:
    """Colours of text on one ground."""

    strong: Colour
    soft: Colour
    accent: Colour


@dataclass(frozen=True)
class Run:
    """Text of one kind that stands together: its lines are set one below the other.

    Attributes:
        lines: already broken.
        size, weight, colour: of the letters.
        before: space above, in pixels.
        facts: what it prints.
        tracking: space added after each letter.
        beside: stands to the right of the run before instead of below it.
        struck: with a line through.
    """

    lines: tuple[str, ...]
    size: int
    weight: int
    colour: Colour
    before: float
    facts: tuple[Fact, ...]
    tracking: float = 0.0
    beside: bool = False
    struck: bool = False

    @property
    def leading(self) -> float:
        """From one baseline to the next."""
        return self.size * (1.13 if self.size > 40 else 1.3)

    @property
    def height(self) -> float:
        """With the space above; nothing for what stands beside."""
        return 0.0 if self.beside else self.before + self.leading * len(self.lines)


@dataclass(frozen=True)
class Column:
    """Sets one column.

    Attributes:
        face: typeface.
        shape: the format, for its sizes.
        box: where the text must stay.
        inks: colours.
        at: "top", "middle" or "bottom".
        brand: the shop's name, printed small at the top; "" for none.
    """

    face: Face
    shape: Shape
    box: Box
    inks: Inks
    at: str
    brand: str = ""

    def set(self, printed: Sequence[Printed]) -> tuple[tuple[Line, ...], tuple[Fact, ...]]:
        """The lines of some items, and the facts that they print."""
        runs = next(runs for runs in self._tries(printed) if self._fits(runs))
        lines = tuple(self._placed(runs))
        return lines, tuple(fact for run in [*self._brand(), *runs] for fact in run.facts)

    def _tries(self, printed: Sequence[Printed]) -> Iterator[list[Run]]:
        """Ever smaller, ever less."""
        largest, least = self.shape.headline
        size = largest if len(printed) == 1 else round(0.75 * largest)
        while size > least:
            yield self._runs(printed, size, MOST_LINES - (size > 0.75 * largest), 2)
            size = min(size - 1, round(size * SMALLER))
        bare = [replace(one, details=()) for one in printed]
        for some, others in ((printed, 2), (bare, 2), (bare, 1)):
            yield self._runs(some, least, 9, others)
        for lines in (6, 4, 3, 2, 1):
            yield self._runs(bare, least, lines, 1)
        yield self._runs(bare[:1], least, 1, 1)
        yield []

    def _fits(self, runs: Sequence[Run]) -> bool:
        """Is there room? A title may be cut only when it is as small as it may be; a few letters of it must stand."""
        if any(fact.cut and len(fact.text.rstrip(CUT)) < FEW for run in runs for fact in run.facts):
            return False
        cut = any(fact.cut for fact in runs[0].facts) if runs else False
        if cut and runs[0].size > self.shape.headline[1]:
            return False
        return sum(run.height for run in runs) + self._top() <= self.box.height

    def _top(self) -> float:
        """What the shop's name takes."""
        return sum(run.height for run in self._brand()) + (self.shape.body * 0.9 if self.brand else 0.0)

    def _brand(self) -> list[Run]:
        if not self.brand:
            return []
        size = round(self.shape.body * 0.78)
        fact = Fact(self.brand, "brand.name")
        name, _ = shortened(self.face, self.brand, size, 500, self.box.width * 0.8, 1)
        return [Run(tuple(name), size, 500, self.inks.soft, 0.0, (fact,), tracking=size * 0.06)]

    def _runs(self, printed: Sequence[Printed], size: int, lines: int, more: int) -> list[Run]:
        """Headline, attributes and price of the first item; title and price of the others, in so many lines each."""
        first, *others = printed
        body = self.shape.body
        runs = [self._title(first.title, size, 300 if size > 40 else 400, lines, 0.0)]
        runs += self._details(first.details)
        runs += self._price(first, round(body * 1.3), body * 0.7)
        for place, other in enumerate(others):
            title = self._title(other.title, round(body * 0.9), 400, more, body * (0.35 if place else 0.9), WITH)
            runs += [title, *self._price(other, title.size, title.size * 0.5, after=title)]
        return runs

    def _title(self, fact: Fact, size: int, weight: int, lines: int, before: float, lead: str = "") -> Run:
        text, width = f"{lead} {fact.text}".strip(), self.box.width
        found = balanced(self.face, text, size, weight, width)
        if len(found) > lines:
            found, said = shortened(self.face, text, size, weight, width, lines)
            fact = replace(fact, text=said[len(lead) :].strip(), cut=True)
        colour = self.inks.soft if lead else self.inks.strong
        return Run(tuple(found), size, weight, colour, before, (fact,))

    def _details(self, facts: Sequence[Fact]) -> list[Run]:
        """All attributes on one line, or as many as fit on it."""
        size = self.shape.body
        for many in range(len(facts), 0, -1):
            text = BETWEEN.join(fact.text for fact in facts[:many])
            if self.face.width(text, size) <= self.box.width:
                return [Run((text,), size, 400, self.inks.soft, size * 0.7, tuple(facts[:many]))]
        return []

    def _price(self, one: Printed, size: int, before: float, after: Run | None = None) -> list[Run]:
        """The price below, or beside the title that it comes after when there is room."""
        if one.price is None:
            return []
        room = self.box.width - before - (self.face.width(after.lines[-1], after.size, after.weight) if after else 0)
        beside = after is not None and self.face.width(one.price.text, size, 500) <= room
        runs = [Run((one.price.text,), size, 500, self.inks.accent, before if beside or not after else 0.0,
                    (one.price,), beside=beside)]  # fmt: skip
        if one.before is not None:
            runs.append(Run((one.before.text,), round(size * 0.8), 400, self.inks.soft, size * 0.6, (one.before,),
                            beside=True, struck=True))  # fmt: skip
        return runs

    def _placed(self, runs: Sequence[Run]) -> Iterator[Line]:
        """Every line with its place."""
        for run in self._brand():
            yield from self._lines(run, self.box.left, self.box.top)
        free = self.box.height - self._top() - sum(run.height for run in runs)
        share = {"top": 0.0, "middle": 0.5, "bottom": 1.0}[self.at]
        top, left, end = self.box.top + self._top() + free * share, self.box.left, self.box.left
        for run in runs:
            beside = (end + run.before, top - run.leading)
            found = list(self._lines(run, *(beside if run.beside else (left, top + run.before))))
            yield from found
            top += run.height
            end = found[-1].left + found[-1].width

    def _lines(self, run: Run, left: float, top: float) -> Iterator[Line]:
        for number, text in enumerate(run.lines):
            baseline = top + run.leading * number + (run.leading + run.size * 0.7) / 2
            width = self.face.width(text, run.size, run.weight, run.tracking)
            start = left - self.face.bearing(text, run.size, run.weight)
            yield Line(
                text, start, baseline, width, run.size, run.weight, run.colour, self.box, run.tracking, run.struck
            )
