"""All VAEs keep the contract of a generator."""

import pytest

from tastemaker.generators.vae.contrastive import ContrastiveVae, ContrastiveVaeConfig
from tastemaker.generators.vae.multimodal import MultimodalVaeConfig, MultimodalVaeGenerator
from tastemaker.generators.vae.standard import Vae, VaeConfig
from tastemaker.testing.generators import check_generator

TINY = {"longer": 16, "steps": 6, "batch_size": 8, "dim": 8, "width": 4, "components": 2}


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        (Vae, VaeConfig(**TINY)),
        (MultimodalVaeGenerator, MultimodalVaeConfig(**TINY, hidden=16)),
        (MultimodalVaeGenerator, MultimodalVaeConfig(**TINY, hidden=16, joint="mixture-of-products")),
        (ContrastiveVae, ContrastiveVaeConfig(**TINY, hidden=16)),
    ],
)
def test_keeps_the_contract(kind, config):
    check_generator(lambda checkpoint: kind(config, checkpoint=checkpoint))
