"""Learning curves, and one bar a method: what a method reports while it is fitted, read on its way to the observer."""

from dataclasses import dataclass

from tastemaker.core.progress import Advanced, Event, Finished, Noted, Observer, Started


@dataclass(frozen=True)
class Curve:
    """One figure of a training, epoch by epoch.

    Attributes:
        task: what was trained.
        figure: such as ``loss`` or ``validation``.
        epochs: where it was taken, rising.
        values: one an epoch.
    """

    task: str
    figure: str
    epochs: tuple[int, ...]
    values: tuple[float, ...]


class Watch:
    """An observer between a method and whoever watches: it keeps the curves, and makes one task of many.

    Of a method's notes only the last is passed on, at :meth:`close`: a table of many methods would drown in epochs.

    Args:
        name: of the method; every task inside it is shown as this one.
        observer: gets the events, may raise ``Cancelled``.
    """

    def __init__(self, name: str, observer: Observer) -> None:
        self._name = name
        self._observer = observer
        self._figures: dict[tuple[str, str], dict[int, float]] = {}
        self._last = ""

    def __call__(self, event: Event) -> None:
        """Take an event of the method."""
        match event:
            case Started(_, total):
                self._observer(Advanced(self._name, 0, total))
            case Advanced(task, done, total, metrics):
                if "epoch" in metrics:
                    for figure in metrics.keys() - {"epoch"}:
                        self._figures.setdefault((task, figure), {})[int(metrics["epoch"])] = metrics[figure]
                self._observer(Advanced(self._name, done, total, metrics))
            case Noted(_, message):
                self._last = message
            case Finished():
                pass

    def close(self) -> None:
        """The method is done: pass on its last note."""
        if self._last:
            self._observer(Noted(self._name, self._last))

    @property
    def curves(self) -> tuple[Curve, ...]:
        """Figures that were reported with an epoch, at two epochs or more."""
        return tuple(
            Curve(task, figure, tuple(sorted(points)), tuple(points[epoch] for epoch in sorted(points)))
            for (task, figure), points in sorted(self._figures.items())
            if len(points) > 1
        )
