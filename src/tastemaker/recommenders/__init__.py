"""Level 5: who gets what - one file a method, one contract."""
