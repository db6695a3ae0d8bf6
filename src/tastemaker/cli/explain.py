"""``tastemaker explain``: why an item, from facts that can be looked up."""

from tastemaker.cli.opening import opened
from tastemaker.cli.options import AsJson, Folder, User
from tastemaker.cli.output import data, words
from tastemaker.cli.similar import ItemOption

EXAMPLES = (
    "tastemaker explain shop/ --item sku-7 --user u42",
    "tastemaker explain shop/ --item sku-7 --json",
)


def explain(shop: Folder, item: ItemOption, user: User = None, as_json: AsJson = False) -> None:
    """Say why an item suits a person."""
    with opened(shop) as found:
        explanation = found.explain(item, user=user)
    if as_json:
        data(explanation)
    else:
        words(str(explanation))
