"""``tastemaker.Client``: a shop that somebody else serves. Every verb as on ``Shop``; nothing heavy is loaded.

What a ``Shop`` answers with a type of its own comes back as that type; reports come back as the JSON of their files.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

from tastemaker.catalog.events import Event, Receipt
from tastemaker.catalog.impressions import Impression
from tastemaker.catalog.items import Item
from tastemaker.client.chatting import Chat
from tastemaker.client.following import follow
from tastemaker.client.reading import Picture, fields, item_of, naming, ranking, read, sent, sent_brush, several
from tastemaker.client.wire import Wire, address
from tastemaker.core.closing import Closing
from tastemaker.core.errors import InputError, PictureError
from tastemaker.core.progress import Observer, silent
from tastemaker.core.ranking import Ranking
from tastemaker.core.types import Bools
from tastemaker.core.versions import Version
from tastemaker.core.wire import Json, plain

if TYPE_CHECKING:
    import httpx

    from tastemaker.client.making import Imagined, VisualResult
    from tastemaker.shop.adding import Added
    from tastemaker.shop.drifting import DriftReport
    from tastemaker.shop.explaining import Explanation
    from tastemaker.shop.refitting import Refit


class Client(Closing):
    """A running service.

    Args:
        url: where it answers, ``http://127.0.0.1:8000``.
        key: from ``tastemaker keys``; it says which shop is asked and what may be done.
        timeout: seconds to wait for one answer; long work is followed by itself.
        transport: instead of the network, for tests.

    Raises:
        MissingExtra: httpx is not installed.

    Every verb raises what it raises on a ``Shop``, and beside that ``ServiceError`` for what only a service can do:
    refuse a key, be asked too often, be away.

    Example:
        >>> shop = tm.Client("http://127.0.0.1:8000", key="tm_...")  # doctest: +SKIP
        >>> shop.search("linen dress", where="price < 80").ids  # doctest: +SKIP
    """

    def __init__(
        self, url: str, *, key: str = "", timeout: float = 60.0, transport: "httpx.BaseTransport | None" = None
    ) -> None:
        self._wire = Wire(url, key, timeout, transport)

    def close(self) -> None:
        """Let go of the connections."""
        self._wire.close()

    def recommend(
        self,
        user: str | None = None,
        *,
        history: Sequence[str] = (),
        k: int = 10,
        where: str = "",
        exclude: Sequence[str] = (),
        explain: bool = False,
    ) -> Ranking:
        """What a person will like; see ``Shop.recommend``."""
        asked = {"history": history, "k": k, "where": where, "exclude": exclude, "explain": explain}
        return ranking(self._wire.post("/recommend", asked | _said(user=user)))

    def complete(
        self, items: Sequence[str], *, k: int = 10, where: str = "", exclude: Sequence[str] = (), explain: bool = False
    ) -> Ranking:
        """What goes with some items; see ``Shop.complete``."""
        asked = {"items": items, "k": k, "where": where, "exclude": exclude, "explain": explain}
        return ranking(self._wire.post("/complete", asked))

    def search(
        self,
        text: str = "",
        *,
        image: Picture | None = None,
        images: Sequence[Picture] = (),
        change: str | Sequence[str] = "",
        where: str = "",
        user: str | None = None,
        k: int = 10,
        exclude: Sequence[str] = (),
        ignore: Sequence[str] = (),
        weigh: Mapping[str, float] = MappingProxyType({}),
        explain: bool = False,
    ) -> Ranking:
        """Items for words, a picture, a picture and a change in words; see ``Shop.search``.

        A picture is a file here, its bytes, decoded, or the id of an item of the service. How much each of ``images``
        counts is said in ``weigh``, by ``picture 2`` ...
        """
        *earlier, last = [change] if isinstance(change, str) else change or [""]
        asked = {
            "text": text, "change": last, "earlier": earlier, "where": where, "k": k, "exclude": exclude,
            "ignore": ignore, "weigh": dict(weigh), "explain": explain,
        }  # fmt: skip
        items = [item_of(each) for each in images]
        asked["images"] = [{"item": item} if item else sent(each) for item, each in zip(items, images, strict=True)]
        item = "" if image is None else item_of(image)
        asked |= {"item": item} if item else _said(image=None if image is None else sent(image))
        with naming(item, *items):
            return ranking(self._wire.post("/search", asked | _said(user=user)))

    def similar(self, item: str, *, k: int = 10, where: str = "") -> Ranking:
        """Items that look and read like an item."""
        return ranking(self._wire.post("/similar", {"item": item, "k": k, "where": where}))

    def explain(
        self, item: str, *, user: str | None = None, text: str = "", image: "Picture | None" = None, looks: bool = False
    ) -> "Explanation":
        """Why an item, and which part of its picture is like words, a picture or what the person chose."""
        from tastemaker.shop.explaining import Explanation

        asked = {"item": item, "text": text, "looks": looks} | _said(user=user, image=self._seen(image))
        return read(Explanation, self._wire.post("/explain", asked))

    def chat(self, *, user: str | None = None, k: int = 10) -> Chat:
        """A new conversation; it begins with the first thing that is said."""
        return Chat(self._wire, user, k)

    def add(self, items: Sequence[Item], *, pictures: Mapping[str, Picture] = MappingProxyType({})) -> "Added":
        """Add or replace items, live.

        Args:
            items: whole items.
            pictures: the pictures that they name and the shop does not have yet, by name.
        """
        from tastemaker.shop.adding import Added

        given = {name: sent(picture) for name, picture in pictures.items()}
        return read(Added, self._wire.post("/add", {"items": items, "pictures": given}))

    def remove(self, ids: Sequence[str]) -> int:
        """Take items out of the shop; returns how many."""
        return read(int, fields(self._wire.post("/remove", {"items": ids}))["removed"])

    def past(self, user: str, *, kind: str = "", limit: int = 500) -> list[Event]:
        """What a person did with items that are in the shop, newest first; see ``Shop.past``."""
        told = self._wire.get("/past", user=user, kind=kind, limit=limit)
        return [read(Event, event) for event in several(told)]

    def forget(self, user: str, item: str = "", *, kind: str = "") -> int:
        """Forget what a person did; returns how many events are gone; see ``Shop.forget``."""
        asked = {"user": user, "item": item, "kind": kind}
        return read(int, fields(self._wire.post("/forget", asked))["forgotten"])

    def record(self, events: Sequence[Event | Impression]) -> Receipt:
        """Write down what people did and were shown; it is on the service's disk when this returns.

        Raises:
            InputError: one of them was refused; the others were taken.
        """
        told = fields(self._wire.post("/events", list(events)))
        refused = several(told["refused"])
        if refused:
            words = f"event {refused[0]['place']} was refused: {refused[0]['why']}"
            raise InputError(words, hint=f"{len(events) - len(refused)} of {len(events)} were taken")
        return read(Receipt, told)

    def item(self, id: str) -> Item:
        """An item."""
        return read(Item, self._wire.get(address("items", id)))

    def picture(self, name: str, width: int | None = None) -> bytes:
        """A picture of the catalog as bytes, scaled to a width when one is given."""
        return self._wire.bytes(address("pictures", name), width)

    def imagine(
        self,
        text: str = "",
        *,
        image: Picture | None = None,
        user: str | None = None,
        n: int = 4,
        seed: int = 0,
        ignore: Sequence[str] = (),
        design: bool = False,
        observer: Observer = silent,
    ) -> "Imagined":
        """Draw things that could exist, each with the real items nearest to it; see ``Shop.imagine``."""
        from tastemaker.client.making import imagined

        asked = {"text": text, "n": n, "seed": seed, "ignore": ignore, "design": design}
        asked |= _said(user=user, image=self._seen(image))
        return imagined(self._wire, follow(self._wire, "/imagine", asked, observer))

    def try_on(
        self,
        item: str,
        person: Picture,
        *,
        consent: bool = False,
        box: tuple[int, int, int, int] | None = None,
        points: Mapping[str, tuple[float, float]] | None = None,
        brush: Bools | None = None,
        instruction: str = "",
        user: str = "",
        n: int = 1,
        seed: int = 0,
        commercial: bool = False,
        badge: bool = True,
        engine: str | None = None,
        observer: Observer = silent,
    ) -> "VisualResult":
        """Show an item on a person; see ``Shop.try_on``. What the service kept of it is deleted at once."""
        from tastemaker.client.making import shown

        asked = {"item": item, "person": sent(person), "consent": consent, "n": n, "seed": seed, "user": user}
        asked |= {"instruction": instruction, "commercial": commercial, "badge": badge, "points": points or {}}
        asked |= _said(box=box, brush=sent_brush(brush), engine=engine)
        return shown(self._wire, follow(self._wire, "/try-on", asked, observer))

    def place(
        self,
        item: str,
        room: Picture,
        *,
        floor: Sequence[tuple[float, float]] | None = None,
        floor_size: tuple[float, float] | None = None,
        at: tuple[float, float] | None = None,
        turn: float = 0.0,
        scale: float = 1.0,
        box: tuple[int, int, int, int] | None = None,
        brush: Bools | None = None,
        instruction: str = "",
        user: str = "",
        n: int = 1,
        seed: int = 0,
        commercial: bool = False,
        badge: bool = True,
        engine: str | None = None,
        observer: Observer = silent,
    ) -> "VisualResult":
        """Show an item in a room, in its true size; see ``Shop.place``. What the service kept is deleted at once."""
        from tastemaker.client.making import shown

        asked = {"item": item, "room": sent(room), "n": n, "seed": seed, "user": user, "turn": turn, "scale": scale}
        asked |= {"instruction": instruction, "commercial": commercial, "badge": badge}
        asked |= _said(floor=floor, floor_size=floor_size, at=at, box=box, brush=sent_brush(brush), engine=engine)
        return shown(self._wire, follow(self._wire, "/place", asked, observer))

    def creative(
        self,
        items: str | Sequence[str],
        *,
        format: str = "banner",
        n: int = 1,
        user: str | None = None,
        observer: Observer = silent,
    ) -> dict[str, Json]:
        """Make advertisements; they wait in the shop's queue."""
        named = [items] if isinstance(items, str) else list(items)
        asked = {"items": named, "format": format, "n": n} | _said(user=user)
        return fields(follow(self._wire, "/creative", asked, observer))

    def fit(self, parts: Sequence[str] | None = None, *, observer: Observer = silent) -> Self:
        """Let the service learn from its catalog and events; it serves the new version once that is whole."""
        follow(self._wire, "/fit", {"parts": None if parts is None else list(parts)}, observer)
        return self

    def refit(
        self,
        parts: Sequence[str] | None = None,
        *,
        k: int = 20,
        people: int = 30,
        tolerance: float = 0.05,
        seed: int = 0,
        all_events: bool = False,
        observer: Observer = silent,
    ) -> "Refit":
        """Let the service learn anew, and publish it only when it is not worse; see ``Shop.refit``."""
        from tastemaker.shop.refitting import Refit

        asked = {"k": k, "people": people, "tolerance": tolerance, "seed": seed, "all_events": all_events}
        return read(Refit, follow(self._wire, "/refit", asked | _said(parts=parts), observer))

    def evaluate(
        self,
        *,
        split: str | None = None,
        experiment: str | None = None,
        events: Sequence[Event] | None = None,
        queries: Sequence[Mapping[str, object]] | None = None,
        methods: Sequence[str] | None = None,
        candidates: str | Sequence[str] = "all",
        k: int = 20,
        seed: int = 0,
        observer: Observer = silent,
    ) -> dict[str, Json]:
        """How good the answers are, as ``Report.to_json``; see ``Shop.evaluate``."""
        asked = {"candidates": candidates, "k": k, "seed": seed}
        asked |= _said(split=split, experiment=experiment, events=events, queries=queries, methods=methods)
        return fields(follow(self._wire, "/evaluate", asked, observer))

    @property
    def versions(self) -> list[Version]:
        """What was published lately and can be served again, the oldest first."""
        return read(list[Version], self._wire.get("/versions"))

    def rollback(self, to: str = "") -> Version:
        """Serve again what was fitted before; see ``Shop.rollback``."""
        return read(Version, self._wire.post("/rollback", {"to": to}))

    def check(self) -> dict[str, Json]:
        """What is right and wrong with the workspace's input."""
        return fields(self._wire.get("/check"))

    def doctor(self) -> dict[str, Json]:
        """Versions, integrity, disk, advice."""
        return fields(self._wire.get("/doctor"))

    def drift(self, *, days: float | None = None) -> "DriftReport":
        """How what people do has changed; see ``Shop.drift``."""
        from tastemaker.shop.drifting import DriftReport

        return read(DriftReport, self._wire.get("/drift", days=days))

    def methods(self) -> list[dict[str, Json]]:
        """Everything that is registered where the service runs."""
        return several(self._wire.get("/methods"))

    def ready(self) -> dict[str, Json]:
        """Can it answer? Raises ``ServiceError`` when it cannot."""
        return fields(self._wire.get("/readyz"))

    def _seen(self, image: Picture | None) -> str | None:
        """A picture as it is sent; of an item its main one."""
        item = "" if image is None else item_of(image)
        if image is None or not item:
            return None if image is None else sent(image)
        with naming(item):
            images = self.item(item).images
        if not images:
            raise PictureError(f"item {item!r} has no picture", hint="search with its words instead")
        return sent(self.picture(images[0]))


def _said(**values: object) -> dict[str, object]:
    """Those that are not None."""
    return {name: plain(value) for name, value in values.items() if value is not None}
