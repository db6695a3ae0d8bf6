"""``tastemaker methods``: everything that is registered, built in or plugged in."""

from tastemaker.cli.options import AsJson
from tastemaker.cli.output import data, table, words

EXAMPLES = ("tastemaker methods", "tastemaker methods --json")


def methods(as_json: AsJson = False) -> None:
    """List every method and where it comes from."""
    from tastemaker.core import registry

    cards = list(registry.cards())
    if as_json:
        data(cards)
        return
    words(
        table(
            ["kind", "name", "figure", "source"], [[card.kind, card.name, card.figure, card.source] for card in cards]
        )
    )
