"""``imagine`` on the small shop, drawn by the plain baseline, which learns in a moment."""

import io
import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from tastemaker.alignment.language.wording import understand
from tastemaker.core.errors import Cancelled, InputError, NotFitted, UnknownName, WorkspaceError
from tastemaker.core.progress import Advanced, Cancellable
from tastemaker.core.storage import Artefacts
from tastemaker.generators.base import Drawn
from tastemaker.shop import Shop, imagining
from tastemaker.shop import painter as painter_module
from tastemaker.shop.painter import distances, new_generator
from tastemaker.studio.signing import IMAGINED, TOLD, Signer
from tests.studio.certificates import read, settings, write_keys


@pytest.fixture
def drawing_shop(shop: Shop) -> Shop:
    return shop.fit(parts=["generators"])


def told(png: bytes) -> dict:
    return json.loads(Image.open(io.BytesIO(png)).info["Tastemaker"])


def asked_of(view, painter, request: imagining.Request):
    wording = understand(request.text, view.vocabulary, None, request.ignore)
    return imagining._condition(view, painter, request, wording)


def test_a_plain_fit_does_not_teach_it_to_draw(shop: Shop):
    assert not shop.draws
    with pytest.raises(NotFitted) as caught:
        shop.imagine("red vase")
    assert "--parts generators" in caught.value.hint


def test_words_become_attributes_and_the_nearest_items_can_be_bought(drawing_shop: Shop):
    found = drawing_shop.imagine("a red vase", n=2)
    assert [facet.label for facet in found.understood] == ["colour: red", "kind: vase"]
    assert [design.number for design in found.designs] == [0, 1]
    red, blue = (
        np.asarray(drawing_shop.imagine(f"{colour} vase", n=1).designs[0].picture, np.float32).mean((0, 1))
        for colour in ("red", "blue")
    )
    assert red[0] > blue[0]
    assert red[2] < blue[2]
    less = drawing_shop.imagine("a red vase", n=1, ignore=["colour: red"])
    assert [facet.label for facet in less.understood] == ["kind: vase"]
    for design in found.designs:
        assert len(design.nearest) == 5
        assert design.nearest[0].title.startswith("Red")
        assert all(item.price for item in design.nearest)


def test_a_drawing_is_signed(drawing_shop: Shop, tmp_path):
    signer = Signer.open(settings(), write_keys(tmp_path))
    asked = imagining.Request(n=1)
    drawn = imagining.imagine(drawing_shop.view, asked, tmp_path / "drawn", signer=signer).designs[0]
    state, manifest = read((tmp_path / "drawn" / drawn.name).read_bytes())
    assert state == "Valid"
    facts = {each["label"]: each["data"] for each in manifest["assertions"]}
    assert facts[TOLD] == told(drawn.png)
    assert facts["c2pa.actions.v2"]["actions"][0]["digitalSourceType"] == IMAGINED


def test_a_drawing_says_what_it_is_and_not_who_asked(drawing_shop: Shop):
    design = drawing_shop.imagine("a red vase", user="u1", n=1, seed=7).designs[0]
    facts = told(design.png)
    assert facts["generated"] is True
    assert (facts["generator"], facts["seed"], facts["number"], facts["text"]) == ("mean-picture", 7, 0, "a red vase")
    assert facts["attributes"] == {"colour": "red", "kind": "vase"}
    assert facts["model"] == drawing_shop.view.fitted.names["generators"]
    assert "u1" not in json.dumps(facts)


def test_the_same_seed_draws_the_same_however_many(drawing_shop: Shop):
    five = drawing_shop.imagine("blue plate", n=5, seed=3).designs
    two = drawing_shop.imagine("blue plate", n=2, seed=3).designs
    assert [design.png for design in five[:2]] == [design.png for design in two]
    assert len({design.png for design in five}) == 5
    assert drawing_shop.imagine("blue plate", n=1, seed=4).designs[0].png != two[0].png


def test_what_cannot_be_used_is_said(drawing_shop: Shop):
    notes = drawing_shop.imagine("red", image="vase-blue-0", user="u1", n=1).notes
    assert "the picture could not be used: mean-picture does not read it" in notes
    assert "the person's taste could not be used: mean-picture does not read it" in notes
    assert drawing_shop.imagine(n=1).notes == ()


def test_drawings_are_kept_and_fetched_by_name(drawing_shop: Shop):
    design = drawing_shop.imagine("red vase", n=1).designs[0]
    assert drawing_shop.drawing(design.name) == design.png
    for name in ("nothing.png", "../published.json", "", "."):
        with pytest.raises(UnknownName):
            drawing_shop.drawing(name)


def test_the_newest_are_kept(drawing_shop: Shop, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(imagining, "KEPT", 3)
    drawing_shop.imagine("red vase", n=5)
    assert len(list((drawing_shop.path / ".tastemaker" / "drawn").iterdir())) == 3


@pytest.mark.parametrize("n", [0, 65, True, 1.5])
def test_a_number_that_cannot_be_drawn(drawing_shop: Shop, n):
    with pytest.raises(InputError, match="from 1 to 64"):
        drawing_shop.imagine("red vase", n=n)


def test_cancelled_it_keeps_what_is_done(drawing_shop: Shop):
    def stop(event):
        if isinstance(event, Advanced):
            stopper.cancel()

    stopper = Cancellable(stop)
    with pytest.raises(Cancelled):
        drawing_shop.imagine("red vase", n=12, observer=stopper)
    assert len(list((drawing_shop.path / ".tastemaker" / "drawn").iterdir())) == imagining.AT_ONCE


def test_a_drawing_that_repeats_a_photo_is_found_out(drawing_shop: Shop):
    view = drawing_shop.view
    painter = view.fitted.painter
    row = view.catalog.row("lamp-green-1")
    photo = view.catalog.pictures.open(view.catalog.main_picture(row)).convert("RGB")
    height, width = painter.frame
    copy = np.asarray(photo.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=2.0))
    (near,) = imagining._nearest(view, [Drawn(0, copy)])
    assert imagining._repeats(view, painter, copy, near[0]) == "lamp-green-1"
    assert imagining._repeats(view, painter, 255 - copy, near[0]) == ""


