"""What past conversations make of this one: ``recommenders.mentions``, asked with what was said so far."""

import numpy as np

from tastemaker.assistant.state import State
from tastemaker.core.errors import InputError
from tastemaker.core.types import Floats
from tastemaker.recommenders.mentions import LAST, Mentions, Utterance
from tastemaker.shop.live import View


class Heard:
    """A ranker learned from conversations about the items of one catalog.

    Args:
        dialogues: fitted; its titles are those of the catalog's rows, in their order.
    """

    def __init__(self, dialogues: Mentions) -> None:
        self._dialogues = dialogues

    def logits(self, view: View, state: State) -> Floats | None:
        """How likely each row comes next; None before anything was said.

        Items that the person names count as said by them, items that were liked as named warmly, and the first of the
        last shown as said by the other side.

        Shapes: -> (rows,).

        Raises:
            InputError: it was learned for another number of items.
        """
        if not state.spoken:
            return None
        if self._dialogues.size != view.catalog.size:
            raise InputError(
                f"the conversations were learned for {self._dialogues.size:,} items, the catalog has "
                f"{view.catalog.size:,}", hint="learn them again with the catalog's titles",
            )  # fmt: skip
        said = [Utterance(words, seeker=True, mentions=self._dialogues.named(words)) for words in state.spoken[-LAST:]]
        shown = [view.catalog.row(id) for id in state.shown[:1] if view.catalog.has(id)]
        told = [Utterance("", seeker=False, mentions=tuple(shown))] if shown and len(said) > 1 else []
        liked = tuple(view.catalog.row(id) for id in state.liked if view.catalog.has(id))
        warm = [Utterance("love", seeker=True, mentions=liked)] if liked else []
        scores = self._dialogues.score([*warm, *said[:-1], *told, *said[-1:]])
        return np.asarray(scores - scores.max(), np.float32)
