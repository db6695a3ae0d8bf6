"""A picture as a word: a picture's vector -> one made-up word that the text tower reads beside the change.

    q = text tower( [w(picture), "in", "red"] ),    w = a small network

It learns from pictures alone: the made-up word, said by itself, is to mean what its picture means. The towers stay as
they are.

Source: Saito et al., "Pic2Word: Mapping Pictures to Words for Zero-shot Composed Image Retrieval", CVPR 2023.
Differs: the word stands before the change instead of inside "a photo of * , ...", which an own vocabulary lacks.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Protocol, Self, runtime_checkable

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from tastemaker.alignment.composing.query import Term
from tastemaker.alignment.space import Space
from tastemaker.core.progress import Observer, silent
from tastemaker.core.seeds import derive
from tastemaker.core.types import Floats
from tastemaker.nn.losses import info_nce
from tastemaker.nn.training import Learning, Plan, train

PREFIX = "combiner."
HIDDEN = 512
BATCH = 256


@runtime_checkable
class Speaks(Protocol):
    """A space whose text tower reads words that are in no vocabulary.

    Attributes:
        word_size: numbers that make up a word.
        dim: of the space.
    """

    dim: int

    @property
    def word_size(self) -> int: ...  # noqa: D102

    def speak(self, words: Tensor, said: Sequence[str]) -> Tensor:
        """A made-up word each, followed by words of the language. Shapes: (n, word_size) -> (n, dim), unit rows."""
        ...


class Inversion(nn.Module):
    """What makes a word of a picture.

    Args:
        dim: of the space.
        word_size: numbers that make up a word.
        seed: of the first weights.
    """

    name: ClassVar[str] = "inverted"

    def __init__(self, dim: int, word_size: int, *, seed: int = 0) -> None:
        super().__init__()
        self.dim, self.word_size = dim, word_size
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(derive(seed, "inversion weights"))
            self.word = nn.Sequential(nn.Linear(dim, HIDDEN), nn.GELU(), nn.Linear(HIDDEN, word_size))

    def learn(
        self,
        space: Speaks,
        pictures: Floats,
        *,
        epochs: int = 30,
        temperature: float = 0.05,
        seed: int = 0,
        observer: Observer = silent,
    ) -> Self:
        """Learn that a picture's word, said alone, means the picture and no other one of the batch.

        Args:
            space: reads the words; is not changed.
            pictures: vectors of pictures, as they ask in the space.
            epochs: passes over all.
            temperature: of the contrast.
            seed: of the order.
            observer: told of progress.

        Shapes: pictures (n, dim).
        """
        plan = Plan(epochs=epochs, weight_decay=1e-2, warm_up=0.0, average=0.0, seed=seed)
        train(_Naming(self, space, pictures, temperature), plan, observer)
        return self

    def say(self, space: Speaks, pictures: Floats, said: Sequence[str]) -> Floats:
        """Pictures, each with words after it. Shapes: pictures (n, dim) -> (n, dim), unit rows."""
        with torch.inference_mode():
            words = self.word(torch.from_numpy(np.ascontiguousarray(pictures, np.float32)))
            return np.asarray(space.speak(words, said).numpy(), np.float32)

    def join(self, space: Space, picture: Term, change: Term) -> Floats:
        """One picture and one change. Shapes: -> (dim,), a unit vector."""
        if not isinstance(space, Speaks):
            return picture.vector
        return np.asarray(self.say(space, picture.vector[None], [change.said])[0], np.float32)

    def tensors(self) -> dict[str, npt.NDArray[np.generic]]:
        """Everything learned, for storage."""
        return {f"{PREFIX}{name}": value.numpy().copy() for name, value in self.state_dict().items()}

    def settings(self) -> dict[str, object]:
        """How it is built again."""
        return {"name": self.name, "dim": self.dim, "word_size": self.word_size}

    @classmethod
    def restore(cls, settings: Mapping[str, object], tensors: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """Take back what :meth:`settings` and :meth:`tensors` gave."""
        made = cls(int(str(settings["dim"])), int(str(settings["word_size"])))
        mine = {name.removeprefix(PREFIX): torch.from_numpy(np.array(value, np.float32))
                for name, value in tensors.items() if name.startswith(PREFIX)}  # fmt: skip
        made.load_state_dict(mine)
        return made


class _Naming(Learning):
    """A picture's word, said alone, among the pictures of its batch, and the other way."""

    name = "learning to name"

    def __init__(self, model: Inversion, space: Speaks, pictures: Floats, temperature: float) -> None:
        self.model: Inversion = model
        self.space, self.temperature = space, temperature
        self.given = torch.from_numpy(np.ascontiguousarray(pictures, np.float32))
        self.steps = -(-len(pictures) // BATCH)

    def losses(self, share: float, rng: np.random.Generator) -> Iterator[Tensor]:
        """Batches of pictures in an order by chance."""
        del share
        for batch in torch.split(torch.from_numpy(rng.permutation(len(self.given))), BATCH):
            pictures = self.given[batch]
            said = self.space.speak(self.model.word(pictures), [""] * len(batch))
            yield info_nce(said @ pictures.T / self.temperature)
