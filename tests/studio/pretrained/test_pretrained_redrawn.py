"""A pipeline that knows its trade: it draws the truth, but moves and tints the scene, as those without a mask do."""

import io
import json
from dataclasses import replace
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from tastemaker.catalog.items import Item
from tastemaker.studio.compositor import Compositor
from tastemaker.studio.engines import Means
from tastemaker.studio.fidelity import failing
from tastemaker.studio.pretrained import engine, painting
from tastemaker.studio.pretrained.loading import Painter
from tastemaker.studio.request import VisualRequest
from tastemaker.studio.showing import show
from tests.studio.scenes import mannequin, tee

TEE = VisualRequest("try_on", Item("tee", title="Tee"), tee()[0], mannequin(), worn="top", consent=True, badge=False)


class Redraws:
    """Draws a picture that it was given, a little larger, moved and darker; words and pictures are kept to be seen."""

    def __init__(self, truth):
        self.truth, self.told = truth, {}

    def __call__(self, image, prompt, width, height, generator, negative_prompt=""):
        self.told = {"image": image, "prompt": prompt}
        drawn = cv2.resize(self.truth, (width, height), interpolation=cv2.INTER_CUBIC)
        moved = cv2.warpAffine(drawn, np.array([[1.02, 0, -5], [0, 1.02, 3]]), (width, height), borderMode=1)
        return SimpleNamespace(images=[Image.fromarray((moved * 0.9 + 8).astype(np.uint8))])


@pytest.fixture
def means(tmp_path, monkeypatch):
    """What the settings name, and one window for all of the photo."""
    (tmp_path / "edit" / "vae").mkdir(parents=True)
    (tmp_path / "edit" / "model_index.json").write_text(
        json.dumps({"_class_name": "QwenImageEditPlusPipeline", "vae": []})
    )
    save_file({"weight": torch.zeros(4)}, tmp_path / "edit" / "vae" / "model.safetensors")
    monkeypatch.setattr(painting, "AROUND", 10.0)
    return Means(tmp_path, settings={"pretrained": {"model": "edit", "size": 512}})


def answered(means, monkeypatch, truth):
    """What is shown when a pipeline draws this, and the pipeline."""
    painter = Painter(Redraws(truth), 16, shows=False)
    monkeypatch.setattr(engine, "opened", lambda weights: painter)
    return show(TEE, engine="pretrained", means=means), painter.call


def test_what_it_moved_and_tinted_is_put_back_and_shown(means, monkeypatch):
    draft = Compositor().propose(TEE, 0)
    result, pipeline = answered(means, monkeypatch, draft.picture)
    assert (result.refused, result.engine) == (None, "pretrained")
    assert result.fidelity["drift"] > 0.95
    shown, mask = (np.asarray(Image.open(io.BytesIO(data))) for data in (result.shown[0].png, result.shown[0].mask))
    assert np.array_equal(shown[mask == 0], TEE.context[mask == 0])
    error = np.abs(shown.astype(int) - draft.picture).mean(2)[draft.product > 0.9]
    assert np.median(error) < 6
    assert "Tee" in pipeline.told["prompt"]
    photo, product = (np.asarray(picture) for picture in pipeline.told["image"])
    assert photo.shape == (512, 384, 3)
    assert np.array_equal(product, TEE.product)


def test_another_garment_than_asked_for_is_refused(means, monkeypatch):
    other = Compositor().propose(replace(TEE, product=tee(colour=(30, 90, 190))[0]), 0)
    result, _ = answered(means, monkeypatch, other.picture)
    assert "colours" in result.refused


def test_another_person_is_refused(means, monkeypatch):
    draft = Compositor().propose(TEE, 0)
    result, _ = answered(means, monkeypatch, np.where(draft.mask[..., None], draft.picture, TEE.context[::-1]))
    assert result.refused is not None
    assert "drift" in failing(result.fidelity)
