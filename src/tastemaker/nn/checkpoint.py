"""A training's state on disk: weights, averaged weights, optimizer and place, as safetensors and JSON in one file.

One file, replaced in one rename: a killed training leaves the old state or the new one, never a part. No pickle.
"""

import hashlib
import json
import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from tastemaker.core.config import Config


@dataclass(frozen=True)
class Checkpoint:
    """What a training needs to go on.

    Attributes:
        tensors: by name.
        facts: JSON values (epoch, best score, a key of the data and settings it belongs to).
    """

    tensors: Mapping[str, Tensor]
    facts: Mapping[str, float | str]


def digest(method: str, config: Config, *arrays: npt.NDArray[np.generic]) -> str:
    """A key for a checkpoint: other settings or other data give another one.

    Args:
        method: what is trained; two methods may share a config.
        config: its settings.
        arrays: all that the training reads, in a fixed order.
    """
    found = hashlib.sha256(f"{method} {config.json_text()}".encode())
    for array in arrays:
        found.update(f"{array.dtype} {array.shape}".encode())
        found.update(np.ascontiguousarray(array).tobytes())
    return found.hexdigest()


def save(path: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint in place of an older one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    staging = path.with_name(f".writing-{uuid.uuid4().hex}")
    tensors = {name: tensor.detach().contiguous() for name, tensor in checkpoint.tensors.items()}
    save_file(tensors, staging, metadata={"facts": json.dumps(dict(checkpoint.facts))})
    descriptor = os.open(staging, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    staging.replace(path)


def load(path: Path, key: str) -> Checkpoint | None:
    """Read a checkpoint; None when there is none, it is damaged, or it belongs to other data or settings.

    Args:
        path: where :func:`save` wrote it.
        key: the ``key`` among its facts must be this one.
    """
    try:
        with safe_open(path, framework="pt") as file:
            facts: dict[str, float | str] = json.loads((file.metadata() or {}).get("facts", "{}"))
            if facts.get("key") != key:
                return None
            return Checkpoint({name: file.get_tensor(name) for name in file.keys()}, facts)  # noqa: SIM118
    except (OSError, SafetensorError, ValueError):
        return None


def optimizer_tensors(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """The moments of an optimizer, by place and name."""
    state = optimizer.state_dict()["state"]
    return {
        f"optimizer.{place}.{name}": value
        for place, entry in state.items()
        for name, value in entry.items()
        if isinstance(value, Tensor)
    }


def restore_optimizer(optimizer: torch.optim.Optimizer, tensors: Mapping[str, Tensor]) -> None:
    """Put back what :func:`optimizer_tensors` gave."""
    state: dict[int, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        if name.startswith("optimizer."):
            _, place, field = name.split(".", 2)
            state.setdefault(int(place), {})[field] = tensor
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
    for parameter, entry in optimizer.state.items():  # fused steps need moments that lie in memory as the weights do
        for field, value in entry.items():
            if value.shape == parameter.shape:
                entry[field] = torch.empty_like(parameter).copy_(value)
