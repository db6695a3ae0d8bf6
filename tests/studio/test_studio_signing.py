"""Signed manifests: what a picture says of itself is read back by c2pa, and a changed pixel is found out."""

import io
import json
import sys

import numpy as np
import pytest
from PIL import Image

import tastemaker as tm
from tastemaker.core.errors import ConfigError, MissingExtra
from tastemaker.studio.signing import COMPOSED, DRAWN, TOLD, Signer
from tests.studio.certificates import read, settings, write_keys
from tests.studio.scenes import mannequin, write_shop

PIXELS = np.random.default_rng(0).integers(0, 256, (48, 64, 3)).astype(np.uint8)


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    return write_keys(tmp_path_factory.mktemp("keys"))


def saved(format):
    stream = io.BytesIO()
    Image.fromarray(PIXELS).save(stream, format)
    return stream.getvalue()


@pytest.mark.parametrize("format", ["PNG", "JPEG"])
def test_what_was_signed_is_read_back(keys, format):
    kind = f"image/{format.lower()}"
    made = Signer.open(settings(), keys).sign(saved(format), {"item": "tee-1"}, DRAWN, format=kind)
    state, manifest = read(made, kind)
    assert state == "Valid"
    assert manifest["signature_info"]["issuer"] == "A shop"
    told = {each["label"]: each["data"] for each in manifest["assertions"]}
    assert told[TOLD] == {"item": "tee-1"}
    assert told["c2pa.actions.v2"]["actions"][0]["digitalSourceType"] == DRAWN
    assert np.array_equal(*(np.asarray(Image.open(io.BytesIO(data))) for data in (made, saved(format))))


def test_a_changed_pixel_is_found_out(keys):
    made = bytearray(Signer.open(settings(), keys).sign(saved("PNG"), {}, COMPOSED))
    made[-60] ^= 1
    assert read(bytes(made))[0] == "Invalid"


def test_a_shop_signs_what_it_shows(keys, tmp_path):
    root = write_shop(tmp_path / "shop")
    lines = "\n".join(f'{name} = "{keys / value}"' for name, value in settings().items())
    (root / "tastemaker.toml").write_text(f"[signing]\n{lines}\n")
    shown = tm.open(root).try_on("tee-1", Image.fromarray(mannequin()), consent=True).shown[0]
    state, manifest = read(shown.png)
    assert state == "Valid"
    told = {each["label"]: each["data"] for each in manifest["assertions"]}
    assert told[TOLD] == json.loads(Image.open(io.BytesIO(shown.png)).text["Tastemaker"])
    assert told[TOLD]["item"] == "tee-1"
    assert told["c2pa.actions.v2"]["actions"][0]["digitalSourceType"] == COMPOSED


def test_a_shop_signs_what_it_prints(keys, tmp_path):
    root = write_shop(tmp_path / "shop")
    lines = "\n".join(f'{name} = "{keys / value}"' for name, value in settings().items())
    (root / "tastemaker.toml").write_text(f"[signing]\n{lines}\n")
    shop = tm.open(root)
    made = shop.creative("tee-1").creatives[0]
    state, manifest = read(shop.creatives.file(made.name, "png"))
    assert state == "Valid"
    told = {each["label"]: each["data"] for each in manifest["assertions"]}
    assert told[TOLD]["items"] == ["tee-1"]
    assert [fact["text"] for fact in told[TOLD]["facts"]] == [fact.text for fact in made.facts]
    assert told["c2pa.actions.v2"]["actions"][0]["digitalSourceType"] == COMPOSED


def test_without_a_certificate_nothing_is_signed(tmp_path):
    assert Signer.open({}, tmp_path) is None


def test_a_missing_extra_says_what_to_install(keys, monkeypatch):
    monkeypatch.setitem(sys.modules, "c2pa", None)
    with pytest.raises(MissingExtra) as caught:
        Signer.open(settings(), keys)
    assert caught.value.hint == "pip install 'tastemaker[signed]'"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"key": "other.key"}, "cannot be signed"),
        ({"algorithm": "es384"}, "cannot be signed"),
        ({"certificate": "shop.key"}, "cannot be signed"),
        ({"key": "nowhere.key"}, "no file 'nowhere.key' with the key"),
        ({"key": ""}, "no file '' with the key"),
        ({"sertificate": "shop.pem"}, "unknown setting"),
    ],
)
def test_what_does_not_fit_is_said(keys, changed, said):
    with pytest.raises(ConfigError, match=said):
        Signer.open(settings(**changed), keys).sign(saved("PNG"), {}, DRAWN)
