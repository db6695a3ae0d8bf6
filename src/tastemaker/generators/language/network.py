"""All that learns: the adaptors and the backbone between them.

Rows are filled up behind their end and nothing is masked: a place of a causal decoder sees only what stands before it,
and so a row is read the same in any company.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from tastemaker.generators.language import backbone
from tastemaker.generators.language.adaptors import Inputs, Outputs
from tastemaker.generators.language.inputs import Rows

if TYPE_CHECKING:
    from transformers import PreTrainedModel


class Network(nn.Module):
    """Adaptors, backbone, adaptors.

    Args:
        model: the backbone.
        inputs: adaptors of what is read.
        outputs: adaptors of what is made.
    """

    def __init__(self, model: "PreTrainedModel", inputs: Inputs, outputs: Outputs) -> None:
        super().__init__()
        self.backbone, self.inputs, self.outputs = model, inputs, outputs

    def embedded(self, rows: Rows) -> Tensor:
        """Rows as the backbone reads them, every slot filled by its adaptor. Shapes: -> (n, length, width)."""
        x = self.tokens(rows.ids)
        for name, part in rows.parts.items():
            tokens = self.inputs[name](*part)
            slots = (rows.ids == rows.slots[name])[..., None].expand_as(x)
            x = x.masked_scatter(slots, tokens.to(x.dtype))
        return x

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

    def continued(self, x: Tensor, lengths: Tensor, more: Tensor) -> Tensor:
        """Hidden states at some tokens that are put behind the ends of rows.

        Shapes: x (n, length, width), lengths (n,), more (n, m) -> (n, m, width).
        """
        n, m = more.shape
        longer = torch.cat([x, x.new_zeros(n, m, x.shape[2])], 1)
        places = lengths[:, None] + torch.arange(m)
        each = torch.arange(n)[:, None]
        longer = longer.index_put((each, places), self.tokens(more))
        return self.states(longer)[each, places]

    def parts(self) -> Mapping[str, nn.Module]:
        """Backbone and adaptors by name."""
        return {"backbone": self.backbone, "inputs": self.inputs, "outputs": self.outputs}
