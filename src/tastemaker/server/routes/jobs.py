"""``/jobs``: long work, looked at and stopped."""

from fastapi import APIRouter, Request

from tastemaker.core.wire import Json, plain
from tastemaker.server.access import jobs_of
from tastemaker.server.answers import JobOut

router = APIRouter(tags=["jobs"])


@router.get("/jobs", response_model=list[JobOut], summary="Every job, newest first")
def get_jobs(request: Request) -> Json:
    """Running jobs, and those that ended lately."""
    return plain(jobs_of(request).all())


@router.get("/jobs/{job_id}", response_model=JobOut, summary="How far a job is")
def get_job(request: Request, job_id: str) -> Json:
    """Its state, its steps, and at the end its result or its problem."""
    return plain(jobs_of(request).find(job_id))


@router.delete("/jobs/{job_id}", response_model=JobOut, status_code=202, summary="Stop a job")
def delete_job(request: Request, job_id: str) -> Json:
    """The job stops at its next report and leaves nothing half-written; one that has ended stays as it is."""
    return plain(jobs_of(request).cancel(job_id))
