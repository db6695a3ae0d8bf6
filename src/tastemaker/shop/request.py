"""What a search asks for: words, pictures, changes, a filter, a person, each where it is given."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
from PIL import Image

from tastemaker.catalog.interactions import History
from tastemaker.catalog.items import Item
from tastemaker.core.recent import digest
from tastemaker.core.types import Bools
from tastemaker.shop.asking import Shown

DEPTH = 500
"""How many answers of each door are fused."""


@dataclass(frozen=True)
class Request:
    """What was asked for.

    Attributes:
        text: words.
        picture: a decoded picture; None when there is none.
        change: what should be different, in words.
        where: a filter.
        history: what the person did, when one is named.
        mask: rows that may come back; None for all.
        ignore: labels of facets that the person has removed.
        reference: the item whose picture it is, when it is one of the catalog's.
        weight: of the picture, among several.
        others: more pictures.
        earlier: changes of earlier turns, oldest first; ``change`` overrules them.
        weigh: factors on the weights of the parts, by their names: "picture", "picture 2", "change" ...
        product: attribute that the variants of a product share; "" when every item stands for itself.
        explain: put the plan beside the answer.
        depth: how many answers of each door are fused.
    """

    text: str = ""
    picture: Image.Image | None = None
    change: str = ""
    where: str = ""
    history: History | None = None
    mask: Bools | None = None
    ignore: tuple[str, ...] = ()
    reference: Item | None = None
    weight: float = 1.0
    others: tuple[Shown, ...] = ()
    earlier: tuple[str, ...] = ()
    weigh: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    product: str = ""
    explain: bool = False
    depth: int = DEPTH

    @property
    def changes(self) -> tuple[str, ...]:
        """What should be different, oldest first; what was left empty is none."""
        return tuple(change for change in (*self.earlier, self.change) if change.strip())

    @property
    def items(self) -> tuple[str, ...]:
        """Ids of the items that are shown, which are not answers."""
        shown = (self.reference, *(other.item for other in self.others))
        return tuple(item.id for item in shown if item is not None)

    @property
    def key(self) -> Hashable:
        """Everything that makes the answer; None when pictures or items are shown."""
        if self.picture is not None or self.reference is not None or self.others:
            return None
        person, mask = self.history, self.mask
        arrays: list[npt.NDArray[np.generic]] = [] if person is None else [person.rows, person.weights]
        arrays += [] if mask is None else [mask]
        told = (self.text, self.earlier, self.change, self.where, self.ignore, tuple(self.weigh.items()), self.product)
        return *told, self.explain, self.depth, person is None, mask is None, digest(*arrays)

    def showing(self, shown: Sequence[Shown], changes: Sequence[str]) -> "Request":
        """The request with its pictures, the one that is changed first, and what was said over the turns."""
        first, *others = shown
        *earlier, change = changes or [""]
        return replace(
            self, picture=first.picture, weight=first.weight, reference=first.item, others=tuple(others),
            change=change, earlier=tuple(earlier),
        )  # fmt: skip
