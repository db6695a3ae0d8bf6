"""What is said of generators: figures beside plain baselines and real photos, the guidance sweep, and the sheets.

The JSON shape is fixed: ``{"protocol", "rows", "ceiling", "sweep"}``; sheets are pictures of the shop's own kind and go
into the page alone.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from html import escape
from pathlib import Path
from typing import Literal

from tastemaker.core.errors import InputError
from tastemaker.core.storage import replace_text
from tastemaker.evaluation import pages
from tastemaker.evaluation.drawn_figures import Likeness, Quality
from tastemaker.evaluation.plots import Mark, dots, line
from tastemaker.evaluation.tables import Table

Kind = Literal["generator", "baseline", "real"]
HIGHER, LOWER = "higher is better", "lower is better"


@dataclass(frozen=True)
class Cost:
    """What a generator needs.

    Attributes:
        minutes: of one processor, to train; None where that is not known.
        seconds: of one processor, to draw eight.
        megabytes: most memory held while it was trained; None where that is not known.
    """

    minutes: float | None
    seconds: float
    megabytes: float | None


@dataclass(frozen=True)
class DrawnRow:
    """What was measured of one generator.

    Attributes:
        name: of the generator.
        kind: is it one, a plain baseline, or real photos?
        quality: of drawings asked as the catalog's items are; of nothing in particular where it reads no attributes.
        sharpness: energy of edges over that of real photos; 1 is as sharp as they are.
        copied: share of the drawings that are copies of a photo learned from.
        attributes: share of the drawings that are what was asked, by attribute; empty where nothing can be asked.
        likeness: of reconstructions of photos held back; None where it has none.
        coherence: cosine of a drawn picture and the words drawn with it, and of others' words; None without words.
        cost: what it needs; None of real photos.
    """

    name: str
    kind: Kind
    quality: Quality
    sharpness: float
    copied: float
    attributes: Mapping[str, float] = field(default_factory=dict)
    likeness: Likeness | None = None
    coherence: tuple[float, float] | None = None
    cost: Cost | None = None


@dataclass(frozen=True)
class Guided:
    """One strength of guidance."""

    guidance: float
    attributes: Mapping[str, float]
    quality: Quality
    sharpness: float


@dataclass(frozen=True)
class DrawnReport:
    """The quality of generators.

    Attributes:
        protocol: what was measured, and how.
        rows: one a generator, baselines and real photos among them.
        ceiling: share of real photos held back whose attribute the judge says, by what they are and by attribute.
        sweep: by strength of guidance, rising.
        swept: name of the generator whose guidance was swept.
        sheets: a PNG by its caption.
    """

    protocol: Mapping[str, object]
    rows: Sequence[DrawnRow]
    ceiling: Mapping[str, Mapping[str, float]]
    sweep: Sequence[Guided] = ()
    swept: str = ""
    sheets: Mapping[str, bytes] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """All but the sheets, as JSON values."""
        return {
            "protocol": dict(self.protocol), "rows": [asdict(row) for row in self.rows],
            "ceiling": {name: dict(each) for name, each in self.ceiling.items()},
            "sweep": [asdict(one) for one in self.sweep],
        }  # fmt: skip

    def tables(self) -> list[Table]:
        """Everything but the sheets."""
        found = [self._quality(), self._attributes(), self._likeness(), self._coherence(), self._sweep(), self._cost()]
        return [table for table in found if table is not None and table.lines]

    def save(self, path: Path | str) -> None:
        """Write it down: ``.html`` one page with the sheets, ``.md`` the tables.

        Raises:
            InputError: the name ends otherwise, or the folder is not there.
        """
        path = Path(path)
        if path.suffix not in (".html", ".md"):
            raise InputError(
                f"a report on drawings cannot be written as {path.name!r}", hint="use .html or .md as its ending"
            )
        if not path.parent.is_dir():
            raise InputError(f"there is no folder {str(path.parent)!r} for the report", hint="make it first")
        replace_text(path, self._markdown() if path.suffix == ".md" else self._html())

    def _quality(self) -> Table:
        head = ("generator", "FD-own", "kernel distance", "precision", "recall", "density", "coverage", "diversity",
                "sharpness", "copies")  # fmt: skip
        lines = []
        for row in self.rows:
            one = row.quality
            figures = (one.precision, one.recall, one.density, one.coverage, one.diversity, row.sharpness)
            shown = (f"{one.distance:.2f}", f"{one.kernel:.3f}", *(f"{figure:.2f}" for figure in figures))
            lines.append((row.name, *shown, f"{row.copied:.1%}"))
        note = (
            f"FD-own and kernel distance: {LOWER}, and only features of the same judge may be compared; the others"
            " are best near those of real photos. Diversity and sharpness are ratios to real photos: below 1 is"
            " alike or blurred, above 1 is noise. n = " + ", ".join(sorted({f"{row.quality.n:,}" for row in self.rows}))
        )
        return Table("How near drawings come to real photos", head, tuple(lines), note)

    def _attributes(self) -> Table | None:
        names = list(dict.fromkeys(name for row in self.rows for name in row.attributes))
        lines = [(row.name, *_cells(row.attributes, names)) for row in self.rows if row.attributes]
        lines += [(f"real photos: {what}", *_cells(each, names)) for what, each in self.ceiling.items()]
        note = f"share of the drawings in which the judge sees what was asked; {HIGHER}. {self.protocol['asked']}"
        return Table("Is it what was asked for?", ("generator", *names), tuple(lines), note) if names else None

    def _likeness(self) -> Table:
        kept = [(row.name, row.likeness) for row in self.rows if row.likeness is not None]
        lines = tuple((name, f"{one.l1:.4f}", f"{one.psnr:.1f} dB", f"{one.ssim:.3f}") for name, one in kept)
        note = "photos held back, through the generator's latent and back"
        return Table("Reconstruction", ("generator", "L1", "PSNR", "SSIM"), lines, note)

    def _coherence(self) -> Table:
        kept = [(row.name, row.coherence) for row in self.rows if row.coherence is not None]
        lines = tuple((name, f"{own:.3f}", f"{others:.3f}") for name, (own, others) in kept)
        note = "mean cosine, in the shop's space, of a picture and the words drawn with it, and of others' words"
        return Table("Do picture and words agree?", ("generator", "own words", "others' words"), lines, note)

    def _sweep(self) -> Table:
        names = list(dict.fromkeys(name for one in self.sweep for name in one.attributes))
        head = ("guidance", *names, "FD-own", "density", "coverage", "sharpness")
        lines = tuple(
            (f"{one.guidance:g}", *_cells(one.attributes, names), f"{one.quality.distance:.2f}",
             f"{one.quality.density:.2f}", f"{one.quality.coverage:.2f}", f"{one.sharpness:.2f}")
            for one in self.sweep
        )  # fmt: skip
        n = self.sweep[0].quality.n if self.sweep else 0
        note = f"n = {n:,}; these distances are those of asked kinds and colours, not of the catalog's mixture"
        return Table(f"Guidance of {self.swept}", head, lines, note)

    def _cost(self) -> Table:
        kept = [(row.name, row.cost) for row in self.rows if row.cost is not None]
        lines = tuple(
            (name, "-" if one.minutes is None else f"{one.minutes:.1f}", f"{one.seconds:.2f}",
             "-" if one.megabytes is None else f"{one.megabytes:,.0f}")
            for name, one in kept
        )  # fmt: skip
        head = ("generator", "minutes to train", "seconds to draw 8", "MB in training")
        return Table("What it costs", head, lines, "processor time on one thread; two quiet cores need half of it")

    def _said(self) -> list[str]:
        return [f"{name}: {value}" for name, value in self.protocol.items()]

    def _markdown(self) -> str:
        blocks = ["# Drawings", *(pages.markdown_table(table) for table in self.tables())]
        return "\n\n".join([*blocks, "## How it was measured", "\n".join(f"- {fact}" for fact in self._said())]) + "\n"

    def _html(self) -> str:
        quality, *rest = [pages.table_html(table) for table in self.tables()]
        sheets = "".join(
            f"<section><h2>{escape(caption)}</h2><div class=scroll tabindex=0>"
            f'<img src="data:image/png;base64,{b64encode(png).decode()}" alt="{escape(caption, quote=True)}">'
            "</div></section>"
            for caption, png in self.sheets.items()
        )
        parts = [quality, _plots(self._dots()), *rest, _plots(self._lines()), sheets]
        return pages.document(
            "Drawings", str(self.protocol["source"]), str(self.protocol["source"]), parts, self._said()
        )

    def _dots(self) -> dict[str, str]:
        roles = {"generator": "other", "baseline": "plain", "real": "own"}
        rows = sorted(self.rows, key=lambda row: row.quality.distance)
        marks = [Mark(row.name, row.quality.distance, role=roles[row.kind]) for row in rows]
        spread = [Mark(row.name, row.quality.coverage, role=roles[row.kind]) for row in rows]
        return {"FD-own": dots(marks, f"FD-own, {LOWER}"), "Coverage": dots(spread, f"coverage, {HIGHER}")}

    def _lines(self) -> dict[str, str]:
        at = [one.guidance for one in self.sweep]
        names = list(dict.fromkeys(name for one in self.sweep for name in one.attributes))
        values = {f"{name} as asked": [one.attributes[name] for one in self.sweep] for name in names}
        values |= {"FD-own": [one.quality.distance for one in self.sweep]}
        values |= {"coverage": [one.quality.coverage for one in self.sweep]}
        return {f"{name}, by guidance": line(at, each, "guidance", name) for name, each in values.items()}


def _cells(values: Mapping[str, float], names: Sequence[str]) -> list[str]:
    return [f"{values[name]:.3f}" if name in values else "-" for name in names]


def _plots(drawn: Mapping[str, str]) -> str:
    """Plots side by side; nothing when there is none."""
    figures = "".join(
        f"<figure><figcaption><h2>{escape(title)}</h2></figcaption>{plot}</figure>"
        for title, plot in drawn.items()
        if plot
    )
    return f"<section><div class=plots>{figures}</div></section>" if figures else ""
