"""What a conversation has understood so far: one immutable value, every part of it visible and editable.

A change makes a new state beside the old one, so a step back is the old state.
"""

from dataclasses import dataclass
from typing import Literal

from tastemaker.assistant.question import Question
from tastemaker.core.ranking import Facet
from tastemaker.core.types import ItemId

Source = Literal["words", "answer", "reference", "choice"]
"""Where a facet comes from: said, answered, read off an item that was pointed at, chosen by the person or a program."""


@dataclass(frozen=True)
class Said:
    """What was said of the wish in one turn."""

    words: str
    turn: int


@dataclass(frozen=True)
class Known:
    """One thing that was understood.

    Attributes:
        facet: what.
        turn: in which turn it was said, from 1.
        confidence: how sure it is, 0 to 1: 1 for what was chosen or filters, less for words that may mean something
            else and for answers, which people give loosely.
        source: where it comes from.
    """

    facet: Facet
    turn: int
    confidence: float = 1.0
    source: Source = "words"

    @property
    def label(self) -> str:
        """The chip's text."""
        return self.facet.label


@dataclass(frozen=True)
class Reply:
    """An answer to a question, as evidence: people answer loosely, so it weighs and does not filter.

    Attributes:
        question: what was asked.
        values: what was answered; () for no preference.
        turn: when.
    """

    question: Question
    values: tuple[str, ...]
    turn: int


@dataclass(frozen=True)
class State:
    """What is understood.

    Attributes:
        turn: how many turns there were.
        said: words of the wish, oldest first; the later overrule.
        likes_of: items that the wish starts from ("like the first but longer").
        chosen: filters that were not said in words: answered, pointed at, chosen.
        replies: answers to questions.
        facets: everything understood, from words, answers and choices; what a page shows as chips.
        removed: labels that the person took away.
        liked, disliked: items that the person judged.
        pictures: keys of the person's pictures, the last one counts.
        person: whose taste is mixed in; "" for nobody.
        shown: what was shown last, in order; "the second one" is among these.
        seen: everything that was shown since the wish was last changed, oldest first.
        focus: the item that was spoken of last.
        list: what the person put on the list.
        question: what was asked and not answered yet.
        asked: what was asked about already.
        spoken: the person's own words, as they were said, the last ones.
    """

    turn: int = 0
    said: tuple[Said, ...] = ()
    likes_of: tuple[ItemId, ...] = ()
    chosen: tuple[Known, ...] = ()
    replies: tuple[Reply, ...] = ()
    facets: tuple[Known, ...] = ()
    removed: tuple[str, ...] = ()
    liked: tuple[ItemId, ...] = ()
    disliked: tuple[ItemId, ...] = ()
    pictures: tuple[str, ...] = ()
    person: str = ""
    shown: tuple[ItemId, ...] = ()
    seen: tuple[ItemId, ...] = ()
    focus: ItemId | None = None
    list: tuple[ItemId, ...] = ()
    question: Question | None = None
    asked: tuple[str, ...] = ()
    spoken: tuple[str, ...] = ()

    @property
    def budget(self) -> float | None:
        """The highest price that is wanted; None when none was said."""
        limits = [float(known.facet.value) for known in self.facets if known.facet.name == "price" and known.facet.hard
                  and known.facet.op in ("<", "<=")]  # fmt: skip
        return min(limits, default=None)

    @property
    def wishes(self) -> bool:
        """Has the person asked for anything yet?"""
        return bool(self.said or self.likes_of or self.chosen or self.replies or self.pictures)

    def wishes_as(self, before: "State") -> bool:
        """Is it the wish of an earlier state, with nothing but answers added?"""
        same = ("said", "likes_of", "chosen", "removed", "pictures")
        kept = self.replies[: len(before.replies)] == before.replies
        return kept and all(getattr(self, name) == getattr(before, name) for name in same)

    def shows_as(self, before: "State") -> bool:
        """Would a step back to an earlier state change nothing that the person sees or has said of things?"""
        same = ("facets", "liked", "disliked", "shown", "list")
        return self.wishes_as(before) and self.replies == before.replies and all(
            getattr(self, name) == getattr(before, name) for name in same
        )  # fmt: skip
