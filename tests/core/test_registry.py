"""Methods by name: what is declared can be loaded and says where it comes from."""

import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from tastemaker.core import registry
from tastemaker.core.errors import MissingExtra, TastemakerError, UnknownName

ROOT = Path(__file__).parents[2]


def declared():
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"]
    return [(kind, name) for kind in registry.KINDS for name in groups.get(f"tastemaker.{kind}s", {})]


def test_the_installed_names_are_the_declared_ones():
    for kind in registry.KINDS:
        assert set(registry.names(kind)) >= {name for of, name in declared() if of == kind}
        assert registry.names(kind) == sorted(registry.names(kind))


@pytest.mark.parametrize(("kind", "name"), declared())
def test_every_method_loads_and_says_its_source(kind, name):
    method = registry.find(kind, name)
    assert method.figure
    assert len(method.source) > 10
    assert method.__doc__


def test_cards_cover_every_method():
    cards = list(registry.cards())
    assert {(card.kind, card.name) for card in cards} >= set(declared())
    assert all(card.source for card in cards)


def test_an_unknown_name_has_a_neighbour():
    with pytest.raises(UnknownName, match="unknown recommender 'popularty'") as caught:
        registry.find("recommender", "popularty")
    assert "popularity" in caught.value.hint


def points(value):
    return lambda kind: {"odd": EntryPoint("odd", value, f"tastemaker.{kind}s")}


def test_a_plugin_whose_dependency_is_missing_says_so(monkeypatch, tmp_path):
    (tmp_path / "odd_plugin.py").write_text("import no_such_package\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(registry, "_points", points("odd_plugin:Odd"))
    with pytest.raises(MissingExtra, match="no_such_package is not installed"):
        registry.find("recommender", "odd")


def test_a_broken_registration_of_ours_is_not_disguised(monkeypatch):
    monkeypatch.setattr(registry, "_points", points("tastemaker.no_such_module:Odd"))
    with pytest.raises(TastemakerError, match="no_such_module"):
        registry.find("recommender", "odd")
