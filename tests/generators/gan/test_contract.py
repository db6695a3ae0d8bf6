"""All GANs keep the contract of a generator."""

import pytest

from tastemaker.generators.gan.conditional import ConditionalGan, ConditionalGanConfig
from tastemaker.generators.gan.game import GanConfig
from tastemaker.generators.gan.multimodal import MultimodalGan
from tastemaker.generators.gan.standard import StandardGan
from tastemaker.testing.generators import check_generator

TINY = {"longer": 16, "steps": 4, "batch_size": 8, "latent": 8}


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        (StandardGan, GanConfig(**TINY)),
        (ConditionalGan, ConditionalGanConfig(**TINY)),
        (MultimodalGan, GanConfig(**TINY)),
    ],
)
def test_keeps_the_contract(kind, config):
    check_generator(lambda checkpoint: kind(config, checkpoint=checkpoint))
