"""``creative``: advertisements of real items. What is printed is looked up; a model chooses at most what comes first.

look up     title, price and attributes of the items
prefer      for a person: of a bundle the item that suits them best comes large, of each item the attribute that they
            choose most often is named first; both with the reason
lay out     several ways, by format, pictures and brand
measure     contrast and overflow, on what was drawn
keep        in the queue, where the merchandiser approves or refuses
"""

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np
from PIL import Image

from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import History
from tastemaker.catalog.workspace import Workspace, WorkspaceSettings
from tastemaker.core.errors import ConfigError, InputError, PictureError, UnknownName
from tastemaker.core.progress import Observer, silent, track
from tastemaker.core.seeds import generator
from tastemaker.shop.explaining import explain
from tastemaker.shop.live import View
from tastemaker.studio.creative import cutouts, design, drawing, vector
from tastemaker.studio.creative.brand import Brand
from tastemaker.studio.creative.cutouts import Shown
from tastemaker.studio.creative.design import Variant
from tastemaker.studio.creative.facts import Printed, facts_of, holds
from tastemaker.studio.creative.formats import FORMATS, Format
from tastemaker.studio.creative.lettering import Face, face_of
from tastemaker.studio.creative.queue import Creative, Queue
from tastemaker.studio.creative.scene import Fact
from tastemaker.studio.signing import COMPOSED, Signer

MOST = 12
"""Variants that can be asked for at once."""
LOOKED_AT = 20
"""Photos of a department by which it is judged whether products can be cut out."""
SMALL = 160
"""Longer side at which they are looked at."""


@dataclass(frozen=True)
class Request:
    """What is asked for.

    Attributes:
        items: ids, at most four.
        format: banner, square, story or email.
        n: how many variants.
        user: whose taste decides what comes first; "" for nobody.
        history: what they did.
    """

    items: tuple[str, ...]
    format: str = "banner"
    n: int = 1
    user: str = ""
    history: History | None = None


@dataclass(frozen=True)
class Promoted:
    """What was made.

    Attributes:
        creatives: variants, the one that suits the pictures best first.
        notes: what could not be used, and other things to say aloud.
    """

    creatives: tuple[Creative, ...]
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = []
        for one in self.creatives:
            lines.append(f"{one.name}  {one.format} {one.width} x {one.height}  {one.layout}  {one.state}")
            lines += [f"  {fact.text:<40} {fact.item} {fact.field}".rstrip() for fact in one.facts]
            lines += [f"  {why}" for why in one.leads]
        return "\n".join((*lines, *self.notes))


def promote(view: View, workspace: Workspace, request: Request, queue: Queue, observer: Observer = silent) -> Promoted:
    """Make creatives and put them into the queue.

    Raises:
        InputError: too many or no items, or n out of range.
        UnknownName: an item or the format is not there.
        ConfigError: ``[brand]`` or ``[signing]`` cannot be used.
    """
    format, rows = _checked(view.catalog, request)
    brand = Brand.read(workspace.settings.brand)
    signer = Signer.open(workspace.settings.signing, workspace.root)
    face, currency = face_of(workspace.root, brand.font), workspace.settings.currency
    wish = _wish(view, request, rows)
    printed, notes = [], list(wish.notes)
    for row in wish.rows:
        named = wish.first.get(row, {})
        facts = facts_of(view.catalog.item(row), view.catalog.attributes, brand, currency, named)
        printed.append(_printable(facts, face, notes))
    looks = [_picture(view.catalog, row, brand, notes) for row in wish.rows]
    shown = cutouts.alike([one for one in looks if one is not None])
    made: list[Creative] = []
    with track(observer, "laying out", request.n) as task:
        for variant in design.variants(format, shown, brand):
            creative = _one(format, variant, printed, shown, brand, face, signer)
            if creative is not None:
                made.append(queue.put(replace(creative, leads=wish.told(creative.facts))))
                task.advance()
            if len(made) == request.n:
                break
    if len(made) < request.n:
        notes.append(f"there are {len(made)} ways to lay this out, not {request.n}")
    return Promoted(tuple(made), tuple(notes))


def outdated(catalog: Catalog, creative: Creative, settings: WorkspaceSettings) -> tuple[str, ...]:
    """What a creative prints and the catalog no longer says; empty while all of it still holds."""
    brand, currency, found = Brand.read(settings.brand), settings.currency, []
    for fact in creative.facts:
        if not fact.item:
            continue
        if not catalog.has(fact.item):
            found.append(f"{fact.item} is no longer in the shop")
        elif not holds(fact, catalog.item(catalog.row(fact.item)), catalog.attributes, brand, currency):
            found.append(f"{fact.field} of {fact.item} is no longer {fact.text}")
    return tuple(dict.fromkeys(found))


@dataclass(frozen=True)
class _Lead:
    """Why something comes first, in a sentence; field "" for the order of items."""

    sentence: str
    item: str = ""
    field: str = ""


@dataclass(frozen=True)
class _Wish:
    """What comes first: rows in order, attributes to name first by row, and why."""

    rows: tuple[int, ...]
    first: Mapping[int, Mapping[str, str]]
    leads: tuple[_Lead, ...] = ()
    notes: tuple[str, ...] = ()

    def told(self, facts: Sequence[Fact]) -> tuple[str, ...]:
        """Why what is printed comes first."""
        printed = {(fact.item, fact.field) for fact in facts} | {("", "")}
        return tuple(lead.sentence for lead in self.leads if (lead.item, lead.field) in printed)


