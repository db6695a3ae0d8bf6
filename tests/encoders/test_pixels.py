"""What a pretrained model is shown: the numbers of its own processor, whatever the processor is told to do."""

from io import BytesIO

import numpy as np
import pytest
import torch
from PIL import Image
from transformers import CLIPImageProcessor, SiglipImageProcessor, ViTImageProcessor

from tastemaker.catalog.decoding import decode
from tastemaker.core.seeds import generator
from tastemaker.encoders.pixels import OwnEye, PlainEye, eye_of

PROCESSORS = {
    "clip": CLIPImageProcessor(),
    "clip, cut smaller": CLIPImageProcessor(size={"shortest_edge": 40}, crop_size={"height": 32, "width": 24}),
    "clip, cut larger than it is": CLIPImageProcessor(
        size={"shortest_edge": 32}, crop_size={"height": 40, "width": 40}
    ),
    "siglip": SiglipImageProcessor(size={"height": 48, "width": 32}),
    "vit, bilinear": ViTImageProcessor(size={"height": 32, "width": 32}, resample=2),
    "not standardised": ViTImageProcessor(size={"height": 32, "width": 32}, do_normalize=False),
}
SHAPES = ((60, 45), (45, 60), (33, 33), (7, 300), (401, 399))


def picture(shape, seed=0):
    """Soft colour fields with an edge, as a photo has them."""
    rng = generator(seed, "picture")
    small = Image.fromarray(rng.integers(0, 256, (6, 6, 3), np.uint8)).resize(shape[::-1], Image.Resampling.BICUBIC)
    small.paste((250, 250, 250), (0, 0, shape[1] // 3, shape[0] // 2))
    return small


@pytest.mark.parametrize("name", PROCESSORS)
def test_our_pixels_are_those_of_the_processor(name):
    processor = PROCESSORS[name]
    eye = eye_of(processor)
    assert isinstance(eye, PlainEye)
    for seed, shape in enumerate(SHAPES):
        ours = eye.batch([eye.take(picture(shape, seed))])
        theirs = processor([picture(shape, seed)], return_tensors="pt")["pixel_values"]
        torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=0)


def test_what_is_not_understood_is_left_to_the_processor():
    class Upside:
        """Says that it does what CLIP does, and turns the picture over."""

        def __init__(self):
            self.__dict__.update(CLIPImageProcessor(size={"shortest_edge": 32}).__dict__)

        def __call__(self, images, *, return_tensors):
            return PROCESSORS["clip"]([image.rotate(180) for image in images], return_tensors=return_tensors)

    eye = eye_of(Upside())
    assert isinstance(eye, OwnEye)
    turned = eye.batch([eye.take(picture((50, 60)))])
    torch.testing.assert_close(turned, Upside()([picture((50, 60))], return_tensors="pt")["pixel_values"])


def test_chance_moves_the_picture_and_keeps_its_scale():
    eye = eye_of(PROCESSORS["clip, cut smaller"])
    taken = [eye.take(picture((60, 45)))] * 3
    plain, moved = eye.batch(taken), eye.batch(taken, generator(0, "chance"))
    assert moved.shape == plain.shape
    assert (moved - plain).abs().mean() > 0.05
    assert (moved.mean((1, 2, 3)) - plain.mean((1, 2, 3))).abs().max() < 0.5
    torch.testing.assert_close(moved, eye.batch(taken, generator(0, "chance")))


def test_a_large_jpeg_decoded_small_shows_the_model_nearly_the_same():
    eye = eye_of(PROCESSORS["clip, cut smaller"])
    stream = BytesIO()
    picture((1200, 900)).save(stream, "JPEG", quality=95)
    whole, small = decode(stream.getvalue(), "a.jpg"), decode(stream.getvalue(), "a.jpg", least=eye.least)
    assert whole.size == (900, 1200)
    assert small.size == (113, 150)  # an eighth; both sides are still twice the 40 pixels that are read
    ours, exact = eye.batch([eye.take(small)]).flatten(), eye.batch([eye.take(whole)]).flatten()
    assert torch.nn.functional.cosine_similarity(ours, exact, dim=0) > 0.995
    assert decode(stream.getvalue(), "a.jpg", least=500).size == (900, 1200)
