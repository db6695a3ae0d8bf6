"""The Ray that work is given to: one that is there, or one of this machine that is started and ended here."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from tastemaker.core.errors import MissingExtra

PACKAGES = {"pylance": "lance", "ray": "ray"}
OBJECTS = 200 << 20
"""Bytes of shared memory for a Ray that is started here: what it carries are names, nothing large."""


def lacking() -> str:
    """What is not installed of the extra that all of this needs, with the next step; "" when nothing is."""
    missing = [package for package, module in PACKAGES.items() if find_spec(module) is None]
    return f"{' and '.join(missing)} not installed: pip install 'tastemaker[scale]'" if missing else ""


@contextmanager
def joined(cpus: int) -> Iterator[ModuleType]:
    """Ray, connected: to what an earlier ``ray.init`` or RAY_ADDRESS names, else to one of this machine.

    Args:
        cpus: of a Ray that is started here, which ends with the context.

    Raises:
        MissingExtra: Ray is not installed.
    """
    ray = loaded()
    if ray.is_initialized():
        yield ray
        return
    own = {} if "RAY_ADDRESS" in os.environ else {"num_cpus": cpus, "object_store_memory": OBJECTS}
    stop = signal.getsignal(signal.SIGTERM)
    ray.init(log_to_driver=False, logging_level="error", include_dashboard=False if own else None, **own)
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, stop or signal.SIG_DFL)  # Ray's own answer to it is a crash
    try:
        yield ray
    finally:
        ray.shutdown()


def loaded() -> ModuleType:
    """Ray, without telemetry.

    Raises:
        MissingExtra: it is not installed.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        return import_module("ray")
    except ImportError:
        raise MissingExtra("ray", "scale") from None
