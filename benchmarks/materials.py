"""Materials of the generators' benchmarks: a catalog read once, kept under ``build/benchmarks/materials``."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np

from bench_fashion import build
from common import BUILD, Lines, fashion_space
from tastemaker.alignment.contrast.space import ContrastiveSpace
from tastemaker.catalog.catalog import Catalog
from tastemaker.generators.material import Layout, Material

FASHION = ("articleType", "baseColour", "gender", "season", "usage")


def fashion_material() -> Material:
    """All products of fashion at 64 x 48, with the vectors of the space that ``bench_fashion.py`` learned."""
    found = fashion_space()
    path = BUILD / "materials" / f"{found.name}.npz"
    if path.exists():
        return _load(path)
    catalog, space = build("materials-shop"), ContrastiveSpace.restore(found.config, found.tensors())
    material = Material.read(catalog, space, 64, FASHION, Lines())
    _save(path, material)
    return material


def fashion_catalog() -> Catalog:
    """The products themselves."""
    return build("materials-shop")


def _save(path: Path, material: Material) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays = {"rows": material.rows, "frames": material.frames, "codes": material.codes, "held": material.held}
    arrays |= {f"vectors {name}": matrix for name, matrix in material.vectors.items()}
    arrays |= {f"has {name}": rows for name, rows in material.has.items()}
    layout = np.frombuffer(json.dumps(asdict(material.layout)).encode(), np.uint8)
    writing = path.with_name("writing.npz")
    np.savez(writing, layout=layout, **arrays)
    writing.replace(path)


def _load(path: Path) -> Material:
    with np.load(path) as kept:
        layout = Layout.read(json.loads(kept["layout"].tobytes()))
        arrays = {name: kept[name] for name in kept.files}
    vectors = {name: arrays[f"vectors {name}"] for name in layout.dims}
    has = {name.removeprefix("has "): rows for name, rows in arrays.items() if name.startswith("has ")}
    wanted = (arrays["rows"], arrays["frames"], arrays["codes"])
    return Material(layout, *wanted, vectors, has, arrays["held"])
