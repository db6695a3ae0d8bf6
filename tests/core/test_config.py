"""Settings: frozen, no unknown keys, errors that name the key."""

import json

import pytest
from pydantic import Field, ValidationError

from tastemaker.core.config import Config
from tastemaker.core.errors import ConfigError


class Tower(Config):
    dim: int = Field(default=64, ge=1)
    """Length of a vector, 1 or more."""


class Settings(Config):
    seed: int = 0
    """Of everything random."""
    tower: Tower = Tower()
    """The tower."""


def test_values_and_defaults():
    settings = Settings.read({"tower": {"dim": 8}})
    assert (settings.seed, settings.tower.dim) == (0, 8)


def test_a_config_is_frozen():
    with pytest.raises(ValidationError, match="frozen"):
        Settings().seed = 3


@pytest.mark.parametrize(
    ("values", "message", "hint"),
    [
        ({"sed": 1}, "unknown setting 'sed'", "did you mean 'seed'?"),
        ({"tower": {"dimm": 1}}, "unknown setting 'tower.dimm'", "did you mean 'dim'?"),
        ({"zzz": 1}, "unknown setting 'zzz'", "known: seed, tower, dim"),
    ],
)
def test_an_unknown_key_is_named_with_its_neighbour(values, message, hint):
    with pytest.raises(ConfigError) as caught:
        Settings.read(values)
    assert str(caught.value) == message
    assert caught.value.hint == hint


def test_a_value_out_of_range_is_shown():
    with pytest.raises(ConfigError, match=r"setting 'tower.dim' is 0: .*greater than or equal to 1"):
        Settings.read({"tower": {"dim": 0}})


def test_toml(tmp_path):
    path = tmp_path / "tastemaker.toml"
    path.write_text("seed = 7\n[tower]\ndim = 3\n", encoding="utf-8")
    assert Settings.from_toml(path) == Settings(seed=7, tower=Tower(dim=3))


@pytest.mark.parametrize("content", [b"seed = = 7", b"\xff\xfe\x00"])
def test_a_broken_file_is_named(tmp_path, content):
    path = tmp_path / "tastemaker.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"tastemaker.toml is not valid TOML"):
        Settings.from_toml(path)


def test_json_comes_back(tmp_path):
    settings = Settings(seed=5)
    assert Settings.read(json.loads(settings.json_text())) == settings


def test_docstrings_become_descriptions():
    assert Tower.model_fields["dim"].description == "Length of a vector, 1 or more."
