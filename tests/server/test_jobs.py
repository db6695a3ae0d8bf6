"""Jobs: started, watched, stopped, one of a verb at a time."""

import threading

import pytest

from tastemaker.core.errors import FitError, UnknownName
from tastemaker.core.progress import track
from tastemaker.server.jobs import Jobs
from tastemaker.server.problems import BusyError


def test_a_job_reports_its_steps_and_its_result():
    def work(observer):
        with track(observer, "space", 3) as task:
            for loss in (3.0, 2.0, 1.0):
                task.advance(1, {"loss": loss})
            task.note("stopped early")
        return {"answer": (1, 2)}

    jobs = Jobs()
    ended = jobs.wait(jobs.start("fit", work).id)
    assert ended.state == "done"
    assert ended.result == {"answer": [1, 2]}
    assert ended.notes == ("stopped early",)
    (step,) = ended.steps
    assert (step.task, step.done, step.total, step.metrics) == ("space", 3, 3, {"loss": 1.0})
    assert step.seconds is not None
    assert ended.ended >= ended.begun


def test_a_cancelled_job_stops_at_its_next_report():
    begun, go_on, after = threading.Event(), threading.Event(), []

    def work(observer):
        with track(observer, "space", 2) as task:
            begun.set()
            go_on.wait(10)
            task.advance()
            after.append("went on")

    jobs = Jobs()
    job = jobs.start("fit", work)
    begun.wait(10)
    assert jobs.cancel(job.id).state == "running"
    go_on.set()
    assert jobs.wait(job.id).state == "cancelled"
    assert after == []


def test_one_job_of_a_verb_at_a_time():
    go_on = threading.Event()
    jobs = Jobs()
    first = jobs.start("fit", lambda observer: go_on.wait(10))
    with pytest.raises(BusyError, match=first.id):
        jobs.start("fit", lambda observer: None)
    other = jobs.start("evaluate", lambda observer: None)
    assert jobs.wait(other.id).state == "done"
    go_on.set()
    jobs.wait(first.id)
    assert jobs.wait(jobs.start("fit", lambda observer: None).id).state == "done"


def test_a_failed_job_says_why():
    def work(observer):
        raise FitError("there are no events", hint="add some")

    jobs = Jobs()
    ended = jobs.wait(jobs.start("fit", work).id)
    assert ended.state == "failed"
    assert (ended.problem.detail, ended.problem.hint) == ("there are no events", "add some")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_mistake_inside_ends_the_job_too():
    jobs = Jobs()
    ended = jobs.wait(jobs.start("fit", lambda observer: {}["nothing"]).id)
    assert ended.state == "failed"
    assert "KeyError" in ended.problem.detail


def test_the_oldest_ended_jobs_are_forgotten():
    jobs = Jobs(keep=2)
    ids = [jobs.wait(jobs.start("fit", lambda observer: None).id).id for _ in range(4)]
    assert [job.id for job in jobs.all()] == ids[:1:-1]
    with pytest.raises(UnknownName, match="unknown job"):
        jobs.find(ids[0])


def test_closing_stops_what_runs():
    def work(observer):
        with track(observer, "forever") as task:
            while True:
                task.advance()

    jobs = Jobs()
    job = jobs.start("fit", work)
    jobs.close()
    assert jobs.find(job.id).state == "cancelled"
