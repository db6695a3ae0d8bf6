"""The home department: what is in the range, a small stage in three dimensions, and the furniture built on it."""

from tastemaker.demoshop.home.assortment import pieces

__all__ = ["pieces"]
