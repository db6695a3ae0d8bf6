"""Tastemaker: a multimodal generative recommender.

One catalog, one id, one contract from raw pictures to recommendations, search and reasons.

    import tastemaker as tm

    shop = tm.demo()                      # or tm.open("shop/")
    print(shop.recommend(user="u42", k=5))
    print(shop.search("linen dress", where="price < 80"))

The names are loaded when they are first used, so that importing the package stays fast.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tastemaker.assistant.talking import Assistant
    from tastemaker.catalog.catalog import Catalog
    from tastemaker.catalog.events import Event
    from tastemaker.catalog.items import Item
    from tastemaker.client.client import Client
    from tastemaker.core.errors import TastemakerError
    from tastemaker.core.ranking import Facet, Ranked, Ranking, Reason
    from tastemaker.evaluation.report import Report
    from tastemaker.shop.opening import demo, open
    from tastemaker.shop.shop import Shop

_HOMES = {
    "Assistant": "tastemaker.assistant.talking",
    "Catalog": "tastemaker.catalog.catalog",
    "Client": "tastemaker.client.client",
    "Event": "tastemaker.catalog.events",
    "Facet": "tastemaker.core.ranking",
    "Item": "tastemaker.catalog.items",
    "Ranked": "tastemaker.core.ranking",
    "Ranking": "tastemaker.core.ranking",
    "Reason": "tastemaker.core.ranking",
    "Report": "tastemaker.evaluation.report",
    "Shop": "tastemaker.shop.shop",
    "TastemakerError": "tastemaker.core.errors",
    "demo": "tastemaker.shop.opening",
    "open": "tastemaker.shop.opening",
    "serve": "tastemaker.cli.serving",
}

__all__ = [
    "Assistant",
    "Catalog",
    "Client",
    "Event",
    "Facet",
    "Item",
    "Ranked",
    "Ranking",
    "Reason",
    "Report",
    "Shop",
    "TastemakerError",
    "demo",
    "open",
    "serve",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return list(__all__)
