"""Train the generator that the demo shop ships, so that it can draw at once.

    python tools/demo_generator.py     # an hour of one core; a cut training goes on

A conditional diffusion on the demo shop as it is drawn everywhere, from attributes and tastes: no words, for every shop
that is fitted has a space of its own. Its weights are kept as half-precision numbers in
``src/tastemaker/demoshop/generator``, which ``tm.demo`` publishes in a new demo shop.
"""

import sys
from pathlib import Path

import numpy as np
import torch

import tastemaker as tm
from tastemaker.core.progress import Advanced, Event
from tastemaker.core.storage import Artefacts
from tastemaker.demoshop.draw import draw
from tastemaker.shop import painter
from tastemaker.shop.opening import GENERATOR

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "demo-generator"
SETTINGS = """
[imagine]
generator = "diffusion-conditional"
size = "medium"
autoencoder_width = 48
autoencoder_steps = 0.3
attributes = [
    "kind", "colour", "shade", "pattern", "material", "style", "season", "sleeve", "neck", "form",
    "genre", "mood", "setting", "landscape", "light",
]
max_minutes = 600
"""


def lines(event: Event) -> None:
    """Progress on stderr."""
    if isinstance(event, Advanced):
        sys.stderr.write(f"{event}\n")


def main() -> None:
    """Draw the shop, train, keep the weights in the package."""
    torch.set_num_threads(1)
    draw(FOLDER)
    settings = FOLDER / "tastemaker.toml"
    if "[imagine]" not in settings.read_text(encoding="utf-8"):
        settings.write_text(settings.read_text(encoding="utf-8") + SETTINGS, encoding="utf-8")
    shop = tm.open(FOLDER)
    config, tensors = painter.learn(shop.workspace, shop.view.catalog, None, "", lines)
    halves = {name: tensor.astype(np.float16) for name, tensor in tensors.items()}
    made = painter.write(Artefacts(shop.workspace.state), (config, halves), {"by": "tools/demo_generator.py"})
    painter.forget_checkpoints(shop.workspace)  # their key knows nothing of the code: the next run starts anew
    shop.close()
    GENERATOR.mkdir(parents=True, exist_ok=True)
    for path in made.folder.iterdir():
        (GENERATOR / path.name).write_bytes(path.read_bytes())


if __name__ == "__main__":
    main()
