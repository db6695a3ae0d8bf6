"""Settings: frozen pydantic models that forbid unknown keys, read from TOML, written as JSON.

A method's config is the whole of its constructor; each field's docstring gives unit and range, and becomes the
help text wherever the field is shown.
"""

import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from tastemaker.core.errors import ConfigError


class Config(BaseModel):
    """Base of all settings."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    @classmethod
    def read(cls, values: Mapping[str, object]) -> Self:
        """Build the config from plain values.

        Raises:
            ConfigError: a key is unknown or a value is out of range; names the key and the nearest known one.
        """
        try:
            return cls.model_validate(dict(values))
        except ValidationError as error:
            raise _explain(cls, error) from None

    @classmethod
    def from_toml(cls, path: Path) -> Self:
        """Build the config from a TOML file.

        Raises:
            ConfigError: the file is not TOML, or holds an unknown key or a value out of range.
        """
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(
                f"{path.name} is not valid TOML: {error}", hint="compare with `fit --show-config`"
            ) from None
        return cls.read(values)

    def json_text(self) -> str:
        """The config as JSON, one key a line, in the order of the fields."""
        return self.model_dump_json(indent=2)


def _explain(cls: type[Config], error: ValidationError) -> ConfigError:
    """Turn pydantic's first complaint into one line with a next step."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        near = get_close_matches(where.rpartition(".")[2], _field_names(cls), n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(_field_names(cls))}"
        return ConfigError(f"unknown setting {where!r}", hint=hint)
    why = first["msg"].lower().removeprefix("value error, ")
    return ConfigError(f"setting {where!r} is {first['input']!r}: {why}" if where else why)


def _field_names(cls: type[BaseModel]) -> list[str]:
    """Names of the fields of a config and of the configs inside it."""
    names = []
    for name, field in cls.model_fields.items():
        names.append(name)
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            names.extend(_field_names(field.annotation))
    return names
