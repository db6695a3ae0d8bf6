"""Level 0: what every other level stands on - errors, types, settings, registry, storage, progress, seeds, rankings."""
