"""The pretrained space keeps the contract with a tiny CLIP of random weights, saved in a folder as large ones are."""

import pytest
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers
from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel, CLIPProcessor, PreTrainedTokenizerFast

from tastemaker.core.registry import find
from tastemaker.testing.spaces import check_space

LAYERS = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}


@pytest.fixture(scope="module")
def tiny_clip(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "tiny-clip"
    words = Tokenizer(models.BPE(unk_token="<unk>"))
    words.normalizer, words.pre_tokenizer = normalizers.Lowercase(), pre_tokenizers.ByteLevel()
    special = ["<pad>", "<unk>", "<start>", "<end>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    words.train_from_iterator(
        ["red square circle stripes blue green yellow a in painted colour shape"] * 3,
        trainers.BpeTrainer(vocab_size=400, special_tokens=special, initial_alphabet=alphabet, show_progress=False),
    )
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=words, pad_token="<pad>", unk_token="<unk>", bos_token="<start>", eos_token="<end>"
    )
    text = {**LAYERS, "vocab_size": 400, "max_position_embeddings": 40, "bos_token_id": 2, "eos_token_id": 3}
    vision = {**LAYERS, "image_size": 32, "patch_size": 8}
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=16))
    model.save_pretrained(folder)
    eye = CLIPImageProcessor(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
    CLIPProcessor(image_processor=eye, tokenizer=tokenizer).save_pretrained(folder)
    return folder


def test_a_model_in_a_folder(tiny_clip):
    method = find("encoder", "pretrained")
    check_space(lambda: method(method.config_class(model=str(tiny_clip))), aligned=False)
