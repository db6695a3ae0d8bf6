"""Level 1: tensors only, no word of shops - blocks, losses, the one training loop."""
