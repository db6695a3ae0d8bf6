"""What the assistant answers in one turn, and the same as plain values for the command line and the server."""

from dataclasses import dataclass, field

from tastemaker.assistant.actions import Action
from tastemaker.assistant.question import Question
from tastemaker.assistant.state import Known
from tastemaker.core.ranking import Ranking
from tastemaker.core.types import ItemId
from tastemaker.core.wire import Json, plain
from tastemaker.shop.looks import Looks


@dataclass(frozen=True)
class Shown:
    """A picture in an answer.

    Attributes:
        name: its key: of the catalog's pictures, or of a drawing.
        item: whose it is; None for a drawing.
        generated: True for a drawing, which is no photo of a product.
        alt: what it shows, in words of the catalog.
        looks: which part of it counts; None where that was not asked.
    """

    name: str
    item: ItemId | None = None
    generated: bool = False
    alt: str = ""
    looks: Looks | None = None


@dataclass(frozen=True)
class Turn:
    """One answer.

    Attributes:
        say: words for the person; every value in them is looked up.
        items: what is shown, best first; empty when the answer is words alone.
        question: what is asked back; None for nothing.
        facets: everything understood so far, each removable by its label.
        pictures: to show beside.
        suggestions: replies that a page can offer.
        actions: what was done, in order.
        notes: fallbacks.
    """

    say: str
    items: Ranking = field(default_factory=lambda: Ranking(()))
    question: Question | None = None
    facets: tuple[Known, ...] = ()
    pictures: tuple[Shown, ...] = ()
    suggestions: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        parts = [self.say, str(self.items) if self.items.items else "", self.question.text if self.question else ""]
        return "\n".join(part for part in parts if part)


def wire(turn: Turn) -> dict[str, Json]:
    """A turn as JSON values: ``say, items, question, facets, pictures`` and beside them suggestions, actions, notes."""
    facets = [
        {**_mapping(plain(known.facet)), "turn": known.turn, "confidence": known.confidence, "source": known.source}
        for known in turn.facets
    ]
    return {
        "say": turn.say,
        "items": plain(turn.items.items),
        "question": plain(turn.question),
        "facets": plain(facets),
        "pictures": plain(turn.pictures),
        "suggestions": plain(turn.suggestions),
        "actions": plain(turn.actions),
        "notes": plain(turn.notes),
    }


def _mapping(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}
