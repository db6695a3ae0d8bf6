"""Fine-tuning of tiny models of random weights: what comes out is better, opens elsewhere, and survives storage."""

import json

import numpy as np
import pytest
import torch
from transformers import AutoModel, AutoProcessor

from tastemaker.alignment.pretrained.fine_tuning import free_folder
from tastemaker.alignment.pretrained.learning import Pairs, Tuning
from tastemaker.alignment.pretrained.space import PretrainedConfig, PretrainedSpace
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import Item
from tastemaker.core.errors import Cancelled, ConfigError
from tastemaker.core.progress import Advanced, Noted
from tastemaker.core.seeds import generator
from tastemaker.encoders.adapting import closed, opened, put_back
from tastemaker.encoders.pretrained import fingerprint, open_pretrained
from tastemaker.testing.worlds import drawing, drawn_shop
from tests.alignment.pretrained.small_models import saved_models

FAST = {"epochs": 6, "learning_rate": 3e-3, "batch_size": 24, "validation": 0.2}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    return saved_models(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def shop():
    return drawn_shop(9)  # 108 items: 21 are kept apart


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


@pytest.mark.parametrize(("name", "tune"), [("clip", "last"), ("siglip", "full")])
def test_what_was_tuned_is_better_opens_in_transformers_and_comes_back(folders, shop, tmp_path, name, tune):
    space = tuned(folders, shop, tmp_path, name, tune=tune)
    course = space.tuned.course
    assert course.after > course.before
    assert course.checked == 21
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


def learn(model, weights):
    """Some step of a training."""
    for number, each in enumerate(weights.values()):
        each.data.add_(torch.sin(torch.arange(each.numel()) + number).view(each.shape), alpha=0.05)


@pytest.mark.parametrize("name", ["clip", "siglip", "sentences"])
@pytest.mark.parametrize("tune", ["lora", "last", "full"])
def test_what_was_learned_fits_a_fresh_model_as_it_fitted_the_first(folders, name, tune):
    folder, texts = str(folders / name), ["red circle", "blue stripes in green"]
    plain, model, fresh = open_pretrained(folder), open_pretrained(folder), open_pretrained(folder)
    shape = {key: tuple(each.shape) for key, each in model.module.state_dict().items()}
    weights = opened(model, tune, rank=2, last_layers=1)
    assert {key for key, each in model.module.named_parameters() if each.requires_grad} == set(weights)
    learn(model, weights)
    during = model.texts(texts)  # LoRA as peft itself computes it
    tensors = closed(model, weights)
    put_back(fresh, tensors)
    np.testing.assert_allclose(model.texts(texts), during, atol=1e-5)
    np.testing.assert_allclose(fresh.texts(texts), during, atol=1e-5)
    assert not np.allclose(plain.texts(texts), during, atol=1e-3)
    assert {key: tuple(each.shape) for key, each in model.module.state_dict().items()} == shape
    assert fingerprint(model) == fingerprint(fresh) != fingerprint(plain)
    if tune == "last":
        assert not [key for key in weights if ".0." in key or "embedding" in key]
        assert [key for key in weights if ".1." in key]


def test_what_was_learned_elsewhere_does_not_fit(folders):
    clip = open_pretrained(str(folders / "clip"))
    tensors = closed(clip, opened(clip, "lora"))
    with pytest.raises(ConfigError, match="does not fit"):
        put_back(open_pretrained(str(folders / "sentences")), tensors)


def test_a_model_of_words_learns_that_two_ways_to_speak_are_one(folders, shop, tmp_path):
    from sentence_transformers import SentenceTransformer

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
        if isinstance(event, Advanced) and event.task == "tuning" and event.metrics.get("epoch", 0) > 1:
            raise Cancelled("enough")

    notes = []
    with pytest.raises(Cancelled):
        tuned(folders, shop, tmp_path / "broken", tune="lora", epochs=3, observer=stop)
    resumed = tuned(folders, shop, tmp_path / "broken", tune="lora", epochs=3, observer=notes.append)
    assert any(isinstance(note, Noted) and "goes on after epoch 1" in note.message for note in notes)
    whole = tuned(folders, shop, tmp_path / "whole", tune="lora", epochs=3)
    np.testing.assert_allclose(resumed.embed_texts(["red circle"]), whole.embed_texts(["red circle"]), atol=1e-5)


def test_a_tuning_that_does_not_help_is_thrown_away(folders, shop, tmp_path):
    notes = []
    space = tuned(folders, shop, tmp_path, tune="full", epochs=1, learning_rate=1e-12, observer=notes.append)
    assert space.tuned is None
    assert any(isinstance(note, Noted) and "no better" in note.message for note in notes)
    plain = PretrainedSpace(PretrainedConfig(model=str(folders / "clip"))).fit(shop)
    np.testing.assert_allclose(space.embed_texts(["red circle"]), plain.embed_texts(["red circle"]), atol=1e-5)
    assert not (tmp_path / "training" / "tuned").exists()


def test_a_batch_in_chunks_learns_the_same(folders, shop):
    grown = []
    for chunk in (0, 5):
        model = open_pretrained(str(folders / "siglip"))
        weights = opened(model, "full")
        pairs = Pairs.of(shop, model.eye)
        tuning = Tuning(model, weights, pairs, pairs.rows[::9], pairs.rows[:0], batch_size=12, chunk=chunk)
        next(tuning.losses(0.0, generator(0, "chance"))).backward()
        grown.append(torch.cat([each.grad.flatten() for each in weights.values() if each.grad is not None]))
    assert grown[0].norm() > 0
    assert torch.nn.functional.cosine_similarity(*grown, dim=0) > 0.999


def test_the_loss_is_the_one_the_model_was_made_with(folders, shop):
    for name, form in (("clip", clip_loss), ("siglip", siglip_loss)):
        model = open_pretrained(str(folders / name))
        pairs = Pairs.of(shop, model.eye)
        tuning = Tuning(model, opened(model, "full"), pairs, pairs.rows[::9], pairs.rows[:0], batch_size=12, chunk=0)
        words, pixels, same = tuning._read((pairs.rows[::9], 3))
        assert same.sum() == 12  # twelve different products
        with torch.no_grad():
            ours = tuning._loss(words, pixels, same)
            said, seen = (
                torch.nn.functional.normalize(each, dim=1)
                for each in (model.say(model.read(words)), model.look(pixels))
            )
            logits = said @ seen.T * model.heat.exp()
            assert float(ours) == pytest.approx(float(form(logits, model.bias)), rel=0.02)


def clip_loss(logits, bias):
    """Two cross-entropies."""
    assert bias is None
    right = torch.arange(len(logits))
    return (torch.nn.functional.cross_entropy(logits, right) + torch.nn.functional.cross_entropy(logits.T, right)) / 2


def siglip_loss(logits, bias):
    """A yes or no for every pair."""
    together = torch.eye(len(logits))
    asked = torch.nn.functional.binary_cross_entropy_with_logits
    return asked(logits + bias, together, reduction="sum") / len(logits)


def test_equal_words_or_pictures_are_no_negatives(folders, shop):
    model = open_pretrained(str(folders / "clip"))
    told = (("red square", 0), ("red square", 1), ("a square", 1), ("blue circle", 50))
    items = [Item(f"item-{n}", title=words, images=shop.images(row)) for n, (words, row) in enumerate(told)]
    pairs = Pairs.of(Catalog.from_items(items, pictures=shop.pictures), model.eye)
    tuning = Tuning(model, {}, pairs, pairs.rows, pairs.rows[:0], batch_size=4, chunk=0)
    _, _, same = tuning._read((pairs.rows, 0))
    alike = {(0, 1), (1, 0), (1, 2), (2, 1), (0, 0), (1, 1), (2, 2), (3, 3)}
    assert {(row, column) for row in range(4) for column in range(4) if same[row, column]} == alike


def test_pictures_that_cannot_be_read_teach_nothing(folders):
    model = open_pretrained(str(folders / "clip"))
    items = [Item(f"item-{n}", title=f"red {n}", images=(f"{n}.png",)) for n in range(6)]
    pairs = Pairs.of(Catalog.from_items(items), model.eye)
    weights = opened(model, "full")
    tuning = Tuning(model, weights, pairs, pairs.rows[:4], pairs.rows[4:], batch_size=4, chunk=0)
    assert tuning.recall() == 0
    losses = list(tuning.losses(0.0, generator(0, "chance")))
    assert [float(loss.detach()) for loss in losses] == [0.0]
    losses[0].backward()
    assert all(not each.grad.any() for each in weights.values())


def test_a_folder_of_somebody_else_is_not_written_over(folders, shop, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(ConfigError, match="something else"):
        tuned(folders, shop, tmp_path, tune="lora", save_to=str(tmp_path / "mine"))
    free_folder(tmp_path / "new")
