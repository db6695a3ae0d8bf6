"""On a Ray cluster of two nodes on this machine, each with one core; every command in a process of its own."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request

import numpy as np
import psutil
import pytest

from tastemaker.scale.table import VectorTable
from tastemaker.shop import Shop
from tests.server.small_workspace import write_workspace

pytestmark = pytest.mark.slow
NODE = {"num_cpus": 1, "object_store_memory": 100 << 20}
SHARDS = 24


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = write_workspace(tmp_path_factory.mktemp("ray") / "shop")
    with Shop(folder) as opened:
        opened.fit(["space"])
    return folder


@pytest.fixture(scope="module")
def address():
    from ray.cluster_utils import Cluster

    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("RAY_USAGE_STATS_ENABLED", "0")
        cluster = Cluster(initialize_head=True, head_node_args={**NODE, "include_dashboard": False})
        cluster.add_node(**NODE)
        yield cluster.address
        cluster.shutdown()


def begin(address, *words):
    command = [sys.executable, "-m", "tastemaker", *map(str, words)]
    own = {"RAY_ADDRESS": address, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(command, env={**os.environ, **own}, stdout=subprocess.PIPE, text=True)


def embedding(address, shop, out):
    return begin(address, "embed", shop, "--out", out, "--shard", "1", "--workers", "2", "--ray", "--json")


def until(out, shards):
    """What is written, once it is so much."""
    for _ in range(2400):
        written = sorted((out / "shards").glob("*.written"))
        if len(written) >= shards:
            return [json.loads(path.read_text()) for path in written]
        time.sleep(0.05)
    raise TimeoutError


def read(out):
    batches = list(VectorTable(out).batches())
    return [id for ids, _ in batches for id in ids], np.concatenate([part for _, part in batches])


def test_whatever_is_killed_every_item_is_there_once(shop, address, tmp_path):
    with Shop(shop) as opened:
        opened.embed(tmp_path / "here", rows=1)
    driver = embedding(address, shop, tmp_path / "ray")
    first = until(tmp_path / "ray", 1)[0]
    os.kill(int(first["worker"].split()[1]), signal.SIGKILL)
    until(tmp_path / "ray", 4)
    driver.kill()
    driver.communicate()
    told, _ = embedding(address, shop, tmp_path / "ray").communicate()
    assert json.loads(told)["done"] < SHARDS
    assert json.loads(told)["items"] == SHARDS
    for one, other in zip(read(tmp_path / "here"), read(tmp_path / "ray"), strict=True):
        np.testing.assert_array_equal(one, other)


def test_processes_learn_one_space_and_one_that_dies_is_started_again(shop, address, tmp_path):
    folder = tmp_path / "shop"
    shutil.copytree(shop, folder, ignore=shutil.ignore_patterns(".tastemaker"))
    settings = (folder / "tastemaker.toml").read_text()
    (folder / "tastemaker.toml").write_text(settings.replace("epochs = 3", "epochs = 40"))
    driver = begin(address, "fit", folder, "--parts", "space", "--ray-workers", "2")
    checkpoint = folder / ".tastemaker" / "training" / "space"
    while not checkpoint.exists() and driver.poll() is None:
        time.sleep(0.02)
    learning = [each for each in psutil.process_iter(["cmdline"]) if "RayTrainWorker" in str(each.info["cmdline"])]
    assert len(learning) == 2
    learning[1].kill()
    driver.communicate()
    assert driver.returncode == 0
    with Shop(folder) as opened:
        found = opened.search("red circle", k=4)
    assert all("red" in place.title.lower() for place in found[:2])


def test_the_api_is_served_by_replicas(shop, address):
    server = begin(address, "serve", shop, "--ray", "--port", "8799", "--workers", "1")
    try:
        base = server.stdout.readline().strip()
        with urllib.request.urlopen(f"{base}/search?text=red+circle&k=3", timeout=60) as answer:
            found = json.load(answer)["items"]
        assert len(found) == 3
        assert "red" in found[0]["title"].lower()
    finally:
        server.terminate()
        server.communicate(timeout=60)
    assert server.returncode == 0
