"""A small shop with the verbs the page calls, honest in its own small way: forty drawn items, six people.

It exists so that the page's tests need no training: words match words, a picture matches by its mean colour, a person
likes what they looked at. Run it to look at the page: ``python tests/page/stand_in.py 8765 0``.
"""

import io
import socket
import sys
import time
from dataclasses import dataclass, field, replace
from types import SimpleNamespace

import numpy as np
import uvicorn
from fastapi import FastAPI, Response
from PIL import Image, ImageDraw

from tastemaker.alignment.space import ItemVectors
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.events import Event, Receipt
from tastemaker.catalog.interactions import WEIGHTS, Interactions
from tastemaker.catalog.items import Item
from tastemaker.core.errors import InputError, NotFitted, PictureError, UnknownName
from tastemaker.core.ranking import Facet, Ranked, Ranking, Reason
from tastemaker.page import attach
from tastemaker.shop.imagining import Design, Imagined

COLOURS = {
    "red": (176, 58, 46),
    "blue": (52, 94, 140),
    "green": (88, 120, 82),
    "sand": (205, 178, 138),
    "black": (44, 44, 48),
}
KINDS = {
    "wardrobe": ("Linen shirt", "Wool coat", "Summer dress", "Canvas bag"),
    "home": ("Oak chair", "Reading lamp", "Low sofa", "Stoneware vase"),
}
BREAKS = "what nobody foresaw"
"""Words for which the stand-in breaks."""
ATTACK = "<script>document.title='broken'</script><b>Bold</b> & sons in green"


def drawn(colour, kind):
    """A still life: a rounded thing of one colour on a wall."""
    rgb = COLOURS[colour]
    image = Image.new("RGB", (480, 640), (238, 232, 222))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 470, 480, 640), fill=(224, 214, 199))
    draw.ellipse((90, 500, 400, 560), fill=(200, 188, 170))
    width = 90 + 25 * (sum(map(ord, kind)) % 5)
    draw.rounded_rectangle((240 - width, 150, 240 + width, 530), radius=40 + 10 * (len(kind) % 5), fill=rgb)
    draw.rounded_rectangle(
        (240 - width + 20, 170, 240, 510), radius=30, fill=tuple(min(255, part + 18) for part in rgb)
    )
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=88)
    return stream.getvalue()


