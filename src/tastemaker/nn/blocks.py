"""Building blocks of the small towers: a residual convolution and a transformer layer.

Plain 3x3 convolutions and no depthwise ones: on a CPU they run near the peak of its bf16 units in channels-last order,
depthwise ones do not (measured: 300 against 150 GFLOP/s on two Zen 4 cores).
"""

import torch
from torch import Tensor, nn
from torch.nn import functional


class Residual(nn.Module):
    """Two 3x3 convolutions beside a skip (He et al. 2016, arXiv 1512.03385); starts as the skip alone.

    Shapes: (n, width_in, h, w) -> (n, width_out, h / stride, w / stride).
    """

    def __init__(self, width_in: int, width_out: int, stride: int = 1) -> None:
        super().__init__()
        self.first = nn.Conv2d(width_in, width_out, 3, stride, 1, bias=False)
        self.first_norm = nn.BatchNorm2d(width_out)
        self.second = nn.Conv2d(width_out, width_out, 3, 1, 1, bias=False)
        self.second_norm = nn.BatchNorm2d(width_out)
        nn.init.zeros_(self.second_norm.weight)
        self.skip: nn.Module = nn.Identity()
        if stride > 1 or width_in != width_out:
            pool = nn.AvgPool2d(stride, ceil_mode=True) if stride > 1 else nn.Identity()
            self.skip = nn.Sequential(pool, nn.Conv2d(width_in, width_out, 1, bias=False), nn.BatchNorm2d(width_out))

    def forward(self, x: Tensor) -> Tensor:
        """One step."""
        y = torch.relu(self.first_norm(self.first(x)))
        y = self.second_norm(self.second(y))
        return torch.relu(y + self.skip(x))


class TransformerLayer(nn.Module):
    """Pre-norm self-attention and feed-forward (Vaswani et al. 2017; pre-norm as in Xiong et al. 2020).

    Shapes: x (n, length, width), keep (n, length) bool -> (n, length, width).
    """

    def __init__(self, width: int, heads: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.heads = heads
        self.dropout = dropout
        self.before = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.project = nn.Linear(width, width)
        self.between = nn.LayerNorm(width)
        self.feed = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x: Tensor, keep: Tensor) -> Tensor:
        """Attend to the positions that ``keep`` marks."""
        n, length, width = x.shape
        qkv = self.qkv(self.before(x)).view(n, length, 3, self.heads, width // self.heads)
        query, key, value = qkv.permute(2, 0, 3, 1, 4)  # each (n, heads, length, width / heads)
        logits = (query * (width // self.heads) ** -0.5) @ key.transpose(2, 3)  # (n, heads, length, length)
        logits = logits.masked_fill(~keep[:, None, None, :], torch.finfo(logits.dtype).min)
        mixed = logits.softmax(3).to(value.dtype) @ value
        mixed = mixed.transpose(1, 2).reshape(n, length, width)
        x = x + functional.dropout(self.project(mixed), self.dropout, self.training)
        return x + functional.dropout(self.feed(self.between(x)), self.dropout, self.training)
