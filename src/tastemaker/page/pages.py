"""Every page but the shop window: its path, what is said while it is made, how it is made, what it hears of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from nicegui import Client

from tastemaker.page.creatives import creatives, hear_decisions
from tastemaker.page.desk import Desk
from tastemaker.page.engine import engine
from tastemaker.page.evaluation import evaluation, hear_evaluation
from tastemaker.page.frame import Content
from tastemaker.page.health import health
from tastemaker.page.history import hear_history, history
from tastemaker.page.latency import latency
from tastemaker.page.map import item_map
from tastemaker.page.models import hear_models, models
from tastemaker.page.rules import hear_rules, rules
from tastemaker.page.running import hear_running, running
from tastemaker.page.saved import saved
from tastemaker.page.state import State


@dataclass(frozen=True)
class Visit:
    """Somebody looks at a page: the desk behind it, who they are, what the address says."""

    desk: Desk
    state: State
    given: Mapping[str, str]

    def asked(self, *names: str) -> tuple[str, ...]:
        """Parts of the address, "" for what is not there."""
        return tuple(self.given.get(name, "")[:400] for name in names)


@dataclass(frozen=True)
class Page:
    """One page.

    Attributes:
        path: where it is.
        saying: what is said when it takes longer than a moment.
        build: makes it.
        hear: sets up what it hears of once it is open; None when it only shows.
    """

    path: str
    saying: str
    build: Callable[[Visit], Content]
    hear: Callable[[Client, Visit], None] | None = None


PAGES = (
    Page("/list", "Fetching your list …", lambda v: saved(v.desk.shop, v.state)),
    Page(
        "/history",
        "Looking back …",
        lambda v: history(v.desk.shop, v.state),
        lambda client, v: hear_history(client, v.desk.shop, v.state),
    ),
    Page("/health", "Looking through the catalog …", lambda v: health(v.desk.shop, v.state)),
    Page(
        "/rules",
        "Trying the rules …",
        lambda v: rules(v.desk.shop, v.state, v.given),
        lambda client, v: hear_rules(client, v.desk.shop, v.state),
    ),
    Page(
        "/creatives",
        "Laying out …",
        lambda v: creatives(v.desk.shop, v.state, *v.asked("state", "q", "format")),
        lambda client, v: hear_decisions(client, v.desk.shop),
    ),
    Page(
        "/evaluation",
        "Fetching the reports …",
        lambda v: evaluation(v.desk.shop, v.state, *v.asked("report", "metric")),
        lambda client, v: hear_evaluation(client, v.desk),
    ),
    Page("/map", "Laying out the map …", lambda v: item_map(v.desk.shop, v.state, *v.asked("by"))),
    Page(
        "/models",
        "Looking at what was learned …",
        lambda v: models(v.desk.shop),
        lambda client, v: hear_models(client, v.desk.shop),
    ),
    Page("/latency", "Adding up …", lambda v: latency(v.desk.tenant.metrics)),
    Page(
        "/running",
        "Looking …",
        lambda v: running(v.desk),
        lambda client, v: hear_running(client, v.desk),
    ),
    Page("/engine", "Looking under the bonnet …", lambda v: engine(v.desk.shop)),
)
"""All of them."""
