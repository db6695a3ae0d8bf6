"""What is imported is declared, and what is declared has its reason in PRINCIPLES.md."""

import ast
import re
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
THROUGH = {"h11", "huggingface-hub"}
"""What declared packages bring as a part of themselves (uvicorn, transformers)."""


def names(entries):
    return {re.split(r"[^A-Za-z0-9._-]", entry)[0].lower().replace("_", "-") for entry in entries}


DECLARED = names(PROJECT["dependencies"])
EXTRAS = {name for extra in PROJECT["optional-dependencies"].values() for name in names(extra)}


def imported():
    """Every package that the source imports at any place, with a file that does."""
    found = {}
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module]
                found |= {str(module).split(".")[0]: path.name for module in modules}
    return {module: path for module, path in found.items() if module not in {*sys.stdlib_module_names, "tastemaker"}}


def test_what_is_imported_is_declared():
    known, missing = packages_distributions(), []
    for module, path in imported().items():
        brought = {name.lower().replace("_", "-") for name in known.get(module, [module])}
        if not brought & (DECLARED | EXTRAS | THROUGH):
            missing.append(f"{module} ({path})")
    assert not missing


@pytest.mark.parametrize("name", sorted(DECLARED))
def test_what_is_declared_has_its_reason(name):
    table = (ROOT / "PRINCIPLES.md").read_text(encoding="utf-8").lower()
    assert re.search(rf"^\|[^|]*\b{re.escape(name)}\b", table, re.MULTILINE)


def test_a_plain_install_brings_nothing_of_the_extras():
    extras = PROJECT["optional-dependencies"]
    kept_out = {
        name for extra in ("pictures", "signed", "scale", "tune", "docs", "bench") for name in names(extras[extra])
    }
    brought, left = set(), set(DECLARED)
    while left:
        name = left.pop()
        brought.add(name)
        try:
            needs = [Requirement(need) for need in requires(name) or []]
        except PackageNotFoundError:  # for another system or Python
            continue
        wanted = {need.name for need in needs if need.marker is None or need.marker.evaluate({"extra": ""})}
        left |= {canonicalize_name(name) for name in wanted} - brought
    assert {"torch", "sympy"} <= brought  # itself, and what it needs
    assert not brought & (kept_out | {"torchvision"})
