import json
import sys

import numpy as np
import pytest
import torch

from tastemaker.alignment.pretrained.space import PretrainedConfig, PretrainedSpace
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import Item
from tastemaker.core.errors import ConfigError, FitError, InputError, MissingExtra, NotFitted
from tastemaker.encoders.adapting import opened
from tastemaker.encoders.pretrained import DualModel, open_pretrained
from tastemaker.testing.worlds import drawing, drawn_shop
from tests.alignment.pretrained.small_models import saved_models


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    return saved_models(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def shop():
    return drawn_shop(3)


@pytest.fixture(params=["clip", "siglip", "sentences"])
def space(request, folders, shop):
    return PretrainedSpace(PretrainedConfig(model=str(folders / request.param))).fit(shop)


def test_items_have_vectors_and_say_what_the_model_cannot_read(space, shop):
    vectors = space.embed_items(shop, np.arange(6))
    np.testing.assert_allclose(np.linalg.norm(vectors.matrix, axis=1), 1, rtol=1e-4)
    assert vectors.matrix.shape == (6, space.dim)
    assert vectors.has["text"].all()
    assert vectors.has["picture"].all() == (space.config.model.rpartition("/")[2] != "sentences")


def test_storage_keeps_the_name_and_not_the_weights(space, shop):
    tensors = dict(space.tensors())
    again = PretrainedSpace.restore(json.loads(json.dumps(space.settings())), tensors)
    np.testing.assert_allclose(again.embed_texts(["red circle"]), space.embed_texts(["red circle"]), atol=1e-5)
    assert sum(tensor.nbytes for tensor in tensors.values()) < 100_000
    assert again.dim == space.dim


@pytest.mark.parametrize("name", ["clip", "siglip"])
def test_a_model_with_eyes_embeds_pictures_as_the_model_itself_does(folders, shop, name):
    space = PretrainedSpace(PretrainedConfig(model=str(folders / name))).fit(shop)
    pictures = [drawing("red", "circle"), drawing("blue", "stripes")]
    together = space.embed_pictures(pictures)
    apart = np.vstack([space.embed_pictures([picture]) for picture in pictures])
    np.testing.assert_allclose(together, apart, atol=1e-5)
    assert together[0] @ together[1] < 0.999


def test_a_model_without_eyes_refuses_pictures(folders, shop):
    space = PretrainedSpace(PretrainedConfig(model=str(folders / "sentences"))).fit(shop)
    with pytest.raises(InputError, match="reads words, no pictures"):
        space.embed_pictures([drawing("red", "circle")])


def test_a_picture_alone_is_nothing_to_a_model_without_eyes(folders, shop):
    bare = shop.without_modality("text", np.arange(3)).without_modality("attributes", np.arange(3))
    space = PretrainedSpace(PretrainedConfig(model=str(folders / "sentences"))).fit(bare)
    vectors = space.embed_items(bare, np.arange(5))
    assert vectors.present.tolist() == [False, False, False, True, True]
    assert vectors.missing(0) == ["picture", "text"]


def test_what_cannot_be_opened_is_said(tmp_path, monkeypatch, shop):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ConfigError, match="cannot be opened") as caught:
        PretrainedSpace(PretrainedConfig(model=str(tmp_path / "nothing"))).fit(shop)
    assert "folder" in caught.value.hint
    with pytest.raises(ConfigError, match="no pretrained model is named"):
        PretrainedSpace().fit(shop)
    with pytest.raises(NotFitted):
        PretrainedSpace().embed_texts(["red"])


def test_a_catalog_of_nothing_is_an_error(folders):
    with pytest.raises(FitError, match="no item has"):
        PretrainedSpace(PretrainedConfig(model=str(folders / "clip"))).fit(Catalog.from_items([Item("a")]))


def test_a_second_fit_asks_the_model_for_nothing(folders, shop, tmp_path, monkeypatch):
    config = PretrainedConfig(model=str(folders / "clip"))
    rows = np.arange(shop.size)
    first = PretrainedSpace(config, checkpoint=tmp_path / "space").fit(shop).embed_items(shop, rows)
    monkeypatch.setattr(DualModel, "look", lambda self, pixels: pytest.fail("a picture was encoded again"))
    second = PretrainedSpace(config, checkpoint=tmp_path / "space").fit(shop).embed_items(shop, rows)
    assert np.array_equal(first.matrix, second.matrix)


@pytest.mark.parametrize("name", ["clip", "siglip", "sentences"])
def test_bfloat16_says_the_same(folders, name):
    texts = ["red circle", "blue stripes", "square", "green square in yellow"]
    exact, quick = open_pretrained(str(folders / name)), open_pretrained(str(folders / name)).quicken("bfloat16")
    assert quick.quick
    assert any(weights.dtype == torch.bfloat16 for weights in quick.module.parameters())
    assert ((exact.texts(texts) * quick.texts(texts)).sum(1) > 0.99).all()
    if exact.sees:
        pictures = [drawing("red", "circle"), drawing("blue", "stripes")]
        before, after = exact.pictures(pictures), quick.pictures(pictures)
        assert ((before * after).sum(1) > 0.99).all()
        assert (after[0] - after[1]) @ (before[0] - before[1]) > 0.9 * np.square(before[0] - before[1]).sum()


def test_a_small_model_stays_as_exact_as_it_was(folders):
    model = open_pretrained(str(folders / "clip")).quicken()
    assert not model.quick
    assert all(weights.dtype == torch.float32 for weights in model.module.parameters())


def test_a_model_that_says_something_else_in_bfloat16_stays_exact(folders, monkeypatch):
    monkeypatch.setattr("tastemaker.encoders.pretrained.WORTH", 0)
    monkeypatch.setattr("tastemaker.encoders.pretrained.has_bfloat16", lambda: True)
    alike = open_pretrained(str(folders / "clip"))
    assert alike.quicken().quick
    monkeypatch.setattr("tastemaker.encoders.pretrained.ALIKE", 1.1)  # nothing is that much alike
    model = open_pretrained(str(folders / "clip"))
    before = model.texts(["red circle"])
    assert not model.quicken().quick
    assert np.array_equal(model.texts(["red circle"]), before)


def test_a_clip_inside_a_sentence_model_is_that_clip(folders, tmp_path):
    from sentence_transformers import SentenceTransformer

    wrapped = SentenceTransformer(str(folders / "clip"), device="cpu")
    wrapped.save(str(tmp_path / "wrapped"))
    model, picture = open_pretrained(str(tmp_path / "wrapped")), drawing("red", "circle")
    theirs = wrapped.encode([picture], normalize_embeddings=True)
    np.testing.assert_allclose(model.pictures([picture]), theirs, atol=1e-5)


def test_lora_without_peft_says_what_to_install(folders, monkeypatch):
    monkeypatch.setitem(sys.modules, "peft", None)
    with pytest.raises(MissingExtra) as caught:
        opened(open_pretrained(str(folders / "clip")), "lora")
    assert "tastemaker[tune]" in caught.value.hint
