"""The decoder in the middle: any causal language model of transformers, by the name of its architecture or a folder.

``llama``, ``qwen2``, ``gpt2`` and so on are built small and empty, and learn the shop's words first; a folder, as
``save_pretrained`` writes it, brings weights and tokenizer of its own. Only safetensors are read, and none of the code
that comes with a model is run.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

import torch
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

from tastemaker.core.errors import ConfigError

if TYPE_CHECKING:
    from transformers import PreTrainedModel

HEAD = 64
"""Width of an attention head."""


def is_folder(name: str) -> bool:
    """Is a backbone a folder with a model, and not an architecture?"""
    return (Path(name).expanduser() / "config.json").is_file()


def small(name: str, *, hidden: int, layers: int, vocabulary: int, length: int) -> dict[str, object]:
    """The settings of a small model of an architecture, as JSON values.

    Args:
        name: as transformers calls it.
        hidden: width.
        layers: of the decoder.
        vocabulary: tokens.
        length: longest row.

    Raises:
        ConfigError: there is no such causal architecture.
    """
    from transformers import AutoConfig
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

    if name not in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES:
        hint = "'llama', 'qwen2', 'gpt2' and so on, or a folder as `save_pretrained` writes it"
        raise ConfigError(f"{name!r} is no causal language model of transformers", hint=hint)
    heads = max(1, hidden // HEAD)
    sizes = {
        "hidden_size": hidden, "num_hidden_layers": layers, "num_attention_heads": heads, "num_key_value_heads": heads,
        "vocab_size": vocabulary, "max_position_embeddings": length, "tie_word_embeddings": False,
        "bos_token_id": 0, "eos_token_id": 0, "pad_token_id": None,
    }  # fmt: skip
    made = AutoConfig.for_model(name, **sizes)
    if getattr(made, "intermediate_size", None) and name != "gpt2":
        made.intermediate_size = max(8, hidden * 8 // 3 // 8 * 8)  # three matrices, as heavy as two of four times
    return cast("dict[str, object]", made.to_dict())


def empty(settings: Mapping[str, object]) -> "PreTrainedModel":
    """A model of these settings, its weights drawn by torch's chance."""
    from transformers import AutoConfig, AutoModelForCausalLM

    told = dict(settings)
    config = AutoConfig.for_model(str(told.pop("model_type")), **told)
    made = cast(
        "PreTrainedModel",
        AutoModelForCausalLM.from_config(config, dtype=torch.float32),  # type: ignore[no-untyped-call]
    )
    with torch.no_grad():  # what is read is easily said again, though the two go ways of their own
        head(made).get_parameter("weight").copy_(made.get_input_embeddings().get_parameter("weight"))
    return made


def pretrained(folder: str, vocabulary: int) -> "PreTrainedModel":
    """The model in a folder, with room for more tokens.

    Raises:
        ConfigError: it cannot be read.
    """
    from torch import nn
    from transformers import AutoModelForCausalLM

    try:
        made = AutoModelForCausalLM.from_pretrained(
            Path(folder).expanduser(), local_files_only=True, use_safetensors=True, dtype=torch.float32
        )
    except (OSError, ValueError, KeyError) as error:
        raise ConfigError(f"the language model in {folder!r} cannot be read", hint="is it a causal one?") from error
    made.resize_token_embeddings(max(vocabulary, width_of(made)[0]), mean_resizing=False)
    out = head(made)
    tied = out.get_parameter("weight")
    out.register_parameter("weight", nn.Parameter(tied.detach().clone()))  # LoRA must not move what is read with it
    made.config.tie_word_embeddings = False
    return cast("PreTrainedModel", made)


def tokenizer_of(folder: str) -> str:
    """The tokenizer in a folder, as the ``tokenizers`` library writes it.

    Raises:
        ConfigError: there is none.
    """
    from transformers import AutoTokenizer

    try:
        found = AutoTokenizer.from_pretrained(Path(folder).expanduser(), local_files_only=True)
        return str(found.backend_tokenizer.to_str())
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise ConfigError(f"the folder {folder!r} has no fast tokenizer", hint="save it beside the model") from error


def width_of(model: "PreTrainedModel") -> tuple[int, int]:
    """Tokens that a model reads, and its width."""
    tokens, width = model.get_input_embeddings().get_parameter("weight").shape
    return int(tokens), int(width)


def head(model: "PreTrainedModel") -> nn.Module:
    """What makes logits of hidden states."""
    found: nn.Module = model.get_output_embeddings()  # type: ignore[no-untyped-call]
    return found


def marks_learn(model: "PreTrainedModel", first: int) -> list[RemovableHandle]:
    """Let the embeddings and logits of some tokens learn, from a number on, and nothing else; until the handles go."""
    found = []
    for part in (model.get_input_embeddings(), head(model)):
        matrix = part.get_parameter("weight")
        matrix.requires_grad = True
        still = (torch.arange(len(matrix)) < first)[:, None]
        found.append(matrix.register_hook(lambda gradient, still=still: gradient.masked_fill(still, 0.0)))  # type: ignore[no-untyped-call]
    return found


def states(backbone: "PreTrainedModel", x: Tensor) -> Tensor:
    """The last hidden states of rows of embeddings; each place sees those before it. Shapes: (n, length, width)."""
    found: Tensor = backbone.base_model(inputs_embeds=x, use_cache=False).last_hidden_state
    return found


def logits(backbone: "PreTrainedModel", hidden: Tensor) -> Tensor:
    """Of the token that comes next. Shapes: (..., width) -> (..., vocabulary)."""
    found: Tensor = head(backbone)(hidden)
    return found
