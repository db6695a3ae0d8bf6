"""What a shop does to stay good by itself: see what has changed, learn anew. A part of :class:`~tastemaker.Shop`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tastemaker.core.progress import Observer, silent
from tastemaker.shop.opened import Opened

if TYPE_CHECKING:
    from tastemaker.shop.refitting import Refit


class Tended(Opened):
    """An opened workspace that is looked after."""

    def refit(
        self,
        parts: Sequence[str] | None = None,
        *,
        k: int = 20,
        people: int = 30,
        tolerance: float = 0.05,
        seed: int = 0,
        observer: Observer = silent,
    ) -> "Refit":
        """Learn from what has happened since the last fit, and publish it only when it is not worse.

        Args:
            parts: as for ``fit``; "recommender" and "complete" when None, and all that a fit makes the first time.
            k: length of the rankings that are judged.
            people: fewer than so many with new choices is too little to judge by: nothing is published.
            tolerance: share of the published figure that may be lost for all that the interval tells, when the
                candidate looks worse.
            seed: of the intervals.
            observer: hears of progress; raises ``Cancelled`` to stop, which leaves what is published.

        Raises:
            BusyError: something is being fitted already.
            UnknownName: there is no such part.
            InputError: a number is out of range.
            FitError: the catalog is empty.
        """
        from tastemaker.shop.refitting import Terms, refit

        terms = Terms(k, people, tolerance, seed)
        done = refit(self.workspace, self.store, self._artefacts, parts, terms, observer)
        if done.verdict == "published" and not self.swap():
            self.refresh()
        return done
