"""Settings of the server: who may ask, and how much may be sent."""

from ipaddress import ip_address
from pathlib import Path

from pydantic import Field, SecretStr

from tastemaker.core.config import Config
from tastemaker.core.errors import ConfigError

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")


class ServerSettings(Config):
    """How a shop is served."""

    host: str = "127.0.0.1"
    """Address to bind. Anything but the machine itself needs ``api_key``."""

    port: int = Field(default=8000, ge=0, le=65535)
    """Port to bind; 0 takes a free one."""

    api_key: SecretStr = SecretStr("")
    """When set, every request but the health checks must carry it (X-API-Key, Bearer, or Basic as the password)."""

    max_body_bytes: int = Field(default=12_000_000, ge=1_000)
    """Largest request body, in bytes; a larger one is refused before it is parsed."""

    hosts: tuple[str, ...] = ()
    """Names answered to in the Host header. Empty: the machine's own names when bound to it, any otherwise."""

    jobs_kept: int = Field(default=50, ge=1)
    """Finished jobs that ``GET /jobs`` remembers."""

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

    def refuse_open_door(self) -> None:
        """Refuse a public address without a key.

        Raises:
            ConfigError: the address can be reached from other machines and no key is set.
        """
        if not self.is_local and not self.api_key.get_secret_value():
            raise ConfigError(
                f"{self.host!r} can be reached from other machines, and no api key is set",
                hint="give --api-key, or bind 127.0.0.1",
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
