"""How different two colours look, as a loss: CIEDE2000 without its turn of blue, smooth enough to learn by.

Differences of lightness, chroma and hue, each over how much of it is noticed there, with the truth's own lightness and
chroma in place of the mean of both. Source: Sharma, Wu, Dalal 2005, equations 15 to 22, as in
:mod:`tastemaker.studio.colour`, which scores; the weight of hue is the plain one of CIE94.
"""

import torch
from torch import Tensor

WHITE = (0.9505, 1.0, 1.089)
"""Of daylight (D65)."""
LINEAR = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
"""From linear red, green and blue to XYZ."""
SMALL = 1e-3


def lab(values: Tensor) -> Tensor:
    """CIELAB. Shapes: values (n, 3, h, w), -1 to 1 -> (n, 3, h, w), lightness 0 to 100."""
    share = ((values + 1) / 2).clamp(0, 1)
    linear = torch.where(share > 0.04045, ((share + 0.055) / 1.055).pow(2.4), share / 12.92)
    to_xyz = torch.tensor(LINEAR) / torch.tensor(WHITE)[:, None]
    xyz = torch.einsum("ij,njhw->nihw", to_xyz, linear)
    f = torch.where(xyz > 0.008856, xyz.clamp(min=0.008856).pow(1 / 3), 7.787 * xyz + 16 / 116)
    x, y, z = f.unbind(1)
    return torch.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], 1)


def apart(made: Tensor, truth: Tensor) -> Tensor:
    """Difference of colours, from 2 on plainly seen. Shapes: (n, 3, h, w) twice, -1 to 1 -> (n, 1, h, w)."""
    one, other = lab(made), lab(truth)
    chroma, wanted = (each[:, 1:].square().sum(1).add(SMALL).sqrt() for each in (one, other))
    change = one - other
    deeper = chroma - wanted
    turned = (change[:, 1:].square().sum(1) - deeper.square()).clamp(min=0)
    off = (other[:, 0] - 50).square()
    light = change[:, 0] / (1 + 0.015 * off / (20 + off).sqrt())
    square = light.square() + (deeper / (1 + 0.045 * wanted)).square() + turned / (1 + 0.015 * wanted).square()
    return (square + SMALL).sqrt()[:, None]
