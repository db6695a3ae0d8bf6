"""``/jobs``: long work, looked at and stopped."""

import asyncio
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from tastemaker.core.wire import Json, plain, text
from tastemaker.server.access import ADMIN, READ, jobs_of
from tastemaker.server.answers import JobOut

router = APIRouter(tags=["jobs"])
GLANCE = 0.1
"""Seconds between two looks at a job that is streamed."""


@router.get("/jobs", response_model=list[JobOut], summary="Every job, newest first", dependencies=[ADMIN])
def get_jobs(request: Request) -> Json:
    """Running jobs, and those that ended lately."""
    return plain(jobs_of(request).all())


@router.get("/jobs/{job_id}", response_model=JobOut, summary="How far a job is", dependencies=[READ])
def get_job(request: Request, job_id: str) -> Json:
    """Its state, its steps, and at the end its result or its problem."""
    return plain(jobs_of(request).find(job_id))


@router.get(
    "/jobs/{job_id}/stream",
    summary="A job as it goes",
    dependencies=[READ],
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}}},
)
async def stream_job(request: Request, job_id: str) -> StreamingResponse:
    """Server-sent events: the job as JSON each time that it changes, until it has ended."""
    jobs = jobs_of(request)
    jobs.find(job_id)

    async def events() -> AsyncIterator[str]:
        before = None
        while not await request.is_disconnected():
            job = jobs.find(job_id)
            if job != before:
                yield f"data: {text(job, indent=None)}\n\n"
            if job.state != "running":
                return
            before = job
            await asyncio.sleep(GLANCE)

    return StreamingResponse(events(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


@router.delete("/jobs/{job_id}", response_model=JobOut, status_code=202, summary="Stop a job", dependencies=[READ])
def delete_job(request: Request, job_id: str) -> Json:
    """The job stops at its next report and leaves nothing half-written; one that has ended stays as it is."""
    return plain(jobs_of(request).cancel(job_id))
