"""Level 6: public contract kits for people who add a method."""
