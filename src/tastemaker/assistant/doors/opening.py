"""A name, "provider:model" -> a door; each is opened once, as a local model takes memory."""

from collections.abc import Callable
from functools import cache
from typing import cast

from tastemaker.assistant.doors.door import Door
from tastemaker.core.errors import InputError
from tastemaker.core.registry import find, names

OWN = "own"
"""The provider that needs no name of a model."""


@cache
def opened(name: str) -> Door:
    """The door of a name; all conversations share it.

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
        return cast("Callable[[], Door]", find("llm", provider))()
    if not colon or not model.strip():
        raise InputError(
            f"language model {name[:80]!r} is not provider:model", hint=f"known: {', '.join(names('llm'))}"
        )
    return cast("Callable[[str], Door]", find("llm", provider))(model.strip())
