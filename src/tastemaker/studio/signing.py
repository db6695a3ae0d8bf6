"""A signed statement in a picture's file that it was generated, as other programs read it: a C2PA manifest.

The text in a PNG can be changed by anybody; a manifest says who vouches for it, and that no pixel has changed since. It
needs a certificate and its key, which the shop has, and c2pa-python (the extra ``signed``). Nothing is asked on the
network unless an authority for time stamps is named.

Source: Coalition for Content Provenance and Authenticity, "C2PA Technical Specification", 2.2.
"""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Literal, Self

from pydantic import Field

from tastemaker.core.config import Config
from tastemaker.core.errors import ConfigError, MissingExtra

SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/"
IMAGINED = f"{SOURCE}trainedAlgorithmicMedia"
DRAWN, COMPOSED = f"{SOURCE}compositeWithTrainedAlgorithmicMedia", f"{SOURCE}compositeSynthetic"
"""How a picture came about, in the words of the IPTC: a trained model drew all of it, or a part, or parts were put
together."""
TOLD = "app.tastemaker.shown"
"""Label of what the picture says of itself, the same as in a PNG's text."""
Format = Literal["image/png", "image/jpeg"]


class SigningConfig(Config):
    """The table ``[signing]``."""

    certificate: str = Field(default="", max_length=500)
    """PEM file with the certificate and those it rests on, its own first, seen from the workspace; empty signs
    nothing."""
    key: str = Field(default="", max_length=500)
    """PEM file with the certificate's private key (PKCS #8, without a password), seen from the workspace."""
    algorithm: Literal["es256", "es384", "es512", "ps256", "ps384", "ps512", "ed25519"] = "es256"
    """Of the key."""
    timestamps: str = Field(default="", max_length=500)
    """Address of an authority that certifies when a picture was signed, asked each time; empty asks nobody."""


@dataclass(frozen=True)
class Signer:
    """Signs pictures with a shop's certificate.

    Attributes:
        config: which key, which algorithm.
        root: the folder from which paths are seen.
    """

    config: SigningConfig
    root: Path

    @classmethod
    def open(cls, settings: Mapping[str, object], root: Path) -> Self | None:
        """The signer of a workspace; None when its settings name no certificate.

        Raises:
            ConfigError: a setting is unknown, or a file is not there.
            MissingExtra: c2pa-python is not installed.
        """
        config = SigningConfig.read(settings)
        if not config.certificate:
            return None
        signer = cls(config, root)
        signer._read(config.certificate, "certificate")
        signer._read(config.key, "key")
        try:
            import c2pa  # noqa: F401
        except ImportError:
            raise MissingExtra("c2pa-python", "signed") from None
        return signer

    def sign(self, picture: bytes, told: Mapping[str, object], how: str, *, format: Format = "image/png") -> bytes:
        """A picture's file with a signed manifest.

        Args:
            picture: the file.
            told: what it says of itself.
            how: it came about: ``IMAGINED``, ``DRAWN`` or ``COMPOSED``.
            format: of the file.

        Raises:
            ConfigError: certificate, key and algorithm do not fit together, or are not fit to sign.
        """
        import c2pa

        action = {"action": "c2pa.created", "digitalSourceType": how, "softwareAgent": {"name": "Tastemaker"}}
        manifest = {
            "claim_generator_info": [{"name": "Tastemaker", "version": version("tastemaker")}],
            "format": format,
            "assertions": [
                {"label": "c2pa.actions.v2", "data": {"actions": [action]}},
                {"label": TOLD, "data": dict(told)},
            ],
        }
        certificate, key = self._read(self.config.certificate, "certificate"), self._read(self.config.key, "key")
        asked = self.config.timestamps.encode() or None
        made = io.BytesIO()
        try:
            context = c2pa.Context.from_dict({"builder": {"thumbnail": {"enabled": False}}})
            signer = c2pa.Signer.from_info(c2pa.C2paSignerInfo(self.config.algorithm, certificate, key, asked))
            c2pa.Builder.from_json(json.dumps(manifest), context).sign(signer, format, io.BytesIO(picture), made)
        except c2pa.C2paError as error:
            hint = "see [signing]: a chain that a signer may use, its key, and the key's algorithm"
            raise ConfigError(f"the picture cannot be signed: {error}", hint=hint) from None
        return made.getvalue()

    def _read(self, name: str, what: str) -> bytes:
        """A file of the settings; what is in it is never told."""
        path = self.root / Path(name).expanduser()
        if not name or not path.is_file():
            raise ConfigError(
                f"there is no file {name!r} with the {what} to sign with", hint=f"set {what} in [signing]"
            )
        return path.read_bytes()
