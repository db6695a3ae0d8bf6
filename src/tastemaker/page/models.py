"""What was learned, for the engineer: a card for the index and for every part, and the versions to go back to."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from nicegui import Client

from tastemaker.core.storage import Artefact, Artefacts
from tastemaker.core.versions import Version
from tastemaker.page.card import sentence
from tastemaker.page.engine import methods
from tastemaker.page.frame import Content
from tastemaker.page.html import Safe, join, tag
from tastemaker.page.live import Given, Reply, button, hear
from tastemaker.page.tables import section, table, tiles

if TYPE_CHECKING:
    from tastemaker.shop import Shop

_PARTS = {
    "space": "Pictures and words as vectors", "vectors": "The items in the space", "search": "Changes in words",
    "recommender": "Who gets what", "complete": "What goes with what", "generators": "Drawings",
    "language": "The shop's language model", "studio": "Try-on and placement",
}  # fmt: skip
_TOLD = ("items", "events", "data", "revision", "made", "newest", "sha256", "tastemaker")
"""Of a manifest, what is told elsewhere on the card or in its own way."""
_LAST = 253_402_300_799
"""The last second of the year 9999."""


def models(shop: "Shop") -> Content:
    """The page."""
    published = Artefacts(shop.workspace.state).published()
    cards = [_card(part, artefact) for part, artefact in published.items()]
    nothing = tag("p", {"class": "fine"}, "Nothing is fitted yet; start it under Running, or with `tastemaker fit`.")
    parts = [
        tag("h1", None, "Models"),
        section("Index", _index(shop), note="What search and likeness look in."),
        section("Parts", tag("div", {"class": "cards-of"}, join(cards)) if cards else nothing),
        section("Versions", _versions(shop), note="What was published lately; any of it can be served again."),
        section("Methods", methods()),
    ]
    return Content("Models · Tastemaker", tag("div", {"class": "work"}, join(parts)))


def hear_models(client: Client, shop: "Shop") -> None:
    """Hear of a version that is to be served again."""

    def serve(given: Given) -> Reply:
        version = shop.rollback(given.get("version", ""))
        return Reply(models(shop), f"Version {version.id} is served")

    hear(client, "tm_version", serve)


def _index(shop: "Shop") -> Safe:
    """Size and kind of the index."""
    vectors = shop.view.vectors
    if vectors is None:
        return tag("p", {"class": "fine"}, "There is none: the shop is not fitted, or its items have nothing to see.")
    width = vectors.matrix.shape[1]
    return tiles([
        (f"{int(vectors.present.sum()):,}", "vectors"),
        (f"{width:,}", "numbers each"),
        (_bytes(vectors.matrix.nbytes), "in memory"),
        (f"{int(shop.catalog.alive.sum()) - int(vectors.present.sum()):,}", "items without"),
        (type(shop.view.index).__name__.removesuffix("Index").lower() if shop.view.index else "none", "kind"),
    ])  # fmt: skip


def _card(part: str, artefact: Artefact) -> Safe:
    """One part: what it is, what it was learned from, its settings, its figures."""
    manifest = artefact.manifest
    learned = [f"{manifest[name]:,} {name}" for name in ("items", "events") if isinstance(manifest.get(name), int)]
    facts = [
        ("Made", _when(manifest.get("made"))),
        ("Learned from", ", ".join(learned) or "–"),
        ("Newest event", _when(manifest.get("newest"))),
        ("Size", _bytes(sum(file.stat().st_size for file in artefact.folder.iterdir()))),
        ("By", f"tastemaker {manifest.get('tastemaker', '–')}"),
        ("Content", tag("code", None, str(manifest.get("sha256", ""))[:16])),
    ]
    facts += [(_words(name), value) for name, value in _flat({k: v for k, v in manifest.items() if k not in _TOLD})]
    settings = _flat(artefact.config)
    return tag(
        "article",
        {"class": "model"},
        tag("h3", None, part.capitalize()),
        tag("p", {"class": "note"}, _PARTS.get(part, "")),
        _pairs(facts),
        tag("details", None, tag("summary", None, "Settings"), _pairs(settings)) if settings else None,
    )


def _versions(shop: "Shop") -> Safe:
    versions = shop.versions[::-1]
    if not versions:
        return tag("p", {"class": "fine"}, "There are none yet.")
    lines = [(version.id, _when(version.made), ", ".join(version.parts), _act(version)) for version in versions]
    return table(("Version", "Published", "Parts", ""), lines, name="Versions")


def _act(version: Version) -> Safe:
    if version.current:
        return tag("strong", None, "Served now")
    sure = "Serve this version instead of the current one?"
    return button("tm_version", {"version": version.id}, "Serve this", label=f"Serve version {version.id}",
                  look="quiet", sure=sure)  # fmt: skip


def _pairs(facts: list[tuple[str, str]]) -> Safe:
    lines = [tag("div", None, tag("dt", None, name), tag("dd", None, value)) for name, value in facts]
    return tag("dl", {"class": "pairs-of"}, join(lines))


def _flat(values: Mapping[str, object], before: str = "") -> list[tuple[str, str]]:
    """Nested settings as lines, names joined by dots."""
    found: list[tuple[str, str]] = []
    for name, value in values.items():
        if isinstance(value, Mapping):
            found += _flat(value, f"{before}{name}.")
        elif not isinstance(value, list) or len(value) <= 12:
            text = f"{value:.6g}" if isinstance(value, float) else str(value)
            found.append((f"{before}{name}", text if len(text) <= 160 else f"{text[:159]}…"))
    return found


def _when(seconds: object) -> str:
    """A Unix time as people read it; a dash for none, and for what no calendar has."""
    if not isinstance(seconds, int | float) or not 0 < seconds < _LAST:
        return "–"
    return f"{datetime.fromtimestamp(seconds, UTC):%-d %b %Y, %H:%M} UTC"


def _words(name: str) -> str:
    return sentence(name.replace("_", " "))


def _bytes(count: float) -> str:
    """A size in the largest unit that keeps it above one."""
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.3g}\N{NO-BREAK SPACE}{unit}"
        count /= 1000
    return f"{count:.3g}\N{NO-BREAK SPACE}GB"
