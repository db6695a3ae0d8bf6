"""The wardrobe department: what is in the range, outlines on a figure, and the drawings of them."""

from tastemaker.demoshop.wardrobe.assortment import pieces

__all__ = ["pieces"]
