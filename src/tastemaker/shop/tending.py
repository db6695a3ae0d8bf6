"""What is done for a shop between questions: see what has changed, learn anew, embed all of it on many machines."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tastemaker.core.progress import Observer, silent
from tastemaker.shop.opened import Opened

if TYPE_CHECKING:
    from tastemaker.scale.embedding import Embedded
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
        all_events: bool = False,
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
            all_events: publish not what was judged but the same learned again from all events, the newest included.
            observer: hears of progress; raises ``Cancelled`` to stop, which leaves what is published.

        Raises:
            BusyError: something is being fitted already.
            UnknownName: there is no such part.
            InputError: a number is out of range.
            FitError: the catalog is empty.
        """
        from tastemaker.shop.refitting import Terms, refit

        terms = Terms(k, people, tolerance, seed, all_events)
        done = refit(self.workspace, self.store, self._artefacts, parts, terms, observer)
        if done.verdict == "published" and not self.swap():
            self.refresh()
        return done

    def embed(
        self,
        out: Path | str,
        *,
        space: Path | str | None = None,
        workers: int = 1,
        ray: bool = False,
        rows: int = 1000,
        observer: Observer = silent,
    ) -> "Embedded":
        """Embed the catalog into a table on disk, by many workers; killed at any moment, the next call goes on.

        After a change of the catalog only the shards that hold changed items are embedded again.

        Args:
            out: folder of the table, for :class:`~tastemaker.scale.table.VectorTable`.
            space: another shop whose space is used, when this catalog is too large to fit one on.
            workers: how many at a time, one core each: processes of this machine, or of Ray.
            ray: on the Ray cluster that RAY_ADDRESS names, or on a Ray of this machine.
            rows: of the catalog that a worker takes at a time.
            observer: hears of progress; raises ``Cancelled`` to stop, which keeps what is done.

        Raises:
            NotFitted: there is no space.
            InputError: a number is below 1.
            BusyError: somebody else is writing to the same folder.
            MissingExtra: the extra ``scale`` is not installed.
        """
        from tastemaker.shop.embedding import embed_catalog

        with_space = None if space is None else Path(space)
        return embed_catalog(
            self.workspace, self.store, Path(out), with_space, workers=workers, ray=ray, rows=rows, observer=observer
        )
