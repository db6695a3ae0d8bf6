"""Artefacts: written whole, published at once, checked; also when the process is killed in the middle."""

import os
import signal
import subprocess
import sys
import textwrap
import time

import numpy as np
import pytest

from tastemaker.core.errors import NotFitted, UnknownName, WorkspaceError
from tastemaker.core.storage import Artefacts, replace_text

CONFIG = {"dim": 2}


@pytest.fixture
def artefacts(tmp_path):
    return Artefacts(tmp_path)


def write(artefacts, value, part="space"):
    return artefacts.write(part, config=CONFIG, tensors={"w": np.full((2, 3), value)}, manifest={"seed": 1})


def test_what_was_written_comes_back(artefacts):
    artefact = artefacts.write("space", config=CONFIG, tensors={"w": np.eye(3)[::-1, ::2]}, manifest={"seed": 1})
    assert artefact.config == CONFIG
    assert artefact.manifest["seed"] == 1
    assert artefact.manifest["tastemaker"]
    assert np.array_equal(artefact.tensors()["w"], np.eye(3)[::-1, ::2])  # a view that is not contiguous


def test_nothing_is_published_by_writing(artefacts):
    write(artefacts, 1.0)
    assert artefacts.published() == {}


def test_the_name_is_the_content(artefacts):
    first, same, other = write(artefacts, 1.0), write(artefacts, 1.0), write(artefacts, 2.0)
    assert first.name == same.name != other.name
    assert first.name.startswith("space-")


def test_publish_replaces_only_the_named_parts(artefacts):
    space, index, newer = write(artefacts, 1.0), write(artefacts, 1.0, "index"), write(artefacts, 2.0)
    artefacts.publish({"space": space, "index": index})
    artefacts.publish({"space": newer})
    assert artefacts.published() == {"space": newer, "index": index}


def test_what_others_publish_damage_or_take_away_is_seen_at_the_next_look(artefacts, tmp_path):
    one, other = write(artefacts, 1.0), write(artefacts, 2.0)
    for named in (one, other, one):
        Artefacts(tmp_path).publish({"space": named})
        assert artefacts.published() == {"space": named}
    pointer = tmp_path / "published.json"
    pointer.write_text("{")
    assert artefacts.trouble
    pointer.unlink()
    assert artefacts.published() == {}


def test_damage_is_detected(artefacts):
    artefact, index = write(artefacts, 1.0), write(artefacts, 1.0, "index")
    artefacts.publish({"space": artefact, "index": index})
    assert artefacts.verify() == {"space": True, "index": True}
    path = artefact.folder / "weights.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"\x01")
    assert artefacts.verify() == {"space": False, "index": True}


@pytest.mark.parametrize("name", ["config.json", "weights.safetensors"])
def test_a_broken_file_is_an_error_that_says_what_to_do(artefacts, name):
    artefact = write(artefacts, 1.0)
    (artefact.folder / name).write_bytes(b"nonsense")
    with pytest.raises(WorkspaceError, match="cannot be read") as caught:
        artefact.config if name == "config.json" else artefact.tensors()
    assert caught.value.hint == "fit again"


def test_sweep_keeps_what_is_published(artefacts, tmp_path):
    old, new = write(artefacts, 1.0), write(artefacts, 2.0)
    artefacts.publish({"space": new})
    unfinished = tmp_path / "artefacts" / ".writing-abc"
    unfinished.mkdir()
    assert sorted(artefacts.sweep()) == sorted([old.name, ".writing-abc"])
    assert new.tensors()["w"][0, 0] == 2.0
    assert not unfinished.exists()


def test_what_was_published_before_can_be_taken_back(artefacts, tmp_path):
    for value in (1.0, 2.0, 3.0, 4.0):
        artefacts.publish({"space": write(artefacts, value)})
        artefacts.sweep()
    first, second, third = artefacts.versions()  # the last three are kept, and only their artefacts
    assert [version.current for version in (first, second, third)] == [False, False, True]
    assert len(list((tmp_path / "artefacts").iterdir())) == 3
    assert artefacts.rollback().id == second.id
    assert artefacts.published()["space"].tensors()["w"][0, 0] == 3.0
    assert artefacts.rollback(third.id).id == third.id  # forward again
    assert artefacts.rollback(first.id).id == first.id
    with pytest.raises(NotFitted, match="no earlier version"):
        artefacts.rollback()
    with pytest.raises(UnknownName, match="'none'"):
        artefacts.rollback("none")


def test_a_new_version_takes_the_place_of_those_stepped_back_from(artefacts):
    one, two, three = (write(artefacts, value) for value in (1.0, 2.0, 3.0))
    artefacts.publish({"space": one})
    artefacts.publish({"space": two})
    artefacts.rollback()
    artefacts.publish({"space": three})
    assert [version.parts["space"] for version in artefacts.versions()] == [one.name, three.name]
    artefacts.rollback()
    assert artefacts.published()["space"] == one


def test_an_amended_version_is_no_new_one(artefacts):
    one, two = write(artefacts, 1.0), write(artefacts, 2.0)
    artefacts.publish({"space": one})
    artefacts.publish({"space": two})
    vectors = write(artefacts, 1.0, "vectors")
    artefacts.publish({"vectors": vectors}, amend=True)
    assert [dict(version.parts) for version in artefacts.versions()] == [
        {"space": one.name}, {"space": two.name, "vectors": vectors.name},
    ]  # fmt: skip


