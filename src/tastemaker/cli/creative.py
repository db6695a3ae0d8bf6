"""``tastemaker creative``: advertisements of real items, and the queue in which they wait for approval."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tastemaker.cli.opening import opened
from tastemaker.cli.options import AsJson, Folder, User
from tastemaker.cli.output import data, note, words
from tastemaker.cli.progress import watching
from tastemaker.core.errors import InputError

if TYPE_CHECKING:
    from tastemaker.shop import Shop

EXAMPLES = (
    "tastemaker creative shop/ --item sku-7 --format banner --out banner.png --json",
    "tastemaker creative shop/ --item sku-7 --item sku-9 --format story --user u42 --n 3",
    "tastemaker creative shop/ --queue waiting",
    'tastemaker creative shop/ --decide 3f2a9c1e=approved --by anna --why "for the spring letter"',
)

Items = Annotated[
    list[str] | None, typer.Option("--item", metavar="ID", help="What it shows; up to four times for a bundle.")
]
Format = Annotated[str, typer.Option("--format", metavar="NAME", help="banner, square, story or email.")]
Out = Annotated[
    Path, typer.Option("--out", metavar="FILE", dir_okay=False, help="A .png or .svg; further layouts get a number.")
]
Many = Annotated[int, typer.Option("--n", min=1, max=12, metavar="N", help="How many layouts.")]
Listed = Annotated[
    str | None, typer.Option("--queue", metavar="STATE", help="List those waiting, approved, refused, or all.")
]
Decided = Annotated[
    str | None, typer.Option("--decide", metavar="NAME=STATE", help="Make one approved, refused, or waiting again.")
]
By = Annotated[str, typer.Option("--by", metavar="WHO", help="Who decides.")]
Why = Annotated[str, typer.Option("--why", metavar="WORDS", help="The reason.")]


def creative(
    shop: Folder,
    item: Items = None,
    format: Format = "banner",
    n: Many = 1,
    user: User = None,
    out: Out = Path("creative.png"),
    queue: Listed = None,
    decide: Decided = None,
    by: By = "",
    why: Why = "",
    as_json: AsJson = False,
) -> None:
    """Advertise an item or a bundle, with catalog facts only.

    What is made waits in a queue until somebody approves it. Colours, typeface and name of the shop are settings, under
    [brand] in tastemaker.toml.
    """
    if sum((bool(item), queue is not None, decide is not None)) != 1:
        raise InputError("give one of --item, --queue and --decide", hint="`tastemaker creative --help` shows how")
    if out.suffix not in (".png", ".svg"):
        raise InputError(f"{out.name!r} is neither .png nor .svg", hint="--out banner.png")
    with opened(shop) as found:
        if item:
            _make(found, item, format, n, user, out, as_json=as_json)
        elif queue is not None:
            _show(found, "" if queue == "all" else queue, as_json=as_json)
        elif decide is not None:
            name, _, state = decide.partition("=")
            decided = found.decide(name, state, who=by, why=why)
            data(decided) if as_json else words(f"{decided.name} is {decided.state}")


def _make(shop: "Shop", items: list[str], format: str, n: int, user: str | None, out: Path, *, as_json: bool) -> None:
    """Make them, and write a file each."""
    with watching() as observer:
        made = shop.creative(items, format=format, n=n, user=user, observer=observer)
    files = [out if place == 0 else out.with_stem(f"{out.stem}-{place + 1}") for place in range(len(made.creatives))]
    out.parent.mkdir(parents=True, exist_ok=True)
    for file, one in zip(files, made.creatives, strict=True):
        file.write_bytes(one.svg if out.suffix == ".svg" else one.png)
    if as_json:
        data({"out": files, "creatives": made.creatives, "notes": made.notes})
        return
    words(str(made))
    note(f"{len(files)} in {', '.join(map(str, files))}; `--queue waiting` lists what waits for approval")


def _show(shop: "Shop", state: str, *, as_json: bool) -> None:
    """The queue."""
    found = shop.creatives.all(state)
    if as_json:
        data([{"outdated": shop.outdated(one), "state": one.state, "creative": one} for one in found])
        return
    for one in found:
        last = one.decisions[-1] if one.decisions else None
        said = f" by {last.who}{f': {last.why}' if last.why else ''}" if last else ""
        stale = "".join(f"\n  {line}" for line in shop.outdated(one))
        words(f"{one.name}  {one.format:<6}  {one.state}{said}  {one.headline}{stale}")
    note(f"{len(found)} creatives")
