"""The service on Ray Serve: replicas of the API on the machines of a cluster, behind Ray's own door.

Each replica opens the shop by its path, as a worker of ``tastemaker serve --workers`` does, and follows new versions as
it does. The page, and what one process must remember (conversations, jobs), need ``tastemaker serve`` itself.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tastemaker.core.errors import ConfigError
from tastemaker.scale.cluster import joined
from tastemaker.server.service import Service
from tastemaker.server.settings import ServerSettings

NAME = "tastemaker"
QUIET = {"log_level": "ERROR", "enable_access_log": False}
"""Ray's own lines would hold paths, and those name people; ours are in its log files."""


@contextmanager
def deployed(folder: Path, settings: ServerSettings) -> Iterator[str]:
    """The API of a shop, answering; gives the address.

    Args:
        folder: the workspace, under this path on every machine that has a replica.
        settings: ``workers`` is the number of replicas, one core each; keys are those of ``tastemaker keys``.

    Raises:
        ConfigError: a public address without a key, or a key that would have to travel through the cluster.
        MissingExtra: Ray is not installed.
    """
    from tastemaker.catalog.workspace import Workspace
    from tastemaker.server.keys import Keyring

    if settings.api_key.get_secret_value():
        raise ConfigError("an api key would travel to every machine", hint="`tastemaker keys SHOP create NAME` instead")
    settings.refuse_open_door(keys=bool(Keyring.of(Workspace.open(folder).state).all()))
    with joined(settings.workers + 1):
        from ray import serve

        door = {"host": settings.host, "port": settings.port}
        serve.start(http_options=door, logging_config=QUIET)
        replica = serve.deployment(serve.ingress(_builder(str(folder.absolute()), settings.model_dump(mode="json")))())
        told = replica.options(num_replicas=settings.workers, ray_actor_options={"num_cpus": 1}, logging_config=QUIET)
        try:
            serve.run(told.bind(), name=NAME, route_prefix="/")
            yield f"http://{settings.host}:{settings.port}"
        finally:
            serve.shutdown()


def _builder(folder: str, settings: Mapping[str, object]) -> Callable[[], Service]:
    """What a replica calls to have its app."""

    def build() -> Service:
        from tastemaker.server.app import create_app
        from tastemaker.shop.opening import open as open_shop

        return create_app(open_shop(folder), ServerSettings.read(settings))

    return build
