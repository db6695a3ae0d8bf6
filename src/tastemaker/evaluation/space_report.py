"""What is said of a space: what it finds, how its vectors lie, what can be read off them, what it has to go by.

The JSON shape is fixed: ``{"protocol", "rows", "shape", "probes", "pictured", "coverage", "twins", "neighbours"}``,
the rows as in the report of an evaluation; their methods are "words -> pictures", "pictures -> words" and "chance".
"""

import sys
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path

from tastemaker.core.errors import InputError
from tastemaker.core.storage import replace_bytes, replace_text
from tastemaker.core.types import ItemId
from tastemaker.evaluation import pages
from tastemaker.evaluation.figures import Row
from tastemaker.evaluation.space_figures import Coverage, Probe
from tastemaker.evaluation.tables import Table, drawn

SUFFIXES = (".html", ".md", ".png")
SHOWN = 15
"""Pairs with the same picture, and pairs without, that a table shows; the JSON has all that were kept."""


@dataclass(frozen=True)
class Lie:
    """How the vectors of held-out items lie.

    Attributes:
        gap: distance of the middle of the words from the middle of the pictures.
        alignment: mean squared distance of an item's words from its picture.
        uniformity_words, uniformity_pictures: how evenly each spreads over the sphere, the lower the more.
    """

    gap: float
    alignment: float
    uniformity_words: float
    uniformity_pictures: float


@dataclass(frozen=True)
class Twin:
    """Two items that are nearly the same.

    Attributes:
        first, second: their ids.
        cosine: of their vectors.
        same_picture: is the main picture's file the same, byte by byte?
    """

    first: ItemId
    second: ItemId
    cosine: float
    same_picture: bool


@dataclass(frozen=True)
class Neighbours:
    """An item of the sheet and its nearest."""

    asked: ItemId
    found: tuple[ItemId, ...]
    cosines: tuple[float, ...]


