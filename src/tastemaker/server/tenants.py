"""Tenants: one shop each with all that the server holds for it. What belongs to one, no other ever sees.

A request belongs to exactly one tenant: the key says which. Whatever a route touches - items, jobs, pictures,
conversations, figures - it reaches through its tenant, so there is nothing to mix up.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from tastemaker.core.errors import ConfigError
from tastemaker.core.fleeting import Fleeting
from tastemaker.server.jobs import Jobs
from tastemaker.server.keys import SCOPES, Keyring, Scope
from tastemaker.server.metrics import Metrics
from tastemaker.server.settings import ServerSettings

if TYPE_CHECKING:
    from tastemaker.assistant.sessions import Sessions
    from tastemaker.shop import Shop


@dataclass
class Tenant:
    """A shop and what the server holds for it.

    Attributes:
        shop: what is served.
        jobs: its long work.
        shown: pictures made in somebody's photo, in memory.
        metrics: its requests, counted.
    """

    shop: "Shop"
    jobs: Jobs
    shown: Fleeting = field(default_factory=Fleeting)
    metrics: Metrics = field(default_factory=Metrics)

    @property
    def name(self) -> str:
        """The name of its folder."""
        return self.shop.path.name

    @cached_property
    def keys(self) -> Keyring:
        """Who may ask it."""
        return Keyring.of(self.shop.workspace.state)

    @cached_property
    def sessions(self) -> "Sessions":
        """Its conversations."""
        from tastemaker.assistant.sessions import Sessions

        return Sessions(self.shop)


@dataclass(frozen=True)
class Caller:
    """Who asks.

    Attributes:
        tenant: whose shop.
        key: id of the key; "local" for this machine without one, "operator" for the key the server was started with.
        scopes: what may be done.
        rate: requests a second; None for no limit.
    """

    tenant: Tenant
    key: str
    scopes: tuple[Scope, ...] = SCOPES
    rate: float | None = None

    def may(self, scope: Scope) -> bool:
        """Does it have the scope?"""
        return scope in self.scopes or "admin" in self.scopes


def tenants_of(shops: "Sequence[Shop]", settings: ServerSettings) -> tuple[Tenant, ...]:
    """A tenant for each shop.

    Raises:
        ConfigError: several shops share one key or one folder, or one of them can be reached by nobody.
    """
    tenants = tuple(Tenant(shop, Jobs(keep=settings.jobs_kept)) for shop in shops)
    if len(tenants) < 2:
        return tenants
    if settings.api_key.get_secret_value():
        raise ConfigError("one api key cannot open several shops", hint="`tastemaker keys SHOP create NAME` for each")
    if len({tenant.shop.path for tenant in tenants}) < len(tenants):
        raise ConfigError("a shop is named twice", hint="name each folder once")
    for tenant in tenants:
        if not tenant.keys.all():
            raise ConfigError(
                f"{tenant.name!r} has no key, and the key says which shop is asked",
                hint="`tastemaker keys SHOP create NAME`",
            )
    return tenants
