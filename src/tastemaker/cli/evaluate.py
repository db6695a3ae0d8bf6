"""``tastemaker evaluate``: how well it does, on answers that are known."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from tastemaker.cli.opening import opened
from tastemaker.cli.options import AsJson, Folder, Places, several
from tastemaker.cli.output import data, words
from tastemaker.cli.progress import watching
from tastemaker.core.errors import InputError

EXAMPLES = (
    "tastemaker evaluate shop/ --events later.csv --k 20",
    "tastemaker evaluate shop/ --split leave-one-out --methods hybrid,ease --json",
)
Split = Literal["time", "user-time", "leave-one-out", "cold-items"]


def evaluate(
    shop: Folder,
    events: Annotated[
        Path | None, typer.Option("--events", metavar="FILE", exists=True, help="What people did next.")
    ] = None,
    queries: Annotated[
        Path | None, typer.Option("--queries", metavar="FILE", exists=True, help="Queries and their right answers.")
    ] = None,
    split: Annotated[Split | None, typer.Option("--split", help="Hold back some of the shop's own events.")] = None,
    methods: Annotated[
        list[str] | None, typer.Option("--methods", metavar="A,B", help="Which recommenders; repeatable.")
    ] = None,
    candidates: Annotated[
        str, typer.Option("--candidates", metavar="all|cold|FILE", help="What is ranked; a file holds one id a line.")
    ] = "all",
    k: Places = 20,
    seed: Annotated[int, typer.Option("--seed", min=0, metavar="N", help="Of splits and intervals.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Measure how well the shop ranks.

    Recall, NDCG, MRR, hit rate and coverage with 95 % intervals, plain baselines beside.
    """
    given = [name for name, value in (("--events", events), ("--queries", queries), ("--split", split)) if value]
    if len(given) != 1:
        raise InputError(
            f"{' and '.join(given) or 'nothing'} given to judge by", hint="one of --events, --queries, --split"
        )
    with opened(shop) as found, watching() as observer:
        report = found.evaluate(
            events=events,
            queries=queries,
            split=split,
            methods=several(methods),
            candidates=candidates,
            k=k,
            seed=seed,
            observer=observer,
        )
    if as_json:
        data(report.to_json())
    else:
        words(str(report))
