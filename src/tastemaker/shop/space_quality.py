"""``evaluate --space``: the space of a shop, judged on what is sold and on what it did not learn from."""

import numpy as np

from tastemaker.core.errors import NotFitted
from tastemaker.core.progress import Observer
from tastemaker.core.storage import Artefacts
from tastemaker.core.types import Ints
from tastemaker.evaluation.space_judge import Judged, judge
from tastemaker.evaluation.space_report import SpaceReport
from tastemaker.shop.live import View


def judge_space(view: View, artefacts: Artefacts, *, seed: int, observer: Observer) -> SpaceReport:
    """The quality of the space.

    Raises:
        NotFitted: there is no space.
    """
    space = view.fitted.space
    if space is None:
        raise NotFitted("there is no space to look at", hint="run `tastemaker fit` first")
    held = held_out(view) if _of_one_fit(artefacts) else np.empty(0, np.int64)
    name = f"{space.name}, {view.fitted.names.get('space', 'not stored')}"
    return judge(Judged(view.catalog, space, view.vectors, held, name), seed=seed, observer=observer)


def held_out(view: View) -> Ints:
    """Rows that the space's training kept apart and that are still as they were. Shapes: -> (n,)."""
    space, vectors, keys = view.fitted.space, view.fitted.vectors, view.fitted.keys
    if space is None or vectors is None:
        return np.empty(0, np.int64)
    rows = np.flatnonzero(keys)  # what was there at the fit
    both = np.logical_and.reduce([vectors.has.get(name, keys == 0)[rows] for name in ("picture", "text")])
    found = rows[space.held_out(np.flatnonzero(both))]
    return np.asarray(found[view.keys[found] == keys[found]], np.int64)


def _of_one_fit(artefacts: Artefacts) -> bool:
    """Are the stored vectors those of the fit? Later ones have items of which it does not know."""
    parts = artefacts.published()
    revisions = {parts[part].manifest.get("revision") for part in ("space", "vectors") if part in parts}
    return len(revisions) == 1 and None not in revisions
