"""Settings of the server: who may ask, and how much may be sent."""

from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from tastemaker.core.config import Config
from tastemaker.core.errors import ConfigError

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")


class ServerSettings(Config):
    """How a shop is served."""

    host: str = "127.0.0.1"
    """Address to bind. Anything but the machine itself needs a key."""

    port: int = Field(default=8000, ge=0, le=65535)
    """Port to bind; 0 takes a free one."""

    workers: int = Field(default=1, ge=1, le=64)
    """Processes that answer. They map what was fitted into memory together; one of them has the page, conversations and
    jobs. About one a core."""

    api_key: SecretStr = SecretStr("")
    """The operator's key, for everything: sent as X-API-Key, Bearer, or Basic as the password. Keys that open less are
    made by ``tastemaker keys``. Where there is any key, only the health checks go without."""

    max_body_bytes: int = Field(default=12_000_000, ge=1_000)
    """Largest request body, in bytes; a larger one is refused before it is parsed."""

    body_seconds: float = Field(default=30.0, gt=0)
    """Seconds until the whole body of a request must be there."""

    requests_per_second: float = Field(default=100.0, gt=0)
    """How often a key that says nothing else may ask; two seconds' worth may come at once. The operator's key and this
    machine without a key are not counted."""

    cors_origins: tuple[str, ...] = ()
    """Sites whose pages may ask, ``https://shop.example``; none by default."""

    hosts: tuple[str, ...] = ()
    """Names answered to in the Host header. Empty: the machine's own names when bound to it, any otherwise."""

    jobs_kept: int = Field(default=50, ge=1)
    """Finished jobs that ``GET /jobs`` remembers."""

    look_every: float = Field(default=2.0, gt=0)
    """Seconds between two looks for a version that another process has published or rolled back."""

    drain_seconds: float = Field(default=0.0, ge=0, le=300)
    """When told to stop, how long ``/readyz`` says no before the door is shut, so that a balancer sends nobody here."""

    log_level: Literal["error", "warning", "info"] = "warning"
    """What is written to stderr, as one JSON object a line; ``info`` is a line for every request."""

    @field_validator("cors_origins")
    @classmethod
    def _are_origins(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        """Each is a scheme and a host, nothing else: no path, no star."""
        for origin in given:
            parts = urlsplit(origin)
            if parts.scheme not in ("http", "https") or origin != f"{parts.scheme}://{parts.netloc}" or "*" in origin:
                raise ValueError(f"{origin[:80]!r} is no origin; give e.g. https://shop.example")
        return given

    @property
    def is_local(self) -> bool:
        """True when only this machine can reach the bound address."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def answered_names(self) -> tuple[str, ...]:
        """Host names that are answered; empty for any."""
        if self.hosts:
            return self.hosts
        return (*LOOPBACK_NAMES, self.host) if self.is_local else ()

    def refuse_open_door(self, *, keys: bool = False) -> None:
        """Refuse a public address without a key.

        Args:
            keys: do the shops have keys of their own?

        Raises:
            ConfigError: the address can be reached from other machines and no key is set.
        """
        if not self.is_local and not keys and not self.api_key.get_secret_value():
            raise ConfigError(
                f"{self.host!r} can be reached from other machines, and no api key is set",
                hint="`tastemaker keys SHOP create NAME`, give --api-key, or bind 127.0.0.1",
            )


def read_key(given: str, file: Path | None = None) -> SecretStr:
    """The key as given, or from a file's first line, so that it need not stand on a command line.

    Raises:
        ConfigError: the file cannot be read, or the key is too short to be one.
    """
    if file is not None:
        try:
            given = file.read_text(encoding="utf-8").strip().split("\n")[0]
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"key file {file.name!r} cannot be read", hint="one line of text") from error
    if given and len(given) < 8:
        raise ConfigError("the api key is shorter than 8 characters", hint="e.g. `openssl rand -hex 16`")
    return SecretStr(given)
