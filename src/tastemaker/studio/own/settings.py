"""What the shop's own picture engine can be told: ``[studio.own]`` of ``tastemaker.toml``."""

from typing import Literal

from pydantic import Field

from tastemaker.core.config import Config


class OwnConfig(Config):
    """Settings of the own engine."""

    lessons: Literal["composed", "drawn", "both"] = "composed"
    """What it learns from: the shop's own cut-outs laid into pictures, the demo shop's exact pairs, or both."""
    contexts: str = ""
    """Folder with photos of people and rooms to lay cut-outs into, seen from the workspace; empty takes drawn ones."""
    pairs: int = Field(default=1500, ge=8)
    """Lessons of each task and kind, made once and kept until the training is done."""
    side: int = Field(default=112, ge=32, le=256, multiple_of=16)
    """Side in pixels of the crop that it works on."""
    product_side: int = Field(default=56, ge=16, le=128, multiple_of=8)
    """Side in pixels of the product's picture beside it."""
    local: int = Field(default=64, ge=8)
    """Channels of the convolutions on the finest grid."""
    width: int = Field(default=192, ge=32, multiple_of=32)
    """Width of the tokens."""
    depth: int = Field(default=4, ge=1)
    """Layers of the transformer."""
    steps: int = Field(default=3000, ge=1)
    """Batches to learn from."""
    batch_size: int = Field(default=16, ge=2)
    """Lessons a batch."""
    learning_rate: float = Field(default=1e-3, gt=0, le=1)
    """Learning rate at its highest."""
    max_minutes: float = Field(default=60.0, gt=0)
    """Minutes after which training ends gently with what it has; making the lessons is not counted."""
    walk: int = Field(default=4, ge=1, le=50)
    """Steps from noise to another candidate."""
    seed: int = 0
    """Of every chance in training."""
