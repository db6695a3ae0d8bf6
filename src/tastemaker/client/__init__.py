"""Level 9, beside the server: the same verbs as a ``Shop``, asked over HTTP, with the same answers and errors."""

from tastemaker.client.client import Client

__all__ = ["Client"]
