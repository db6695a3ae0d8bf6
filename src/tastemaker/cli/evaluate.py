"""``tastemaker evaluate``: how well it does, on answers that are known."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tastemaker.cli.opening import opened
from tastemaker.cli.options import AsJson, Folder, Places, several
from tastemaker.cli.output import data, note, words
from tastemaker.cli.progress import watching
from tastemaker.core.errors import InputError

if TYPE_CHECKING:
    from tastemaker.evaluation.report import Report
    from tastemaker.evaluation.space_report import SpaceReport

EXAMPLES = (
    "tastemaker evaluate shop/ --events later.csv --k 20",
    "tastemaker evaluate shop/ --split leave-one-out --methods hybrid,ease --json",
    "tastemaker evaluate shop/ --space --report space.html",
)
STOPPED = 130
Split = Literal["time", "user-time", "leave-one-out", "random", "cold-items", "cold-people"]


Events = Annotated[Path | None, typer.Option("--events", metavar="FILE", exists=True, help="What people did next.")]
Queries = Annotated[
    Path | None, typer.Option("--queries", metavar="FILE", exists=True, help="Queries and their right answers.")
]
Methods = Annotated[
    list[str] | None, typer.Option("--methods", metavar="A,B|all", help="Which recommenders; repeatable.")
]
Candidates = Annotated[
    str, typer.Option("--candidates", metavar="all|cold|FILE", help="What is ranked; a file holds one id a line.")
]
Seeds = Annotated[
    int, typer.Option("--seeds", min=1, max=20, metavar="N", help="How often to train what draws by chance.")
]
Missing = Annotated[
    list[str] | None,
    typer.Option(
        "--missing", metavar="WHAT=SHARE", help="With a split: items that lose picture, text, attributes or a feature."
    ),
]
Tune = Annotated[
    list[str] | None,
    typer.Option("--tune", metavar="A,B", help="With a split: search the settings of these first, on validation."),
]
Written = Annotated[
    Path | None, typer.Option("--report", metavar="FILE", help="Write it down: .html, .md; of the space also .png.")
]
Experiment = Annotated[
    str | None, typer.Option("--experiment", metavar="NAME", help="What came of the lists shown under this name.")
]
Space = Annotated[bool, typer.Option("--space", help="Judge the space of pictures and words instead of rankings.")]


def evaluate(
    shop: Folder,
    events: Events = None,
    queries: Queries = None,
    split: Annotated[Split | None, typer.Option("--split", help="Hold back some of the shop's own events.")] = None,
    experiment: Experiment = None,
    methods: Methods = None,
    candidates: Candidates = "all",
    k: Places = 20,
    seed: Annotated[int, typer.Option("--seed", min=0, metavar="N", help="Of splits and intervals.")] = 0,
    seeds: Seeds = 1,
    missing: Missing = None,
    tune: Tune = None,
    space: Space = False,
    report: Written = None,
    as_json: AsJson = False,
) -> None:
    """Measure how well the shop ranks, or how good its space is.

    Recall, NDCG, hit rate, MRR and MAP with 95 % intervals, what the rankings are like, plain baselines beside. Ctrl-C
    leaves the table of the methods that are done.
    """
    _check_truth(
        {"--events": events, "--queries": queries, "--split": split, "--experiment": experiment, "--space": space}
    )
    _check_report(report, space=space)
    if space:
        return _judge_space(shop, seed, report, as_json=as_json)
    with opened(shop) as found, watching() as observer:
        made = found.evaluate(
            events=events,
            queries=queries,
            split=split,
            experiment=experiment,
            methods=several(methods),
            candidates=candidates,
            k=k,
            seed=seed,
            seeds=seeds,
            missing=_shares(several(missing)),
            tune=several(tune),
            observer=observer,
        )
    _say(made, report, as_json=as_json)
    _end(made.cut_short)


def _judge_space(shop: Path, seed: int, report: Path | None, *, as_json: bool) -> None:
    with opened(shop) as found, watching() as observer:
        judged = found.evaluate_space(seed=seed, observer=observer)
    _say(judged, report, as_json=as_json)


def _say(made: "Report | SpaceReport", path: Path | None, *, as_json: bool) -> None:
    if path is not None:
        made.save(path)
        note(f"written to {path}")
    if as_json:
        data(made.to_json())
    else:
        words(str(made))


def _end(cut_short: str) -> None:
    if cut_short:
        note(f"cut short: {cut_short}")
        raise typer.Exit(STOPPED)


def _check_truth(sources: dict[str, object]) -> None:
    given = [name for name, value in sources.items() if value]
    if len(given) != 1:
        raise InputError(
            f"{' and '.join(given) or 'nothing'} given to judge by",
            hint="one of --events, --queries, --split, --experiment, --space",
        )


def _check_report(path: Path | None, *, space: bool) -> None:
    """Hours of work must not end at a name that cannot be written."""
    if path is not None:
        from tastemaker.evaluation import report, space_report

        (space_report if space else report).check_path(path)


def _shares(given: list[str]) -> dict[str, float]:
    """``picture=0.3`` as a table."""
    found = {}
    for one in given:
        what, _, share = one.partition("=")
        try:
            found[what] = float(share)
        except ValueError:
            hint = "what is missing and for which share of the items: --missing picture=0.3"
            raise InputError(f"--missing is {one!r}", hint=hint) from None
    return found