def _checked(catalog: Catalog, request: Request) -> tuple[Format, tuple[int, ...]]:
    format = next((name for name in FORMATS if name == request.format), None)
    if format is None:
        raise UnknownName("format", request.format, FORMATS)
    many = len(request.items)
    if not 1 <= many <= design.MOST_ITEMS:
        raise InputError(f"{many} items are given", hint=f"a creative shows 1 to {design.MOST_ITEMS}")
    if isinstance(request.n, bool) or not isinstance(request.n, int) or not 1 <= request.n <= MOST:
        raise InputError(f"n is {request.n!r}; it must be a whole number from 1 to {MOST}", hint="ask for 3")
    if len(set(request.items)) < many:
        raise InputError("an item is given twice", hint="name every item once")
    return format, tuple(catalog.rows(list(request.items)).tolist())


def _wish(view: View, request: Request, rows: tuple[int, ...]) -> _Wish:
    """The order of items and attributes for a person, from what they did."""
    if request.history is None:
        return _Wish(rows, {})
    if not len(request.history.liked):
        return _Wish(rows, {}, notes=("nothing is known of this person yet: the usual order",))
    told = {row: explain(view, request.history, row, request.user) for row in rows}
    first: dict[int, dict[str, str]] = {}
    leads: list[_Lead] = []
    order = tuple(sorted(rows, key=lambda row: told[row].place or view.catalog.size + 1))
    if len(rows) > 1 and (place := told[order[0]].place) is not None:
        title = view.catalog.raw_item(order[0]).title or view.catalog.ids[order[0]]
        leads.append(_Lead(f"{title} comes first: place {place:,} of all that suits this person"))
    for row in order:
        reasons = [reason for reason in told[row].reasons if reason.source == "attributes"]
        first[row] = dict(pair for reason in reasons for pair in reason.attributes.items())
        for reason in reasons:
            for name, value in reason.attributes.items():
                words = f"{name.replace('_', ' ')} {value} is named: {reason.weight:.0%} of what they chose has it"
                leads.append(_Lead(words, view.catalog.ids[row], name))
    return _Wish(order, first, tuple(leads))


def _printable(printed: Printed, face: Face, notes: list[str]) -> Printed:
    """Without attributes that the typeface has no letters for."""
    for fact in (printed.title, printed.price, printed.before):
        if fact is not None and (lacks := face.lacks(fact.text)):
            raise ConfigError(
                f"the typeface {face.family} has no {lacks!r}, which the {fact.field} of {printed.item} needs",
                hint="name another one as font under [brand] in tastemaker.toml",
            )
    lacking = [fact for fact in printed.details if face.lacks(fact.text)]
    notes += [
        f"{fact.field} of {printed.item} is left out: the typeface has no {face.lacks(fact.text)!r}" for fact in lacking
    ]
    return replace(printed, details=tuple(fact for fact in printed.details if fact not in lacking))


def _picture(catalog: Catalog, row: int, brand: Brand, notes: list[str]) -> Shown | None:
    """An item's picture; None when it has none that can be read."""
    name = catalog.main_picture(row)
    if not name:
        notes.append(f"{catalog.ids[row]} has no picture")
        return None
    try:
        picture = catalog.pictures.open(name)
    except PictureError as error:
        notes.append(f"{catalog.ids[row]} is shown without a picture: {error.message}")
        return None
    alone = brand.cut_out == "always" or (brand.cut_out == "auto" and _studio(catalog, row))
    return cutouts.look(picture, alone=alone)


_known: "WeakKeyDictionary[Catalog, dict[str, bool]]" = WeakKeyDictionary()
_lock = Lock()


def _studio(catalog: Catalog, row: int) -> bool:
    """May products of this one's department be cut out of their photos? Looked at once a revision."""
    department = catalog.raw_item(row).department
    with _lock:
        known = _known.setdefault(catalog, {})
        if department not in known:
            known[department] = cutouts.studio(_some(catalog, department))
        return known[department]


def _some(catalog: Catalog, department: str) -> list[Image.Image]:
    """A few small photos of a department, always the same."""
    rows = [row for row in np.flatnonzero(catalog.alive).tolist()
            if catalog.raw_item(row).department == department and catalog.main_picture(row)]  # fmt: skip
    found = []
    for row in generator(0, "photos of a department").permutation(rows)[:LOOKED_AT].tolist():
        try:
            found.append(catalog.pictures.open(catalog.main_picture(row), SMALL))
        except PictureError:
            continue
    return found


def _one(
    format: Format,
    variant: Variant,
    printed: Sequence[Printed],
    shown: Sequence[Shown],
    brand: Brand,
    face: Face,
    signer: Signer | None,
) -> Creative | None:
    """One creative; None when its text cannot be read or does not fit in this layout."""
    scene, picture, found = drawing.render(design.scene(format, variant, printed, shown, brand, face), face)
    if not found.good:
        return None
    items = tuple(one.item for one in printed)
    told: dict[str, object] = {
        "by": "tastemaker",
        "kind": "creative",
        "format": format,
        "layout": variant.name,
        "items": items,
        "facts": [{"text": fact.text, "field": fact.field, "item": fact.item} for fact in scene.facts],
    }
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode() + picture.tobytes())
    text = json.dumps(told, ensure_ascii=False, sort_keys=True)
    file = drawing.png(picture, text)
    if signer is not None:
        file = signer.sign(file, told, COMPOSED)
    return Creative(
        digest.hexdigest()[:20], format, variant.name, scene.width, scene.height, items, scene.facts, (),
        round(found.contrast, 2), time.time(),
        png=file, svg=vector.svg(scene, face, text),
    )  # fmt: skip
