"""Answers with pictures: the pictures are fetched, so that the result is whole, as the ``Shop``'s own is."""

from tastemaker.client.reading import fields, read, several
from tastemaker.client.wire import Wire, address
from tastemaker.core.wire import Json
from tastemaker.shop.imagining import Design, Imagined
from tastemaker.studio.request import Shown, VisualResult

__all__ = ["Imagined", "VisualResult", "imagined", "shown"]


def imagined(wire: Wire, told: Json) -> Imagined:
    """What was drawn."""
    values = fields(told)
    designs = several(values["designs"])
    whole = [{**each, "png": wire.bytes(address("drawings", str(each["name"])))} for each in designs]
    return read(Imagined, {**values, "designs": [read(Design, each) for each in whole]})


def shown(wire: Wire, told: Json) -> VisualResult:
    """What is shown in somebody's photo. The pictures are fetched and then deleted where they were made."""
    values = fields(told)
    pictures = []
    for each in several(values["shown"]):
        kept = [address("shown", str(each[name])) for name in ("picture", "mask")]
        png, mask = (wire.bytes(path) for path in kept)
        for path in kept:
            wire.delete(path)
        pictures.append(read(Shown, {"png": png, "mask": mask, "fidelity": each["fidelity"], "seed": each["seed"]}))
    return read(VisualResult, {**values, "shown": pictures})