def test_words_of_another_space_are_not_used(drawing_shop: Shop):
    view = drawing_shop.view
    other = replace(view, fitted=replace(view.fitted, names={**view.fitted.names, "space": "another"}))
    painter = other.fitted.painter
    painter.generator.modalities_in = frozenset({"attributes", "text"})
    assert asked_of(other, painter, imagining.Request("red vase"))[2] == ()  # attributes say all of it
    notes = asked_of(other, painter, imagining.Request("dreamy red vase"))[2]
    assert notes == (
        "words beyond attributes could not be used: the space was fitted again since; "
        "run `tastemaker fit SHOP --parts generators`",
    )
    condition = asked_of(view, painter, imagining.Request("red vase"))[0]
    assert np.allclose(condition.vectors["text"], view.fitted.space.embed_texts(["red vase"])[0])


def test_the_rest_fitted_again_leaves_what_draws(drawing_shop: Shop):
    before = drawing_shop.view.fitted.names["generators"]
    drawing_shop.fit(parts=["search"])
    assert drawing_shop.view.fitted.names["generators"] == before
    assert drawing_shop.imagine("red vase", n=1).designs


def test_distance_is_the_root_of_the_mean_square():
    black, white = np.zeros((1, 8, 8, 3), np.uint8), np.full((1, 8, 8, 3), 255, np.uint8)
    half = black.copy()
    half[:, :, 4:] = 255
    assert np.allclose(distances(black[0], np.concatenate([black, white, half])), [0, 1, np.sqrt(0.5)])


def test_settings_name_the_generator(shop: Shop):
    assert new_generator(shop.workspace).name == "mean-picture"
    other = shop.workspace.settings.model_copy(update={"imagine": {"generator": "gam"}})
    shop.workspace.settings = other
    with pytest.raises(UnknownName, match="gam"):
        new_generator(shop.workspace)


def test_what_was_taken_away_or_refused_does_not_pull(drawing_shop: Shop):
    view = drawing_shop.view
    painter = view.fitted.painter
    painter.generator.modalities_in = frozenset({"attributes", "text"})
    plain, less, refused = (
        asked_of(view, painter, request)
        for request in (
            imagining.Request("a vase"),
            imagining.Request("a red vase", ignore=("colour: red",)),
            imagining.Request("a vase, not red"),
        )
    )
    assert np.allclose(less[0].vectors["text"], plain[0].vectors["text"])
    assert np.allclose(refused[0].vectors["text"], plain[0].vectors["text"])
    assert refused[2] == ("mean-picture could not keep to: not: red",)
    price = asked_of(view, painter, imagining.Request("a vase under 20"))
    assert price[2] == ("mean-picture could not keep to: price under 20",)


def test_of_two_values_the_first_is_drawn_and_the_other_told(drawing_shop: Shop):
    found = drawing_shop.imagine("a red and blue vase", n=1)
    assert told(found.designs[0].png)["attributes"] == {"colour": "red", "kind": "vase"}
    assert "mean-picture could not keep to: colour: blue" in found.notes


def test_a_photo_that_items_share_is_still_a_copy():
    frames = np.repeat(np.random.default_rng(0).integers(0, 256, (6, 16, 16, 3), np.uint8), 2, axis=0)
    assert painter_module._apart(frames) == pytest.approx(painter_module._apart(frames[::2]))
    assert painter_module._apart(frames[:2]) == 0


@pytest.mark.parametrize("name", ["../shop.db", "a" * 300, "x.png", ""])
def test_a_name_that_is_no_drawing(drawing_shop: Shop, name: str):
    with pytest.raises(UnknownName):
        drawing_shop.drawing(name)


def test_words_that_are_no_text_and_odd_seeds(drawing_shop: Shop):
    with pytest.raises(InputError, match="UTF-8"):
        drawing_shop.imagine("red \udcff vase")
    for seed in (-1, 1.5, "x"):
        with pytest.raises(InputError, match="seed"):
            drawing_shop.imagine("red vase", seed=seed)


def test_a_cancelled_training_leaves_the_last_generator(drawing_shop: Shop):
    before = drawing_shop.view.fitted.names["generators"]
    stop = Cancellable()
    stop.cancel()
    with pytest.raises(Cancelled):
        drawing_shop.fit(parts=["generators"], observer=stop)
    assert drawing_shop.view.fitted.names["generators"] == before
    assert drawing_shop.imagine("red vase", n=1).designs


def test_what_another_version_wrote_is_to_be_fitted_again(drawing_shop: Shop):
    artefact = drawing_shop.view.fitted.drawing
    settings = {**artefact.config["generator"], "layout": {}}
    artefacts = Artefacts(drawing_shop.workspace.state)
    config = {**artefact.config, "generator": settings}
    strange = artefacts.write("generators", config=config, tensors=artefact.tensors(), manifest={})
    with pytest.raises(WorkspaceError, match="another version") as caught:
        _ = replace(drawing_shop.view.fitted, drawing=strange).painter
    assert "--parts generators" in caught.value.hint
    empty = artefacts.write("generators", config={}, tensors=artefact.tensors(), manifest={})
    with pytest.raises(WorkspaceError, match="no 'generator'"):
        _ = replace(drawing_shop.view.fitted, drawing=empty).painter
