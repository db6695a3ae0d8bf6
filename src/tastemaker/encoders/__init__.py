"""Level 2: one modality -> vectors."""
