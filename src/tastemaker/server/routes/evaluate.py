"""``/evaluate``: how well the shop does on answers that are known, as a job."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi import APIRouter, Request, Response

from tastemaker.core.errors import InputError
from tastemaker.core.progress import Observer
from tastemaker.core.wire import Json, plain
from tastemaker.server.access import ADMIN, jobs_of, shop_of
from tastemaker.server.answers import JobOut
from tastemaker.server.judging import EvaluateRequest

router = APIRouter(tags=["jobs"], dependencies=[ADMIN])


@router.post("/evaluate", response_model=JobOut, status_code=202, summary="How well the shop does")
def post_evaluate(request: Request, response: Response, asked: EvaluateRequest) -> Json:
    """Starts a job; its `result` is the report: every metric with its 95 % interval, plain baselines beside it.

    A job that is stopped after its first method ends with the table of the methods that are done; `cut_short` in the
    protocol says so. With `space` the result is the quality of the space instead.
    """
    given = [name for name in ("split", "events", "queries", "experiment", "space") if getattr(asked, name)]
    if len(given) != 1:
        raise InputError(
            f"{' and '.join(given) or 'nothing'} given to judge by",
            hint="one of split, events, queries, experiment and space",
        )
    if isinstance(asked.candidates, str) and asked.candidates not in ("all", "cold"):
        raise InputError(f"candidates is {asked.candidates!r}", hint="'all', 'cold', or a list of ids")
    shop = shop_of(request)

    def work(observer: Observer) -> Json:
        if asked.space:
            return plain(shop.evaluate_space(seed=asked.seed, observer=observer).to_json())
        with TemporaryDirectory(prefix="tastemaker-evaluate-") as folder:
            report = shop.evaluate(
                events=_events(Path(folder), asked),
                queries=_queries(Path(folder), asked),
                split=asked.split,
                experiment=asked.experiment or None,
                methods=asked.methods or (),
                candidates=_candidates(Path(folder), asked),
                k=asked.k,
                seed=asked.seed,
                seeds=asked.seeds,
                missing=asked.missing,
                tune=asked.tune,
                observer=observer,
            )
        return plain(report.to_json())

    job = jobs_of(request).start("evaluate", work)
    response.headers["Location"] = f"/jobs/{job.id}"
    return plain(job)


def _events(folder: Path, asked: EvaluateRequest) -> Path | None:
    if not asked.events:
        return None
    return _lines(folder / "events.jsonl", (event.model_dump(exclude_none=True) for event in asked.events))


def _queries(folder: Path, asked: EvaluateRequest) -> Path | None:
    if not asked.queries:
        return None
    rows = []
    for query in asked.queries:
        ids = {"exclude": " ".join(query.exclude), "positives": " ".join(query.positives)}
        rows.append({"text": query.text, "where": query.where, "user": query.user, **ids})
    return _lines(folder / "queries.jsonl", rows)


def _candidates(folder: Path, asked: EvaluateRequest) -> str:
    if isinstance(asked.candidates, list):
        path = folder / "candidates.txt"
        path.write_text("\n".join(asked.candidates), encoding="utf-8")
        return str(path)
    return asked.candidates


def _lines(path: Path, rows: Iterable[Mapping[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path
