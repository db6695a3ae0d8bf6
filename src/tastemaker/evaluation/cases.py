"""One question of an evaluation: who or what is asked, what counts as right, what may be ranked.

A case carries all that a method may know; positives are there for the judge alone.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from tastemaker.catalog.decoding import decode
from tastemaker.catalog.interactions import History
from tastemaker.catalog.pictures import Pictures
from tastemaker.core.types import Bools, Ints


@dataclass(frozen=True)
class QueryRow:
    """One row of a queries file.

    Attributes:
        text: words asked for; "" when none.
        image: a picture file beside the queries file; None when there is none.
        picture: name of a picture of the workspace; "" when there is none.
        change: the change in words; "" when none.
        where: a filter; "" when none.
        user: the person who asks; "" when nobody in particular.
    """

    text: str = ""
    image: Path | None = None
    picture: str = ""
    change: str = ""
    where: str = ""
    user: str = ""

    def open(self, pictures: Pictures) -> Image.Image | None:
        """The picture that is asked with; None when there is none.

        Raises:
            PictureError: it is damaged, too large or of a refused format.
        """
        if self.image is not None:
            return decode(self.image.read_bytes(), self.image.name)
        return pictures.open(self.picture) if self.picture else None


@dataclass(frozen=True)
class Case:
    """One question with its right answers.

    Attributes:
        key: names the case: the person, or the line of the queries file.
        positives: distinct rows, at least one, all of them rankable.
        seen: rows that must not be ranked: what the person already had, or what the query excludes.
        candidates: rows that may be ranked; None for every living item.
        history: what the person did before; None when the case is a query.
        query: what is asked; None when the case is a person.
    """

    key: str
    positives: Ints
    seen: Ints
    candidates: Ints | None = None
    history: History | None = None
    query: QueryRow | None = None

    def pool(self, alive: Bools) -> Bools:
        """Candidates that exist; ``seen`` is not taken out, so that cases with the same candidates share it.

        Shapes: alive (rows,) -> (rows,).
        """
        if self.candidates is None:
            return alive
        mask = np.zeros_like(alive)
        mask[self.candidates] = True
        return mask & alive

    def allowed(self, alive: Bools) -> Bools:
        """Rows that may be ranked for this case: the pool without ``seen``.

        Shapes: alive (rows,) -> (rows,).
        """
        mask = self.pool(alive).copy()
        mask[self.seen] = False
        return mask


@dataclass(frozen=True)
class Truth:
    """The cases of one evaluation, and how they came about.

    Attributes:
        cases: only those with a rankable positive.
        protocol: source, candidates, and a count of everything that was left out.
        warnings: things to say aloud, such as items that the catalog does not know.
    """

    cases: tuple[Case, ...]
    protocol: dict[str, object]
    warnings: tuple[str, ...] = ()
