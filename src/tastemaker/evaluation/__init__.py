"""Level 6: protocols, metrics, significance, reports."""
