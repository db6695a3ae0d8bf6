import numpy as np
import pytest
import torch
from PIL import Image

from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import Item
from tastemaker.core.errors import UnknownName
from tastemaker.encoders.attributes import AttributeEncoder
from tastemaker.encoders.features import FeatureEncoder
from tastemaker.encoders.picture import PictureEncoder
from tastemaker.encoders.text import TextEncoder
from tastemaker.encoders.tokens import Tokens
from tastemaker.nn.towers import PictureTower, TextTower


def shop():
    items = [
        Item(
            str(i),
            attributes={"colour": "red" if i % 2 else "blue", "size": float(i), "sale": i % 3 == 0, "tags": ("a", "b")},
        )
        for i in range(10)
    ]
    return Catalog.from_items([*items, Item("bare")])


def test_attributes_that_agree_are_near():
    catalog = shop()
    vectors = AttributeEncoder.of(catalog, dim=512).encode([catalog.item(row) for row in range(11)])
    near = vectors @ vectors.T
    assert near[4, 2] > near[4, 3]  # the same colour beats a nearer size
    assert near[3, 1] > near[9, 1]  # the nearer size beats the farther one
    np.testing.assert_allclose(np.diag(near)[:10], 1, rtol=1e-5)
    assert (vectors[10] == 0).all()


def test_attributes_of_an_item_alone_are_those_among_others():
    catalog = shop()
    encoder = AttributeEncoder.of(catalog)
    together = encoder.encode([catalog.item(row) for row in range(5)])
    np.testing.assert_array_equal(together[3:4], encoder.encode([catalog.item(3)]))


def test_features_are_centred_and_missing_ones_are_zero():
    matrix = np.array([[1, 100], [3, 101], [5, 99], [np.nan, np.nan]], np.float32)
    catalog = Catalog([Item(str(i)) for i in range(4)], features={"image": matrix})
    encoder = FeatureEncoder(catalog, "image")
    found = encoder.encode([0, 2, 3])
    assert found[0] @ found[1] < 0
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), [1, 1, 0], atol=1e-6)
    with pytest.raises(UnknownName, match="unknown feature 'imagee'"):
        FeatureEncoder(catalog, "imagee")


def test_a_picture_and_its_mirror_image_are_the_same():
    torch.manual_seed(0)
    encoder = PictureEncoder(PictureTower((8, 16), 12), (32, 24))
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (40, 30, 3)).astype(np.uint8))
    mirrored = noise.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    np.testing.assert_allclose(encoder.encode([noise]), encoder.encode([mirrored]), atol=1e-5)


def test_batches_of_pictures_and_texts_are_as_one_by_one():
    torch.manual_seed(0)
    pictures = [Image.new("RGB", (20 + i, 30), (9 * i, 100, 50)) for i in range(7)]
    eyes = PictureEncoder(PictureTower((8, 16), 12), (32, 24))
    np.testing.assert_allclose(eyes.encode(pictures), np.vstack([eyes.encode([p]) for p in pictures]), atol=1e-5)
    texts = ["a red dress", "", "blue", "a very long text about a red and blue dress"]
    tokens = Tokens.fit(texts, min_count=1)
    reader = TextEncoder(TextTower(tokens.size, 12, width=32), tokens)
    np.testing.assert_allclose(reader.encode(texts), np.vstack([reader.encode([t]) for t in texts]), atol=1e-5)
    assert reader.encode([]).shape == (0, 12)
    assert eyes.encode([]).shape == (0, 12)


def test_more_looks_are_the_mean_over_frames_of_the_picture():
    tower = PictureTower((8, 16), 6)
    frames = np.random.default_rng(0).integers(0, 255, (3, 16, 12, 3)).astype(np.uint8)
    one, six = (PictureEncoder(tower, (16, 12), looks=looks) for looks in (1, 6))
    assert (one.encode_frames(frames) * six.encode_frames(frames)).sum(1).max() < 0.99999
    flat = np.full((2, 16, 12, 3), 90, np.uint8)  # all frames of an even picture are the same picture
    np.testing.assert_allclose(one.encode_frames(flat), six.encode_frames(flat), atol=1e-5)
