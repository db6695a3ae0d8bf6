"""Level 11: the command line, one file a verb. ``main`` is the installed command ``tastemaker``."""

from tastemaker.cli.app import main

__all__ = ["main"]
