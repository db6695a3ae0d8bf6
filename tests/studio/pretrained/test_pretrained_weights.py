"""A folder is looked at before it is opened: what it is, what it weighs, and why it cannot be used."""

import json

import pytest
import torch
from safetensors.torch import save_file

from tastemaker.core.errors import InputError, MissingExtra
from tastemaker.studio.pretrained import weights
from tastemaker.studio.pretrained.settings import PretrainedEngineConfig
from tastemaker.studio.pretrained.weights import OVERHEAD_MB, weights_of


def folder(root, kind="StableDiffusionInpaintPipeline", file="model.safetensors", dtype=torch.float32):
    """A pipeline's folder with a part of a million numbers."""
    (root / "sd" / "unet").mkdir(parents=True)
    (root / "sd" / "model_index.json").write_text(json.dumps({"_class_name": kind, "unet": ["diffusers", "UNet"]}))
    save_file({"weight": torch.zeros(1 << 20, dtype=dtype)}, root / "sd" / "unet" / file)
    return root


def asked(root, **settings):
    return weights_of(PretrainedEngineConfig(model="sd", **settings), root)


def test_memory_is_told_from_the_files(tmp_path):
    found = asked(folder(tmp_path), device="cpu", precision="float32")
    assert found.memory_mb == OVERHEAD_MB + round(1.15 * 4)
    assert (found.pipeline, found.variant) == ("StableDiffusionInpaintPipeline", "")
    half = asked(tmp_path, device="cpu", precision="bfloat16")
    assert half.memory_mb == OVERHEAD_MB + round(1.15 * 2)


def test_a_variant_is_taken_where_nothing_else_is(tmp_path):
    found = asked(folder(tmp_path, file="model.fp16.safetensors", dtype=torch.float16), device="cpu")
    assert found.variant == "fp16"
    assert asked(tmp_path, precision="float32").memory_mb == OVERHEAD_MB + round(1.15 * 4)


def test_a_variant_beside_the_plain_files_is_not_counted(tmp_path):
    root = folder(tmp_path)
    save_file({"weight": torch.zeros(1 << 20, dtype=torch.float16)}, root / "sd/unet/model.fp16.safetensors")
    found = asked(root, device="cpu", precision="float32")
    assert (found.variant, found.memory_mb) == ("", OVERHEAD_MB + round(1.15 * 4))


def test_a_text_to_picture_folder_is_opened_as_its_inpainting_class(tmp_path):
    assert asked(folder(tmp_path, kind="Flux2KleinPipeline")).pipeline == "Flux2KleinInpaintPipeline"


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("WanPipeline", "nobody has said how a 'WanPipeline' is called"),
        (["pipeline", "MyPipeline"], "wants code of its own to be run"),
        (None, "wants code of its own to be run"),
    ],
)
def test_what_is_not_in_the_map_is_refused(tmp_path, kind, said):
    with pytest.raises(InputError, match=said):
        asked(folder(tmp_path, kind=kind))


def test_pickled_weights_are_refused(tmp_path):
    root = folder(tmp_path)
    (root / "sd/unet/model.safetensors").rename(root / "sd/unet/diffusion_pytorch_model.bin")
    with pytest.raises(InputError, match="holds no safetensors"):
        asked(root)


def test_what_is_not_there(tmp_path):
    for model in ("sd", "nobody/nothing", str(tmp_path / "x")):
        with pytest.raises(InputError, match="there are no weights"):
            weights_of(PretrainedEngineConfig(model=model), tmp_path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="holds no pipeline"):
        weights_of(PretrainedEngineConfig(model="empty"), tmp_path)
    with pytest.raises(InputError, match="no IP-Adapter"):
        asked(folder(tmp_path), ip_adapter="adapter.safetensors")


def test_a_missing_extra_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(weights, "find_spec", lambda name: None)
    with pytest.raises(MissingExtra) as caught:
        asked(folder(tmp_path))
    assert caught.value.hint == "pip install 'tastemaker[pictures]'"


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_gpu_that_is_not_there_is_not_promised(tmp_path):
    with pytest.raises(InputError, match="no GPU"):
        asked(folder(tmp_path), device="cuda")
