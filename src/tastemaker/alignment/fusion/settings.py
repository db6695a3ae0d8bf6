"""The settings of the fusion space, with those of the contrast inside."""

from pydantic import Field

from tastemaker.alignment.contrast.settings import ContrastiveConfig
from tastemaker.core.config import Config


class FusionConfig(Config):
    """Settings of the fusion space."""

    contrast: ContrastiveConfig = ContrastiveConfig()
    """Of the space that finds; learned first."""
    epochs: int = Field(default=8, ge=1, le=10_000)
    """Times every pair is looked at by the fusion model."""
    max_minutes: float = Field(default=40.0, gt=0)
    """Minutes after which the fusion model stops with what it has."""
    learning_rate: float = Field(default=1e-3, gt=0, le=1)
    """Learning rate at its highest."""
    weight_decay: float = Field(default=0.05, ge=0)
    """Pull of the weights towards zero."""
    batch_size: int = Field(default=128, ge=4)
    """Pairs a batch."""
    heads: int = Field(default=2, ge=1, le=32)
    """Questions that a word asks of the cells of a picture; a divisor of the text tower's width."""
    picture_size: int = Field(default=0, ge=0, le=512)
    """Longer side of the pictures that are looked at again, in pixels; 0 takes that of the contrast."""
    neighbours: int = Field(default=8, ge=1)
    """Pairs of one neighbourhood in a batch; more make harder negatives."""
    memory: int = Field(default=4096, ge=0)
    """Vectors of earlier batches that count as negatives of the contrast."""
    opinion: float = Field(default=0.4, ge=0, lt=1)
    """Share of the slow copy's opinion in the targets."""
    momentum: float = Field(default=0.995, ge=0, lt=1)
    """Share of the slow copy that is kept each step."""
    covered: float = Field(default=0.25, ge=0, lt=1)
    """Share of the words that are covered, to be guessed from the rest and the picture."""
    dropout: float = Field(default=0.0, ge=0, lt=1)
    """Share of features dropped in training."""
    depth: int = Field(default=128, ge=2, le=1000)
    """First answers of a search that are looked at again."""
    seed: int = 0
    """Of every chance."""
