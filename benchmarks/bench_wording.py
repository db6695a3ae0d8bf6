"""How people word a change, and what the parser makes of it: the real captions of FashionIQ.

    python benchmarks/bench_wording.py             # one minute
    python benchmarks/bench_wording.py --wrong     # and every caption of the sample that was not read as labelled

All captions of ``fashioniq_text`` go through the parser; an exception ends the run. 200 of the training captions, drawn
once (seed 4), were labelled by hand, before the parser had seen them: ``labels/fashioniq_edits.csv``, by file, pair and
caption. The parser was then improved on other captions.

The catalog that is spoken of: the real fashion products with their kinds, colours and usages, and the attributes that
the captions talk about and the catalog lacks (sleeves, neckline ...), drawn at random: only their words matter.

How it was labelled. Colours are all the colours a thing shows, so "blue with white stripes" sets both and the pattern.
Comparisons name the end they go to: "shorter sleeves" is more short sleeves. Of a detail (a logo, a text) that is said
to be different or larger, its presence is the edit: nothing else of it is an attribute. A kind is set where it is named
as the thing itself, not as its part. "Has sleeves" takes sleeveless away. What no attribute holds (a skull, a vibe, a
younger look) is no edit; free words that are avoided are not scored.
"""

import argparse
import csv
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from common import Stopwatch, data, show, store
from tastemaker.alignment.language.vocabulary import Vocabulary
from tastemaker.alignment.language.wordforms import stems
from tastemaker.alignment.language.wording import understand
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import Item
from tastemaker.core.seeds import generator
from tastemaker.core.types import ItemId

LABELS = Path(__file__).parent / "labels" / "fashioniq_edits.csv"
TALKED_OF = {
    "colour": "royal blue, multicoloured",
    "kind": "dress shirts, tank tops, polo shirts, shirt dresses, gowns, blouses",
    "style": "formal, casual, sexy, elegant, revealing, modest, sporty, feminine, masculine, vintage, western,"
    " whimsical, simple, bold, colourful, classy, professional, evening, party, fashionable",
    "shade": "light, dark, bright",
    "pattern": "solid, striped, plaid, checked, floral, polka dots, printed, patterned, animal print, tie dye, paisley,"
    " geometric, camouflage",
    "detail": "graphic, logo, text, belt, buttons, pockets, ruffles, bow, zipper, hood, slit, pleats, collar, tie,"
    " sequins, embroidery, cutouts",
    "sleeves": "sleeveless, cap sleeves, short sleeves, three quarter sleeves, long sleeves",
    "straps": "strapless, one shoulder, halter, off shoulder, spaghetti straps, thin straps, thick straps",
    "neckline": "v neck, round neck, crew neck, scoop neck, sweetheart neck, square neck, cowl neck, high neck,"
    " low neck",
    "length": "mini, short, knee length, midi, long, maxi",
    "fit": "fitted, tight, loose, flowy, flared, slim",
    "material": "denim, lace, satin, cotton, silk, leather, flannel, sheer, shiny",
}  # fmt: skip
"""What the captions talk about; of colour, kind and style beside what the real catalog has."""
OURS = {"colour": "baseColour", "kind": "articleType", "style": "usage"}
LISTS = ("colour", "style", "pattern", "detail", "material")
OPS = {"=": "set", "!=": "remove", "more": "more", "less": "less", "same": "keep"}
Edit = tuple[str, str, tuple[str, ...]]


