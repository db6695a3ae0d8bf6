"""No trainer can reach the test part: nothing that a recommender imports, near or far, leads to the evaluation."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "tastemaker"
SEALED = "tastemaker.evaluation"
TRAINERS = sorted((SOURCE / "recommenders").rglob("*.py"))


def names_in(text):
    """Everything a module imports at any place, and every text in it that names the sealed package."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith(SEALED):
            yield node.value  # importlib.import_module("...")


def module_of(name):
    """The file behind an imported name; None when it is not ours, or the surface, which loads names when asked."""
    parts = name.split(".")[1:] if name.startswith("tastemaker.") else []
    for end in range(len(parts), 0, -1):
        place = SOURCE.joinpath(*parts[:end])
        for path in (place.with_suffix(".py"), place / "__init__.py"):
            if path.exists():
                return path
    return None


def way_to_the_test_part(text):
    """The first chain of imports from a module's text to the evaluation; None when there is none."""
    waiting, met = [((), text)], set()
    while waiting:
        way, current = waiting.pop()
        for name in names_in(current):
            if name == SEALED or name.startswith(SEALED + "."):
                return (*way, name)
            path = module_of(name)
            if path is not None and path not in met:
                met.add(path)
                waiting.append(((*way, name), path.read_text(encoding="utf-8")))
    return None


@pytest.mark.parametrize("path", TRAINERS, ids=lambda path: path.stem)
def test_no_trainer_reaches_the_test_part(path):
    assert way_to_the_test_part(path.read_text(encoding="utf-8")) is None


@pytest.mark.parametrize(
    "text",
    [
        "from tastemaker.evaluation.protocols import Protocol",
        "import tastemaker.evaluation",
        "def fit():\n    from tastemaker.evaluation import protocols",
        "import importlib\nopened = importlib.import_module('tastemaker.evaluation.protocols')",
        "from tastemaker.shop.evaluating import evaluate",  # by a detour
    ],
)
def test_every_way_in_is_seen(text):
    assert way_to_the_test_part(text)[-1].startswith(SEALED)
