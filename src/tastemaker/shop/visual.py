"""The picture verbs of a shop: what it draws and what it shows. A part of :class:`~tastemaker.shop.shop.Shop`."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tastemaker.core.errors import InputError, UnknownName
from tastemaker.core.progress import Observer, silent
from tastemaker.core.types import Bools
from tastemaker.shop.asking import Picture, four_corners, painted, photo_of, picture_of, within
from tastemaker.shop.tending import Tended

_DRAWN = re.compile(r"[0-9a-f]{20}\.png")

if TYPE_CHECKING:
    from tastemaker.shop.imagining import Imagined
    from tastemaker.shop.promoting import Promoted
    from tastemaker.studio.creative.queue import Creative, Queue
    from tastemaker.studio.engines import Means
    from tastemaker.studio.people import Policy
    from tastemaker.studio.request import VisualResult
    from tastemaker.studio.signing import Signer


class Visual(Tended):
    """An opened workspace that draws and shows."""

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
        """Draw things that could exist, each with the real items nearest to it.

        Args:
            text: words; nothing at all draws whatever the shop might sell.
            image: that it should look like: a file, its bytes, a decoded picture, or the id of an item.
            user: whose taste it should meet.
            n: how many, 1 to 64.
            seed: draws the same again.
            ignore: labels of understood facets to leave out (see ``Imagined.understood``).
            design: search for what the user would prefer, by what they chose; takes a GAN and some seconds a picture.
            observer: hears of progress; raises ``Cancelled`` to stop.

        Raises:
            NotFitted: the shop has not learned to draw; ``fit(parts=["generators"])`` teaches it.
            InputError: n is out of range, or a design is asked for nobody or of a generator that is no GAN.
            PictureError: the picture cannot be read.
        """
        from tastemaker.shop import imagining

        view = self.view
        picture, _ = picture_of(view, image)
        history = self._history(user, view) if user else None
        asked = imagining.Request(text, picture, history, n, seed, tuple(ignore), design)
        return imagining.imagine(view, asked, self.workspace.state / "drawn", observer, self._signer())

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
        policy: "Policy | None" = None,
        observer: Observer = silent,
    ) -> "VisualResult":
        """Show an item on a person; a preview, not a fit. Nothing of the photo is kept.

        Args:
            item: id of what is worn.
            person: a photo: a file, its bytes, or a decoded picture.
            consent: has the person in the photo agreed? Without it nothing is done.
            box: left, top, right, bottom in pixels of where it goes; overrules what is found.
            points: where parts of the body are, in pixels, as in ``VisualResult.points``: "left shoulder" and "right
                shoulder" (left in the picture), elbows and wrists, "belt", "crotch", "ankles"; they are believed.
            brush: only what is true here may change; as large as the photo.
            instruction: words on how it should look; only engines that follow words are asked then.
            user: for whom; "" for nobody in particular.
            n: how many pictures, 1 to 8.
            seed: makes the same again.
            commercial: leave out engines whose licence forbids commercial use.
            badge: draw "Generated" on the picture.
            engine: name of the one that must answer; None lets the router choose.
            policy: which photos of people are refused; None for :func:`tastemaker.studio.people.careful`.
            observer: hears of progress; raises ``Cancelled`` to stop.

        Returns:
            The pictures, or in ``refused`` why there are none.

        Raises:
            UnknownName: there is no such item or engine.
            InputError: there is no consent, the item is not worn, n is out of range, the points or the brush cannot be
                used, or no engine follows words.
            PictureError: a picture cannot be read.
        """
        from tastemaker.shop.showing import Wish, shown
        from tastemaker.studio.marks import checked
        from tastemaker.studio.people import careful
        from tastemaker.studio.request import Region

        photo, means = photo_of(person), self._means()
        region = Region(box=box, brush=painted(brush, photo), points=checked(points or {}))
        wish = Wish(region, instruction, user, n, seed, consent, commercial, badge, engine, policy or careful, means)
        return shown(self.view, "try_on", item, photo, wish, observer)

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
        """Show an item in a room, in its true size.

        Args:
            item: id of a piece of furniture, a lamp, a rug, a picture.
            room: a photo: a file, its bytes, or a decoded picture.
            floor: the four corners of a rectangle on the floor in pixels, in order around it; None guesses the floor.
            floor_size: its sides in metres: from the first corner to the second, from the second to the third.
            at: where it stands or hangs, in pixels; None for the middle of the floor, or of the wall behind it.
            turn: by how many degrees it is turned, counterclockwise as seen from above; what stands by 30 at most.
            scale: how much larger than its size it is shown, 0.1 to 10; said in a warning.
            box: left, top, right, bottom in pixels of where it goes; overrules place and size.
            brush: only what is true here may change; as large as the photo.
            instruction: words on how it should look; only engines that follow words are asked then.
            user: for whom; "" for nobody in particular.
            n: how many pictures, 1 to 8.
            seed: makes the same again.
            commercial: leave out engines whose licence forbids commercial use.
            badge: draw "Generated" on the picture.
            engine: name of the one that must answer; None lets the router choose.
            observer: hears of progress; raises ``Cancelled`` to stop.

        Returns:
            The pictures, or in ``refused`` why there are none.

        Raises:
            UnknownName: there is no such item or engine.
            InputError: the floor cannot be one, the item is worn, a number is out of range, the brush cannot be used,
                or no engine follows words.
            PictureError: a picture cannot be read.
        """
        from tastemaker.shop.showing import Wish, shown
        from tastemaker.studio.request import Region

        photo, corners = photo_of(room), None if floor is None else four_corners(floor)
        within(turn, "turn", -180, 180)
        within(scale, "scale", 0.1, 10)
        region = Region(box, painted(brush, photo), corners, floor_size, at, turn=turn, scale=scale)
        means = self._means()
        wish = Wish(region, instruction, user, n, seed, commercial=commercial, badge=badge, engine=engine, means=means)
        return shown(self.view, "place", item, photo, wish, observer)

    def _means(self) -> "Means":
        """What engines of the studio may use."""
        from tastemaker.studio.engines import Means

        own = self.view.fitted.showing
        learned = {} if own is None else {"own": own}
        root, settings = self.workspace.root, self.workspace.settings
        return Means(root, self.workspace.state, settings.studio, learned, self._signer())

    @property
    def hears(self) -> bool:
        """Is there an engine of try-on and placement, ready to work, that follows words?"""
        from tastemaker.core import registry
        from tastemaker.studio.engines import Engine

        kinds = [registry.find("engine", name) for name in registry.names("engine")]
        told = [kind for kind in kinds if issubclass(kind, Engine) and kind.hears]
        return any(not kind(self._means()).lacks() for kind in told)

    def _signer(self) -> "Signer | None":
        """Signs what is drawn and shown; None when the shop has no certificate."""
        from tastemaker.studio.signing import Signer

        return Signer.open(self.workspace.settings.signing, self.workspace.root)

    def drawing(self, name: str) -> bytes:
        """A picture that :meth:`imagine` has drawn.

        Raises:
            UnknownName: there is no such drawing, or it was long ago.
        """
        path = self.workspace.state / "drawn" / name
        if not _DRAWN.fullmatch(name) or not path.is_file():
            raise UnknownName("drawing", name, [], hint="imagine it again; the newest thousand are kept")
        return path.read_bytes()

    def creative(
        self,
        items: str | Sequence[str],
        *,
        format: str = "banner",
        n: int = 1,
        user: str | None = None,
        observer: Observer = silent,
    ) -> "Promoted":
        """Make advertisements of one item or of a bundle; they wait in the queue until somebody approves them.

        Args:
            items: an id, or up to four.
            format: "banner", "square", "story" or "email".
            n: how many layouts, 1 to 12; there may be fewer.
            user: whose taste decides which item comes large and which attribute is named first.
            observer: hears of progress; raises ``Cancelled`` to stop, which leaves those that are done.

        Raises:
            InputError: no items or too many, or n out of range.
            UnknownName: there is no such item or format.
            ConfigError: ``[brand]`` cannot be used.
        """
        from tastemaker.shop import promoting

        ids = (items,) if isinstance(items, str) else tuple(items)
        view = self.view
        asked = promoting.Request(ids, format, n, user or "", self._history(user, view) if user else None)
        return promoting.promote(view, self.workspace, asked, self.creatives, observer)

    @property
    def creatives(self) -> "Queue":
        """The creatives that were made: what waits, what was approved and refused."""
        from tastemaker.studio.creative.queue import Queue

        return Queue(self.workspace.state / "creatives")

    def outdated(self, creative: "Creative") -> tuple[str, ...]:
        """What a creative prints and the catalog no longer says; empty while all of it holds."""
        from tastemaker.shop import promoting

        return promoting.outdated(self.catalog, creative, self.workspace.settings)

    def decide(self, name: str, state: str, *, who: str, why: str = "") -> "Creative":
        """Approve or refuse a creative, or take that back ("waiting").

        Raises:
            UnknownName: there is no such creative or state.
            InputError: nobody is named, or what is to be approved prints what is no longer true.
        """
        stale = self.outdated(self.creatives.find(name)) if state == "approved" else ()
        if stale:
            raise InputError(f"{name} cannot be approved: {stale[0]}", hint="make it again")
        return self.creatives.decide(name, state, who, why)
