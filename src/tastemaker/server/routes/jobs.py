"""``/jobs``: long work, looked at and stopped."""

import asyncio
from collections.abc import AsyncIterator
from typing import cast

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from starlette.exceptions import HTTPException

from tastemaker.core.wire import Json, plain, text
from tastemaker.server.access import ADMIN, READ, caller_of, jobs_of
from tastemaker.server.answers import JobOut
from tastemaker.server.jobs import Job
from tastemaker.server.keys import Scope
from tastemaker.server.service import Service

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
    return plain(theirs(request, job_id))


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
    theirs(request, job_id)

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
    theirs(request, job_id)
    return plain(jobs_of(request).cancel(job_id))


def theirs(request: Request, job_id: str) -> Job:
    """The job, for whoever might have started it: what a verb needs, its job needs too.

    Raises:
        UnknownName: there is no such job.
        HTTPException: 403, the key is not for its verb.
    """
    job = jobs_of(request).find(job_id)
    connection = {"type": "http", "method": "POST", "path": f"/{job.verb}", "root_path": ""}
    door = cast("Service", request.app).doors.find(connection)
    needed: Scope = door[1] if door else "admin"
    if not caller_of(request).may(needed):
        raise HTTPException(403, f"the job is one of {job.verb}, and this key is not for {needed}")
    return job
