"""Level 9: the shop over HTTP. ``create_app(shop)`` is a FastAPI app with one route file a verb."""

from tastemaker.server.app import create_app
from tastemaker.server.settings import ServerSettings

__all__ = ["ServerSettings", "create_app"]
