"""``/metrics``: what Prometheus reads; each shop's own figures."""

from collections.abc import Iterable
from importlib.metadata import version

from fastapi import APIRouter, Request, Response

from tastemaker.server.access import ADMIN, tenant_of
from tastemaker.server.metrics import MEDIA_TYPE, Labels
from tastemaker.server.tenants import Tenant

router = APIRouter(tags=["care"], dependencies=[ADMIN])
Gauges = dict[str, tuple[str, Iterable[tuple[Labels, float]]]]


@router.get(
    "/metrics",
    summary="Figures for Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}}},
)
def get_metrics(request: Request) -> Response:
    """Requests by route and status, how long they and their stages took, jobs, items and the size of the index."""
    tenant = tenant_of(request)
    return Response(tenant.metrics.text(gauges(tenant)), media_type=MEDIA_TYPE)


def gauges(tenant: Tenant) -> Gauges:
    """What can be said of a shop at this moment."""
    view, states = tenant.shop.view, [job.state for job in tenant.jobs.all()]
    vectors = view.vectors
    present, size = (0, 0) if vectors is None else (int(vectors.present.sum()), vectors.matrix.nbytes)
    return {
        "tastemaker_info": ("What runs", [((("version", version("tastemaker")),), 1)]),
        "tastemaker_items": ("Items on sale", [((), int(view.catalog.alive.sum()))]),
        "tastemaker_events": ("Events that count", [((), len(view.catalog.interactions))]),
        "tastemaker_index_vectors": ("Vectors in the index", [((), present)]),
        "tastemaker_index_bytes": ("Memory that they take", [((), size)]),
        "tastemaker_jobs": (
            "Jobs that are remembered, by state",
            [((("state", state),), states.count(state)) for state in ("running", "done", "failed", "cancelled")],
        ),
    }
