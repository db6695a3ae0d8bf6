"""The settings of search: how a picture and a change are joined. Read without loading torch."""

from typing import Literal

from pydantic import Field

from tastemaker.core.config import Config


class SearchConfig(Config):
    """How search answers, and what it learns beside the space; the table ``[search]``."""

    combine: Literal["arithmetic", "learned", "auto", "inverted"] = "arithmetic"
    """How a picture and a change become one vector: their weighted sum, a network learned on triplets of the catalog,
    whichever of the two answers held-out triplets better, or the text tower, to which the picture is said as a made-up
    word (own contrastive space only)."""
    product: str = ""
    """Attribute that the variants of one product share: they take one place together, and the asked one is shown.
    Empty: what ``[space]`` calls ``product``, else every item stands for itself."""
    triplets: int = Field(default=12_000, ge=100, le=1_000_000)
    """Most triplets that the network learns from; 12,000 take about half a minute."""
