"""``tastemaker refit``: learn from what has happened since, publish what is not worse; for cron.

0    published, or nothing new to learn from
1    failed
3    kept: the candidate was worse, or might be; somebody should look
75   something is being fitted already; try again later
"""

from typing import Annotated

import typer

from tastemaker.cli.opening import opened
from tastemaker.cli.options import AsJson, Folder, Places, several
from tastemaker.cli.output import complain_of, data, words
from tastemaker.cli.progress import watching
from tastemaker.core.errors import BusyError

EXAMPLES = ("tastemaker refit shop/", "tastemaker refit shop/ --parts recommender --people 100 --json")
KEPT, BUSY = 3, 75


def refit(
    shop: Folder,
    parts: Annotated[
        list[str] | None,
        typer.Option("--parts", metavar="NAME", help="Only this part, else recommender and complete; repeatable."),
    ] = None,
    k: Places = 20,
    people: Annotated[
        int,
        typer.Option("--people", min=2, metavar="N", help="Fewer with new choices are too little to judge by."),
    ] = 30,
    tolerance: Annotated[
        float,
        typer.Option("--tolerance", min=0.0, max=0.99, metavar="SHARE", help="What may be lost where it looks worse."),
    ] = 0.05,
    seed: Annotated[int, typer.Option("--seed", min=0, metavar="N", help="Of the intervals.")] = 0,
    all_events: Annotated[
        bool, typer.Option("--all-events", help="Once accepted, learn again from the newest events too, unjudged.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Learn anew; publish only what is not worse.

    For cron: judged on the newest events, against what is published. Exit codes: 0 published or nothing new, 3 kept,
    75 something is being fitted already, 1 failed; whatever happens, something whole is published.
    """
    try:
        with opened(shop) as found, watching() as observer:
            done = found.refit(
                several(parts) or None,
                k=k,
                people=people,
                tolerance=tolerance,
                seed=seed,
                all_events=all_events,
                observer=observer,
            )
    except BusyError as error:
        complain_of(error)
        raise typer.Exit(BUSY) from None
    data(done) if as_json else words(str(done))
    if done.verdict == "kept":
        raise typer.Exit(KEPT)
