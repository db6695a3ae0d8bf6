"""Level 4: vectors and words -> nearest items; filters."""
