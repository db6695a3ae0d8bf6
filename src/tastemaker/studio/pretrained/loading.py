"""Opening a pipeline: only safetensors are read, no code of others is run.

What is opened stays open until another is asked for: loading takes longer than drawing.
"""

from collections.abc import Callable
from pathlib import Path
from threading import Lock

import torch

from tastemaker.core.errors import InputError
from tastemaker.studio.pretrained.families import accepted
from tastemaker.studio.pretrained.reading import reader
from tastemaker.studio.pretrained.weights import DTYPES, SAVED, Weights

Call = Callable[..., object]


class Painter:
    """An opened pipeline; one request at a time.

    Attributes:
        call: draws; takes the arguments that its signature names.
        multiple: sides of a picture must be a multiple of it.
        shows: is an IP-Adapter loaded?
        lock: held by who draws.
    """

    def __init__(self, call: Call, multiple: int, *, shows: bool) -> None:
        self.call, self.multiple, self.shows, self.lock = call, multiple, shows, Lock()


class _Shelf:
    """Keeps the last pipeline open; two that ask at once do not open it twice."""

    def __init__(self) -> None:
        self._lock, self._key = Lock(), ""
        self._painter: Painter | None = None

    def holds(self, weights: Weights) -> bool:
        """Is this pipeline open?"""
        return self._key == _key(weights)

    def give(self, weights: Weights) -> Painter:
        """The pipeline, opened if it is not."""
        with self._lock:
            if self._painter is None or not self.holds(weights):
                self._key, self._painter = "", None  # its memory is free before the next one is read
                self._painter = _opened(weights)
                self._key = _key(weights)
            return self._painter


_SHELF = _Shelf()


def opened(weights: Weights) -> Painter:
    """The pipeline, opened when it is first asked for.

    Raises:
        InputError: its files cannot be read, or this version of diffusers does not have it.
    """
    return _SHELF.give(weights)


def is_open(weights: Weights) -> bool:
    """Is this very pipeline in memory already?"""
    return _SHELF.holds(weights)


def _key(weights: Weights) -> str:
    """Changes with the files of a pipeline and with how it is opened."""
    stamps = [path.stat().st_mtime_ns for path in sorted(weights.folder.glob("**/*")) if path.is_file()]
    return f"{weights} {stamps}"


def _opened(weights: Weights) -> Painter:
    import diffusers
    import transformers

    diffusers.utils.logging.set_verbosity_error()  # what matters is raised
    for library in (diffusers, transformers):
        library.utils.logging.disable_progress_bar()
    kind = getattr(diffusers, weights.pipeline, None)
    if kind is None:
        hint = "pip install --upgrade diffusers"
        raise InputError(f"diffusers {diffusers.__version__} has no {weights.pipeline}", hint=hint)
    missing = ", ".join(
        sorted(weights.family.needs - accepted(kind.__call__, dict.fromkeys(weights.family.needs)).keys())
    )
    if missing:
        raise InputError(f"{weights.pipeline} of diffusers {diffusers.__version__} does not take {missing}")
    try:
        pipe = kind.from_pretrained(
            weights.folder,
            dtype=DTYPES[weights.precision],
            use_safetensors=True,
            local_files_only=True,
            variant=weights.variant or None,
            **({"processor": reader(weights.folder / "processor")} if weights.reads else {}),
        )
        if weights.ip_adapter is not None:
            _show_products(pipe, weights.ip_adapter)
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, AttributeError) as error:
        why = str(error).strip().splitlines()[0][:300] if str(error).strip() else type(error).__name__
        raise InputError(f"the pipeline {weights.name!r} cannot be opened: {why}", hint=SAVED) from error
    pipe.set_progress_bar_config(disable=True)
    _move(pipe, weights)
    multiple = 2 * int(getattr(pipe, "vae_scale_factor", 8))
    return Painter(pipe, multiple, shows=weights.ip_adapter is not None)


def _show_products(pipe: object, file: Path) -> None:
    """Load an IP-Adapter, which shows the product's picture to a pipeline that has no argument for it."""
    load = getattr(pipe, "load_ip_adapter", None)
    if load is None:
        raise ValueError(f"{type(pipe).__name__} takes no IP-Adapter")
    load(
        str(file.parent),
        subfolder="",
        weight_name=file.name,
        image_encoder_folder="image_encoder",
        local_files_only=True,
    )


def _move(pipe: object, weights: Weights) -> None:
    """To where it computes; part by part when the GPU cannot hold all of it."""
    if weights.device == "cuda" and torch.cuda.mem_get_info()[0] / 2**20 < weights.memory_mb:
        pipe.enable_model_cpu_offload()  # type: ignore[attr-defined]
    else:
        pipe.to(weights.device)  # type: ignore[attr-defined]
