"""The shop's own look: ``[brand]`` of ``tastemaker.toml``."""

from typing import Literal

from pydantic import Field, field_validator

from tastemaker.core.config import Config
from tastemaker.studio.creative.colours import Colour, mix, read_colour

Tone = Literal["paper", "tint", "accent", "ink"]
TONES: tuple[Tone, ...] = ("tint", "paper", "accent", "ink")


class Brand(Config):
    """How creatives look; all of it has a default."""

    name: str = Field(default="", max_length=40)
    """Printed small on every creative; nothing when empty."""
    paper: str = "#f5f1ea"
    """The light ground, as ``#rrggbb``."""
    ink: str = "#211d18"
    """The dark of text, and of dark grounds."""
    accent: str = "#8f3d22"
    """The one strong colour."""
    backdrop: Literal["gradient", "plain"] = "gradient"
    """What lies behind a product: a colour that grows lighter to the top, or one flat colour."""
    cut_out: Literal["auto", "always", "never"] = "auto"
    """Take products out of their photos: where a department's photos share one plain light ground, wherever a cut-out
    can be trusted, or nowhere."""
    font: str = ""
    """A font file (TTF, OTF, WOFF2) inside the workspace; empty takes one that is installed with the package."""
    facts: tuple[str, ...] = ()
    """Attributes to print, the first first; empty chooses those that say most."""
    price_before: str = ""
    """The attribute that holds an item's price before a reduction, shown struck through when it is above the price."""

    @field_validator("paper", "ink", "accent")
    @classmethod
    def _a_colour(cls, text: str) -> str:
        read_colour(text)
        return text

    def colour(self, name: Literal["paper", "ink", "accent"]) -> Colour:
        """A colour of the brand."""
        return read_colour({"paper": self.paper, "ink": self.ink, "accent": self.accent}[name])

    def ground(self, tone: Tone) -> Colour:
        """The ground of a tone; the tint is the paper with some accent and some ink in it."""
        if tone != "tint":
            return self.colour(tone)
        return mix(mix(self.colour("paper"), self.colour("accent"), 0.10), self.colour("ink"), 0.05)
