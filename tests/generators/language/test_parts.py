"""Vocabulary, adaptors, thin matrices and backbones, each by itself."""

import numpy as np
import pytest
import torch
from torch import nn
from transformers.pytorch_utils import Conv1D

from tastemaker.core.errors import ConfigError
from tastemaker.generators.language import backbone, lora
from tastemaker.generators.language.adaptors import Even, Inputs, Mlp, Outputs, Resampler, patches
from tastemaker.generators.language.inputs import Asked, read
from tastemaker.generators.language.network import Network
from tastemaker.generators.language.vocabulary import NAME, Vocabulary


@pytest.fixture(scope="module")
def words():
    texts = ["a red t-shirt , a red dress .", "the dress is red", "a t-shirt for summer", "for summer"]
    return Vocabulary.fit(texts, most=50).marked((3, 2), signals=2)


def test_words_stay_whole_and_come_back(words):
    assert words.decode(words.encode("A red T-shirt, for summer.")) == "a red t-shirt, for summer."
    assert len(words.encode("red t-shirt")) == 2


def test_a_word_that_was_never_seen_is_read_letter_by_letter(words):
    tokens = words.encode("star")
    assert len(tokens) == 4
    assert words.decode(tokens) == "star"


def test_no_text_can_spell_a_mark(words):
    marks = range(words.first_mark, words.size)
    assert words.mark("<end>") in marks
    assert not set(words.encode("<end> <items> <code-0-1> a <name>")) & set(marks)
    assert words.answer(f"{NAME} : red")[0] == words.mark(NAME)


def test_marks_are_one_run_behind_the_words(words):
    assert words.sizes() == [3, 2]
    assert [words.codes(level) for level in range(2)] == [words.mark("<code-0-0>"), words.mark("<code-1-0>")]
    assert Vocabulary(words.to_text()).mark("<code-1-1>") == words.size - 1
    with pytest.raises(KeyError):
        words.mark("<code-2-0>")


def test_the_same_texts_give_the_same_words():
    texts = ["b a", "a b", "c d", "d c"]
    assert Vocabulary.fit(texts, most=9).to_text() == Vocabulary.fit(texts, most=9).to_text()


def test_a_resampler_reads_what_is_kept_and_nothing_else():
    torch.manual_seed(0)
    made = Resampler(4, most=5, tokens=2, width=8)
    x, keep = torch.randn(2, 5, 4), torch.tensor([[True, True, False, False, False], [True] * 5])
    changed = x.clone()
    changed[0, 2:] = 9.0
    assert made(x, keep).shape == (2, 2, 8)
    assert torch.equal(made(x, keep)[0], made(changed, keep)[0])
    assert torch.allclose(made(x[:1, :2], keep[:1, :2])[0], made(x, keep)[0], atol=1e-6)


def test_an_mlp_makes_tokens_of_a_vector():
    assert Mlp(4, tokens=3, width=8)(torch.randn(5, 4)).shape == (5, 3, 8)


def test_patches_are_squares_of_pixels():
    values = torch.arange(3 * 16 * 8, dtype=torch.float32).view(1, 3, 16, 8)
    found = patches(values)
    assert found.shape == (1, 2, 192)
    assert torch.equal(found[0, 1].view(3, 8, 8), values[0, :, 8:])


def test_inputs_that_the_shop_does_not_have_get_no_adaptor():
    some = Inputs({"text": 4, "picture": 4, "behaviour": 0}, (0, 0), 8)
    assert set(some) == {"text", "picture", "thing", "history"}


def test_vectors_are_made_even_each_half_by_itself_and_zero_stays_zero():
    even, rng = Even({"text": 2, "picture": 3, "behaviour": 2}), np.random.default_rng(0)
    loud = (rng.standard_normal((4000, 3)) * (2.0, 1.0, 0.8) + 2).astype(np.float32)
    even.learn("picture", loud)
    found = even("picture", torch.from_numpy(loud))
    assert torch.allclose(found.T.cov(), torch.eye(3), atol=0.05)
    assert torch.allclose(even("text", torch.tensor([[0.6, 0.8]])), torch.tensor([[0.6, 0.8]]) * 2**0.5)
    both = even.both(torch.cat([torch.zeros(4000, 2), torch.from_numpy(loud)], 1))
    assert torch.equal(both[:, :2], torch.zeros(4000, 2))
    assert torch.equal(both[:, 2:], found)


