"""Level 10: the page."""
