"""Running jobs, for the engineer: how far each is, a way to stop it, and a way to begin a fit.

While the page is looked at it asks every second, and what has changed is sent.
"""

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from nicegui import Client

from tastemaker.core.progress import Observer
from tastemaker.page.card import sentence
from tastemaker.page.desk import Desk
from tastemaker.page.frame import Content
from tastemaker.page.html import Safe, join, tag
from tastemaker.page.live import Given, Reply, button, hear
from tastemaker.page.tables import meter, section
from tastemaker.server.jobs import Job, Jobs, Step

if TYPE_CHECKING:
    from tastemaker.shop import Shop

SHOWN = 20
"""Jobs on the page."""
STEPS = 6
"""Steps of a job that are shown, the latest."""
_STATES = {"running": "Running", "done": "Done", "failed": "Failed", "cancelled": "Stopped"}
_FITS = {"": "Everything", "space": "Pictures and words", "recommender": "Who gets what",
         "complete": "What goes with what", "search": "Changes in words"}  # fmt: skip


def running(desk: Desk) -> Content:
    """The page."""
    options = [tag("option", {"value": part}, name) for part, name in _FITS.items()]
    form = tag(
        "form",
        {"class": "fields", "data-send": "tm_fit"},
        tag("label", None, tag("span", None, "Learn anew"), tag("select", {"name": "part"}, join(options))),
        tag("button", {"type": "submit", "class": "go"}, "Begin a fit"),
    )
    note = "Until a fit is done, the shop answers with what it had; stopping it changes nothing."
    parts = [
        tag("h1", None, "Running"),
        tag("div", {"id": "jobs"}, job_list(desk.tenant.jobs)),
        section("Begin", form, note=note),
    ]
    return Content("Running · Tastemaker", tag("div", {"class": "work"}, *parts))


def job_list(jobs: Jobs) -> Safe:
    """Every job that is remembered, the newest first."""
    every = jobs.all()[:SHOWN]
    if not every:
        return tag("p", {"class": "fine"}, "Nothing is running, and nothing was lately.")
    return tag("ul", {"class": "jobs", "role": "list"}, join(_job(job) for job in every))


def hear_running(client: Client, desk: Desk) -> None:
    """Hear of jobs to begin and to stop; send what has changed."""
    jobs, shop = desk.tenant.jobs, desk.shop
    last = Safe()

    def begin(given: Given) -> Reply:
        part = given.get("part", "")
        jobs.start("fit", lambda observer: _fit(shop, part, observer))
        return Reply(running(desk), "The fit has begun")

    def stop(given: Given) -> Reply:
        jobs.cancel(given.get("job", ""))
        return Reply(said="It stops at its next report")

    def look(_given: Given) -> Reply:
        nonlocal last
        before, last = last, job_list(jobs)
        return Reply(part=("jobs", last) if last != before else None)

    hear(client, "tm_fit", begin)
    hear(client, "tm_stop", stop)
    hear(client, "tm_jobs", look)


def _fit(shop: "Shop", part: str, observer: Observer) -> None:
    shop.fit([part] if part else None, observer=observer)


def _job(job: Job) -> Safe:
    """One job: what it is, how far, how it ended."""
    began = f"{datetime.fromtimestamp(job.begun, UTC):%-d %b, %H:%M} UTC"
    lasted = _seconds((job.ended or time.time()) - job.begun)
    act = None
    if job.state == "running":
        act = button("tm_stop", {"job": job.id}, "Stop", label=f"Stop {job.verb}, job {job.id}")
    wrong = None
    if job.problem is not None:
        wrong = tag("p", {"class": "wrong"}, sentence(f"{job.problem.detail}. {job.problem.hint}".removesuffix(". ")))
    steps = [_step(step) for step in job.steps[-STEPS:]]
    earlier = len(job.steps) - len(steps)
    told = f"{earlier} earlier steps" if earlier > 1 else "1 earlier step"
    return tag(
        "li",
        {"class": f"job {job.state}", "data-job": job.id},
        tag("div", {"class": "heading"}, tag("h2", None, job.verb.replace("_", " ").capitalize()),
            tag("span", {"class": "state"}, _STATES[job.state]), act),
        tag("p", {"class": "note"}, f"{began}, {lasted}, job {job.id}"),
        wrong,
        tag("p", {"class": "note"}, told) if earlier else None,
        tag("ol", {"class": "steps"}, join(steps)) if steps else None,
        *(tag("p", {"class": "note"}, sentence(note)) for note in job.notes[-3:]),
    )  # fmt: skip


def _step(step: Step) -> Safe:
    """One task of a job, with a bar where it is known how much there is."""
    name = sentence(step.task)
    over = step.seconds is not None
    far = f"{step.done:,} of {step.total:,}" if step.total else (f"{step.done:,}" if step.done else "")
    figures = ", ".join(f"{name} {value:.4g}" for name, value in step.metrics.items())
    said = ", ".join(filter(None, (far, _seconds(step.seconds) if step.seconds is not None else "", figures)))
    known = over or bool(step.total)
    bar = meter(1.0 if over else step.done / (step.total or 1), name) if known else None
    return tag("li", None, tag("span", None, name), tag("span", {"class": "quiet"}, said), bar)


def _seconds(seconds: float) -> str:
    """A time as people say it."""
    if seconds < 60:
        return f"{max(seconds, 0):.0f} s"
    return f"{seconds // 60:.0f} min {seconds % 60:.0f} s"
