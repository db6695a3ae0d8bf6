"""Level 2: the demo shop, drawn by code - pictures, words, and people with known tastes."""

from tastemaker.demo.config import DemoConfig
from tastemaker.demo.draw import draw

__all__ = ["DemoConfig", "draw"]
