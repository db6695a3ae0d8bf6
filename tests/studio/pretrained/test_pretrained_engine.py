"""Weights of others through the whole studio: exact outside, judged like any engine, licences kept, stoppable."""

import io
import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

import tastemaker as tm
from tastemaker.catalog.items import Item
from tastemaker.core.errors import Cancelled, InputError
from tastemaker.core.progress import Advanced, Cancellable, silent
from tastemaker.studio import fidelity
from tastemaker.studio.compositor import Compositor
from tastemaker.studio.engines import Means
from tastemaker.studio.pretrained.engine import PretrainedEngine
from tastemaker.studio.pretrained.families import FAMILIES, Scene, accepted
from tastemaker.studio.pretrained.loading import opened as open_painter
from tastemaker.studio.pretrained.painting import Manner, Window, laid_back, paint
from tastemaker.studio.pretrained.settings import PretrainedEngineConfig
from tastemaker.studio.pretrained.weights import weights_of
from tastemaker.studio.request import Region, VisualRequest
from tastemaker.studio.showing import show
from tastemaker.studio.sizes import Size
from tests.studio.pretrained import tiny
from tests.studio.scenes import box, mannequin, tee, write_shop

MADE = {
    "sd": tiny.stable_diffusion_inpaint,
    "klein": tiny.flux2_klein,
    "qwen": tiny.qwen_edit_plus,
    "kontext": tiny.flux_kontext,
}
TEE = VisualRequest("try_on", Item("tee", title="Tee"), tee()[0], mannequin()[:503, :377], worn="top", consent=True)
ROOM = np.random.default_rng(0).integers(150, 220, (120, 160, 3)).astype(np.uint8).repeat(3, 0).repeat(3, 1)
BOX = VisualRequest("place", Item("box", title="Cabinet"), box()[0], ROOM, size=Size(1.0, 0.4, 0.6))


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """A folder with every tiny pipeline; the pictures that Qwen pipelines look at are small, too."""
    from diffusers.pipelines.qwenimage import pipeline_qwenimage_edit_plus as qwen

    root = tmp_path_factory.mktemp("weights")
    for name, save in MADE.items():
        save(root / name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(qwen, "VAE_IMAGE_SIZE", 64 * 64)
        patch.setattr(qwen, "CONDITION_IMAGE_SIZE", 64 * 64)
        yield root


@pytest.fixture
def lenient(monkeypatch):
    """Random weights draw nonsense, which is refused; here it is shown, so that the way of a picture is seen."""
    monkeypatch.setattr(fidelity, "THRESHOLDS", {"outside": 1.0, "identity": 0.98})


def means(root, name, **settings):
    return Means(root, settings={"pretrained": {"model": name, "steps": 2, "size": 96, "strength": 0.9} | settings})


def opened(data):
    return np.asarray(Image.open(io.BytesIO(data)))


@pytest.mark.parametrize("name", MADE)
def test_a_pipeline_paints_the_region_and_nothing_else(weights, name):
    seen = []
    engine = PretrainedEngine(means(weights, name))
    assert engine.lacks() == ""
    made = engine.propose(TEE, 3, seen.append)
    changed = (made.picture != TEE.context).any(2)
    assert not changed[~made.mask].any()
    assert changed[made.mask].mean() > 0.5
    assert made.keep is not None
    assert not changed[made.keep].any()
    steps = [event for event in seen if isinstance(event, Advanced)]
    assert [event.done for event in steps] == list(range(1, len(steps) + 1))
    assert steps[-1].total == len(steps)
    assert np.array_equal(engine.propose(TEE, 3).picture, made.picture)
    assert not np.array_equal(engine.propose(TEE, 4).picture, made.picture)


def test_a_room_is_painted_and_a_brush_limits(weights):
    brush = np.zeros(ROOM.shape[:2], np.bool_)
    brush[:, :240] = True
    made = PretrainedEngine(means(weights, "sd")).propose(replace(BOX, region=Region(brush=brush)), 0)
    changed = (made.picture != ROOM).any(2)
    assert changed.any()
    assert not changed[:, 240:].any()


def test_what_a_pipeline_without_a_mask_made_of_the_scene_is_judged(weights):
    made = PretrainedEngine(means(weights, "qwen")).propose(TEE, 0)
    axes = fidelity.judge(TEE.context, made)
    assert "drift" in fidelity.failing(axes)
    assert "drift" not in PretrainedEngine(means(weights, "sd")).propose(TEE, 0).checks


def test_nonsense_is_refused_and_the_compositor_answers(weights):
    alone = show(TEE, engine="pretrained", means=means(weights, "sd"))
    assert "colours" in alone.refused
    assert alone.shown == ()
    assert alone.fidelity["outside"] == 1.0
    both = show(TEE, means=means(weights, "sd"))
    assert (both.refused, both.engine) == (None, "compositor")


@pytest.mark.usefixtures("lenient")
def test_from_a_shop_to_a_file(weights, tmp_path):
    root = write_shop(tmp_path / "shop")
    for task in ("try_on", "place"):
        (root / "tastemaker.toml").write_text(
            f'[studio.pretrained]\nmodel = "{weights / "sd"}"\nsteps = 1\nsize = 64\nlicence = "apache-2.0"\n'
        )
        shop = tm.open(root)
        person, room = Image.fromarray(TEE.context), Image.fromarray(ROOM)
        if task == "try_on":
            photo, result = TEE.context, shop.try_on("tee-1", person, consent=True, badge=False, commercial=True)
        else:
            photo, result = ROOM, shop.place("box-1", room, badge=False, commercial=True)
        assert (result.refused, result.engine, result.licence) == (None, "pretrained", "apache-2.0")
        assert any("drawn by sd (StableDiffusionInpaintPipeline)" in warning for warning in result.warnings)
        shown = result.shown[0]
        assert np.array_equal(opened(shown.png)[opened(shown.mask) == 0], photo[opened(shown.mask) == 0])
        told = json.loads(Image.open(io.BytesIO(shown.png)).text["Tastemaker"])
        assert told["model"] == "sd (StableDiffusionInpaintPipeline)"
        assert str(weights) not in json.dumps(told)


def test_commercial_use_is_refused_unless_the_licence_allows_it(weights):
    asked = replace(TEE, commercial=True)
    with pytest.raises(InputError, match=r"'sd'.*licence is not known.*state it under \[studio.pretrained\]"):
        show(asked, engine="pretrained", means=means(weights, "sd"))
    with pytest.raises(InputError, match=r"cc-by-nc-4\.0, which forbids commercial use"):
        show(asked, engine="pretrained", means=means(weights, "sd", licence="cc-by-nc-4.0"))
    assert show(asked, means=means(weights, "sd")).engine == "compositor"
    assert PretrainedEngine(means(weights, "sd", licence="mit")).commercial
    bought = PretrainedEngine(means(weights, "sd", licence="our contract", commercial=True))
    assert (bought.licence, bought.commercial) == ("our contract", True)
    warned = PretrainedEngine(means(weights, "sd")).propose(TEE, 0).warnings
    assert any("does not allow commercial use" in warning for warning in warned)


def test_an_ip_adapter_shows_the_product_to_stable_diffusion(weights):
    tiny.ip_adapter(weights / "ip", weights / "sd")
    grey = Image.new("RGB", (64, 64), (128, 128, 128))
    scenes = [
        Scene(grey, grey, Image.new("L", (64, 64), 255), Image.fromarray(product), "a tee")
        for product in (tee()[0], tee(colour=(20, 90, 200))[0])
    ]

    def drawn(scene, **settings):
        found = weights_of(PretrainedEngineConfig(model="sd", **settings), weights)
        return np.asarray(paint(open_painter(found), found.family, scene, Manner(steps=2), silent))

    assert np.array_equal(drawn(scenes[0]), drawn(scenes[1]))
    shown = [drawn(scene, ip_adapter="ip/adapter.safetensors") for scene in scenes]
    assert not np.array_equal(*shown)


@pytest.mark.parametrize("name", ["klein", "kontext"])
def test_the_products_own_picture_guides_what_is_painted(weights, name):
    grey, mask = Image.new("RGB", (64, 64), (128, 128, 128)), np.zeros((64, 64), np.uint8)
    mask[16:48, 16:48] = 255
    found = weights_of(PretrainedEngineConfig(model=name), weights)
    painter = open_painter(found)

    def drawn(product):
        scene = Scene(grey, grey, Image.fromarray(mask), Image.fromarray(product), "a tee")
        return np.asarray(paint(painter, found.family, scene, Manner(steps=2), silent))[mask > 0]

    red, blue = tee()[0], tee(colour=(20, 90, 200))[0]
    assert np.array_equal(drawn(red), drawn(red))
    assert not np.array_equal(drawn(red), drawn(blue))


def test_doctor_tells_licence_and_memory_and_what_is_wrong(weights, tmp_path):
    root = write_shop(tmp_path / "shop")
    (root / "tastemaker.toml").write_text(f'[studio.pretrained]\nmodel = "{weights / "klein"}"\nlicence = "mit"\n')
    told = tm.open(root).doctor()
    row = told["engines"]["pretrained"]
    assert (row["lacks"], row["licence"], row["commercial"]) == ("", "mit", True)
    assert row["memory_mb"] > 500
    assert not any("engine" in advice for advice in told["advice"])
    (root / "tastemaker.toml").write_text('[studio.pretrained]\nmodel = "nowhere"\n')
    assert any("there are no weights 'nowhere'" in advice for advice in tm.open(root).doctor()["advice"])
    (root / "tastemaker.toml").write_text("[studio.pretrained]\nmodle = 'x'\n")
    assert any("unknown setting 'modle'" in advice for advice in tm.open(root).doctor()["advice"])


def test_every_family_fits_the_pipelines_of_this_diffusers():
    import diffusers

    for opened_as, family in FAMILIES.values():
        taken = accepted(getattr(diffusers, opened_as).__call__, dict.fromkeys(family.needs | set(family.further)))
        assert taken.keys() == family.needs | set(family.further), opened_as


def test_a_call_gets_only_what_it_takes():
    def call(prompt, image, strength=1.0):
        return prompt, image, strength

    assert accepted(call, {"prompt": "a", "image": 1, "mask_image": 2}) == {"prompt": "a", "image": 1}


def test_it_stops_at_a_step_and_draws_again_afterwards(weights):
    class Once(Cancellable):
        def __call__(self, event):
            if isinstance(event, Advanced) and event.task == "drawing":
                self.cancel()
            super().__call__(event)

    engine = PretrainedEngine(means(weights, "sd", steps=4))
    with pytest.raises(Cancelled):
        engine.propose(TEE, 0, Once())
    assert engine.propose(TEE, 0).mask.any()


def test_outside_the_mask_it_is_what_the_pipelines_own_overlay_gives(weights):
    from diffusers.image_processor import VaeImageProcessor

    generator = np.random.default_rng(1)
    photo, drawn = (generator.integers(0, 256, (96, 80, 3)).astype(np.uint8) for _ in range(2))
    mask = np.zeros((96, 80), np.bool_)
    mask[20:70, 10:60] = True
    window = Window.around(mask, 64, 16)
    ours = laid_back(photo, window.of(drawn), mask, window)
    pictures = [Image.fromarray(each) for each in (mask.astype(np.uint8) * 255, photo, drawn)]
    theirs = np.asarray(VaeImageProcessor().apply_overlay(*pictures))
    assert np.array_equal(ours[~mask], theirs[~mask])
    assert np.array_equal(ours[~mask], photo[~mask])
    assert np.array_equal(ours[45, 35], drawn[45, 35])


def test_a_window_is_around_the_region_and_of_allowed_sides():
    mask = np.zeros((300, 400), np.bool_)
    mask[100:200, 350:390] = True
    window = Window.around(mask, 500, 16)
    assert (window.left, window.top, window.right, window.bottom) == (300, 50, 400, 250)
    assert window.size == (256, 496)
    assert window.seen(mask.astype(np.uint8) * 255).size == window.size
    assert window.back(Image.new("RGB", window.size)).shape == (200, 100, 3)


def test_without_weights_it_says_what_to_set():
    with pytest.raises(InputError, match="no weights are named"):
        show(TEE, engine="pretrained")
    assert show(TEE).engine == Compositor.name