def test_the_gist_of_a_question_begins_as_nothing_and_is_heard_in_the_answer_alone(words):
    model = backbone.empty(backbone.small("llama", hidden=16, layers=1, vocabulary=words.size, length=32))
    dims = {"text": 4, "picture": 4, "behaviour": 0}
    network = Network(model, Even(dims), Inputs(dims, (0, 0), 16), Outputs(dims, (3,), 16, 1))
    rows = read([Asked("a red square"), Asked("red")], words, ["text"], [[1, 2], [1, 2]])
    plain, gist = network.embedded(rows)
    assert torch.equal(plain, network.tokens(rows.ids))
    assert not gist.any()
    torch.nn.init.normal_(network.gist[1].weight)
    heard, gist = network.embedded(rows)
    for at, begin in enumerate(rows.begins.tolist()):
        assert torch.equal(heard[at, : begin - 1], plain[at, : begin - 1])
        added = heard[at, begin - 1 :] - plain[at, begin - 1 :]
        assert torch.allclose(added, gist[at].expand_as(added), atol=1e-5)


def test_what_is_sought_and_what_signals_ask_for_are_unit_vectors():
    outputs = Outputs({"text": 3, "picture": 5, "behaviour": 2}, (4, 1, 3), width=8, signals=2, dim=6)
    signs = outputs.signed(torch.randn(7, 2, 8))
    assert {name: part.shape for name, part in signs.vectors.items()} == {"text": (7, 3), "picture": (7, 5)}
    assert [part.shape[1] for part in signs.codes] == [4, 1, 3]
    for unit in (*signs.vectors.values(), outputs.standing(torch.randn(7, 8))):
        assert torch.allclose(unit.norm(dim=1), torch.ones(7), atol=1e-5)


@pytest.mark.parametrize("layer", [nn.Linear(5, 3), Conv1D(3, 5)], ids=["linear", "conv1d"])
def test_thin_matrices_start_as_nothing_and_merge_into_the_layer(layer):
    torch.manual_seed(0)
    model = nn.Sequential(layer)
    x = torch.randn(4, 5)
    before = model(x)
    lora.insert(model, rank=2)
    assert torch.equal(model(x), before)
    assert [p.shape for p in model.parameters() if p.requires_grad] == [(5, 2), (2, 3)]
    with torch.no_grad():
        model[0].second.normal_()
    learned = model(x)
    assert not torch.allclose(learned, before)
    lora.merge(model)
    assert type(model[0]) is type(layer)
    assert torch.allclose(model(x), learned, atol=1e-5)


@pytest.mark.parametrize("name", ["llama", "gpt2", "qwen2"])
def test_any_architecture_is_built_by_its_name(name):
    settings = backbone.small(name, hidden=32, layers=1, vocabulary=20, length=16)
    model = backbone.empty(settings).eval()
    x = torch.randn(2, 5, 32)
    changed = x.clone()
    changed[:, 3:] = 0
    hidden = backbone.states(model, x)
    assert backbone.width_of(model) == (20, 32)
    assert backbone.logits(model, hidden).shape == (2, 5, 20)
    assert torch.allclose(hidden[:, :3], backbone.states(model, changed)[:, :3], atol=1e-6)  # no look ahead


def test_what_is_no_language_model_is_said_to_be_none():
    with pytest.raises(ConfigError, match="no causal language model"):
        backbone.small("vit", hidden=32, layers=1, vocabulary=20, length=16)


def test_a_folder_brings_model_and_words_and_only_the_marks_learn(tmp_path, words):
    from transformers import PreTrainedTokenizerFast

    plain = Vocabulary.fit(["a red dress", "a red dress"], most=50)
    settings = backbone.small("llama", hidden=16, layers=1, vocabulary=plain.size, length=16)
    model = backbone.empty({**settings, "tie_word_embeddings": True})
    model.save_pretrained(tmp_path)
    PreTrainedTokenizerFast(tokenizer_object=plain._tokenizer).save_pretrained(tmp_path)
    assert backbone.is_folder(str(tmp_path))
    known = Vocabulary(backbone.tokenizer_of(str(tmp_path))).marked((2, 2), signals=1)
    assert known.encode("red dress") == plain.encode("red dress")
    opened = backbone.pretrained(str(tmp_path), known.size)
    assert backbone.width_of(opened) == (known.size, 16)
    read, said = opened.get_input_embeddings().weight, backbone.head(opened).weight
    assert torch.equal(read[: plain.size], said[: plain.size])
    assert read.data_ptr() != said.data_ptr()
    opened.requires_grad_(False)
    handles = backbone.marks_learn(opened, known.first_mark)
    rows = torch.tensor([[0, known.first_mark]])
    backbone.logits(opened, backbone.states(opened, opened.get_input_embeddings()(rows))).square().sum().backward()
    assert not read.grad[: known.first_mark].any()
    assert read.grad[known.first_mark].any()
    assert not said.grad[: known.first_mark].any()
    assert len(handles) == 2
    with pytest.raises(ConfigError, match="no fast tokenizer"):
        backbone.tokenizer_of(str(tmp_path / "nowhere"))
