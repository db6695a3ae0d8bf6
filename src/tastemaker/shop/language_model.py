"""Which language model the conversations of a shop ask, and whether it can be opened at all.

What it is asked is the assistant's; a shop knows only its name, so that ``doctor`` can say in time that it is wrong.
"""

from collections.abc import Callable, Container
from functools import cache
from typing import cast

from pydantic import Field

from tastemaker.catalog.workspace import Workspace
from tastemaker.core.config import Config
from tastemaker.core.errors import InputError, TastemakerError
from tastemaker.core.registry import Method, find, names

OWN = "own"
"""The provider that needs no name of a model."""


class AssistantConfig(Config):
    """The table ``[assistant]``."""

    llm: str = Field(default="", max_length=500)
    """Language model, "provider:model"; "" for none: the rules do everything."""
    seconds: float = Field(default=20.0, gt=0, le=600)
    """Most seconds that the model may take for one turn, all calls together; then the rules answer."""
    calls: int = Field(default=4, ge=1, le=20)
    """Most calls to the model in one turn."""
    tokens: int = Field(default=600, ge=16, le=20_000)
    """Most tokens of one answer of the model."""
    rest: float = Field(default=60.0, ge=0, le=86_400)
    """Seconds for which a model that could not be reached, or was too slow, is not asked."""


@cache
def opened(name: str) -> Method:
    """The language model of a name; opened once, as a local one takes memory.

    Args:
        name: "provider:model", "openai:gpt-4o-mini" for one; the provider is an entry point of ``tastemaker.llms``.
            "own" stands alone: a shop has one model of its own.

    Raises:
        InputError: it is not of that form, or the provider refuses the model.
        UnknownName: there is no such provider.
        MissingExtra: the provider needs a package that is not installed.
    """
    provider, colon, model = name.partition(":")
    if provider == OWN and not model.strip():
        return cast("Callable[[], Method]", find("llm", provider))()
    if not colon or not model.strip():
        raise InputError(
            f"language model {name[:80]!r} is not provider:model", hint=f"known: {', '.join(names('llm'))}"
        )
    return cast("Callable[[str], Method]", find("llm", provider))(model.strip())


def trouble(workspace: Workspace, published: Container[str]) -> str:
    """What is wrong with the language model of the settings, and the next step; "" when nothing is, or none is wanted.

    Args:
        workspace: its settings name the model.
        published: the parts that were fitted.
    """
    try:
        wanted = AssistantConfig.read(workspace.settings.assistant).llm
        if wanted:
            opened(wanted)
    except TastemakerError as error:
        return f"[assistant] in tastemaker.toml: {': '.join(part for part in (error.message, error.hint) if part)}"
    if wanted.partition(":")[0] == OWN and "language" not in published:
        return f"[assistant] llm = {wanted!r}: the shop has learned none: run `tastemaker fit --parts language`"
    return ""
