"""Showing an item of a catalog: what the shop adds to the studio - the item, its size, its neighbours."""

import csv
import io

import numpy as np
import pytest
from PIL import Image

from tastemaker.core.errors import InputError, PictureError, UnknownName
from tastemaker.shop import Shop
from tests.studio.scenes import box, camera, mannequin, tee

ROWS = [
    ["tee-1", "Red striped tee", "t-shirt", "tee.png", ""],
    ["cabinet-1", "Low cabinet", "cabinet", "box.png", "100"],
    ["cabinet-2", "High cabinet", "cabinet", "box.png", ""],
    ["film-1", "A film", "film", "box.png", ""],
    ["bare-1", "A tee without a photo", "t-shirt", "", ""],
]
FLOOR = [(float(x), float(y)) for x, y in camera().project(np.array([[0, 0, 0], [3, 0, 0], [3, 4, 0], [0, 4, 0]]))]


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    root = tmp_path_factory.mktemp("shown") / "shop"
    (root / "images").mkdir(parents=True)
    Image.fromarray(tee()[0]).save(root / "images" / "tee.png")
    Image.fromarray(box()[0]).save(root / "images" / "box.png")
    with (root / "items.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([["id", "title", "kind", "image", "width_cm"], *ROWS])
    with Shop(root) as opened:
        yield opened


@pytest.fixture
def room(tmp_path):
    Image.fromarray(np.full((480, 640, 3), (205, 200, 190), np.uint8)).save(tmp_path / "room.jpg")
    return tmp_path / "room.jpg"


def test_try_on_needs_consent_and_keeps_nothing(shop):
    person = Image.fromarray(mannequin())
    before = sorted(path for path in shop.path.rglob("*") if path.suffix in (".png", ".jpg"))
    result = shop.try_on("tee-1", person, consent=True)
    assert result.refused is None
    assert result.picture.size == person.size
    assert result.nearest[0].id == "tee-1"
    assert sorted(path for path in shop.path.rglob("*") if path.suffix in (".png", ".jpg")) == before
    with pytest.raises(InputError, match="agreed"):
        shop.try_on("tee-1", person)


def test_place_takes_a_file_and_says_where_the_size_is_from(shop, room):
    own = shop.place("cabinet-1", room, floor=FLOOR, floor_size=(3, 4))
    assert own.refused is None
    assert own.warnings == ()
    of_its_kind = shop.place("cabinet-2", room, floor=FLOOR, floor_size=(3, 4))
    assert any("median of its kind" in warning for warning in of_its_kind.warnings)


def test_what_is_worn_is_not_placed_and_what_stands_is_not_worn(shop, room):
    with pytest.raises(InputError) as caught:
        shop.place("tee-1", room)
    assert "try_on" in caught.value.hint
    with pytest.raises(InputError) as caught:
        shop.try_on("cabinet-1", room, consent=True)
    assert "place" in caught.value.hint


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda shop, room: shop.place("nothing", room), UnknownName),
        (lambda shop, room: shop.place("cabinet-1", room.with_name("gone.jpg")), PictureError),
        (lambda shop, room: shop.place("cabinet-1", b"not a picture"), PictureError),
        (lambda shop, room: shop.place("cabinet-1", room, floor=FLOOR[:3]), InputError),
        (lambda shop, room: shop.place("cabinet-1", room, n=0), InputError),
        (lambda shop, room: shop.place("cabinet-1", room, engine="magic"), UnknownName),
        (lambda shop, room: shop.place("cabinet-1", room, instruction="in the evening"), InputError),
        (lambda shop, room: shop.place("cabinet-1", room, turn=float("nan")), InputError),
        (lambda shop, room: shop.place("cabinet-1", room, scale=0), InputError),
        (lambda shop, room: shop.place("cabinet-1", room, brush=np.ones((3, 4), bool)), InputError),
        (lambda shop, room: shop.place("cabinet-1", room, brush=np.zeros((480, 640), bool)), InputError),
        (lambda shop, room: shop.try_on("tee-1", room, consent=True, points={"nose": (1, 2)}), UnknownName),
        (lambda shop, room: shop.try_on("bare-1", room, consent=True), PictureError),
    ],
)
def test_bad_input_gets_a_next_step(shop, room, call, error):
    with pytest.raises(error) as caught:
        call(shop, room)
    assert caught.value.hint


def test_a_product_is_scaled_and_turned_and_says_so(shop, room):
    plain = shop.place("cabinet-1", room, floor=FLOOR, floor_size=(3, 4), badge=False)
    large = shop.place("cabinet-1", room, floor=FLOOR, floor_size=(3, 4), scale=1.5, badge=False)
    assert large.size == pytest.approx([1.5 * side for side in plain.size])
    assert plain.size[0] == pytest.approx(1.0)
    assert any("150% of its size" in warning for warning in large.warnings)
    turned = shop.place("cabinet-1", room, floor=FLOOR, floor_size=(3, 4), turn=25, badge=False)
    assert turned.refused is None
    assert _wide(turned) < 0.97 * _wide(plain)
    assert "30 degrees" in shop.place("cabinet-1", room, floor=FLOOR, floor_size=(3, 4), turn=60).refused


def _wide(result):
    """Columns that the product covers."""
    changed = np.asarray(Image.open(io.BytesIO(result.shown[0].mask))) > 0
    difference = np.abs(np.asarray(result.picture, int) - (205, 200, 190)).sum(2) > 120
    return int((changed & difference).any(0).sum())
