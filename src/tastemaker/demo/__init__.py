"""Level 2: the demo shop, drawn by code."""
