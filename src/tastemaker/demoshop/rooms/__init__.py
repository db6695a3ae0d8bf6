"""Rooms in true perspective, without and with each piece of furniture: the exact truth of a placement."""

from tastemaker.demoshop.rooms.camera import Camera
from tastemaker.demoshop.rooms.pairs import PlacedPair, placed_pairs

__all__ = ["Camera", "PlacedPair", "placed_pairs"]
