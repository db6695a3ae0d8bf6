"""One idea a file, one thought a function."""

import ast
import statistics
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "tastemaker"
FILES = sorted(SOURCE.rglob("*.py"))


def length(function):
    """Lines of a function without its docstring."""
    said = function.body[0] if ast.get_docstring(function) else None
    return function.end_lineno - function.lineno + 1 - (said.end_lineno - said.lineno + 1 if said else 0)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_modules_and_functions_are_short(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert length(node) <= 40, f"{node.name} has {length(node)} lines"


def test_the_usual_module_is_shorter():
    assert statistics.median(path.read_text(encoding="utf-8").count("\n") for path in FILES) <= 150
