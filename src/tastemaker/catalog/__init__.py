"""Level 1: what is sold and what people did - items, events, readers, pictures, checks, splits."""
