"""What the pages of one app share."""

from dataclasses import dataclass, field
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from tastemaker.page.feedback import Feedback
from tastemaker.page.uploads import Uploads
from tastemaker.server.routes.imagine import AT_ONCE
from tastemaker.server.tenants import Tenant

if TYPE_CHECKING:
    from tastemaker.shop import Shop


@dataclass(frozen=True)
class Desk:
    """What the pages of one app share.

    Attributes:
        tenant: the shop, its jobs, its figures.
        uploads: pictures that people search with.
        feedback: what they do, on its way into the shop.
        drawing: taken by each drawing under way.
    """

    tenant: Tenant
    uploads: Uploads
    feedback: Feedback
    drawing: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(AT_ONCE))

    @classmethod
    def of(cls, tenant: Tenant) -> "Desk":
        """An empty one."""
        return cls(tenant, Uploads(), Feedback(tenant.shop))

    @property
    def shop(self) -> "Shop":
        """Whose pages they are."""
        return self.tenant.shop