def fashion() -> Vocabulary:
    """The words of the fashion catalog, with the attributes that it lacks."""
    draw = generator(0, "wording")
    added = {name: values.split(", ") for name, values in TALKED_OF.items()}
    items = []
    with data("fashion", "items.csv").open(newline="", encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            drawn = {name: str(draw.choice(values)) for name, values in added.items()}
            own = {name: row[column] for name, column in OURS.items() if row[column] and draw.random() < 0.9}
            both = {name: (value,) if name in LISTS else value for name, value in (drawn | own).items()}
            items.append(
                Item(ItemId(row["id"]), row["productDisplayName"], attributes={**both, "gender": row["gender"]})
            )
    return Vocabulary(Catalog.from_items(items))


def captions() -> Iterator[tuple[tuple[str, int, int], str]]:
    """Every caption with its id: file, pair, caption."""
    for path in sorted(data("fashioniq_text").glob("cap.*.json")):
        for pair, entry in enumerate(json.loads(path.read_text(encoding="utf-8"))):
            for place, words in enumerate(entry["captions"]):
                yield (path.name, pair, place), words


def labels() -> dict[tuple[str, int, int], Counter[Edit]]:
    """What each labelled caption asks for."""
    found = {}
    with LABELS.open(newline="", encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            edits = [edit for edit in row["edits"].split("; ") if edit]
            found[row["file"], int(row["pair"]), int(row["caption"])] = Counter(map(_edit, edits))
    return found


def read(words: str, vocabulary: Vocabulary) -> Counter[Edit]:
    """What the parser makes of a caption; free words that are avoided are no edit of an attribute."""
    facets = understand(words, vocabulary).facets
    return Counter(_edit(f"{OPS[f.op]} {f.name}={f.value}") for f in facets if f.op in OPS and f.name != "words")


def scored(vocabulary: Vocabulary, said: Mapping[tuple[str, int, int], str], *, wrong: bool) -> list[dict[str, object]]:
    """Expected, found and right edits by kind; with intervals over captions (bootstrap)."""
    counts: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for id, expected in labels().items():
        found = read(said[id], vocabulary)
        right = expected & found
        if wrong and expected != found:
            print(
                f"{said[id]!r}\n    lacks {_plain(expected - found)}\n    has   {_plain(found - expected)}",
                file=sys.stderr,
            )
        kinds = {edit[0] for edit in expected | found}
        for kind in {*kinds, "every edit"}:
            each = [_of(kind, some) for some in (expected, found, right)]
            counts[kind].append((each[0], each[1], each[2]))
        counts["whole caption"].append((1, 1, int(expected == found)))
    order = ("set", "remove", "more", "less", "keep", "every edit", "whole caption")
    return [_row(kind, np.array(counts[kind])) for kind in order if kind in counts]


def main() -> None:
    """Read all, score the sample, print, store."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wrong", action="store_true", help="print what was not read as labelled")
    asked = parser.parse_args()
    vocabulary, watch = fashion(), Stopwatch()
    said = dict(captions())
    understood = [bool(understand(words, vocabulary).facets) for words in said.values()]
    seconds = watch.processor
    table = scored(vocabulary, said, wrong=asked.wrong)
    show(f"{len(said):,} captions, none an error; {np.mean(understood):.1%} say something of an attribute;"
         f" {1e6 * seconds / len(said):.0f} us each. 200 labelled by hand:", table)  # fmt: skip
    store("wording", {"captions": len(said), "with an edit": round(float(np.mean(understood)), 4),
                      "microseconds a caption": round(1e6 * seconds / len(said)), "rows": table})  # fmt: skip


def _edit(text: str) -> Edit:
    """``set colour=Navy Blue`` -> ("set", "colour", ("navy", "blu")); ``keep all`` has no value."""
    op, _, rest = text.partition(" ")
    name, _, value = rest.partition("=")
    return op, name, () if op == "keep" else stems(value)


def _of(kind: str, edits: Counter[Edit]) -> int:
    return sum(count for edit, count in edits.items() if kind in (edit[0], "every edit"))


def _row(kind: str, counts: "np.ndarray[tuple[int, int], np.dtype[np.int64]]") -> dict[str, object]:
    """Shares with 95 % intervals. Shapes: counts (captions, 3): expected, found, right."""
    draw = generator(0, "wording intervals")
    sums = counts[draw.integers(len(counts), size=(2000, len(counts)))].sum(axis=1)
    again = 2 * sums[:, 2] / np.maximum(1, sums[:, 0] + sums[:, 1])
    expected, found, right = counts.sum(axis=0).tolist()
    low, high = np.quantile(again, [0.025, 0.975])
    return {
        "kind of edit": kind, "labelled": expected, "found": found, "right": right,
        "of labelled": round(right / max(1, expected), 3), "of found": round(right / max(1, found), 3),
        "F1": round(2 * right / max(1, expected + found), 3), "95 %": f"{low:.3f}-{high:.3f}",
    }  # fmt: skip


def _plain(edits: Counter[Edit]) -> str:
    return "; ".join(f"{op} {name}={' '.join(value)}" for op, name, value in edits) or "-"


if __name__ == "__main__":
    main()
