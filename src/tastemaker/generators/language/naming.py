"""Before the backbone reads pictures and items, their tokens learn to sound like the words of their values.

What a thing is - "cardigan", "cream", "wool" - should be heard in its tokens, so each value of an attribute is looked
for in them by the cosine to the mean of its words' embeddings, the best token counting most. No backbone is run, so a
hundred things are seen in the time of one lesson; the stages that follow begin with tokens that make sense.
Source: adaptors learn what words mean before a language model reads them, Li et al. 2023 (BLIP-2, arXiv 2301.12597),
section 3.2. Differs: values of the catalog instead of captions, by cross-entropy over the values of an attribute.
"""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from typing_extensions import override

from tastemaker.core.types import Ints
from tastemaker.generators.base import as_values
from tastemaker.generators.language.adaptors import patches
from tastemaker.generators.language.instructions import Teacher
from tastemaker.generators.language.network import Network
from tastemaker.generators.language.vocabulary import Vocabulary
from tastemaker.generators.learning import Batches

SHARPNESS = 16.0
"""What cosines are multiplied by."""
BATCH = 128
"""Things a step."""


class Named(Batches):
    """Tokens of text, picture, pixels and items against the words of their values.

    Args:
        network: whose input adaptors are trained in place.
        teacher: knows the items.
        vocabulary: of the words.
        steps: in all.
    """

    def __init__(self, network: Network, teacher: Teacher, vocabulary: Vocabulary, steps: int) -> None:
        super().__init__("names", network, teacher.able, BATCH, steps)
        self.network, self.teacher = network, teacher
        self._words = [
            [vocabulary.encode(value) for value in values] for values in teacher.material.layout.attributes.values()
        ]

    @override
    def loss(self, places: Ints, share: float, rng: np.random.Generator) -> Tensor:
        """``-log p(value | tokens)``, the mean over what is known of the batch, added over the inputs."""
        del share, rng
        codes = torch.from_numpy(self.teacher.material.codes[places])
        spoken = [self._spoken(words) for words in self._words]
        found = [_heard(tokens, spoken, codes) for tokens in self._tokens(places)]
        return torch.stack(found).sum()

    def _tokens(self, places: Ints) -> Iterator[Tensor]:
        """Of each input by itself. Shapes: (batch, tokens, width)."""
        material, able = self.teacher.material, self.network.inputs
        for name in ("text", "picture"):
            if name in able:
                yield self.network.heard(name, torch.from_numpy(material.vectors[name][places]))
        if "thing" in able:
            yield self.network.heard("thing", torch.from_numpy(self.teacher.features[places]))
        if "pixels" in able:
            seen = patches(as_values(material.frames[places]).contiguous())
            yield self.network.heard("pixels", seen, torch.ones(seen.shape[:2], dtype=torch.bool))

    def _spoken(self, words: list[list[int]]) -> Tensor:
        """Directions of the values of an attribute. Shapes: -> (values, width), unit rows."""
        means = [self.network.tokens(torch.tensor(each)).mean(0) for each in words]
        return functional.normalize(torch.stack(means).detach(), dim=1)


def _heard(tokens: Tensor, spoken: list[Tensor], codes: Tensor) -> Tensor:
    """Shapes: tokens (n, k, width), spoken per attribute (values, width), codes (n, attributes), 0 for none -> ()."""
    unit = functional.normalize(tokens.float(), dim=2)
    total = unit.new_zeros(())
    for values, right in zip(spoken, (codes - 1).T, strict=True):
        likeness = (SHARPNESS * unit @ values.T).logsumexp(1)
        total = total + functional.cross_entropy(likeness, right, ignore_index=-1, reduction="sum")
    return total / (codes > 0).sum().clamp(min=1)
