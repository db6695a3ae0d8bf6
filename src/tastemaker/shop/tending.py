"""What a shop does to stay good by itself: see what has changed, learn anew. A part of :class:`~tastemaker.Shop`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tastemaker.core.progress import Observer, silent
from tastemaker.shop.opened import Opened

if TYPE_CHECKING:
    from tastemaker.shop.drifting import DriftReport
    from tastemaker.shop.refitting import Refit


class Tended(Opened):
    """An opened workspace that is looked after."""

    def drift(self, *, days: float | None = None) -> "DriftReport":
        """How what people do now differs from what was learned from, and whether it is time to learn anew.

        Args:
            days: compare the last so many days with all before; None for what happened since the last fit.

        Raises:
            InputError: days is not above zero.
            FitError: there are no events with times, or all are on one side.
        """
        from tastemaker.shop.drifting import drift

        return drift(self.refresh(events=True), self.store, self._artefacts, days)

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
