"""Settings of the demo shop. Everything that changes a byte of it is here; the same settings draw the same shop."""

from pydantic import Field

from tastemaker.core.config import Config


class DemoConfig(Config):
    """How large the demo shop is, and which of the many possible ones it is."""

    seed: int = Field(default=7, ge=0)
    """Which shop: every choice and every brush stroke follows from it."""

    items: int = Field(default=1320, ge=24, le=4000)
    """Number of items over the four departments, 24 to 4,000."""

    people: int = Field(default=720, ge=8, le=20_000)
    """Number of people with a latent taste, 8 to 20,000."""

    events: int = Field(default=36_000, ge=100, le=2_000_000)
    """Number of events, roughly (sessions are finished), 100 to 2,000,000."""

    width: int = Field(default=240, ge=48, le=768)
    """Width of a picture in pixels; the height is four thirds of it. 48 to 768."""
