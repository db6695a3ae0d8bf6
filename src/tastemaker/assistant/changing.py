"""Changes of what is understood: what is taken away, and what later words overrule."""

from dataclasses import replace

from tastemaker.alignment.language.turns import overrules
from tastemaker.assistant.looking import answered, facets_of
from tastemaker.assistant.state import Known, State
from tastemaker.shop.live import View


def overruled(view: View, state: State) -> State:
    """The state less what its newest words overrule: earlier answers and choices."""
    new = [known.facet for known in facets_of(view, state) if known.turn == state.turn and known.source == "words"]
    if not new:
        return state

    def stands(known: Known) -> bool:
        return known.turn == state.turn or not any(overrules(facet, known.facet) for facet in new)

    replies = tuple(
        reply for reply in state.replies
        if reply.turn == state.turn or not any(overrules(facet, old) for facet in new for old in answered(reply))
    )  # fmt: skip
    return replace(state, chosen=tuple(filter(stands, state.chosen)), replies=replies)


def without(state: State, label: str) -> State:
    """The state less one thing that was understood, by the text of its chip."""
    replies = tuple(reply for reply in state.replies if label not in [facet.label for facet in answered(reply)])
    chosen = tuple(known for known in state.chosen if known.label != label)
    words = any(known.label == label and known.source == "words" for known in state.facets)
    removed = (*state.removed, label) if words and label not in state.removed else state.removed
    return replace(state, replies=replies, chosen=chosen, removed=removed)
