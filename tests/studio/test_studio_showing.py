"""From a request to a picture: nothing outside changes, refusals say why, every engine is treated alike."""

import io
import json
from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image

from tastemaker.catalog.items import Item
from tastemaker.core import registry
from tastemaker.core.errors import Cancelled, InputError, UnknownName
from tastemaker.core.progress import Cancellable
from tastemaker.studio.compositor import Compositor
from tastemaker.studio.engines import Engine, Refusal
from tastemaker.studio.fidelity import failing, judge
from tastemaker.studio.request import Candidate, Region, VisualRequest
from tastemaker.studio.showing import show
from tastemaker.studio.sizes import Size
from tests.studio.scenes import box, camera, mannequin, tee, trousers, wall

TEE = VisualRequest("try_on", Item("tee"), tee()[0], mannequin(), worn="top", consent=True, seed=1)
FLOOR = np.array([[0, 0, 0], [3, 0, 0], [3, 4, 0], [0, 4, 0]], float)
ROOM = np.full((480, 640, 3), (205, 200, 190), np.uint8)
BOX = VisualRequest(
    "place", Item("box", title="Cabinet"), box()[0], ROOM, size=Size(1.0, 0.0, 0.6),
    region=Region(floor=camera().project(FLOOR), floor_size=(3, 4)),
)  # fmt: skip


def opened(data):
    return np.asarray(Image.open(io.BytesIO(data)))


def unlike(result, photo):
    """Is a pixel outside the mask not the photo's?"""
    shown = result.shown[0]
    return (opened(shown.png) != photo).any(2) & (opened(shown.mask) == 0)


def test_a_tee_is_shown_on_a_person():
    result = show(TEE)
    assert result.refused is None
    assert result.engine == "compositor"
    assert not unlike(result, TEE.context).any()
    picture = opened(result.shown[0].png)
    red = (picture[..., 0] > 140) & (picture[..., 2] < 90)
    assert red[120:250, 160:224].mean() > 0.6
    assert np.array_equal(picture[30:60, 180:204], TEE.context[30:60, 180:204])
    assert result.fidelity["outside"] == 1.0
    assert not failing(result.fidelity)


def test_trousers_are_shown_on_a_person():
    result = show(replace(TEE, item=Item("trousers"), product=trousers()[0], worn="bottom"))
    assert result.refused is None
    assert not unlike(result, TEE.context).any()
    picture = opened(result.shown[0].png).astype(int)
    for x in (168, 216):
        assert np.abs(picture[380, x] - (120, 110, 70)).max() < 25


def test_the_picture_says_what_it_is_and_not_who():
    result = show(replace(TEE, user="u42"))
    text = Image.open(io.BytesIO(result.shown[0].png)).text
    told = json.loads(text["Tastemaker"])
    assert (told["generated"], told["engine"], told["item"], told["seed"]) == (True, "compositor", "tee", 1)
    assert "u42" not in text["Tastemaker"]
    assert "generated" in text["Comment"].casefold()


def test_the_badge_is_part_of_the_mask_and_can_be_left_out():
    plain = show(replace(TEE, badge=False))
    assert not unlike(plain, TEE.context).any()
    assert np.array_equal(opened(plain.shown[0].png)[-20:], TEE.context[-20:])
    assert opened(show(TEE).shown[0].mask)[-15, 20] == 255


def test_without_consent_nothing_is_done():
    with pytest.raises(InputError, match="agreed") as caught:
        show(replace(TEE, consent=False))
    assert "consent" in caught.value.hint


def test_long_sleeves_under_a_tee_are_refused_with_the_reason():
    result = show(replace(TEE, context=mannequin(sleeves=1)))
    assert result.shown == ()
    assert "wears" in result.refused
    assert result.fidelity["coverage"] < 0.9
    assert "not shown" in str(result)


def test_no_person_and_no_product_are_refused():
    assert "no person" in show(replace(TEE, context=wall())).refused
    assert "ground" in show(replace(TEE, product=np.full((200, 200, 3), 255, np.uint8))).refused


def test_a_box_overrules_and_a_brush_limits():
    boxed = show(replace(TEE, item=Item("bag"), worn="bag", product=box()[0], region=Region(box=(230, 250, 300, 300))))
    there = opened(boxed.shown[0].mask)[:480] > 0
    assert there[262:288, 276:292].all()
    assert not there[:230].any()
    assert not there[:, :200].any()
    brush = np.zeros(TEE.context.shape[:2], np.bool_)
    brush[:, :192] = True
    half = Compositor().propose(replace(TEE, region=Region(brush=brush)), 1)
    assert half.product[:, 192:].max() == 0


def test_a_policy_is_asked_and_heard():
    asked = []

    def strict(picture, body):
        asked.append((picture.shape, body is not None))
        return "the shop does not like it"

    result = show(TEE, policy=strict)
    assert asked == [(TEE.context.shape, True)]
    assert result.refused == "this photo is not used: the shop does not like it"


def test_a_large_photo_keeps_its_size_and_every_pixel_outside():
    large = cv2.resize(TEE.context, None, fx=2.5, fy=2.5, interpolation=cv2.INTER_CUBIC)
    result = show(replace(TEE, context=large))
    assert opened(result.shown[0].png).shape == large.shape
    assert not unlike(result, large).any()


