"""Several turns of one conversation -> one request: what is said later overrules what was said of the same thing.

"In red", then "with long sleeves", then "no, in blue" is blue with long sleeves: the facet that is overruled goes, and
the words it was made of go with it, so that they pull nowhere. What was overruled stays so when what overruled it is
overruled or taken away in its turn: who drops "under 900" does not ask for the "under 500" of before.
"""

from collections.abc import Collection, Sequence

from tastemaker.alignment.language.amounts import contradictions
from tastemaker.alignment.language.vocabulary import Vocabulary
from tastemaker.alignment.language.wording import Wording, understand
from tastemaker.catalog.items import Item
from tastemaker.core.ranking import Facet
from tastemaker.core.stages import stage

_BELOW, _ABOVE = frozenset(("<", "<=")), frozenset((">", ">="))


@stage("understand")
def understand_turns(
    texts: Sequence[str], vocabulary: Vocabulary, references: Sequence[Item | None], ignore: Collection[str] = ()
) -> list[Wording]:
    """Read what was said over several turns.

    Args:
        texts: oldest first.
        vocabulary: of the catalog that is searched.
        references: for each text the item that its words change; None for a search.
        ignore: labels of facets that the person took away.

    Returns:
        One a text, less what is ignored and what a later text overrules, ignored or not.
    """
    later: list[Facet] = []
    found: list[Wording] = []
    for text, reference in zip(reversed(texts), reversed(references), strict=True):
        said = understand(text, vocabulary, reference)
        gone = [*ignore, *(old.label for old in said.facets if any(overrules(new, old) for new in later))]
        found.append(understand(text, vocabulary, reference, gone) if gone else said)
        later.extend(said.facets)
    return found[::-1]


def overrules(new: Facet, old: Facet) -> bool:
    """Does a facet that was said later take an earlier one's place?"""
    if new.name != old.name or new.name == "words":
        return False
    if new.op in ("=", "same"):
        return old.op != "!=" or old.value.casefold() == new.value.casefold()
    if new.op == "!=":
        return old.op in ("=", "more", "same") and old.value.casefold() == new.value.casefold()
    if new.op in ("more", "less"):
        return old.op in ("more", "less")
    return old.op == "=" or {new.op, old.op} <= _BELOW or {new.op, old.op} <= _ABOVE or bool(contradictions((new, old)))