@dataclass(frozen=True)
class SpaceReport:
    """The quality of a space. Prints as tables.

    Attributes:
        protocol: what was measured, and on which items.
        rows: recall both ways, and that of chance.
        shape: how the vectors lie; None where fewer than two items have both words and a picture.
        probes: one an attribute, on vectors of items with all they bring.
        pictured: the same on vectors of the asked items' pictures alone; words say attributes aloud, pictures do not.
        coverage: what the items bring.
        twins: near-duplicates, those with the same picture first, then the nearest.
        neighbours: of the sheet.
        sheet: the neighbours as a PNG; not part of the JSON.
    """

    protocol: Mapping[str, object]
    rows: tuple[Row, ...]
    shape: Lie | None
    probes: tuple[Probe, ...]
    pictured: tuple[Probe, ...]
    coverage: Coverage
    twins: tuple[Twin, ...]
    neighbours: tuple[Neighbours, ...]
    sheet: bytes

    def to_json(self) -> dict[str, object]:
        """The fixed shape, as JSON values."""
        parts: Mapping[str, Sequence[Row | Probe | Twin | Neighbours]] = {
            "rows": self.rows, "probes": self.probes, "pictured": self.pictured, "twins": self.twins,
            "neighbours": self.neighbours,
        }  # fmt: skip
        found: dict[str, object] = {name: [asdict(one) for one in each] for name, each in parts.items()}
        shape = None if self.shape is None else asdict(self.shape)
        return {"protocol": dict(self.protocol), "shape": shape, "coverage": asdict(self.coverage), **found}

    def tables(self) -> list[Table]:
        """Everything but the sheet."""
        found = [self._recall(), self._lies(), self._probes(), self._coverage(), self._twins()]
        return [table for table in found if table is not None]

    def save(self, path: Path | str) -> None:
        """Write it down: ``.html`` one page with the sheet, ``.md`` the tables, ``.png`` the sheet alone.

        Raises:
            InputError: the name ends otherwise, or the folder is not there.
        """
        path = Path(path)
        check_path(path)
        if path.suffix == ".png":
            replace_bytes(path, self.sheet)
        else:
            replace_text(path, self._markdown() if path.suffix == ".md" else self._html())

    def show(self) -> None:
        """Write the tables to standard output, for a session at the prompt."""
        sys.stdout.write(f"{self}\n")

    def __str__(self) -> str:
        blocks = [f"{table.title}\n" + "\n".join(drawn(table)) for table in self.tables()]
        return "\n\n".join([*blocks, "\n".join(self._said())])

    def _said(self) -> list[str]:
        return [f"{name.replace('_', ' ')}: {value}" for name, value in self.protocol.items()]

    def _recall(self) -> Table | None:
        if not self.rows:
            return None
        metrics = list(dict.fromkeys(row.metric for row in self.rows))
        values = {(row.method, row.metric): row for row in self.rows}
        lines = []
        for method in dict.fromkeys(row.method for row in self.rows):
            each = [values[method, metric] for metric in metrics]
            lines.append((method, *(f"{row.value:.3f} [{row.low:.3f}, {row.high:.3f}]" for row in each)))
        note = f"mean [95 % interval] over {self.rows[0].n:,} items; {self.protocol['asked']}"
        return Table("Words and pictures find each other", ("asked by", *metrics), tuple(lines), note)

    def _lies(self) -> Table | None:
        if self.shape is None:
            return None
        names = {"gap": "modality gap", "alignment": "alignment", "uniformity_words": "uniformity, words",
                 "uniformity_pictures": "uniformity, pictures"}  # fmt: skip
        lines = tuple((names[name], f"{value:.3f}") for name, value in asdict(self.shape).items())
        note = (
            "modality gap: distance of the middles of words and pictures, 0 is best; alignment: squared distance of an"
            " item's words and picture, 0 is best, 2 is no tie; uniformity: 0 all the same, about -4 evenly spread"
        )
        return Table("How the vectors lie", ("figure", "value"), lines, note)

    def _probes(self) -> Table | None:
        if not self.probes:
            return None
        pictured = {each.attribute: f"{each.accuracy:.3f} ({each.majority:.3f})" for each in self.pictured}
        lines = tuple(
            (
                each.attribute,
                f"{each.accuracy:.3f} ({each.majority:.3f})",
                pictured.get(each.attribute, "-"),
                str(each.values),
                f"{each.n:,}",
            )
            for each in self.probes
        )
        note = (
            "accuracy of a linear probe on items the probe has not learned from, and in brackets that of always saying"
            f" the most frequent value; values of at least five items; {self.protocol['probed']} with all they bring,"
            f" and by their picture alone the {self.protocol['asked']}"
        )
        head = ("attribute", "all they bring", "picture alone", "values", "items")
        return Table("What can be read off a vector", head, lines, note)

    def _coverage(self) -> Table:
        named = {"words and picture": self.coverage.both, "picture alone": self.coverage.picture,
                 "words alone": self.coverage.words, "neither": self.coverage.none}  # fmt: skip
        whole = max(1, self.coverage.items)
        lines = tuple((name, f"{count:,}", f"{count / whole:.1%}") for name, count in named.items())
        return Table("What the items bring", ("", "items", "share"), lines)

    def _twins(self) -> Table | None:
        if not self.twins:
            return None
        shown = [one for one in self.twins if one.same_picture][:SHOWN]
        shown += [one for one in self.twins if not one.same_picture][:SHOWN]
        lines = tuple((one.first, one.second, f"{one.cosine:.3f}", "yes" if one.same_picture else "") for one in shown)
        note = f"{len(lines)} of {len(self.twins):,} pairs; {self.protocol['twins']}"
        return Table("Near-duplicates", ("item", "and", "cosine", "same picture"), lines, note)

    def _markdown(self) -> str:
        blocks = ["# Space quality", *(pages.markdown_table(table) for table in self.tables())]
        return "\n\n".join([*blocks, "\n".join(f"- {fact}" for fact in self._said())]) + "\n"

    def _html(self) -> str:
        image = b64encode(self.sheet).decode()
        words = "; ".join(f"{one.asked}: {', '.join(one.found)}" for one in self.neighbours)
        figure = (
            "<section><h2>Nearest neighbours</h2><p class=note>Some items, and to the right of each its nearest with"
            " their cosines. Read it for colour, kind and style.</p><div class=scroll tabindex=0>"
            f'<img src="data:image/png;base64,{image}" alt="{escape(words, quote=True)}"></div></section>'
        )
        parts = [pages.table_html(table) for table in self.tables()]
        where = 2 if self.rows and self.shape is not None else 0
        said, what = self._said(), str(self.protocol["space"])
        warnings = [str(self.protocol["warning"])] if self.protocol.get("warning") else []
        return pages.document("Space quality", what, what, [*parts[:where], figure, *parts[where:]], said, warnings)


def check_path(path: Path) -> None:
    """Can the report be written there? To be asked before the work.

    Raises:
        InputError: the name ends otherwise than in ``.html``, ``.md`` or ``.png``, or the folder is not there.
    """
    if path.suffix not in SUFFIXES:
        hint = "use a name that ends in .html, .md or .png"
        raise InputError(f"a report on the space cannot be written as {path.name!r}", hint=hint)
    if not path.parent.is_dir():
        raise InputError(f"there is no folder {str(path.parent)!r} for the report", hint="make it first")
