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
    from tastemaker.alignment.composing.settings import SearchConfig
    from tastemaker.generators.language.model import MultimodalLmConfig
    from tastemaker.index.settings import IndexConfig
    from tastemaker.recommenders.complete import CompleteConfig
    from tastemaker.shop.experimenting import ExperimentConfig
    from tastemaker.shop.fitting import new_space
    from tastemaker.shop.language_model import AssistantConfig
    from tastemaker.shop.reranking import LiveConfig
    from tastemaker.studio.creative.brand import Brand
    from tastemaker.studio.own.settings import OwnConfig
    from tastemaker.studio.pretrained.settings import PretrainedEngineConfig
    from tastemaker.studio.signing import SigningConfig

    workspace = Workspace(Path(), WorkspaceSettings()) if folder is None else Workspace.open(folder)
    settings = workspace.settings
    lines = ["# every setting of a shop; save as tastemaker.toml in its folder and change what you like"]
    lines += table_lines("", settings)
    lines += ["[attributes]", f"# {WorkspaceSettings.model_fields['attributes'].description}"]
    lines += [f"{toml_value(name)} = {toml_value(kind)}" for name, kind in settings.attributes.items()]
    lines += ["", "[space]", "# how pictures and words become vectors: contrastive, fusion, pretrained or none"]
    lines.append(f"name = {toml_value(settings.space.get('name', 'contrastive'))}")
    space = new_space(workspace)
    if space is not None:
        lines += table_lines("space", space.config)[1:]
    lines += ["", *table_lines("complete", CompleteConfig.read(settings.complete))]
    lines += ["", *table_lines("search", SearchConfig.read(settings.search))]
    lines += ["", *table_lines("index", IndexConfig.read(settings.index))]
    lines += ["", *table_lines("live", LiveConfig.read(settings.live))]
    lines += ["", *table_lines("experiment", ExperimentConfig.read(settings.experiment))]
    lines += ["", *table_lines("assistant", AssistantConfig.read(settings.assistant))]
    lines += ["", *table_lines("brand", Brand.read(settings.brand))]
    lines += ["", *table_lines("language", MultimodalLmConfig.read(settings.language))]
    lines += ["", *table_lines("studio.own", OwnConfig.read(settings.studio.get("own", {})))]
    lines += ["", *table_lines("studio.pretrained", PretrainedEngineConfig.read(settings.studio.get("pretrained", {})))]
    lines += ["", *table_lines("signing", SigningConfig.read(settings.signing))]
    for name in registry.names("recommender"):
        lines += ["", *table_lines(f"methods.{name}", _config_of(name, settings.methods.get(name, {})))]
    return "\n".join(lines)


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
    for inner, found in nested:
        lines += ["", *table_lines(inner, found)]
    return lines


def toml_value(value: object) -> str:
    """A plain value as TOML (where JSON and TOML agree)."""
    if isinstance(value, tuple | list):
        return "[" + ", ".join(toml_value(entry) for entry in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def _config_of(name: str, chosen: Mapping[str, object]) -> Config:
    """The settings of a recommender, with what the workspace chose."""
    config_class: type[Config] = getattr(registry.find("recommender", name), "config_class", Config)
    return config_class.read(chosen)
