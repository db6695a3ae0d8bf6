"""Noise taken away step by step. The survey's figure 4."""
