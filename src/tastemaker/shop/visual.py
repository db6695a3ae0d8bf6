"""The picture verbs of a shop: what it draws and what it shows. A part of :class:`~tastemaker.shop.shop.Shop`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tastemaker.core.errors import InputError, UnknownName
from tastemaker.core.progress import Observer, silent
from tastemaker.shop.asking import Picture, picture_of
from tastemaker.shop.opened import Opened

if TYPE_CHECKING:
    from tastemaker.shop.imagining import Imagined
    from tastemaker.shop.promoting import Promoted
    from tastemaker.studio.creative.queue import Creative, Queue


class Visual(Opened):
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
            observer: hears of progress; raises ``Cancelled`` to stop.

        Raises:
            NotFitted: the shop has not learned to draw; ``fit(parts=["generators"])`` teaches it.
            InputError: n is out of range.
            PictureError: the picture cannot be read.
        """
        from tastemaker.shop import imagining

        view = self.view
        picture, _ = picture_of(view, image)
        history = self._history(user) if user else None
        asked = imagining.Request(text, picture, history, n, seed, tuple(ignore))
        return imagining.imagine(view, asked, self.workspace.state / "drawn", observer)

    def drawing(self, name: str) -> bytes:
        """A picture that :meth:`imagine` has drawn.

        Raises:
            UnknownName: there is no such drawing, or it was long ago.
        """
        path = self.workspace.state / "drawn" / name
        if path.name != name or not path.is_file():
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
        asked = promoting.Request(ids, format, n, user or "", self._history(user) if user else None)
        return promoting.promote(self.view, self.workspace, asked, self.creatives, observer)

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
