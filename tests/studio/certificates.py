"""A shop's certificate from a test authority, and what others read in a file that was signed with it."""

import io
import json
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NOT_FOR = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only",
           "decipher_only")  # fmt: skip


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


def write_keys(root):
    """A folder with a shop's certificate, issued by a test authority, and its key."""
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
