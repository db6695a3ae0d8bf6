"""A question to the person: about an attribute, the price, or which of two pictures; and the answers it offers."""

from dataclasses import dataclass
from typing import Literal

from tastemaker.core.types import ItemId

Kind = Literal["attribute", "price", "pictures"]


@dataclass(frozen=True)
class Choice:
    """One answer that is offered.

    Attributes:
        label: as a person reads it.
        value: as the catalog writes it; for a price band its label, for pictures "first" or "second".
        share: how likely it is to be the answer, 0 to 1.
        low, high: of a price band, high excluded; None for an open end.
    """

    label: str
    value: str
    share: float = 0.0
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Question:
    """What is asked, and why it pays.

    Attributes:
        kind: of what is asked.
        about: the attribute, "price" or "pictures".
        text: the sentence.
        choices: answers that are offered, the likeliest first (price bands in order); others may be said in words.
        items: for pictures, the two items.
        gain: expected information of the answer about what is meant, in bits.
        lift: by how much the chance that what is meant stands among the shown is expected to rise, 0 to 1.
        cost: of a turn, in bits; the question is asked because ``gain`` is above it.
    """

    kind: Kind
    about: str
    text: str = ""
    choices: tuple[Choice, ...] = ()
    items: tuple[ItemId, ...] = ()
    gain: float = 0.0
    lift: float = 0.0
    cost: float = 0.0

    @property
    def key(self) -> str:
        """What it is about, so that it is not asked twice."""
        return self.about if self.kind != "pictures" else "pictures " + " ".join(self.items)
