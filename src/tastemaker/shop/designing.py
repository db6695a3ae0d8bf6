"""Personalised design: things that do not exist, searched for what a person would prefer among all that can be drawn.

What a person prefers is told by the shop's space: the mean of the picture vectors of what they chose, less the mean of
the shop's, times the vector of a drawing. The search (``generators/design.py``) starts from the attributes of the
real things that they would like best, unless words have said which.

Source: the aim is that of Kang et al. 2017 (DVBPR, arXiv 1711.02231).
"""

from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image

from tastemaker.alignment.space import Space
from tastemaker.catalog.interactions import History
from tastemaker.core.errors import InputError, NotFitted
from tastemaker.core.seeds import generator as chance
from tastemaker.core.types import Floats, Ints
from tastemaker.encoders.base import unit
from tastemaker.encoders.frames import Frames
from tastemaker.generators.base import Condition, Drawn
from tastemaker.generators.design import Search, Searchable, design
from tastemaker.shop.live import View
from tastemaker.shop.painter import Painter

SEARCH = Search(candidates=24, rounds=3)
COMPARED = 300
"""Photos, drawn by chance, whose mean stands for the shop's."""
FITTING, NEAREST = 60, 30
"""Real things that fit the words best, and those of them whose attributes a search starts from."""


def designing(
    view: View, painter: Painter, condition: Condition, words: str, history: History | None, seed: int
) -> Callable[[int, int], list[tuple[Drawn, Condition]]]:
    """How to design so many things, from a first number on: drawings, and what each was drawn from.

    Args:
        view: the shop as it is now.
        painter: must draw by a GAN or by a diffusion on latents, whose beginnings can be searched.
        condition: what is asked for, as the generator reads it.
        words: what is asked for, less what was refused or taken away; they choose the real things to start from.
        history: of the person; their choices must be known.
        seed: of the designs.

    Raises:
        NotFitted: the shop has no space, which tells what a person would prefer.
        InputError: there is no person, or no photo of what they chose; or the generator cannot be searched.
    """
    made = painter.generator
    if not isinstance(made, Searchable):
        hint = 'set generator = "diffusion-conditional" under [imagine], and fit the generators'
        raise InputError(f"{made.name!r} cannot be searched for what a person would prefer", hint=hint)
    if history is None or not len(history.liked.rows):
        raise InputError("a design is for somebody whose choices are known", hint="name such a person as the user")
    space = view.fitted.space
    if space is None:
        raise NotFitted("a design needs the shop's space", hint="run `tastemaker fit SHOP`")
    wish = _wish(view, space, history.liked.rows)
    conditions = _starts(view, painter, condition, words, wish)

    def prefer(pictures: Frames) -> Floats:
        return np.asarray(space.embed_pictures([Image.fromarray(each) for each in pictures]) @ wish, np.float32)

    def run(first: int, many: int) -> list[tuple[Drawn, Condition]]:
        found = design(made, prefer, many, seed, conditions=conditions, search=SEARCH, first=first)
        return [(Drawn(each.number, each.picture), each.condition) for each in found]

    return run


def _wish(view: View, space: Space, liked: Ints) -> Floats:
    """What somebody likes more than others do. Shapes: liked (n,) -> (dim,)."""
    alive = np.flatnonzero(view.catalog.alive)
    some = chance(0, "compared").permutation(alive)[:COMPARED]
    chosen, others = _pictures(view, space, liked), _pictures(view, space, some)
    if not len(chosen):
        raise InputError("nothing that this person chose has a photo", hint="draw without a design, or add the photos")
    return np.asarray(unit((chosen.mean(0) - others.mean(0))[None])[0], np.float32)


def _pictures(view: View, space: Space, rows: Ints) -> Floats:
    """Vectors of the photos of some items that have one. Shapes: (n,) -> (up to n, dim)."""
    names = [view.catalog.main_picture(row) for row in rows.tolist()]
    found = view.fitted.seen.vectors(space, view.catalog, [name for name in names if name])
    return found[found.any(1)]


def _starts(view: View, painter: Painter, condition: Condition, words: str, wish: Floats) -> Sequence[Condition]:
    """Conditions of the real things that fit what was asked for, those first that somebody would like best."""
    known = painter.generator.layout.attributes if "attributes" in painter.generator.modalities_in else {}
    space, vectors = view.fitted.space, view.vectors
    if space is None or vectors is None or not known:
        return [condition]
    fitting = np.flatnonzero(view.catalog.alive)
    for name, value in condition.attributes.items():
        held = [str(view.catalog.item(row).attributes.get(name)) == value for row in fitting.tolist()]
        fitting = fitting[held] if any(held) else fitting
    if words.strip():
        meant = vectors.matrix[fitting] @ space.embed_texts([words])[0]
        fitting = fitting[np.argsort(-meant)[:FITTING]]
    best = fitting[np.argsort(-(vectors.matrix[fitting] @ wish))[:NEAREST]]
    found = []
    for row in best.tolist():
        said = view.catalog.item(row).attributes
        real = {name: str(said.get(name)) for name, values in known.items() if str(said.get(name)) in values}
        found.append(Condition({**real, **condition.attributes}, condition.vectors))
    return found
