"""Creatives: 200 over the demo shop (with prices), fashion, interior, movies and travel, checked fact by fact.

    python benchmarks/bench_creative.py               # makes, checks, shows, stores; sheets under build/

Every text that stands in the SVG is put together again from the facts that the creative says it prints; every fact is
compared with the input file (not with the catalog that printed it). Contrast and overflow are measured on the pixels. A
sample of the SVGs is drawn by a browser, when there is one, and compared with the PNG.
"""

import argparse
import csv
import json
import re
from collections.abc import Iterator
from html import unescape
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

import bench_interior
import bench_travel
import movies
from common import BUILD, Stopwatch, data, new_workspace, show, store, write_items
from tastemaker.core.seeds import generator
from tastemaker.demoshop.config import DemoConfig
from tastemaker.demoshop.draw import draw
from tastemaker.shop import Shop
from tastemaker.studio.creative.formats import FORMATS
from tastemaker.studio.creative.queue import Creative
from tastemaker.studio.creative.setting import BETWEEN, WITH

EACH = 40
SEED = 0
FOLDER = BUILD / "creatives"
TEXT = re.compile(r"<text [^>]*>(.*?)</text>", re.DOTALL)
UNSEEN = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Turns the direction of writing; left out of what is printed."""
BRAND = '\n[brand]\nname = "{name}"\n'


def shops() -> Iterator[tuple[str, Path]]:
    """The five shops, as workspaces."""
    demo = new_workspace("creative-demo")
    draw(demo, DemoConfig(items=240, people=60, events=1500))
    yield "demo", demo
    yield "fashion", fashion()
    bench_interior.build()
    yield "interior", BUILD / "interior"
    movies.build("creative-movies")
    yield "movies", BUILD / "creative-movies"
    bench_travel.build()
    yield "travel", BUILD / "travel"


def fashion() -> Path:
    """The products of which there is a photo of some size."""
    folder = new_workspace("creative-fashion")
    with data("fashion", "items.csv").open(newline="", encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row.pop("has_225x300") == "True"]
    write_items(folder / "items.csv", [{"title": row.pop("productDisplayName"), **row} for row in rows])
    (folder / "images.zip").symlink_to(data("fashion", "images_225x300.zip"))
    return folder


def made(name: str, root: Path) -> list[Creative]:
    """Forty creatives of one shop: every format, one in five a bundle, one in four to somebody's taste."""
    settings = root / "tastemaker.toml"
    known = settings.read_text(encoding="utf-8") if settings.exists() else ""
    if "[brand]" not in known:
        settings.write_text(known + BRAND.format(name=name.capitalize()), encoding="utf-8")
    chance, found = generator(SEED, name), []
    with Shop(root) as shop:
        catalog = shop.catalog
        rows = [row for row in range(catalog.size) if catalog.pictures.has(catalog.main_picture(row))]
        bare = [row for row in range(catalog.size) if not catalog.main_picture(row)]
        people = [user for user, _ in shop.users(limit=20)]
        for number in range(EACH):
            pool = bare if bare and number % 8 == 7 else rows
            department = catalog.raw_item(int(chance.choice(pool))).department
            alike = [row for row in pool if catalog.raw_item(row).department == department]
            many = int(chance.integers(2, 5)) if number % 5 == 4 else 1
            ids = [catalog.ids[row] for row in chance.permutation(alike)[:many].tolist()]
            user = people[number % len(people)] if people and number % 4 == 3 else None
            variants = shop.creative(ids, format=FORMATS[number % 4], n=1 + number // 4 % 4, user=user).creatives
            found.append(variants[-1])
    return found


def rows_of(root: Path) -> dict[str, dict[str, object]]:
    """The input file, by id."""
    for path in (root / "items.csv", root / "items.jsonl"):
        if path.exists():
            lines = path.read_text(encoding="utf-8")
            table = csv.DictReader(lines.splitlines(keepends=True)) if path.suffix == ".csv" else None
            found = list(table) if table else [json.loads(line) for line in lines.splitlines()]
            return {str(row["id"]): row for row in found}
    return {}


def untrue(one: Creative, rows: dict[str, dict[str, object]], currency: str) -> list[str]:
    """Printed facts that the input file does not hold; written without the code that printed them."""
    wrong = []
    for fact in one.facts:
        if not fact.item:
            continue
        raw = rows[fact.item].get(fact.field)
        entries = raw if isinstance(raw, list) else str(raw or "").split("|")
        texts = {" ".join(UNSEEN.sub("", str(entry)).split()) for entry in [*entries, str(raw or "")]}
        if fact.field == "price":
            texts = {f"{currency}{float(str(raw)):,.2f}", f"{currency}{float(str(raw)):,.0f}"}
            texts = {
                text for text in texts if abs(float(text[len(currency) :].replace(",", "")) - float(str(raw))) < 1e-9
            }
        number = re.search(r"\d[\d.,]*", fact.text)
        same = fact.text in texts
        if not same and number and _is_number(raw):
            same = abs(float(number[0].replace(",", "")) - float(str(raw))) < 1e-9
        if not same and fact.cut:
            beginning = fact.text.rstrip("….")
            same = beginning != "" and any(text.startswith(beginning) for text in texts)
        if not same:
            wrong.append(f"{one.name}: {fact.text!r} is not {fact.field} of {fact.item}: {raw!r}")
    return wrong


def unsaid(one: Creative) -> list[str]:
    """Printed words that belong to no fact: what the SVG shows must be the facts, one after the other."""
    printed = " ".join(unescape(text) for text in TEXT.findall(one.svg.decode()))
    rest = re.sub(r"\s+", "", printed.replace(BETWEEN, " "))
    for fact in one.facts:
        text = re.sub(r"\s+", "", fact.text)
        lead = WITH if rest.startswith(WITH + text) else ""
        if not rest.startswith(lead + text):
            return [f"{one.name}: {rest[:40]!r} where {fact.text!r} was expected"]
        rest = rest[len(lead + text) :]
    return [f"{one.name}: {rest!r} is printed and is no fact"] if rest else []


def sheets(name: str, found: list[Creative]) -> None:
    """All creatives of a shop side by side."""
    height, width, gap = 360, 2400, 12
    pictures = [Image.open(BytesIO(one.png)) for one in found]
    small = [p.resize((round(p.width * height / p.height), height), Image.Resampling.LANCZOS) for p in pictures]
    lines: list[list[Image.Image]] = [[]]
    for picture in small:
        if sum(other.width + gap for other in lines[-1]) + picture.width > width:
            lines.append([])
        lines[-1].append(picture)
    sheet = Image.new("RGB", (width, len(lines) * (height + gap)), "white")
    for number, line in enumerate(lines):
        left = 0
        for picture in line:
            sheet.paste(picture, (left, number * (height + gap)))
            left += picture.width + gap
    FOLDER.mkdir(parents=True, exist_ok=True)
    sheet.save(FOLDER / f"{name}.png")


def browser_gap(found: list[Creative]) -> float | None:
    """Mean difference (0 to 255) of PNG and SVG as a browser draws it; None without a browser."""
    chromium = Path("/usr/bin/chromium")
    if not chromium.exists():
        return None
    from playwright.sync_api import sync_playwright

    gaps = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(chromium), args=["--headless", "--no-sandbox"])
        for one in found:
            page = browser.new_page(viewport={"width": one.width, "height": one.height})
            page.set_content(f"<style>body{{margin:0}}svg{{display:block}}</style>{one.svg.decode()}")
            page.evaluate("document.fonts.ready")
            seen = Image.open(BytesIO(page.screenshot())).convert("RGB")
            seen.save(FOLDER / f"browser-{one.name}.png")
            own = np.asarray(Image.open(BytesIO(one.png)).convert("RGB"), np.float64)
            gaps.append(float(np.abs(np.asarray(seen, np.float64) - own).mean()))
            page.close()
        browser.close()
    return round(max(gaps), 3)


