"""A pipeline's folder, looked at before it is opened: what it is, what it weighs, what it may be used for.

Nothing is fetched: a name of the hub must be in its local cache already. Weights that are not safetensors, and
pipelines that bring code of their own, are refused.
"""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import torch

from tastemaker.core.errors import InputError, MissingExtra
from tastemaker.nn.precision import has_bfloat16
from tastemaker.studio.pretrained.families import Family, family_of
from tastemaker.studio.pretrained.licences import Licence, licence_of
from tastemaker.studio.pretrained.reading import needed
from tastemaker.studio.pretrained.settings import PretrainedEngineConfig

SAVED = "a folder as save_pretrained of diffusers writes it, with safetensors"
OVERHEAD_MB = 500
"""What a running pipeline takes beside its weights at least."""
DISTILLED = 4
"""Steps of denoising of a pipeline that was taught to draw in few."""
BYTES: Mapping[str, int] = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "F8_E4M3": 1, "F8_E5M2": 1, "I8": 1, "U8": 1}
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}


@dataclass(frozen=True)
class Weights:
    """A pipeline's folder, looked at and not yet opened.

    Attributes:
        name: as the user gave it.
        folder: where it is.
        pipeline: the class that is opened.
        family: how it is called.
        licence: what it may be used for.
        memory_mb: what it needs at most, estimated from its files.
        variant: of the files, such as "fp16"; "" for the plain ones.
        device: where it will compute.
        precision: of the weights there.
        steps: of denoising that its makers mean it to take; 0 when they do not say.
        reads: must its reader of pictures and words be made here? See ``reading``.
        ip_adapter: file of an IP-Adapter; None without one.
    """

    name: str
    folder: Path
    pipeline: str
    family: Family
    licence: Licence
    memory_mb: int
    variant: str
    device: str
    precision: str
    steps: int = 0
    reads: bool = False
    ip_adapter: Path | None = None

    @property
    def label(self) -> str:
        """Name and kind, without where it lies on this machine."""
        return f"{self.folder.name if Path(self.name).is_absolute() else self.name} ({self.pipeline})"


def weights_of(config: PretrainedEngineConfig, root: Path | None) -> Weights:
    """What the settings name.

    Args:
        config: the settings.
        root: from where a relative path is seen.

    Raises:
        InputError: nothing is named, it is not there, or it cannot be used.
        MissingExtra: diffusers is not installed.
    """
    if not config.model:
        raise InputError("no weights are named", hint="set model under [studio.pretrained] in tastemaker.toml")
    if find_spec("diffusers") is None:
        raise MissingExtra("diffusers", "pictures")
    folder = _folder(config.model, root)
    index = _index(folder, config.model)
    pipeline, family = family_of(str(index.get("_class_name")))
    size, variant, stored = _files(folder, index, config.model)
    adapter = _adapter(config.ip_adapter, root)
    if adapter is not None:
        size += sum(path.stat().st_size for path in (adapter, *adapter.parent.glob("image_encoder/*.safetensors")))
    device = _device(config.device)
    precision = config.precision if config.precision != "auto" else _precision(device, stored)
    bytes_ = size * DTYPES[precision].itemsize / max(stored, 1)
    return Weights(
        config.model, folder, pipeline, family,
        licence_of(folder, config.model, config.licence, commercial=config.commercial),
        round(1.15 * bytes_ / 2**20) + OVERHEAD_MB, variant, device, precision,
        DISTILLED if index.get("is_distilled") is True else 0, needed(index.get("processor")), adapter,
    )  # fmt: skip


def _seen_from(root: Path | None, name: str) -> Path:
    path = Path(name).expanduser()
    return path if path.is_absolute() or root is None else root / path


def _adapter(name: str, root: Path | None) -> Path | None:
    """The file of an IP-Adapter; None when none is named."""
    if not name:
        return None
    file = _seen_from(root, name)
    if not file.is_file() or file.suffix != ".safetensors":
        raise InputError(f"there is no IP-Adapter {name!r}", hint="name its .safetensors file")
    return file


def _folder(name: str, root: Path | None) -> Path:
    """A folder, or where the hub's cache keeps a name."""
    folder = _seen_from(root, name)
    if folder.is_dir():
        return folder
    if re.fullmatch(r"[\w.-]+/[\w.-]+", name):
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import LocalEntryNotFoundError

        with suppress(LocalEntryNotFoundError):
            return Path(snapshot_download(name, local_files_only=True))
    raise InputError(f"there are no weights {name!r}", hint=f"{SAVED}, or a name that was fetched before")


def _index(folder: Path, name: str) -> Mapping[str, object]:
    """``model_index.json``: the pipeline's class and its parts."""
    try:
        told = json.loads((folder / "model_index.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{name!r} holds no pipeline", hint=SAVED) from error
    if not isinstance(told, dict) or not isinstance(told.get("_class_name"), str):
        raise InputError(f"{name!r} wants code of its own to be run", hint="only pipelines of diffusers are opened")
    return told


def _files(folder: Path, index: Mapping[str, object], name: str) -> tuple[int, str, int]:
    """Bytes of the weights, the variant that is there, and bytes a number."""
    total, variants, stored = 0, set[str](), 0
    for part in index:
        files = sorted((folder / part).glob("*.safetensors"))
        plain = [path for path in files if not re.search(r"\.(fp16|bf16|non_ema)\b", path.name)]
        if files and not plain:
            plain = [path for path in files if ".fp16" in path.name] or files
            variants.add("fp16" if ".fp16" in plain[0].name else "bf16")
        total += sum(path.stat().st_size for path in plain)
        stored = max([stored, *(_stored(path) for path in plain[:1])])
    if not total:
        raise InputError(f"{name!r} holds no safetensors", hint="pickled weights are not read; save them anew")
    return total, min(variants, default=""), stored


def _stored(path: Path) -> int:
    """Bytes of a number in a file of tensors."""
    with path.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        found = re.search(rb'"dtype":\s*"(\w+)"', stream.read(min(length, 65_536)))
    return BYTES.get(found[1].decode(), 4) if found else 4


def _device(wanted: str) -> str:
    there = torch.cuda.is_available()
    if wanted == "cuda" and not there:
        raise InputError("there is no GPU that torch can use", hint='set device = "auto" under [studio.pretrained]')
    return "cuda" if there and wanted != "cpu" else "cpu"


def _precision(device: str, stored: int) -> str:
    return "bfloat16" if device == "cuda" or (stored <= BYTES["BF16"] and has_bfloat16()) else "float32"
