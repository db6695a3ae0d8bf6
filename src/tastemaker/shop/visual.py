"""The picture verbs of a shop: what it draws and what it shows. A part of :class:`~tastemaker.shop.shop.Shop`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tastemaker.core.errors import UnknownName
from tastemaker.core.progress import Observer, silent
from tastemaker.shop.asking import Picture, picture_of
from tastemaker.shop.opened import Opened

if TYPE_CHECKING:
    from tastemaker.shop.imagining import Imagined


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
