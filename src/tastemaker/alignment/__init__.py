"""Level 3: several modalities -> one space."""
