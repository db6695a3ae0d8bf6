"""When the index is approximate, and how good it has to be then. Read without loading faiss."""

from pydantic import Field

from tastemaker.core.config import Config


class IndexConfig(Config):
    """How the nearest items are found; the table ``[index]``."""

    exact_rows: int = Field(default=50_000, ge=0)
    """With at most so many items every answer is exact and nothing is built; 50,000 of 512 numbers take about 5 ms."""
    recall: float = Field(default=0.99, ge=0.5, le=0.9999)
    """Share of the true nearest that an approximate answer has to bring, on questions made of the shop's own items."""
    stale: float = Field(default=0.02, gt=0, le=0.5)
    """Share of rows that may have changed since the index was built before a running server builds it anew."""
