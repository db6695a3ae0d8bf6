"""How Qwen pipelines read pictures and words, without the part for videos.

The processor of transformers that these pipelines name insists on a reader of videos, and that on torchvision, which is
never installed beside us. No video is ever shown here, so the same processor is made without it.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase, ProcessorMixin

NAMED = ["transformers", "Qwen2VLProcessor"]
"""As ``model_index.json`` names it."""


def needed(named: object) -> bool:
    """Must a processor be made here, since the one that a folder names cannot be?"""
    return named == NAMED and find_spec("torchvision") is None


def reader(folder: Path) -> "ProcessorMixin":
    """The processor in a folder, for pictures and words."""
    from transformers import AutoImageProcessor, AutoTokenizer, ProcessorMixin, Qwen2VLProcessor

    class PictureReader(Qwen2VLProcessor):
        """Its parts are those that its constructor names: no reader of videos."""

        def __init__(self, image_processor: object, tokenizer: "PreTrainedTokenizerBase") -> None:
            self.image_token, self.video_token = "<|image_pad|>", "<|video_pad|>"
            self.image_token_id = tokenizer.convert_tokens_to_ids(self.image_token)
            self.video_token_id = tokenizer.convert_tokens_to_ids(self.video_token)
            ProcessorMixin.__init__(self, image_processor, tokenizer)  # type: ignore[no-untyped-call]

    return PictureReader(
        AutoImageProcessor.from_pretrained(folder, local_files_only=True),  # type: ignore[no-untyped-call]
        AutoTokenizer.from_pretrained(folder, local_files_only=True),
    )
