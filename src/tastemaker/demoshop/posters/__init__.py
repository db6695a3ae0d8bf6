"""The screen department: films that do not exist, and the posters that sell them."""

from tastemaker.demoshop.posters.assortment import pieces

__all__ = ["pieces"]
