"""The settings of a space made of a pretrained model."""

from pydantic import Field

from tastemaker.core.config import Config
from tastemaker.encoders.adapting import Tune
from tastemaker.encoders.pretrained import Precision


class PretrainedConfig(Config):
    """Settings of a space made of a pretrained model, as it is or fine-tuned on the catalog."""

    model: str = ""
    """Name of the model, or the folder it was saved in."""
    precision: Precision = "auto"
    """``auto``: bfloat16 for large models where the processor has it and the vectors stay what they are."""
    sample: int = Field(default=2000, ge=2)
    """Items looked at to see where the modalities lie."""
    tune: Tune = "none"
    """What learns from the catalog first: nothing, the ``last`` layers, the ``full`` model, ``lora`` (needs peft)."""
    lora_rank: int = Field(default=8, ge=1, le=512)
    """Rank of the thin matrices beside every matrix of the layers."""
    last_layers: int = Field(default=2, ge=1)
    """Layers of each tower that learn, with what comes after them."""
    epochs: int = Field(default=5, ge=1, le=10_000)
    """Times every item is looked at in tuning."""
    max_minutes: float = Field(default=60.0, gt=0)
    """Minutes after which tuning stops with what it has."""
    learning_rate: float = Field(default=0.0, ge=0, le=1)
    """Learning rate at its highest; 0 chooses 3e-4 for LoRA, 1e-4 for the last layers, 1e-5 for all."""
    batch_size: int = Field(default=64, ge=2)
    """Items a batch in tuning; each is compared with all others of it."""
    chunk: int = Field(default=0, ge=0)
    """Items encoded at a time in tuning, so that a large batch fits in memory; 0 encodes a batch at once."""
    validation: float = Field(default=0.1, ge=0, lt=1)
    """Share of the items kept to see when to stop, at most 500; none below 100 items."""
    save_to: str = ""
    """Folder for the tuned model, to be opened elsewhere; seen from the folder you run in. Empty:
    ``.tastemaker/training/tuned`` of the shop."""
    seed: int = 0
    """Of every chance."""
