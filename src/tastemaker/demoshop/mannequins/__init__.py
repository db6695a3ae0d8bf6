"""People who wear the demo shop's clothes, drawn with and without each garment: the exact truth of a try-on."""

from tastemaker.demoshop.mannequins.pairs import WornPair, worn_pairs

__all__ = ["WornPair", "worn_pairs"]
