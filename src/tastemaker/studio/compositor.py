"""The engine without weights: cut out, bend or project, lay over. It is instant, and the product's pixels stay its own.

It is the floor under every other engine, and honest about what it cannot do: what the photo does not show - the arm
under a long sleeve that a short one would bare, the back of a chair - is not invented, and then nothing is shown.
"""

from typing import ClassVar

from tastemaker.core.progress import Observer, silent, track
from tastemaker.studio.dressing import dress
from tastemaker.studio.engines import Engine
from tastemaker.studio.furnishing import furnish
from tastemaker.studio.request import Candidate, Task, VisualRequest


class Compositor(Engine):
    """Cut-out, thin-plate spline or homography, shadows."""

    name: ClassVar[str] = "compositor"
    tasks: ClassVar[frozenset[Task]] = frozenset({"try_on", "place"})
    licence = "Apache-2.0"
    memory_mb = 200
    invents: ClassVar[bool] = False
    source: ClassVar[str] = (
        "Bookstein 1989, thin-plate splines; Zhang 2000, camera from a plane; Rother et al. 2004, GrabCut"
    )

    def propose(self, request: VisualRequest, seed: int, observer: Observer = silent) -> Candidate:
        """One candidate; see :class:`~tastemaker.studio.engines.Engine`."""
        with track(observer, "composing", 1) as task:
            made = dress(request, seed) if request.task == "try_on" else furnish(request, seed)
            task.advance(1)
        return made
