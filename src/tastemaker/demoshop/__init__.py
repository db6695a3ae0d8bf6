"""Level 2: the demo shop, drawn by code - pictures, words, and people with known tastes."""

from tastemaker.demoshop.config import DemoConfig
from tastemaker.demoshop.draw import draw

__all__ = ["DemoConfig", "draw"]
