"""Level 7: the shop - one object per workspace, every verb; the only place where the parts meet."""

from tastemaker.shop.shop import Shop

__all__ = ["Shop"]
