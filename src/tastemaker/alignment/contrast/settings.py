"""Settings of the space learned from the catalog. Defaults were chosen on validation parts, never on test data."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from tastemaker.alignment.contrast.objective import Loss
from tastemaker.core.config import Config

SMALLEST = 16
"""Pixels of the longer side below which nothing can be seen."""


def _seen(pixels: int) -> int:
    """0, or a picture in which the tower finds anything."""
    if 0 < pixels < SMALLEST:
        raise ValueError(f"a picture of {pixels} pixels shows nothing: 0 or {SMALLEST} and more")
    return pixels


class ContrastiveConfig(Config):
    """Settings of the space learned from the catalog."""

    dim: int = Field(default=256, ge=8, le=2048)
    """Length of the towers' vectors; two coordinates that keep the modalities level come to them."""
    epochs: int = Field(default=0, ge=0, le=10_000)
    """Times every item is looked at; 0 chooses by the size of the catalog."""
    max_minutes: float = Field(default=20.0, gt=0)
    """Minutes after which training stops with what it has."""
    learning_rate: float = Field(default=2e-3, gt=0, le=1)
    """Learning rate at its highest."""
    weight_decay: float = Field(default=0.05, ge=0)
    """Pull of the weights towards zero."""
    batch_size: int = Field(default=256, ge=2)
    """Items a batch; each is compared with all others of it."""
    temperature: float = Field(default=0.07, gt=0, le=10)
    """Temperature at the start; it is learned."""
    loss: Loss = "infonce"
    """``infonce``: each item chooses among the batch; ``sigmoid``: every pair is a question of its own (SigLIP)."""
    smoothing: float = Field(default=0.0, ge=0, lt=1)
    """Share of each target spread over the batch, InfoNCE alone."""
    product: str = ""
    """Attribute by which variants of one product are known; they count as right for each other. Empty: none."""
    hard_share: float = Field(default=0.0, ge=0, le=1)
    """Share of the training, at its end, whose batches are made of near neighbours."""
    hard_group: int = Field(default=16, ge=2)
    """Items of one such neighbourhood; a batch holds many."""
    hard_refresh: int = Field(default=3, ge=1)
    """Epochs after which the neighbours are searched again."""
    memory: int = Field(default=0, ge=0)
    """Vectors of earlier batches that count as negatives, for small batches; 0 keeps none."""
    chunk: int = Field(default=0, ge=0)
    """Items encoded at a time, so that a large batch fits in memory; 0 encodes a batch at once."""
    label_weight: float = Field(default=0.3, ge=0)
    """Weight of the questions about attributes, beside the contrast."""
    dropout: float = Field(default=0.0, ge=0, lt=1)
    """Share of features dropped in training."""
    picture_size: Annotated[int, AfterValidator(_seen)] = Field(default=0, ge=0, le=512)
    """Longer side of the pictures as they are read, in pixels, 16 or more; 0 chooses 48, or 32 from 5,000 items on."""
    picture_widths: tuple[int, ...] = (96, 192, 384)
    """Channels of the picture tower's stages."""
    colours: Literal["auto", "keep", "turn"] = "keep"
    """Are colours turned by chance in training? ``auto`` turns them where neither attributes nor words tell colours."""
    move: float = Field(default=1.0, ge=0, le=3)
    """How far pictures are moved and zoomed in training; 1 zooms from 85 % to 105 %, 2 does twice that."""
    looks: int = Field(default=1, ge=1, le=6)
    """Frames in which a picture is looked at to be embedded; 6 are a little better and cost four times the time."""
    cover: float = Field(default=0.0, ge=0, le=1)
    """Share of the pictures of which a rectangle is covered in training."""
    small_share: float = Field(default=0.0, ge=0, le=1)
    """Share of the training that sees pictures at half size."""
    text_width: int = Field(default=128, ge=32)
    """Width of the text tower's transformer, a multiple of 32."""
    vocabulary: int = Field(default=8000, ge=100)
    """Most tokens of the vocabulary fitted on the catalog."""
    sketch_share: float | None = Field(default=None, ge=0, lt=1)
    """Share of hand-made numbers of a finer picture in a picture's vector; 0 does not read them. None chooses on the
    items kept to see when to stop, where there are 100 of them; else 0."""
    more: tuple[str, ...] = ()
    """Further towers upon the finished space: "attributes", "behaviour", or names of precomputed features."""
    more_share: float = Field(default=0.25, ge=0, lt=1)
    """Share that all further towers together have in an item's vector, beside its picture and words."""
    validation: float = Field(default=0.05, ge=0, lt=1)
    """Share of the items kept to see when to stop, at most 1,000; none below 400 items."""
    seed: int = 0
    """Of every chance."""
