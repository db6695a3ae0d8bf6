"""Licences by card, file and name; of several the strictest; what is not known is not commercial."""

import json

import pytest

from tastemaker.studio.pretrained.licences import licence_of


@pytest.mark.parametrize(
    ("card", "name", "commercial"),
    [
        ("---\nlicense: apache-2.0\ntags:\n- x\n---\n", "apache-2.0", True),
        ("---\nlicense: cc-by-nc-4.0\n---\n", "cc-by-nc-4.0", False),
        (
            "---\nlicense: other\nlicense_name: flux-1-dev-non-commercial-license\n---\n",
            "flux-1-dev-non-commercial-license",
            False,
        ),
        ('---\nlicense: "mit" # free\n---\n', "mit", True),
        ("# A model\nlicense: mit\n", "unknown", False),
    ],
)
def test_a_card(tmp_path, card, name, commercial):
    (tmp_path / "README.md").write_text(card)
    found = licence_of(tmp_path, "weights")
    assert (found.name, found.commercial) == (name, commercial)


def test_a_licence_file_and_a_card_that_says_otherwise(tmp_path):
    (tmp_path / "LICENSE.md").write_text("FLUX.1 [dev] Non-Commercial\nLicense v1.1\n")
    assert licence_of(tmp_path, "weights").name == "flux-1-dev-non-commercial-license"
    (tmp_path / "README.md").write_text("---\nlicense: apache-2.0\n---\n")
    found = licence_of(tmp_path, "weights")
    assert (found.commercial, found.source) == (False, "LICENSE.md")


@pytest.mark.parametrize(
    ("name", "commercial"),
    [
        ("black-forest-labs/FLUX.1-schnell", True),
        ("black-forest-labs/FLUX.1-Kontext-dev", False),
        ("black-forest-labs/FLUX.2-klein-4B", True),
        ("black-forest-labs/FLUX.2-klein-9B", False),
        ("Qwen/Qwen-Image-Edit-2509", True),
        ("stable-diffusion-v1-5/stable-diffusion-inpainting", True),
        ("somebody/something", False),
    ],
)
def test_a_name(tmp_path, name, commercial):
    assert licence_of(tmp_path, name).commercial is commercial
    cached = tmp_path / f"models--{name.replace('/', '--')}" / "snapshots" / "0"
    cached.mkdir(parents=True)
    assert licence_of(cached, str(cached)).commercial is commercial


def test_parts_made_from_other_weights_count(tmp_path):
    (tmp_path / "README.md").write_text("---\nlicense: mit\n---\n")
    (tmp_path / "transformer").mkdir()
    part = tmp_path / "transformer" / "config.json"
    part.write_text(json.dumps({"_name_or_path": "black-forest-labs/FLUX.1-dev"}))
    assert not licence_of(tmp_path, "weights").commercial


def test_what_the_user_states_overrules(tmp_path):
    (tmp_path / "README.md").write_text("---\nlicense: cc-by-nc-4.0\n---\n")
    assert licence_of(tmp_path, "weights", "apache-2.0").commercial
    own = licence_of(tmp_path, "weights", "our contract")
    assert (own.commercial, own.known) == (False, False)
    assert licence_of(tmp_path, "weights", "our contract", commercial=True).commercial
    assert not licence_of(tmp_path, "black-forest-labs/FLUX.1-schnell", commercial=False).commercial
