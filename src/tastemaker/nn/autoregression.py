"""What a language model is taught by: each token of an answer, given those before it and all that was read.

``-sum_t log p(y_t | y_<t, A(E(x)))``, the survey's figure 5: x of any modality, E its encoder, A its adaptor.
"""

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional


def autoregressive_loss(
    head: Callable[[Tensor], Tensor], hidden: Tensor, tokens: Tensor, answer: Tensor, *, reduction: str = "mean"
) -> Tensor:
    """The mean over the tokens of all answers of ``-log p(y_t | what stands before it)``.

    Shapes: hidden (n, length, width), tokens (n, length), answer (n, length) bool -> ().

    Args:
        head: hidden states -> logits of the token that comes next; asked only where an answer is foretold.
        hidden: at each place, what is known there; a place knows itself and those before it.
        tokens: as they stand; those of inputs and padding may be anything.
        answer: True where a token is to be foretold; the first place never is. Without any the loss is 0.
        reduction: "mean", or "sum" for the sum of the formula.

    Source: Bengio et al. 2003, A neural probabilistic language model, section 3.
    """
    foretold = answer[:, 1:]
    if not foretold.any():
        return hidden.sum() * 0
    return functional.cross_entropy(
        head(hidden[:, :-1][foretold]).float(), tokens[:, 1:][foretold], reduction=reduction
    )
