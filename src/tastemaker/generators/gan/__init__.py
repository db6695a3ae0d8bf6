"""Two networks against each other: one draws, one tells drawn from real. The survey's figure 2."""
