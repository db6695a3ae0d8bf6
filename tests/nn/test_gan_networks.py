import pytest
import torch

from tastemaker.nn.conditioning import Conditioner, Known
from tastemaker.nn.gan_networks import (
    TOKEN,
    ConditionalDiscriminator,
    Discriminator,
    PictureGenerator,
    Styled,
    disagreement,
    halvings,
)

SHAPES = [(64, 48), (8, 8), (56, 40), (32, 32), (128, 96)]


def known(n=4, dim=6, seed=0):
    chance = torch.Generator().manual_seed(seed)
    codes = torch.randint(1, 3, (n, 2), generator=chance)
    vector = torch.nn.functional.normalize(torch.randn(n, dim, generator=chance), dim=1)
    return Known(codes, {"text": vector}, {"text": torch.ones(n, dtype=torch.bool)})


def conditional(shape=(16, 16)):
    torch.manual_seed(0)
    drawer = PictureGenerator(shape, 8, 8, 16, Conditioner((3, 3), {"text": 6}, TOKEN))
    return drawer, ConditionalDiscriminator(shape, 8, 16, 12, sizes=(3, 3), dims={"text": 6})


@pytest.mark.parametrize("shape", SHAPES)
def test_draws_and_judges_any_multiple_of_eight(shape):
    torch.manual_seed(0)
    drawn = PictureGenerator(shape, 8, 8, 16)(torch.randn(3, 8))
    assert drawn.shape == (3, 3, *shape)
    assert Discriminator(shape, 8, 16, 12)(drawn).shape == (3,)


def test_sides_are_halved_to_a_few_cells():
    assert [halvings(shape) for shape in SHAPES] == [4, 3, 3, 3, 5]


def test_the_usual_size_stays_small():
    torch.manual_seed(0)
    for network in (PictureGenerator((64, 48), 128, 32, 192), Discriminator((64, 48), 32, 256, 256)):
        assert sum(weights.numel() for weights in network.parameters()) < 3_000_000


def test_a_styled_convolution_keeps_the_size_whatever_the_style():
    """Inputs of variance one give outputs of variance one: a style of a hundred times the size changes nothing."""
    torch.manual_seed(0)
    layer = Styled(32, 32, 4)
    x, style = torch.randn(8, 32, 16, 16), torch.randn(8, 4)
    out = layer(x, style)
    assert out.std().item() == pytest.approx(1.0, abs=0.1)
    with torch.no_grad():
        layer.style.weight *= 100
        layer.style.bias *= 100
    torch.testing.assert_close(layer(x, style), out, rtol=1e-4, atol=1e-5)


def test_a_styled_convolution_is_one_with_weights_of_its_own_for_each_picture():
    torch.manual_seed(0)
    layer = Styled(3, 5, 4).double()
    x, style = torch.randn(2, 3, 6, 6).double(), torch.randn(2, 4).double()
    for each in range(2):
        weight = layer.conv.scaled() * layer.style(style)[each][None, :, None, None]
        weight = weight / weight.square().sum((1, 2, 3), keepdim=True).sqrt()
        want = torch.nn.functional.conv2d(x[each : each + 1], weight, None, 1, 1)
        torch.testing.assert_close(layer(x, style)[each : each + 1], want, rtol=1e-5, atol=1e-5)


def test_what_is_known_changes_the_picture_and_the_score():
    drawer, judge = conditional()
    latent, one, two = torch.randn(4, 8), known(seed=0), known(seed=1)
    assert not torch.allclose(drawer(latent, one), drawer(latent, two))
    pictures = drawer(latent, one)
    assert not torch.allclose(judge(pictures, one), judge(pictures, two))


def test_a_conditional_score_is_the_plain_one_and_a_product():
    _, judge = conditional()
    features, told = torch.randn(4, 12), known()
    plain = judge.score(features)
    twice = judge.score(2 * features, told) - judge.judge(2 * features)[:, 0]
    torch.testing.assert_close(twice, 2 * (judge.score(features, told) - plain))


def test_each_picture_is_judged_alone():
    drawer, judge = conditional()
    told = known()
    pictures = drawer(torch.randn(4, 8), told)
    alone = Known(told.codes[1:2], {"text": told.vectors["text"][1:2]}, {"text": told.has["text"][1:2]})
    torch.testing.assert_close(judge(pictures[1:2], alone), judge(pictures, told)[1:2])


def test_disagreement_by_hand():
    """Two things: the first attribute is known of one of them and told with even odds of 4; vectors at right angles."""
    has = torch.tensor([True, False])
    told = Known(torch.tensor([[2], [0]]), {"text": torch.tensor([[1.0, 0.0], [1.0, 0.0]])}, {"text": has})
    logits = torch.zeros(2, 4)
    right_angle = torch.tensor([[0.0, 3.0], [5.0, 0.0]])
    want = torch.tensor(4.0).log() + 1
    torch.testing.assert_close(disagreement([logits], {"text": right_angle}, told), want)
    assert disagreement([logits], {"text": right_angle}, told.forgotten()).item() == 0
