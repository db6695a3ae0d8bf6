"""Imports only go down the levels; packages on one level do not know each other; nothing heavy is loaded early."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "tastemaker"
LEVELS = (
    "core", "catalog nn", "encoders demoshop", "alignment", "index", "recommenders generators",
    "studio evaluation testing scale",
    "shop", "assistant", "server client", "page", "cli",
)  # fmt: skip
LEVEL = {package: level for level, packages in enumerate(LEVELS) for package in packages.split()}
DOORS = {"__init__", "__main__"}
HEAVY = {"torch", "transformers", "sentence_transformers", "nicegui", "diffusers", "ray", "lance", "pyarrow"}
MAY_BE_HEAVY = {"nn", "encoders", "alignment", "recommenders", "generators", "studio", "page"}
"""Loaded by others inside functions; what ``import tastemaker`` must never reach is tested in test_import.py."""


def package(path):
    return path.relative_to(SOURCE).with_suffix("").parts[0]


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_go_down(path):
    own, tree = package(path), ast.parse(path.read_text(encoding="utf-8"))
    if own in DOORS:  # the surface: names of all levels, loaded when they are first used
        return
    for name in imported(tree):
        top, *rest = name.split(".")
        if top == "tastemaker" and rest and rest[0] in LEVEL and rest[0] != own:
            assert LEVEL[rest[0]] < LEVEL[own], f"{own} (level {LEVEL[own]}) imports {name}"
    early = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    heavy = {name.split(".")[0] for node in early for name in imported(node)} & HEAVY
    assert not heavy or own in MAY_BE_HEAVY, f"{own} loads {heavy} early"


def test_every_package_has_a_level_and_a_home():
    packages = {path.name for path in SOURCE.iterdir() if (path / "__init__.py").exists()}
    assert packages <= set(LEVEL)
    assert {path.stem for path in SOURCE.glob("*.py")} == DOORS
