"""How a merchandiser steers a shop: its rules, and what they would do before they hold."""

from collections.abc import Sequence
from datetime import date
from time import time

from tastemaker.core.ranking import Ranking
from tastemaker.shop import recommending
from tastemaker.shop.asking import allowed, check_k
from tastemaker.shop.recommending import Order
from tastemaker.shop.remembering import Remembering
from tastemaker.shop.reranking import LiveConfig, holding
from tastemaker.shop.rules import Rule, Rules


class Steered(Remembering):
    """An opened workspace with its rules."""

    _live: LiveConfig
    _rules: Rules

    @property
    def rules(self) -> Rules:
        """The rules of ``rules.toml``, to be read, added to and taken from."""
        return self._rules

    def preview(self, rules: Sequence[Rule], user: str | None = None, *, k: int = 10) -> Ranking:
        """What ``recommend`` would answer today if these were the rules of the shop, and no others.

        Args:
            rules: all of them; () for none.
            user: for whom; None for nobody in particular.
            k: length of the ranking, 1 to 10,000.

        Raises:
            InputError: k is out of range.
        """
        check_k(k)
        view = self.view
        mask = allowed(view, "", (), sold_out=self._live.sold_out == "last")
        held = holding(rules, "recommend", date.today())
        order = Order(self._live, held, (), time() if user else None)
        past = self._history(user or "", view)
        return recommending.recommend(view, past, mask, k, named=user or "", order=order)
