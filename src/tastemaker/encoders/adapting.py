"""Which weights of a pretrained model learn: all of them, those of its last layers, or small ones beside it (LoRA).

    weights = opened(model, "lora", rank=8)     # everything else stands still
    ...                                         # train them
    tensors = closed(model, weights)            # what was learned; the model is a plain one again, and has learned it
    put_back(fresh, tensors)                    # the same on a freshly opened model, without peft

Source: Hu et al. 2021, LoRA (arXiv 2106.09685): beside a frozen matrix W stands a product of two thin ones, scale B A.
"""

import re
from collections.abc import Mapping
from typing import Literal

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from tastemaker.core.errors import ConfigError, MissingExtra
from tastemaker.core.seeds import derive
from tastemaker.encoders.pretrained import Pretrained

Tune = Literal["none", "last", "full", "lora"]
Tensors = Mapping[str, npt.NDArray[np.generic]]
SCALE = 2
"""What the product of the thin matrices is multiplied by (alpha over rank)."""
THIN_A, THIN_B = ".lora_A.default.weight", ".lora_B.default.weight"
BEFORE = re.compile(r"embed|pre_layernorm|pre_layrnorm")
"""What stands before the layers, as transformers calls it."""


def opened(
    model: Pretrained, tune: Tune, *, rank: int = 8, last_layers: int = 2, seed: int = 0
) -> dict[str, nn.Parameter]:
    """Let some weights learn and hold all others still.

    Args:
        model: changed in place.
        tune: which; "none" opens nothing.
        rank: of the thin matrices.
        last_layers: of each tower that learn, with what comes after them.
        seed: of the thin matrices.

    Returns:
        What learns, by name.

    Raises:
        ConfigError: the model has no layers that are known.
        MissingExtra: peft is not installed.
    """
    if tune == "lora":
        _insert(model, rank, seed)
    chosen: dict[str, nn.Parameter] = {}
    for name, weights in model.module.named_parameters():
        own = weights is model.heat or weights is model.bias
        learns = {"none": False, "full": True, "lora": own or ".lora_" in name, "last": True}[tune]
        weights.requires_grad_(learns)
        if learns:
            chosen[name] = weights
    if tune == "last":
        early = _early(model, last_layers)
        for name in [name for name in chosen if early.match(name)]:
            chosen.pop(name).requires_grad_(False)  # noqa: FBT003 - torch
    return chosen


def closed(model: Pretrained, weights: Mapping[str, nn.Parameter]) -> dict[str, npt.NDArray[np.generic]]:
    """End learning: the model gets its first shape back, with everything learned in its own weights.

    Returns:
        What was learned, by name, for storage and :func:`put_back`.
    """
    tensors: dict[str, npt.NDArray[np.generic]] = {name: each.detach().numpy().copy() for name, each in weights.items()}
    for name, layer in list(model.module.named_modules()):
        if hasattr(layer, "lora_A") and hasattr(layer, "get_base_layer"):
            model.module.set_submodule(name, layer.get_base_layer())
    put_back(model, tensors)
    model.module.requires_grad_(False).eval()  # noqa: FBT003 - torch
    return tensors


@torch.no_grad()
def put_back(model: Pretrained, tensors: Tensors) -> None:
    """Give a model what was learned on the same one.

    Raises:
        ConfigError: this model is not the one it was learned on.
    """
    weights = dict(model.module.named_parameters())
    try:
        for name, array in tensors.items():
            if name.endswith(THIN_A):
                stem = name.removesuffix(THIN_A)
                thin = tensors[stem + THIN_B]
                weights[f"{stem}.weight"].add_(torch.from_numpy(thin @ array), alpha=SCALE)  # type: ignore[operator]
            elif not name.endswith(THIN_B):
                learned = torch.from_numpy(array)
                weights[name].copy_(learned if weights[name].ndim else learned.reshape(()))  # storage knows no scalars
    except (KeyError, RuntimeError) as error:
        raise ConfigError(
            f"what was learned does not fit the model {model.name!r}: {error}",
            hint="fit again, or bring the model back",
        ) from None


def _insert(model: Pretrained, rank: int, seed: int) -> None:
    """Put thin matrices beside every matrix inside the layers."""
    try:
        from peft import LoraConfig, inject_adapter_in_model
    except ModuleNotFoundError as error:
        raise MissingExtra(error.name or "peft", "tune") from error
    inside = tuple(f"{name}." for name in _towers(model))
    targets = [
        name for name, part in model.module.named_modules() if type(part) is nn.Linear and name.startswith(inside)
    ]
    with torch.random.fork_rng():
        torch.manual_seed(derive(seed, "thin matrices"))
        inject_adapter_in_model(LoraConfig(r=rank, lora_alpha=SCALE * rank, target_modules=targets), model.module)


def _towers(model: Pretrained) -> dict[str, int]:
    """Where the layers of each tower stand, and how many they are.

    Raises:
        ConfigError: there are none.
    """
    found = {
        name: len(part)
        for name, part in model.module.named_modules()
        if isinstance(part, nn.ModuleList) and re.search(r"(^|\.)layers?$", name)
    }
    if not found:
        raise ConfigError(f"the model {model.name!r} has no layers that are known", hint='use tune = "full"')
    return found


def _early(model: Pretrained, last_layers: int) -> re.Pattern[str]:
    """Names of weights in or before the layers that stand still."""
    layers = [
        rf"{re.escape(name)}\.{number}\."
        for name, count in _towers(model).items()
        for number in range(max(0, count - last_layers))
    ]
    return re.compile("|".join([rf".*({BEFORE.pattern})", *layers]))
