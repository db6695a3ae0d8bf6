"""Words -> vectors, by a small transformer over the catalog's own vocabulary."""

from collections.abc import Sequence

import numpy as np
import torch

from tastemaker.core.types import Floats, Modality
from tastemaker.encoders.base import Encoder, unit
from tastemaker.encoders.tokens import Tokens, pad
from tastemaker.nn.towers import TextTower

BATCH = 512


class TextEncoder(Encoder[str]):
    """A text tower and its vocabulary.

    Args:
        tower: trained; evaluation mode is set here.
        tokens: fitted.
    """

    modality: Modality = "text"

    def __init__(self, tower: TextTower, tokens: Tokens) -> None:
        self.tower = tower.eval()
        self.tokens = tokens
        self.dim = tower.project.out_features

    def encode(self, batch: Sequence[str]) -> Floats:
        """Shapes: -> (n, dim), unit rows; a text without a readable word gives the vector of no words."""
        return encode_tokens(self.tower, self.tokens.encode(list(batch)))


@torch.inference_mode()
def encode_tokens(tower: TextTower, sequences: Sequence[Sequence[int]]) -> Floats:
    """Vectors of token numbers; sorted by length inside, so that short texts do not pay for long ones.

    Shapes: -> (n, dim), unit rows.
    """
    out = np.zeros((len(sequences), tower.project.out_features), np.float32)
    order = sorted(range(len(sequences)), key=lambda place: len(sequences[place]))
    for start in range(0, len(order), BATCH):
        part = order[start : start + BATCH]
        tokens = pad([sequences[place] for place in part], tower.length)
        out[part] = tower(torch.from_numpy(tokens)).float().numpy()
    return unit(out)
