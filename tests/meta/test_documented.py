"""What a person meets is documented: modules, classes, settings; in docs/reference verbs, routes, methods, errors."""

import ast
import importlib
import pkgutil
from pathlib import Path

import pytest

import tastemaker
from tastemaker.cli.app import VERBS
from tastemaker.core import errors
from tastemaker.core.config import Config
from tastemaker.core.registry import cards
from tastemaker.server.app import create_app

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "src" / "tastemaker").rglob("*.py"))


@pytest.fixture(scope="module")
def configs():
    """Every class of settings in the package."""
    for module in pkgutil.walk_packages(tastemaker.__path__, "tastemaker."):
        importlib.import_module(module.name)
    found = [Config]
    for cls in found:
        found += cls.__subclasses__()
    return [cls for cls in found[1:] if cls.__module__.startswith("tastemaker.")]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT / "src" / "tastemaker")))
def test_modules_and_public_classes_have_a_docstring(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), node.name


def test_every_setting_says_what_it_is(configs):
    assert configs
    for cls in configs:
        for name, field in cls.model_fields.items():
            assert field.description, f"{cls.__module__}.{cls.__name__}.{name}"


def test_the_reference_names_everything(configs):
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs/reference").glob("*.md")))
    wanted = {f"tastemaker {verb}" for verb in VERBS} | {f"`{card.name}`" for card in cards()}
    wanted |= {f"`{path}`" for path in create_app(None).openapi()["paths"]}
    wanted |= {f"`{name}`" for cls in configs for name in cls.model_fields}
    wanted |= {
        f"`{name}`" for name, thing in vars(errors).items() if isinstance(thing, type) and issubclass(thing, Exception)
    }
    assert not (missing := sorted(name for name in wanted if name not in text)), missing
