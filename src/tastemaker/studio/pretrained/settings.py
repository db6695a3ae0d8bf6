"""The settings of the engine that uses weights of others."""

from typing import Literal

from pydantic import Field

from tastemaker.core.config import Config


class PretrainedEngineConfig(Config):
    """The table ``[studio.pretrained]``."""

    model: str = Field(default="", max_length=500)
    """Folder of a diffusers pipeline, seen from the workspace, or the name of one that was fetched from the hub before;
    empty for none. Only safetensors are read, and no code that comes with them is run."""
    licence: str = Field(default="", max_length=100)
    """Licence of the weights, as an SPDX or hub name; empty reads it from the model's card, its licence file and its
    name."""
    commercial: bool | None = None
    """Do you know that your use of the weights may be commercial? Unset goes by the licence; one that is not known
    counts as non-commercial."""
    steps: int = Field(default=0, ge=0, le=1000)
    """Steps of denoising; 0 takes what is usual for the pipeline."""
    strength: float = Field(default=0.0, ge=0, le=1)
    """How far an inpainting pipeline leaves the composed draft it starts from, 1 ignores it; 0 takes what is usual."""
    guidance: float | None = Field(default=None, ge=0, le=50)
    """How closely words are followed; unset takes what is usual for the pipeline."""
    size: int = Field(default=0, ge=0, le=4096)
    """Longer side in pixels at which the pipeline draws; 0 takes what is usual for it."""
    words: str = Field(default="", max_length=1000)
    """What the pipeline is told; ``{item}`` stands for the item's words. Empty says it for the task."""
    ip_adapter: str = Field(default="", max_length=500)
    """File (safetensors) of an IP-Adapter that shows the product to a Stable Diffusion pipeline, seen from the
    workspace; its image encoder lies in the folder ``image_encoder`` beside it. Empty for none."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where it computes; auto takes a GPU when there is one, and keeps parts in main memory when it is small."""
    precision: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    """Of the weights; auto takes bfloat16 where that is computed in hardware, else float32."""
