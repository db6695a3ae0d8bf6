"""All that learns: the adaptors and the backbone between them.

What is asked is heard twice: token by token, and as a gist, the mean of all its tokens through one layer, which is
added at every place of the answer. From the gist a small decoder learns sooner than by attention alone that a picture's
tokens say what is to be named. The layer begins with zeros, as nothing at all.

Rows are filled up behind their end and nothing is masked: a place of a causal decoder sees only what stands before it,
and so a row is read the same in any company.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from tastemaker.generators.language import backbone
from tastemaker.generators.language.adaptors import Even, Inputs, Outputs
from tastemaker.generators.language.inputs import Rows

if TYPE_CHECKING:
    from transformers import PreTrainedModel


class Network(nn.Module):
    """Adaptors, backbone, adaptors.

    Args:
        model: the backbone.
        even: what vectors of the space pass through before any adaptor.
        inputs: adaptors of what is read.
        outputs: adaptors of what is made.
    """

    def __init__(self, model: "PreTrainedModel", even: Even, inputs: Inputs, outputs: Outputs) -> None:
        super().__init__()
        self.backbone, self.even, self.inputs, self.outputs = model, even, inputs, outputs
        _, width = backbone.width_of(model)
        self.gist = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, width))
        for zero in self.gist[1].parameters():
            nn.init.zeros_(zero)

    def embedded(self, rows: Rows) -> tuple[Tensor, Tensor]:
        """Rows as the backbone reads them, every slot filled by its adaptor, and the gist of what each asks.

        Shapes: -> (n, length, width), (n, width).
        """
        x = self.tokens(rows.ids)
        for name, part in rows.parts.items():
            tokens = self.heard(name, *part)
            slots = (rows.ids == rows.slots[name])[..., None].expand_as(x)
            x = x.masked_scatter(slots, tokens.to(x.dtype))
        place = torch.arange(x.shape[1])
        asked = (place < rows.begins[:, None])[..., None]
        gist: Tensor = self.gist((x * asked).sum(1) / rows.begins[:, None])
        answers = (place >= rows.begins[:, None] - 1)[..., None]
        return x + answers * gist[:, None], gist

    def heard(self, name: str, x: Tensor, *keep: Tensor) -> Tensor:
        """Tokens that an adaptor makes. Shapes: x (n, dim) or (n, m, dim), keep (n, m) -> (n, tokens, width)."""
        found: Tensor = self.inputs[name](self._evened(name, x), *keep)
        return found

    def standing(self, things: Tensor) -> Tensor:
        """Where items stand. Shapes: (m, text + picture) -> (m, dim), unit rows."""
        return self.outputs.standing(self.even.both(things))

    def tokens(self, ids: Tensor) -> Tensor:
        """Embeddings of tokens. Shapes: (...) -> (..., width)."""
        found: Tensor = self.backbone.get_input_embeddings()(ids)
        return found

    def states(self, x: Tensor) -> Tensor:
        """What is known at each place. Shapes: (n, length, width) -> the same."""
        return backbone.states(self.backbone, x)

    def logits(self, hidden: Tensor) -> Tensor:
        """Of the token that comes next. Shapes: (..., width) -> (..., vocabulary)."""
        return backbone.logits(self.backbone, hidden)

    def continued(self, x: Tensor, gist: Tensor, lengths: Tensor, more: Tensor) -> Tensor:
        """Hidden states at some tokens of answers that are put behind the ends of rows.

        Shapes: x (n, length, width), gist (n, width), lengths (n,), more (n, m) -> (n, m, width).
        """
        n, m = more.shape
        longer = torch.cat([x, x.new_zeros(n, m, x.shape[2])], 1)
        places = lengths[:, None] + torch.arange(m)
        each = torch.arange(n)[:, None]
        longer = longer.index_put((each, places), self.tokens(more) + gist[:, None])
        return self.states(longer)[each, places]

    def parts(self) -> Mapping[str, nn.Module]:
        """Backbone and adaptors by name."""
        return {
            "backbone": self.backbone, "even": self.even, "inputs": self.inputs, "gist": self.gist,
            "outputs": self.outputs,
        }  # fmt: skip

    def _evened(self, name: str, x: Tensor) -> Tensor:
        """What an adaptor reads, its parts of about one. Shapes: (..., dim) -> the same."""
        if name in ("thing", "history"):
            return self.even.both(x)
        return x if name == "pixels" else self.even("behaviour" if name == "taste" else name, x)