def measured(name: str, root: Path) -> tuple[dict[str, object], list[str], list[Creative]]:
    """One row of the table."""
    watch = Stopwatch()
    found = made(name, root)
    seconds = watch.processor
    sheets(name, found)
    rows = rows_of(root)
    currency = "€" if name == "demo" else ""
    wrong = [line for one in found for line in [*untrue(one, rows, currency), *unsaid(one)]]
    facts = [fact for one in found for fact in one.facts]
    row: dict[str, object] = {
        "shop": name,
        "creatives": len(found),
        "printed facts": len(facts),
        "untrue": len(wrong),
        "titles cut": sum(fact.cut for fact in facts),
        "least contrast": min(one.contrast for one in found),
        "processor seconds each": round(seconds / len(found), 2),
    }
    return row, wrong, found


def main() -> None:
    """Make, check, show, store."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    table, wrong, sample = [], [], []
    for name, root in shops():
        row, lines, found = measured(name, root)
        table.append(row)
        wrong += lines
        sample += found[:4]
    show("creatives", table)
    for line in wrong:
        print(line)
    gap = browser_gap(sample)
    print(f"largest mean difference of PNG and SVG in a browser over {len(sample)}: {gap}")
    store("creative", {"rows": table, "untrue": wrong, "svg in a browser": {"n": len(sample), "largest gap": gap}})


def _is_number(raw: object) -> bool:
    try:
        float(str(raw))
    except ValueError:
        return False
    return True


if __name__ == "__main__":
    main()