def middle(data):
    """The colour in the middle of a picture."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    width, height = image.size
    return np.asarray(image.crop((width * 2 // 5, height * 2 // 5, width * 3 // 5, height * 3 // 5))).mean((0, 1))


def items():
    found = []
    for department, kinds in KINDS.items():
        for kind in kinds:
            for place, colour in enumerate(COLOURS):
                number = len(found)
                found.append(
                    Item(
                        id=f"item-{number}",
                        title=f"{kind} in {colour}" if number != 7 else ATTACK,
                        text=f"A {colour} {kind.lower()}, made to last.\nQuiet, useful and repairable.",
                        images=(f"{colour}/{kind.replace(' ', '-')}.jpg",) if number % 13 != 11 else (),
                        price=19.0 + 12.5 * number if number % 9 != 5 else None,
                        available=True,
                        department=department,
                        attributes={
                            "colour": colour,
                            "kind": kind,
                            "weight": 0.4 + number,
                            "repairable": place % 2 == 0,
                        },
                    )
                )
    return found


@dataclass
class Stand:
    """The stand-in shop."""

    delay: float = 0.0
    events: list[Event] = field(default_factory=list)
    drawings: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self):
        self._items = items()
        self.workspace = SimpleNamespace(settings=SimpleNamespace(currency="€"))
        for person in range(6):
            for step in range(6):
                number = (person * 7 + step * 3) % 30
                self.events.append(Event(f"person-{person}", f"item-{number}", "view", time=float(step)))
        self._snapshot()

    def _snapshot(self):
        known = {item.id: row for row, item in enumerate(self._items)}
        people = tuple(dict.fromkeys(event.user for event in self.events))
        self.catalog = Catalog.from_items(
            self._items,
            Interactions(
                people,
                len(self._items),
                np.array([people.index(event.user) for event in self.events], np.int64),
                np.array([known[event.item] for event in self.events], np.int64),
                np.array([WEIGHTS.get(event.kind, 1.0) for event in self.events], np.float32),
                np.array([event.time or 0.0 for event in self.events]),
            ),
        )
        rgb = np.array([COLOURS[item.attributes["colour"]] for item in self._items], np.float32) - 128
        matrix = rgb / np.linalg.norm(rgb, axis=1, keepdims=True)
        self.view = SimpleNamespace(catalog=self.catalog, vectors=ItemVectors(matrix, {}))

    def item(self, id):
        return self.catalog.item(self.catalog.row(id))

    def users(self, prefix="", limit=50):
        counts = {}
        for event in self.events:
            counts[event.user] = counts.get(event.user, 0) + 1
        return [(user, count) for user, count in counts.items() if user.startswith(prefix)][:limit]

    def record(self, events):
        self.events += events
        self._snapshot()
        return Receipt(len(events), 0)

    def past(self, user, *, kind="", limit=500):
        return [event for event in self.events[::-1] if event.user == user and kind in ("", event.kind)][:limit]

    def forget(self, user, item="", *, kind=""):
        gone = [event for event in self.past(user, kind=kind) if item in ("", event.item)]
        self.events = [event for event in self.events if event not in gone]
        self._snapshot()
        return len(gone)

    def picture(self, name, width=None):
        colour, _, kind = name.removesuffix(".jpg").partition("/")
        if colour not in COLOURS:
            raise PictureError(f"no picture {name!r}")
        return drawn(colour, kind)

    def recommend(self, user=None, *, history=(), k=10, where="", exclude=()):
        time.sleep(self.delay)
        mine = [event for event in self.events if event.user == user]
        taste = {self.item(event.item).attributes["colour"]: event.item for event in mine if event.kind != "dislike"}
        gone = {event.item for event in mine} | set(exclude)
        places = []
        for item in self._allowed(where):
            if item.id in gone:
                continue
            because = taste.get(item.attributes["colour"])
            count = sum(event.item == item.id for event in self.events)
            if because:
                reason = Reason("history", f"because you liked {self.item(because).title}", 0.7, (because,))
            else:
                reason = Reason(
                    "popularity", f"chosen {count} times" if count else "new: nobody has chosen it yet", 0.3
                )
            places.append(self._place(item, float(count) + 5 * bool(because), reason))
        notes = () if mine else ("nobody is named: what most people like",)
        return Ranking(tuple(sorted(places, key=lambda place: -place.score)[:k]), notes=notes)

    def search(
        self,
        text="",
        *,
        image=None,
        change="",
        where="",
        user=None,
        k=10,
        exclude=(),
        ignore=(),
        weigh=None,
        explain=False,
    ):
        del weigh, explain  # a stand-in has no parts to weigh
        time.sleep(self.delay)
        if text == BREAKS:
            raise RuntimeError("a secret of the shop")
        if isinstance(image, str):
            image = self.picture(self.item(image).images[0])
        words = " ".join([text, *([change] if isinstance(change, str) else change)]).lower().split()
        facets = [Facet("colour", "=", word) for word in words if word in COLOURS]
        if "under" in words and words[-1].isdigit():
            facets.append(Facet("price", "<", words[-1], hard=True))
        facets = [facet for facet in facets if facet.label not in ignore]
        limit = min([float(facet.value) for facet in facets if facet.name == "price"], default=None)
        wanted = {facet.value for facet in facets if facet.name == "colour"}
        left = {word for word in words if word not in COLOURS} - {"in", "a", "under"}
        mean = None if image is None else middle(image)
        places = []
        for item in self._allowed(where):
            if item.id in exclude or (limit is not None and not (item.price or 1e9) < limit):
                continue
            score = 2.0 * (item.attributes["colour"] in wanted)
            score += sum(word in f"{item.title} {item.text}".lower() for word in left)
            if mean is not None and not wanted:
                score += 1 - np.abs(np.array(COLOURS[item.attributes["colour"]]) - mean).sum() / 765
            if score > 0:
                places.append(self._place(item, score, Reason("words", "matches your words")))
        chips = (*((Facet("picture", "like", "yours"),) if image is not None else ()), *facets)
        return Ranking(tuple(sorted(places, key=lambda place: -place.score)[:k]), chips)

    draws = True
    designs = True

    def imagine(self, text="", *, user=None, n=4, seed=0, ignore=(), design=False, observer=None):
        if design and not user:
            raise InputError("a design is for somebody whose choices are known")
        near = self.search(text, k=5).items
        designs = []
        for number in range(n):
            data = drawn(list(COLOURS)[(number + seed) % len(COLOURS)], text)
            name = f"{seed}-{number}.jpg"
            self.drawings[name] = data
            designs.append(Design(name, number, near, near[0].id if near and number == 3 else "", data))
        return Imagined(tuple(designs), "stand-in", "none", seed, (), ())

    def similar(self, item, *, k=10, where=""):
        asked = self.item(item)
        near = [
            self._place(other, 1.0 + (other.department == asked.department), Reason("near", "looks alike"))
            for other in self._allowed(where)
            if other.id != item and other.attributes["colour"] == asked.attributes["colour"]
        ]
        return Ranking(tuple(sorted(near, key=lambda place: -place.score)[:k]))

    def complete(self, items, *, k=10, where=""):
        asked = [self.item(item) for item in items]
        if asked[0].department != "home":
            raise NotFitted("nothing is known of what goes with what")
        kinds = {item.attributes["kind"] for item in asked}
        found = [
            self._place(
                other, 1.0, Reason("together", f"chosen together with {asked[0].title} twice", 1.0, tuple(items))
            )
            for other in self._allowed(where)
            if other.department == "home" and other.attributes["kind"] not in kinds
        ]
        return Ranking(tuple(found[:k]))

    def explain(self, item, *, user=None):
        asked = self.item(item)
        reasons = self.recommend(user, k=99).items
        found = next((place.reasons for place in reasons if place.id == item), ())
        if user:
            found = (*found, Reason("content", "its colour is one you come back to", 0.3, attributes={"colour": "x"}))
        return SimpleNamespace(reasons=found, missing=() if asked.images else ("picture",), notes=())

    def check(self):
        return "40 items read, 0 refused"

    def doctor(self):
        return {"versions": {"tastemaker": "0.1.0"}, "integrity": True, "advice": ["nothing to do"]}

    def _allowed(self, where):
        found = self._items
        for part in filter(None, where.split(" and ")):
            name, sign, value = part.split(" ", 2)
            if (name, sign) == ("department", "="):
                found = [item for item in found if item.department == value.strip("\"'")]
            elif (name, sign) == ("price", "<="):
                found = [item for item in found if item.price is not None and item.price <= float(value)]
            else:
                raise UnknownName("filter", part)
        return found

    @staticmethod
    def _place(item, score, reason):
        picture = item.images[0] if item.images else ""
        return Ranked(item.id, score, item.title, item.price, picture, (replace(reason),))


def create(shop):
    """An app with the one route of the server that the page needs, and the page."""
    app = FastAPI()

    @app.get("/pictures/{name:path}")
    def picture(name: str, width: int | None = None) -> Response:
        try:
            return Response(shop.picture(name, width), media_type="image/jpeg")
        except PictureError:
            return Response(status_code=404)

    @app.get("/drawings/{name}")
    def drawing(name: str) -> Response:
        return Response(shop.drawings[name], media_type="image/jpeg")

    @app.get("/seen-events")
    def seen_events() -> list[tuple[str, str, str]]:
        return [(event.user, event.item, event.kind) for event in shop.events]

    attach(app, shop)
    return app


if __name__ == "__main__":
    bound = socket.create_server(("127.0.0.1", int(sys.argv[1])))
    sys.stdout.write(f"{bound.getsockname()[1]}\n")
    sys.stdout.flush()
    app = create(Stand(delay=float(sys.argv[2])))
    uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[bound])
