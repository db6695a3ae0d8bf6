"""Write docs/reference from the package itself: commands, routes, methods, settings, errors. Run by `make docs`."""

import importlib
import inspect
import os
import pkgutil
from pathlib import Path

os.environ.update(COLUMNS="100", NO_COLOR="1", TERM="dumb")

import tastemaker
from tastemaker.cli.app import VERBS
from tastemaker.core import errors
from tastemaker.core.config import Config
from tastemaker.core.registry import cards

OUT = Path(__file__).parent / "reference"


def commands() -> str:
    """The help text of every command."""
    from typer.testing import CliRunner

    from tastemaker.cli.app import app

    runner = CliRunner()
    parts = ["# Commands\n"]
    for verb in VERBS:
        shown = runner.invoke(app, [verb, "--help"], prog_name="tastemaker").output
        text = "\n".join(line.rstrip() for line in shown.strip().splitlines())
        parts.append(f"## tastemaker {verb}\n\n```text\n{text}\n```\n")
    return "\n".join(parts)


def routes() -> str:
    """Every route with its summary and first paragraph; the running server shows the same at /docs."""
    from tastemaker.server.app import create_app

    lines = ["# Routes\n", "The server answers at the root; `/openapi.json` is the whole contract.\n",
             "| method | route | what |", "| --- | --- | --- |"]  # fmt: skip
    for path, methods in sorted(create_app(None).openapi()["paths"].items()):
        for method, route in methods.items():
            lines.append(f"| {method.upper()} | `{path}` | {route.get('summary', '')} |")
    return "\n".join(lines) + "\n"


def methods() -> str:
    """Every registered method with its figure of the survey and its source."""
    lines = ["# Methods\n", "Built-in ones and plug-ins register alike, as entry points; see `core.registry`.\n",
             "| kind | name | figure | source |", "| --- | --- | --- | --- |"]  # fmt: skip
    lines += [f"| {card.kind} | `{card.name}` | {card.figure} | {card.source} |" for card in cards()]
    return "\n".join(lines) + "\n"


def settings() -> str:
    """Every setting with its type, default and meaning."""
    parts = [
        "# Settings\n",
        "The tables of `tastemaker.toml`, as `tastemaker fit --show-config` prints them with their values;\n"
        "and what the demo shop is drawn with and the server is started with.\n",
    ]
    for cls in _configs():
        parts.append(
            f"## {cls.__name__}\n\n{inspect.getdoc(cls)}\n\n| setting | default | meaning |\n| --- | --- | --- |"
        )
        for name, field in cls.model_fields.items():
            default = "required" if field.is_required() else repr(field.get_default(call_default_factory=True))
            parts.append(f"| `{name}` | `{default}` | {' '.join((field.description or '').split())} |")
        parts.append("")
    return "\n".join(parts)


def errors_page() -> str:
    """Every error that is raised on purpose."""
    parts = ["# Errors\n", f"```text\n{inspect.cleandoc(errors.__doc__ or '')}\n```\n"]
    for name, thing in vars(errors).items():
        if inspect.isclass(thing) and issubclass(thing, errors.TastemakerError):
            parts.append(f"- `{name}`: {inspect.cleandoc(thing.__doc__ or '').splitlines()[0]}")
    return "\n".join(parts) + "\n"


def _configs() -> list[type[Config]]:
    for module in pkgutil.walk_packages(tastemaker.__path__, "tastemaker."):
        importlib.import_module(module.name)
    found: list[type[Config]] = [Config]
    for cls in found:
        found += cls.__subclasses__()
    ours = [cls for cls in found[1:] if cls.__module__.startswith("tastemaker.") and cls.model_fields]
    return sorted(ours, key=lambda cls: (cls.__module__, cls.__name__))


def pages() -> dict[str, str]:
    """Every page of the reference by its file name."""
    return {
        "commands.md": commands(),
        "errors.md": errors_page(),
        "methods.md": methods(),
        "routes.md": routes(),
        "settings.md": settings(),
    }


if __name__ == "__main__":
    OUT.mkdir(exist_ok=True)
    for name, text in pages().items():
        (OUT / name).write_text(text, encoding="utf-8")
