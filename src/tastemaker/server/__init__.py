"""Level 9: the shop over HTTP."""
