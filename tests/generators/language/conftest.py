"""The drawn shop, in which people like one colour, and a model that has hardly learned it."""

import pytest

from tastemaker.generators.language.model import MultimodalLm, MultimodalLmConfig
from tastemaker.testing import generators as kit

SMALL = {"longer": 16, "steps": 8, "batch_size": 8, "hidden": 32, "layers": 1, "vocabulary": 200}


@pytest.fixture(scope="session")
def material():
    return kit.material()


@pytest.fixture(scope="session")
def model(material):
    return MultimodalLm(MultimodalLmConfig.read(SMALL)).learn(material)