def test_a_box_in_a_room_has_its_true_size():
    result = show(replace(BOX, badge=False))
    assert result.refused is None
    assert not unlike(result, ROOM).any()
    picture = opened(result.shown[0].png).astype(int)
    brown = (np.abs(picture - (150, 90, 60)).max(2) < 20) | (np.abs(picture - (250, 240, 60)).max(2) < 40)
    rows, columns = np.flatnonzero(brown.sum(1) > 20), np.flatnonzero(brown.sum(0) > 20)
    seen = camera().project(np.array([[1.0, 2, 0], [2.0, 2, 0], [1.5, 2, 0], [1.5, 2, 0.6]]))
    # its edge pixels are half box, half room
    assert len(columns) + 1 == pytest.approx(np.linalg.norm(seen[1] - seen[0]), rel=0.03)
    assert len(rows) + 1 == pytest.approx(np.linalg.norm(seen[3] - seen[2]), rel=0.03)


def test_it_casts_a_shadow_on_the_floor_and_not_on_the_ceiling():
    result = show(replace(BOX, badge=False))
    darker = (opened(result.shown[0].png).astype(int) < ROOM.astype(int) - 3).all(2)
    foot = camera().project(np.array([[1.5, 1.95, 0]]))[0]
    assert darker[int(foot[1]) - 3 : int(foot[1]) + 6, int(foot[0]) - 30 : int(foot[0]) + 30].mean() > 0.4
    assert not darker[:80].any()


def test_what_is_said_of_a_guess():
    guessed = show(replace(BOX, region=Region()))
    assert any("guess" in warning for warning in guessed.warnings)
    usual = show(replace(BOX, size=Size(1.0, 0.4, 0.6, source="kind")))
    assert any("median of its kind" in warning for warning in usual.warnings)
    assert "size" in show(replace(BOX, size=None)).refused


def test_the_same_seed_gives_the_same_picture_and_several_differ():
    assert show(TEE).shown[0].png == show(TEE).shown[0].png
    several = show(replace(BOX, n=2))
    assert len({shown.png for shown in several.shown}) == 2
    for n in (0, 9, True):
        with pytest.raises(InputError):
            show(replace(BOX, n=n))


def test_it_can_be_stopped():
    stop = Cancellable()
    stop.cancel()
    with pytest.raises(Cancelled):
        show(TEE, observer=stop)


class Leaky(Engine):
    """Paints everything red and says that it has changed a corner only."""

    name, tasks, licence, memory_mb, rank, source = "leaky", frozenset({"place"}), "CC-BY-NC-4.0", 1, 5, "-"
    commercial = False

    def propose(self, request, seed, observer=None):
        if request.item.id == "impossible":
            raise Refusal("it cannot")
        mask = np.zeros(request.context.shape[:2], np.bool_)
        mask[:50, :50] = True
        red = np.full_like(request.context, (200, 0, 0))
        return Candidate(red, mask, red, mask.astype(np.float32), mask)


@pytest.fixture
def two_engines(monkeypatch):
    engines = {"compositor": Compositor, "leaky": Leaky}
    monkeypatch.setattr(registry, "names", lambda kind: sorted(engines))
    monkeypatch.setattr(registry, "find", lambda kind, name: engines[name])


@pytest.mark.usefixtures("two_engines")
def test_what_an_engine_changes_outside_its_mask_is_put_back():
    result = show(replace(BOX, badge=False))
    assert result.engine == "leaky"
    assert not unlike(result, ROOM).any()
    assert (opened(result.shown[0].png)[:50, :50] == (200, 0, 0)).all()


@pytest.mark.usefixtures("two_engines")
def test_a_licence_is_kept_and_a_refusal_goes_to_the_next_engine():
    assert show(replace(BOX, commercial=True)).engine == "compositor"
    assert show(replace(BOX, item=Item("impossible", title="Cabinet"))).engine == "compositor"
    with pytest.raises(InputError, match="forbids commercial use"):
        show(replace(BOX, commercial=True), engine="leaky")


def test_an_engine_that_is_not_there():
    with pytest.raises(UnknownName):
        show(BOX, engine="magic")


def test_fidelity_sees_each_kind_of_damage():
    good = Compositor().propose(BOX, 0)
    axes = judge(ROOM, good)
    assert not failing(axes)
    solid = good.product > 0.9
    tinted, moved, leaking = good.picture.copy(), good.picture.copy(), good.picture.copy()
    tinted[solid] = (40, 120, 200)
    moved[solid] = np.roll(good.picture, 25, 1)[solid]
    leaking[0, 0] += 1
    assert "colour" in failing(judge(ROOM, replace(good, picture=tinted)))
    assert judge(ROOM, replace(good, picture=moved))["texture"] < axes["texture"] - 0.3
    assert "outside" in failing(judge(ROOM, replace(good, picture=leaking)))
    assert "silhouette" in failing(judge(ROOM, replace(good, region=np.roll(good.region, 200, 1))))
    assert "identity" in failing(judge(ROOM, replace(good, keep=solid)))


@pytest.mark.parametrize(
    ("region", "said"),
    [
        (Region(at=(9000.0, 350.0)), "the place at 9000, 350 is far outside"),
        (Region(at=(float("nan"), 5.0)), "the place at nan, 5 is far outside"),
        (Region(points={"left elbow": (9999.0, 1.0)}), "the left elbow at 9999, 1 is far outside"),
        (Region(box=(-50, 10, -5, 60)), "the box -50,10,-5,60 is outside"),
    ],
)
def test_what_is_far_outside_the_photo_is_said(region, said):
    with pytest.raises(InputError, match=said):
        show(replace(BOX, region=region))


@pytest.mark.parametrize("part", ["context", "product"])
def test_a_picture_of_hardly_any_pixels_is_said(part):
    with pytest.raises(InputError, match="4000 x 1 pixels"):
        show(replace(BOX, **{part: np.zeros((1, 4000, 3), np.uint8)}))
