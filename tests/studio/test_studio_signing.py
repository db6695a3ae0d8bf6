"""Signed manifests: what a picture says of itself is read back by c2pa, and a changed pixel is found out."""

import io
import json
import sys
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from PIL import Image

import tastemaker as tm
from tastemaker.core.errors import ConfigError, MissingExtra
from tastemaker.studio.signing import COMPOSED, DRAWN, TOLD, Signer
from tests.studio.scenes import mannequin, write_shop

NOT_FOR = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only",
           "decipher_only")  # fmt: skip
PIXELS = np.random.default_rng(0).integers(0, 256, (48, 64, 3)).astype(np.uint8)


def certificate(subject, issuer, key, by, *, authority):
    """A certificate for a key, issued by another."""
    names = [x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, name)]) for name in (subject, issuer)]
    now = datetime.now(UTC)
    usage = dict.fromkeys(NOT_FOR, False) | {
        "digital_signature": not authority,
        "key_cert_sign": authority,
        "crl_sign": authority,
    }
    made = x509.CertificateBuilder(*reversed(names), key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=9))
    made = made.add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    made = made.add_extension(x509.KeyUsage(**usage), critical=True)
    made = made.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
    made = made.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    if not authority:
        made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    return made.sign(by, hashes.SHA256()).public_bytes(Encoding.PEM)


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """A folder with a shop's certificate, issued by a test authority, and its key."""
    root = tmp_path_factory.mktemp("keys")
    authority, shop = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    chain = certificate("A shop", "A test authority", shop, authority, authority=False)
    chain += certificate("A test authority", "A test authority", authority, authority, authority=True)
    (root / "shop.pem").write_bytes(chain)
    for name, key in (("shop.key", shop), ("other.key", authority)):
        (root / name).write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return root


def settings(**changed):
    return {"certificate": "shop.pem", "key": "shop.key"} | changed


def read(data, format="image/png"):
    """Whether a file is as it was signed, and its manifest."""
    import c2pa

    with c2pa.Reader(format, io.BytesIO(data)) as reader:
        told = json.loads(reader.json())
    return told["validation_state"], told["manifests"][told["active_manifest"]]


def saved(format):
    stream = io.BytesIO()
    Image.fromarray(PIXELS).save(stream, format)
    return stream.getvalue()


@pytest.mark.parametrize("format", ["PNG", "JPEG"])
def test_what_was_signed_is_read_back(keys, format):
    kind = f"image/{format.lower()}"
    made = Signer.open(settings(), keys).sign(saved(format), {"item": "tee-1"}, drawn=True, format=kind)
    state, manifest = read(made, kind)
    assert state == "Valid"
    assert manifest["signature_info"]["issuer"] == "A shop"
    told = {each["label"]: each["data"] for each in manifest["assertions"]}
    assert told[TOLD] == {"item": "tee-1"}
    assert told["c2pa.actions.v2"]["actions"][0]["digitalSourceType"] == DRAWN
    assert np.array_equal(*(np.asarray(Image.open(io.BytesIO(data))) for data in (made, saved(format))))


def test_a_changed_pixel_is_found_out(keys):
    made = bytearray(Signer.open(settings(), keys).sign(saved("PNG"), {}, drawn=False))
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
        Signer.open(settings(**changed), keys).sign(saved("PNG"), {}, drawn=True)
