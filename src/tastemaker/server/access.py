"""How a route reaches the shop and the jobs: through the app's state, set once by ``create_app``."""

from typing import TYPE_CHECKING, cast

from fastapi import Request

from tastemaker.server.jobs import Jobs

if TYPE_CHECKING:
    from tastemaker.shop import Shop


def shop_of(request: Request) -> "Shop":
    """The shop that is served."""
    return cast("Shop", request.app.state.shop)


def jobs_of(request: Request) -> Jobs:
    """The server's jobs."""
    return cast("Jobs", request.app.state.jobs)
