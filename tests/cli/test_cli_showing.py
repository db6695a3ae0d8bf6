"""`try-on` and `place` on the command line: the fixed shape of the answer, a refusal is no failure."""

import json

import numpy as np
import pytest
from PIL import Image

from tastemaker.cli.app import run
from tests.studio.scenes import mannequin, wall, write_shop


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    root = write_shop(tmp_path_factory.mktemp("shows") / "shop")
    for name, pixels in (("me", mannequin()), ("wall", wall()), ("room", np.full((300, 400, 3), 205, np.uint8))):
        Image.fromarray(pixels).save(root / f"{name}.png")
    return root


def test_try_on(shop, tmp_path, capsys):
    out = tmp_path / "new" / "me-in-it.png"
    words = ["try-on", str(shop), "--item", "tee-1", "--person", str(shop / "me.png"), "--consent", "--out", str(out)]
    assert run([*words, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {"engine", "mask", "fidelity", "warnings", "refused"} <= set(told)
    assert (told["engine"], told["refused"]) == ("compositor", None)
    photo, shown, mask = (np.asarray(Image.open(path)) for path in (shop / "me.png", out, told["mask"]))
    assert (shown == photo)[mask == 0].all()
    assert (shown != photo).any()


def test_a_refusal_is_an_answer_and_writes_no_picture(shop, tmp_path, capsys):
    out = tmp_path / "none.png"
    words = ["try-on", str(shop), "--item", "tee-1", "--person", str(shop / "wall.png"), "--consent", "--out", str(out)]
    assert run([*words, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert "no person" in told["refused"]
    assert told["mask"] is None
    assert not out.exists()
    assert run(words) == 0
    assert "not shown: no person" in capsys.readouterr().out


def test_without_consent_it_is_used_wrongly(shop, tmp_path, capsys):
    assert run(["try-on", str(shop), "--item", "tee-1", "--person", str(shop / "me.png")]) == 2
    assert "hint: ask them" in capsys.readouterr().err


def test_place(shop, tmp_path, capsys):
    out = tmp_path / "room.png"
    words = ["place", str(shop), "--item", "box-1", "--room", str(shop / "room.png"), "--out", str(out)]
    floor = ["--floor", "40,290 360,290 280,200 120,200", "--floor-size", "3x3", "--no-badge"]
    assert run([*words, *floor, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["refused"] is None
    assert any("usual" in warning for warning in told["warnings"])
    with Image.open(out) as shown:
        assert shown.size == (400, 300)


@pytest.mark.parametrize(
    "wrong",
    [
        ["--floor", "1,2 3,4"],
        ["--floor", "a"],
        ["--floor-size", "3"],
        ["--at", "1"],
        ["--at", "nan,5"],
        ["--box", "5,5,1,1"],
        ["--box", "inf,0,10,10"],
    ],
)
def test_numbers_that_are_none(shop, capsys, wrong):
    assert run(["place", str(shop), "--item", "box-1", "--room", str(shop / "room.png"), *wrong]) == 2
    assert "hint:" in capsys.readouterr().err


def test_a_person_is_corrected(shop, tmp_path, capsys):
    brush = np.zeros((512, 384), np.uint8)
    brush[:, :192] = 255
    Image.fromarray(brush).save(tmp_path / "brush.png")
    out = tmp_path / "half.png"
    words = ["try-on", str(shop), "--item", "tee-1", "--person", str(shop / "me.png"), "--consent", "--out", str(out)]
    assert run([*words, "--brush", str(tmp_path / "brush.png"), "--point", "belt=192,250", "--no-badge", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert "right shoulder" in told["points"]
    assert not np.asarray(Image.open(told["mask"]))[:, 192:].any()
    assert run([*words, "--point", "belt"]) == 2
    assert "left shoulder=120,80" in capsys.readouterr().err
    assert run([*words, "--instruction", "sleeves rolled up"]) == 2
    assert "does not follow words" in capsys.readouterr().err


def test_a_product_is_turned_and_scaled(shop, tmp_path, capsys):
    words = ["place", str(shop), "--item", "box-1", "--room", str(shop / "room.png"), "--out", str(tmp_path / "r.png")]
    assert run([*words, "--turn", "20", "--scale", "0.5", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert len(told["size"]) == 3
    assert any("50%" in warning for warning in told["warnings"])
