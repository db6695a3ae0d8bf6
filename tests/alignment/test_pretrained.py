import json

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import (
    BertConfig,
    BertModel,
    CLIPConfig,
    CLIPImageProcessor,
    CLIPModel,
    CLIPProcessor,
    PreTrainedTokenizerFast,
    SiglipConfig,
    SiglipImageProcessor,
    SiglipModel,
    SiglipProcessor,
)  # fmt: skip

from tastemaker.alignment.pretrained import PretrainedConfig, PretrainedSpace
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import Item
from tastemaker.core.errors import ConfigError, FitError, InputError, NotFitted
from tastemaker.testing.worlds import drawing, drawn_shop

LAYERS = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
WORDS = "[PAD] [UNK] [CLS] [SEP] red green blue yellow square circle stripes a in painted colour shape".split()  # noqa: SIM905


def words():
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    names = {
        "pad_token": "[PAD]",
        "unk_token": "[UNK]",
        "bos_token": "[CLS]",
        "eos_token": "[SEP]",
        "cls_token": "[CLS]",
    }
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=24, **names)


def clip(folder):
    text = {**LAYERS, "vocab_size": len(WORDS), "max_position_embeddings": 24, "bos_token_id": 2, "eos_token_id": 3}
    vision = {**LAYERS, "image_size": 32, "patch_size": 8}
    CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=16)).save_pretrained(folder)
    eye = CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
    CLIPProcessor(image_processor=eye, tokenizer=words()).save_pretrained(folder)


def siglip(folder):
    text = {**LAYERS, "vocab_size": len(WORDS), "max_position_embeddings": 24}
    vision = {**LAYERS, "image_size": 32, "patch_size": 8}
    SiglipModel(SiglipConfig(text_config=text, vision_config=vision)).save_pretrained(folder)
    eye = SiglipImageProcessor(size={"height": 32, "width": 32})
    SiglipProcessor(image_processor=eye, tokenizer=words()).save_pretrained(folder)


def sentences(folder):
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer

    plain = folder.parent / "plain-bert"
    BertModel(BertConfig(**LAYERS, vocab_size=len(WORDS), max_position_embeddings=24)).save_pretrained(plain)
    words().save_pretrained(plain)
    SentenceTransformer(modules=[Transformer(str(plain)), Pooling(32)], device="cpu").save(str(folder))


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("models")
    with torch.random.fork_rng():
        torch.manual_seed(0)
        for make in (clip, siglip, sentences):
            make(root / make.__name__)
    return root


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
