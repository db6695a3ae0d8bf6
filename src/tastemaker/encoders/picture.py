"""Pictures -> vectors, by a convolutional tower."""

from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image

from tastemaker.core.types import Floats, Modality
from tastemaker.encoders.base import Encoder, unit
from tastemaker.encoders.frames import Frames, frame
from tastemaker.nn.augment import as_input, framed
from tastemaker.nn.towers import PictureTower

BATCH = 256
LOOKS = (
    (1.0, 0.0, 0.0),
    (0.92, 0.0, 0.0),
    (0.95, 0.06, 0.0),
    (0.95, -0.06, 0.0),
    (0.95, 0.0, 0.06),
    (0.95, 0.0, -0.06),
)
"""Frames in which a picture is looked at: zoom, and where the middle lies. On 980 validation pairs of fashion six of
them raised the MRR of words -> pictures from .610 to .618, for four times the time."""


class PictureEncoder(Encoder[Image.Image]):
    """A picture tower and the frame it reads.

    Args:
        tower: trained; evaluation mode is set here.
        shape: height and width of the frame.
        looks: frames that each picture is looked at in, 1 to 6.
    """

    modality: Modality = "picture"

    def __init__(self, tower: PictureTower, shape: tuple[int, int], *, looks: int = 1) -> None:
        self.looks = LOOKS[:looks]
        self.tower = tower.eval()
        self.shape = shape
        self.dim = tower.project.out_features

    def encode(self, batch: Sequence[Image.Image]) -> Floats:
        """Shapes: -> (n, dim), unit rows."""
        frames = np.empty((len(batch), *self.shape, 3), np.uint8)
        for place, picture in enumerate(batch):
            frames[place] = frame(picture, self.shape)
        return self.encode_frames(frames)

    @torch.inference_mode()
    def encode_frames(self, frames: Frames) -> Floats:
        """Vectors of decoded pictures: the mean over looks at each picture and its mirror image.

        Shapes: (n, h, w, 3) -> (n, dim), unit rows.
        """
        out = np.zeros((len(frames), self.dim), np.float32)
        for start in range(0, len(frames), BATCH):
            x = as_input(torch.from_numpy(frames[start : start + BATCH]), self.shape)
            for zoom, across, down in self.looks:
                seen = x if zoom == 1 else framed(x, *(np.full(len(x), each) for each in (zoom, zoom, across, down)))
                both = self.tower(torch.cat([seen, seen.flip(3)])).view(2, len(x), self.dim)
                out[start : start + BATCH] += both.sum(0).float().numpy()
        return unit(out)
