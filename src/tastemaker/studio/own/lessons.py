"""What the own engine learns from: crops of first guesses with their truth, made once and kept until it has learned.

Lessons are made in chunks of :data:`CHUNK`, each a file of its own, so that nothing is lost when the making is cut, and
two processes may make them side by side. What is drawn from chance depends on the lesson's number alone.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from tastemaker.core.errors import FitError
from tastemaker.core.progress import Observer, silent, track
from tastemaker.core.storage import replace_bytes
from tastemaker.core.types import Bools, Floats, Ints
from tastemaker.studio.compositor import Compositor
from tastemaker.studio.cutout import Pixels
from tastemaker.studio.engines import Refusal
from tastemaker.studio.own.crops import TASKS, product_seen, scaled, taken_apart, window_of
from tastemaker.studio.own.pairs import Case, cases
from tastemaker.studio.own.settings import OwnConfig
from tastemaker.studio.request import Candidate, Task

CHUNK = 25
"""Lessons in a file."""
HEIGHTS, PRODUCT = (256, 384, 320), 320
"""Heights of the photos, in turn, and width of the products' photos from which drawn lessons are made, in pixels."""
LEARN, CHOOSE, SCORE = 0, 1, 2
"""A lesson is learned from, tells the best moment to stop, or scores what was learned; all of a product do the same."""
HELD = 20
"""One product in so many chooses, and one scores."""
VERSION = "2"
"""Of the lessons; another one makes them anew."""


@dataclass(frozen=True)
class Lessons:
    """Lessons, one a row.

    Attributes:
        told: layers of first guesses, see :meth:`~tastemaker.studio.own.crops.Layers.told`.
        product: the products' pictures.
        task: place in ``TASKS``.
        truth: what should come of it.
        cover: how much of each pixel should be the product.
        use: LEARN, CHOOSE or SCORE.

    Shapes: told (n, side, side, 10), product (n, product_side, product_side, 3), task (n,), truth (n, side, side, 3),
        cover (n, side, side), use (n,); bytes.
    """

    told: Pixels
    product: Pixels
    task: Pixels
    truth: Pixels
    cover: Pixels
    use: Pixels

    @property
    def arrays(self) -> dict[str, Pixels]:
        """By name."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    def where(self, use: int, task: Task | None = None) -> Ints:
        """Rows of a use, of one task or of all."""
        wanted = self.use == use
        return np.flatnonzero(wanted if task is None else wanted & (self.task == TASKS.index(task)))


@dataclass(frozen=True)
class Source:
    """Where lessons come from.

    Attributes:
        name: of its files.
        key: of all that its lessons depend on.
        n: how many can be made.
        make: lessons by number, fewer where some cannot be made; from the first number, so many.
    """

    name: str
    key: str
    n: int
    make: Callable[[int, int], Lessons]


def lesson(case: Case, made: Candidate, config: OwnConfig, use: int) -> Lessons:
    """One lesson.

    Args:
        case: what was asked, with its truth.
        made: the first guess.
        config: sizes.
        use: LEARN, CHOOSE or SCORE.

    Raises:
        ValueError: there is nothing in the guess.
    """
    photo, side = case.request.context, config.side
    window = window_of(made)
    seen = taken_apart(photo, made).seen(window, side)
    shown = product_seen(case.request.product, config.product_side)
    return Lessons(
        seen.told()[None],
        shown[None],
        np.array([TASKS.index(case.request.task)], np.uint8),
        _bytes(scaled(case.truth.astype(np.float32), window, side))[None],
        _bytes(255 * scaled(case.mask.astype(np.float32), window, side))[None],
        np.array([use], np.uint8),
    )


def use_of(id: str) -> int:
    """What lessons of a product are for."""
    number = int(hashlib.sha256(f"own {id}".encode()).hexdigest(), 16) % HELD
    return {CHOOSE: CHOOSE, SCORE: SCORE}.get(number, LEARN)


def drawn(task: Task, config: OwnConfig, n: int, use: int | None = None) -> Source:
    """Exact pairs of the demo shop, their first guess the compositor's.

    Args:
        task: which.
        config: sizes.
        n: how many.
        use: of all of them; decided by the product's id when None.
    """

    def make(first: int, many: int) -> Lessons:
        height = HEIGHTS[first // CHUNK % len(HEIGHTS)]
        found = cases(task, "train", first, many, height=height, product=PRODUCT)
        return joined(_learnt(case, config, use) for case in found)

    key = f"{VERSION} {HEIGHTS} {PRODUCT} {config.side} {config.product_side} {use}"
    return Source(f"drawn-{task}", key, n, make)


def _learnt(case: Case, config: OwnConfig, use: int | None) -> Lessons | None:
    """The lesson of a case; None where the compositor makes nothing of it."""
    try:
        made = Compositor().propose(case.request, case.request.seed)
        use = use_of(case.request.item.id) if use is None else use
        return lesson(case, made, config, use) if (made.product > 0.5).any() else None
    except (Refusal, ValueError):
        return None


def joined(parts: Iterable[Lessons | None]) -> Lessons:
    """Lessons in one; of no lessons at all arrays without rows."""
    found = [part for part in parts if part is not None]
    if not found:
        return Lessons(*(np.zeros(0, np.uint8) for _ in Lessons.__dataclass_fields__))
    return Lessons(**{name: np.concatenate([part.arrays[name] for part in found]) for name in found[0].arrays})


def gathered(sources: Sequence[Source], folder: Path, observer: Observer = silent) -> Lessons:
    """All lessons of some sources; those that were made before are read.

    Args:
        sources: where they come from.
        folder: where they are kept.
        observer: hears of progress; raises ``Cancelled`` to stop, which leaves what was made.

    Raises:
        FitError: not one lesson can be made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kept: list[Lessons] = []
    with track(observer, "lessons", sum(source.n for source in sources)) as task:
        for source, first, many in chunks(sources):
            made = made_or_read(source, first, many, folder)
            if len(made.use):
                kept.append(made)
            task.advance(many)
    if not any(len(part.where(LEARN)) for part in kept):
        raise FitError(
            "there is nothing to learn to show from: no product can be cut out of its photo, or none is worn or placed",
            hint='take photos on a plain ground, or learn from drawn ones: `lessons = "drawn"` in `[studio.own]`',
        )
    return joined(kept)


def chunks(sources: Sequence[Source]) -> Iterator[tuple[Source, int, int]]:
    """Source, first number and length of each chunk."""
    for source in sources:
        for first in range(0, source.n, CHUNK):
            yield source, first, min(CHUNK, source.n - first)


def made_or_read(source: Source, first: int, many: int, folder: Path) -> Lessons:
    """A chunk of lessons, from its file when it was made before."""
    key = hashlib.sha256(f"{source.name} {source.key}".encode()).hexdigest()[:12]
    path = folder / f"{source.name}-{key}-{first}-{many}.safetensors"
    if path.exists():
        try:
            return Lessons(**load_file(path))
        except (OSError, SafetensorError, TypeError):  # damaged, or not ours: make it again
            path.unlink()
    made = source.make(first, many)
    replace_bytes(path, save({name: np.ascontiguousarray(array) for name, array in made.arrays.items()}))
    return made


def _bytes(values: Floats | Bools) -> Pixels:
    return np.asarray(np.clip(np.rint(values), 0, 255), np.uint8)
