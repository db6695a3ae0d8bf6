"""A model from a folder: a tiny one with random weights, which says nothing useful and does no harm."""

import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.decoders import ByteLevel as Bytes
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

from tastemaker.assistant import Assistant
from tastemaker.assistant.doors.door import Budget, DoorFailed, Message
from tastemaker.assistant.doors.local import Local
from tastemaker.core.errors import InputError
from tastemaker.shop.language_model import opened

PROMPT = [Message("system", "Be brief."), Message("user", "a red dress")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One byte a token: 256 bytes and an end."""
    place = tmp_path_factory.mktemp("model")
    signs = sorted(ByteLevel.alphabet())
    tokenizer = Tokenizer(BPE({"<end>": 0} | {sign: at for at, sign in enumerate(signs, 1)}, []))
    tokenizer.pre_tokenizer, tokenizer.decoder = ByteLevel(add_prefix_space=False), Bytes()
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<end>").save_pretrained(place)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        size = {"n_positions": 128, "n_embd": 16, "n_layer": 1, "n_head": 2}
        model = GPT2LMHeadModel(GPT2Config(vocab_size=257, bos_token_id=0, eos_token_id=0, **size))
    model.save_pretrained(place)
    return place


def test_it_writes_what_the_whole_model_would(folder):
    door = Local(str(folder))
    pieces = list(door.stream(PROMPT, "words", Budget(60, 1, 12)))
    ids = door._tokens(door._prompt(PROMPT), return_tensors="pt").input_ids[:, -116:]
    expected = GPT2LMHeadModel.from_pretrained(folder).generate(ids, max_new_tokens=12, do_sample=False, pad_token_id=0)
    said = door._tokens.decode(expected[0, ids.shape[1] :], skip_special_tokens=True)
    assert said.startswith("".join(pieces))
    assert 0 <= len(said) - len("".join(pieces)) <= 3  # a last character may lack a byte
    assert not door.can("pictures", Budget(1, 1, 1))


def test_it_stops_when_the_time_is_over(folder):
    times = iter(range(100))
    with pytest.raises(DoorFailed, match="longer than 5 s"):
        list(Local(str(folder)).stream(PROMPT, "words", Budget(5, 1, 100, clock=lambda: float(next(times)))))


def test_it_is_free_again_when_nobody_listens(folder):
    door = Local(str(folder))
    door.stream(PROMPT, "words", Budget(60, 1, 50)).close()
    begun = door.stream(PROMPT, "words", Budget(60, 1, 50))
    next(begun)
    begun.close()
    assert not door._lock.locked()


def test_what_it_babbles_reaches_nobody(folder, shop):
    plain = Assistant(shop, k=3, llm="").say("a red dress")
    turn = Assistant(shop, k=3, llm=f"local:{folder}").say("a red dress")
    assert (turn.say, turn.items.ids) == (plain.say, plain.items.ids)
    assert turn.notes == ("the language model proposed twice what cannot be done; the rules answer",)
    assert opened(f"local:{folder}") is opened(f"local:{folder}")


def test_a_folder_without_a_model(tmp_path):
    with pytest.raises(InputError, match="holds no language model"):
        Local(str(tmp_path))
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(InputError, match="cannot be read"):
        Local(str(tmp_path))
