"""Level 10: the page that shoppers see, mounted on the server's app. Import it late: NiceGUI takes a second."""

from tastemaker.page.app import attach

__all__ = ["attach"]
