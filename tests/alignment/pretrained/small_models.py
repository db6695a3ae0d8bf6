"""Tiny models of random weights, saved in folders as large ones are."""

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


def saved_models(root):
    """Folders "clip", "siglip" and "sentences" inside ``root``."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        for make in (clip, siglip, sentences):
            make(root / make.__name__)
    return root