def test_a_damaged_version_is_not_gone_back_to(artefacts):
    one, two = write(artefacts, 1.0), write(artefacts, 2.0)
    artefacts.publish({"space": one})
    artefacts.publish({"space": two})
    (one.folder / "weights.safetensors").write_bytes(b"x")
    with pytest.raises(WorkspaceError, match="damaged"):
        artefacts.rollback()
    assert artefacts.published()["space"] == two


@pytest.mark.parametrize("text", ["", "nonsense", "[1]", '{"made": 1}'])
def test_without_a_history_there_is_no_way_back_and_nothing_else_changes(artefacts, tmp_path, text):
    one, two = write(artefacts, 1.0), write(artefacts, 2.0)
    artefacts.publish({"space": one})
    (tmp_path / "versions.json").write_text(text)
    assert [version.made for version in artefacts.versions()] == [0.0]
    artefacts.publish({"space": two})
    assert artefacts.rollback().parts == {"space": one.name}


def test_replace_text_leaves_no_part_behind(tmp_path):
    path = tmp_path / "note.txt"
    replace_text(path, "old")
    replace_text(path, "new – ü")
    assert path.read_text(encoding="utf-8") == "new – ü"
    assert [entry.name for entry in tmp_path.iterdir()] == ["note.txt"]


PUBLISHER = textwrap.dedent("""
    import sys
    from pathlib import Path
    import numpy as np
    from tastemaker.core.storage import Artefacts

    store = Artefacts(Path(sys.argv[1]))
    for turn in range(100_000):
        parts = {
            part: store.write(part, config={"turn": turn}, tensors={"w": np.full((200, 200), turn)}, manifest={})
            for part in ("space", "index")
        }
        store.publish(parts)
        print(turn, flush=True)
        store.sweep()
""")


def kill_while_publishing(root, delay):
    """Kill a process that publishes in a loop; returns the last turn it acknowledged, -1 when none."""
    process = subprocess.Popen([sys.executable, "-c", PUBLISHER, str(root)], stdout=subprocess.PIPE, text=True)
    acknowledged = int(process.stdout.readline())
    time.sleep(delay)
    os.kill(process.pid, signal.SIGKILL)
    rest = process.stdout.read().split("\n")[:-1]
    process.stdout.close()
    process.wait()
    return int(rest[-1]) if rest else acknowledged


@pytest.mark.parametrize("delay", [0.003, 0.017, 0.041])
def test_a_killed_process_leaves_whole_artefacts(tmp_path, delay):
    acknowledged = kill_while_publishing(tmp_path, delay)
    store = Artefacts(tmp_path)
    parts = store.published()
    assert store.verify() == {"space": True, "index": True}
    turns = {artefact.config["turn"] for artefact in parts.values()}
    assert len(turns) == 1  # both parts of one turn, never a mixture
    assert turns.pop() in (acknowledged, acknowledged + 1)
    store.sweep()
    kept = {name for version in store.versions() for name in version.parts.values()}
    assert {part.name for part in parts.values()} <= kept
    assert {entry.name for entry in (tmp_path / "artefacts").iterdir()} == kept
    assert [version.parts for version in store.versions() if version.current] == [
        {part: artefact.name for part, artefact in parts.items()}
    ]


@pytest.mark.slow
def test_fifty_killed_processes_leave_whole_artefacts(tmp_path):
    rng = np.random.default_rng(0)
    for _ in range(50):
        test_a_killed_process_leaves_whole_artefacts(tmp_path, rng.uniform(0, 0.1))


DAMAGED = ("", '{"space": "spa', "[]", "null", '{"space": 1}')


@pytest.mark.parametrize("text", DAMAGED)
def test_a_damaged_pointer_costs_nothing_while_versions_are_known(artefacts, tmp_path, text):
    old, new = write(artefacts, 1.0), write(artefacts, 2.0)
    artefacts.publish({"space": old})
    artefacts.publish({"space": new})
    assert artefacts.trouble == ""
    (tmp_path / "published.json").write_text(text)
    assert artefacts.published() == {"space": new}
    assert [version.current for version in artefacts.versions()] == [False, True]
    assert f"--to {artefacts.versions()[-1].id}" in artefacts.trouble
    artefacts.rollback(artefacts.versions()[-1].id)
    assert (artefacts.published(), artefacts.trouble) == ({"space": new}, "")


@pytest.mark.parametrize("text", DAMAGED)
def test_without_versions_a_damaged_pointer_is_as_nothing_fitted(artefacts, tmp_path, text):
    (tmp_path / "published.json").write_text(text)
    assert artefacts.published() == {}
    assert "tastemaker fit" in artefacts.trouble
    artefacts.publish({"space": write(artefacts, 1.0)})
    assert list(artefacts.published()) == ["space"]
    assert artefacts.trouble == ""


@pytest.mark.parametrize("text", ["null", "[]", "3"])
def test_a_manifest_that_is_no_table_is_damage(artefacts, text):
    artefact = write(artefacts, 1.0)
    artefacts.publish({"space": artefact})
    (artefact.folder / "manifest.json").write_text(text)
    assert artefacts.verify() == {"space": False}
    with pytest.raises(WorkspaceError, match="not what was written"):
        artefacts.published()["space"].tensors()


def test_a_history_of_odd_names_harms_nobody(artefacts, tmp_path):
    (tmp_path / "versions.json").write_text('[{"made": 1, "parts": {"space": null, "vectors": 3}}]')
    (tmp_path / "published.json").write_text("")
    assert not any(artefacts.verify().values())
    artefacts.publish({"space": write(artefacts, 1.0)}, drop=["vectors"])
    assert artefacts.verify() == {"space": True}
