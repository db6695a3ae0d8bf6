"""Fine-tuning of tiny models of random weights: what comes out is better, opens elsewhere, and survives storage."""

import json

import numpy as np
import pytest
import torch
from transformers import AutoModel, AutoProcessor

from tastemaker.alignment.pretrained import PretrainedConfig, PretrainedSpace
from tastemaker.alignment.tuned import free_folder
from tastemaker.core.errors import Cancelled, ConfigError
from tastemaker.core.progress import Advanced, Noted
from tastemaker.encoders.pretrained import open_pretrained
from tastemaker.testing.worlds import drawing, drawn_shop
from tests.alignment.small_models import saved_models

FAST = {"epochs": 6, "learning_rate": 3e-3, "batch_size": 24, "validation": 0.2}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    return saved_models(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def shop():
    return drawn_shop(10)  # 120 items: 24 are kept apart


def tuned(folders, shop, root, name="clip", observer=None, **settings):
    config = PretrainedConfig(model=str(folders / name), **{**FAST, **settings})
    space = PretrainedSpace(config, checkpoint=root / "training" / "space")
    return space.fit(shop, observer) if observer else space.fit(shop)


def opened_elsewhere(folder, text, picture):
    """What transformers itself says of a folder: text and picture features, rows of length one."""
    model, processor = AutoModel.from_pretrained(folder).eval(), AutoProcessor.from_pretrained(folder)
    padding = "max_length" if model.config.model_type == "siglip" else True
    with torch.inference_mode():
        said = model.get_text_features(
            **processor(text=[text], return_tensors="pt", padding=padding, truncation=True, max_length=24)
        )
        seen = model.get_image_features(**processor(images=[picture], return_tensors="pt"))
    return [torch.nn.functional.normalize(each.pooler_output, dim=1).numpy() for each in (said, seen)]


@pytest.mark.parametrize(("name", "tune"), [("clip", "lora"), ("clip", "last"), ("siglip", "full"), ("siglip", "lora")])
def test_what_was_tuned_is_better_opens_in_transformers_and_comes_back(folders, shop, tmp_path, name, tune):
    space = tuned(folders, shop, tmp_path, name, tune=tune)
    course = space.tuned.course
    assert course.after > course.before
    assert course.checked == 24
    assert set(course.recall) <= set(range(1, 7))

    model, picture = open_pretrained(str(tmp_path / "training" / "tuned")), drawing("red", "circle")
    said, seen = opened_elsewhere(tmp_path / "training" / "tuned", "red circle", picture)
    np.testing.assert_allclose(model.texts(["red circle"]), said, atol=1e-5)
    np.testing.assert_allclose(model.pictures([picture]), seen, atol=1e-5)
    untuned = open_pretrained(str(folders / name))
    assert (untuned.texts(["red circle"]) * said).sum() < 0.999

    again = PretrainedSpace.restore(json.loads(json.dumps(space.settings())), dict(space.tensors()))
    np.testing.assert_allclose(again.embed_texts(["red circle"]), space.embed_texts(["red circle"]), atol=1e-5)
    np.testing.assert_allclose(again.embed_pictures([picture]), space.embed_pictures([picture]), atol=1e-5)
    assert json.loads((tmp_path / "training" / "tuned" / "tuning.json").read_text())["tune"] == tune


def test_lora_stores_little(folders, shop, tmp_path):
    lora = tuned(folders, shop, tmp_path / "lora", tune="lora", lora_rank=1, epochs=2)
    full = tuned(folders, shop, tmp_path / "full", tune="full", epochs=2)
    sizes = [sum(each.nbytes for name, each in space.tensors().items() if "learned" in name) for space in (lora, full)]
    assert sizes[0] < sizes[1] / 5


def test_a_model_of_words_learns_that_two_ways_to_speak_are_one(folders, tmp_path):
    from sentence_transformers import SentenceTransformer

    shop = drawn_shop(10)
    space = tuned(folders, shop, tmp_path, "sentences", tune="full", validation=0.0)
    folder = tmp_path / "training" / "tuned"
    elsewhere = SentenceTransformer(str(folder), device="cpu")
    inside = open_pretrained(str(folder)).texts(["red circle"])
    theirs = elsewhere.encode(["red circle"], normalize_embeddings=True)
    np.testing.assert_allclose(inside, theirs, atol=1e-5)
    assert AutoModel.from_pretrained(folder).config.model_type == "bert"
    before = open_pretrained(str(folders / "sentences"))

    def nearer(model):
        """How much nearer "red" is to "colour red" than to "colour blue"."""
        red, same, other = model.texts(["red square", "colour red. shape square", "colour blue. shape circle"])
        return red @ same - red @ other

    assert nearer(open_pretrained(str(folder))) > nearer(before)
    assert space.tuned.course.before is None


def test_a_killed_tuning_goes_on_and_gives_what_an_unbroken_one_gives(folders, shop, tmp_path):
    def stop(event):
        if isinstance(event, Advanced) and event.task == "tuning" and event.metrics.get("epoch", 0) > 2:
            raise Cancelled("enough")

    notes = []
    with pytest.raises(Cancelled):
        tuned(folders, shop, tmp_path / "broken", tune="lora", epochs=4, observer=stop)
    resumed = tuned(folders, shop, tmp_path / "broken", tune="lora", epochs=4, observer=notes.append)
    assert any(isinstance(note, Noted) and "goes on after epoch 2" in note.message for note in notes)
    whole = tuned(folders, shop, tmp_path / "whole", tune="lora", epochs=4)
    np.testing.assert_allclose(resumed.embed_texts(["red circle"]), whole.embed_texts(["red circle"]), atol=1e-5)


def test_a_tuning_that_does_not_help_is_thrown_away(folders, shop, tmp_path):
    notes = []
    space = tuned(folders, shop, tmp_path, tune="full", epochs=1, learning_rate=1e-12, observer=notes.append)
    assert space.tuned is None
    assert any(isinstance(note, Noted) and "no better" in note.message for note in notes)
    plain = PretrainedSpace(PretrainedConfig(model=str(folders / "clip"))).fit(shop)
    np.testing.assert_allclose(space.embed_texts(["red circle"]), plain.embed_texts(["red circle"]), atol=1e-5)
    assert not (tmp_path / "training" / "tuned").exists()


def test_a_batch_in_chunks_learns_the_same(folders, shop, tmp_path):
    whole = tuned(folders, shop, tmp_path / "whole", tune="lora", epochs=2)
    parts = tuned(folders, shop, tmp_path / "parts", tune="lora", epochs=2, chunk=7)
    np.testing.assert_allclose(whole.embed_texts(["red circle"]), parts.embed_texts(["red circle"]), atol=2e-2)


def test_a_folder_of_somebody_else_is_not_written_over(folders, shop, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(ConfigError, match="something else"):
        tuned(folders, shop, tmp_path, tune="lora", save_to=str(tmp_path / "mine"))
    free_folder(tmp_path / "new")
