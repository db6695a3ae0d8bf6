"""Every setting with its meaning and its value, as a ``tastemaker.toml`` that can be edited and used as it is."""

import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel

from tastemaker.catalog.workspace import Workspace, WorkspaceSettings
from tastemaker.core import registry
from tastemaker.core.config import Config


def settings_text(folder: Path | None = None) -> str:
    """All settings as TOML: those of a workspace, or the defaults.

    Raises:
        WorkspaceError: the folder is not a workspace.
    """
    settings = Workspace.open(folder).settings if folder is not None else WorkspaceSettings()
    lines = ["# every setting of a shop; save as tastemaker.toml in its folder and change what you like", ""]
    lines += table_lines("", settings)
    for name in registry.names("recommender"):
        lines += table_lines(f"methods.{name}", _config_of("recommender", name, settings.methods.get(name, {})))
    return "\n".join(lines).rstrip()


def table_lines(table: str, config: BaseModel) -> list[str]:
    """One config as a TOML table; a config inside it becomes a table of its own, an unset value a comment."""
    lines = [f"[{table}]"] if table else []
    nested: list[tuple[str, BaseModel]] = []
    for name, field in type(config).model_fields.items():
        value = getattr(config, name)
        if isinstance(value, BaseModel):
            nested.append((f"{table}.{name}".lstrip("."), value))
            continue
        if isinstance(value, Mapping):
            continue
        lines += [f"# {line}" for line in (field.description or "").splitlines()]
        lines.append(f"# {name} =" if value is None else f"{name} = {toml_value(value)}")
    lines.append("")
    for inner, found in nested:
        lines += table_lines(inner, found)
    return lines


def toml_value(value: object) -> str:
    """A plain value as TOML (where JSON and TOML agree)."""
    if isinstance(value, tuple | list):
        return "[" + ", ".join(toml_value(entry) for entry in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def _config_of(kind: registry.Kind, name: str, chosen: Mapping[str, object]) -> Config:
    """The settings of a registered method, with what the workspace chose."""
    config_class: type[Config] = getattr(registry.find(kind, name), "config_class", Config)
    return config_class.read(chosen)
