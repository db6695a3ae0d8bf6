"""Settings of the assistant: which language model it may ask, and what that may cost."""

from pydantic import Field

from tastemaker.core.config import Config


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
