"""A causal language model of transformers from a folder of its own; written token by token, the likeliest each time.

Only weights in safetensors are read, and no code that comes with a model is run.
"""

from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import ClassVar

from tastemaker.assistant.doors.door import Ability, Budget, Door, DoorFailed, Message, Wants
from tastemaker.core.errors import InputError

CONTEXT = 2_048
"""Tokens of a prompt; of a longer one the end is kept."""


class Local(Door):
    """A model in a folder, as ``save_pretrained`` writes it: weights, config, tokenizer.

    Args:
        model: the folder.

    Raises:
        InputError: there is no such model in it.
    """

    figure: ClassVar[str] = "5"
    source: ClassVar[str] = "any causal language model of transformers"

    def __init__(self, model: str) -> None:
        from transformers import AutoModelForCausalLM, AutoTokenizer

        folder = Path(model).expanduser()
        if not (folder / "config.json").is_file():
            raise InputError(f"{model!r} holds no language model", hint="a folder as `save_pretrained` writes it")
        try:
            self._tokens = AutoTokenizer.from_pretrained(folder, local_files_only=True)
            self._model = AutoModelForCausalLM.from_pretrained(folder, local_files_only=True, use_safetensors=True)
        except (OSError, ValueError, KeyError) as error:
            raise InputError(f"the language model in {model!r} cannot be read", hint="is it a causal one?") from error
        self._model.train(mode=False)
        self._lock = Lock()

    def can(self, ability: Ability, budget: Budget) -> bool:  # noqa: ARG002
        """Nothing beside text."""
        return False

    def stream(
        self,
        messages: Sequence[Message],
        wants: Wants,  # noqa: ARG002
        budget: Budget,
    ) -> Generator[str, None, None]:
        """What the model writes; one conversation at a time."""
        budget.call()
        if not self._lock.acquire(timeout=budget.left()):
            raise DoorFailed("the language model is busy")
        try:
            yield from self._written(self._prompt(messages), budget)
        finally:
            self._lock.release()

    def _prompt(self, messages: Sequence[Message]) -> str:
        """The messages as this model was taught to read them; plainly, when it was taught nothing."""
        told = [{"role": message.role, "content": message.text} for message in messages]
        if self._tokens.chat_template:
            return str(self._tokens.apply_chat_template(told, tokenize=False, add_generation_prompt=True))
        return "\n\n".join([*(f"{each['role']}: {each['content']}" for each in told), "assistant:"])

    def _written(self, prompt: str, budget: Budget) -> Iterator[str]:
        """Token by token, until the model ends or the budget does. Shapes: ids (1, length)."""
        import torch

        context = min(CONTEXT, getattr(self._model.config, "max_position_embeddings", CONTEXT))
        ids = self._tokens(prompt, return_tensors="pt").input_ids[:, -max(context - budget.tokens, context // 2) :]
        past, written, said = None, list[int](), ""
        ends = {self._tokens.eos_token_id, *_ends(self._model.generation_config.eos_token_id)}
        for _ in range(min(budget.tokens, context - ids.shape[1])):
            budget.left()
            try:
                with torch.inference_mode():
                    out = self._model(input_ids=ids, past_key_values=past, use_cache=True)
            except RuntimeError as error:  # out of memory, for one
                raise DoorFailed("the language model broke down") from error
            past = out.past_key_values
            ids = out.logits[:, -1:].argmax(-1)
            if int(ids) in ends:
                return
            written.append(int(ids))
            text = str(self._tokens.decode(written, skip_special_tokens=True))
            if text.startswith(said) and not text.endswith("\N{REPLACEMENT CHARACTER}"):  # whole characters only
                yield text[len(said) :]
                said = text


def _ends(ids: int | list[int] | None) -> list[int]:
    """Tokens that end an answer."""
    if ids is None:
        return []
    return ids if isinstance(ids, list) else [ids]
