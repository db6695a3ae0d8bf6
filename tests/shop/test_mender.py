"""``fit(parts=["studio"])`` on a shop of a tee and a box: learned, stored, asked."""

import numpy as np
import pytest
from PIL import Image

from tastemaker.core.errors import ConfigError, FitError, InputError
from tastemaker.core.progress import Noted
from tastemaker.shop import Shop
from tastemaker.studio.own import composing
from tests.studio.scenes import mannequin, tee, wall, write_shop

SETTINGS = """[studio.own]
lessons = "composed"
contexts = "photos"
pairs = 8
side = 32
product_side = 16
local = 8
width = 32
depth = 1
steps = 5
batch_size = 4
"""


@pytest.fixture
def root(tmp_path):
    root = write_shop(tmp_path / "shop")
    (root / "photos").mkdir()
    Image.fromarray(wall()).save(root / "photos" / "wall.jpg")
    (root / "tastemaker.toml").write_text(SETTINGS, encoding="utf-8")
    return root


def test_the_studio_is_fitted_when_asked_and_shows_by_its_name(root, monkeypatch):
    monkeypatch.setattr(composing, "REFEREE", 1)
    person, heard = Image.fromarray(mannequin()), []
    with Shop(root) as shop:
        with pytest.raises(InputError, match="--parts studio"):
            shop.try_on("tee-1", person, consent=True, engine="own")
        shop.fit(parts=["studio"], observer=heard.append)
        result = shop.try_on("tee-1", person, consent=True, engine="own")
        assert result.refused is None
        assert result.engine == "own"
        manifest = shop.view.fitted.showing.manifest
    assert manifest["seed"] == 0
    assert manifest["items"] == 2
    assert manifest["held"]["try_on"]["pairs"] == manifest["held"]["place"]["pairs"] == 1
    assert not (root / ".tastemaker" / "training" / "studio" / "lessons").exists()
    assert any(isinstance(event, Noted) and event.task == "own" for event in heard)
    with Shop(root) as again:
        same = again.try_on("tee-1", person, consent=True, engine="own")
    assert np.array_equal(np.asarray(same.picture), np.asarray(result.picture))


def test_a_folder_without_photos_is_said(root):
    (root / "photos" / "wall.jpg").unlink()
    with Shop(root) as shop, pytest.raises(ConfigError, match="holds no photo"):
        shop.fit(parts=["studio"])


def test_a_shop_that_sells_nothing_to_show_is_said(root, monkeypatch):
    monkeypatch.setattr(composing, "REFEREE", 0)
    (root / "items.csv").write_text("id,title,image\nfilm-1,A film,tee.png\n", encoding="utf-8")
    Image.fromarray(tee()[0]).save(root / "images" / "tee.png")
    with Shop(root) as shop, pytest.raises(FitError, match="nothing to learn"):
        shop.fit(parts=["studio"])
