"""``tm.open`` and ``tm.demo``: a shop from a folder, or the demo shop, drawn and fitted when it is not there yet."""

from pathlib import Path

from tastemaker import demoshop
from tastemaker.core.progress import Observer, silent
from tastemaker.core.storage import Artefact, Artefacts
from tastemaker.demoshop.draw import draw
from tastemaker.shop.shop import Shop

DEMO = Path("demo-shop")
GENERATOR = Path(demoshop.__file__).parent / "generator"
"""What draws in the demo shop; made by ``tools/demo_generator.py``."""


def open(path: Path | str, *, observer: Observer = silent) -> Shop:
    """Open the shop in a folder; new input files are read.

    Args:
        path: a folder in the input format.
        observer: hears of the reading.

    Raises:
        WorkspaceError: the folder is no workspace.
    """
    return Shop(path, observer=observer)


def demo(path: Path | str = DEMO, *, observer: Observer = silent) -> Shop:
    """The demo shop: drawn and fitted in the folder when it is not there yet (two to four minutes), else opened.

    It can draw from the start: its generator is shipped, for learning to draw takes longer than anybody would wait.

    Args:
        path: where it is, or goes.
        observer: hears of progress.
    """
    draw(Path(path), observer=observer)
    shop = Shop(path, observer=observer)
    if not shop.view.fitted.names:
        shop.fit(observer=observer)
    if not shop.draws:
        _give_generator(Artefacts(shop.workspace.state))
    return shop


def _give_generator(artefacts: Artefacts) -> None:
    """Publish the shipped generator."""
    shipped = Artefact(GENERATOR)
    made = artefacts.write(
        "generators", config=shipped.config, tensors=shipped.tensors(), manifest={"shipped": shipped.name}
    )
    with artefacts.lock("publishing"):
        artefacts.publish({"generators": made})
