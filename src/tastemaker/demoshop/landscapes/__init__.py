"""The trips department: places that do not exist, and what one would see from the window."""

from tastemaker.demoshop.landscapes.assortment import pieces

__all__ = ["pieces"]
