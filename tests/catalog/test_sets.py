"""Given sets: what is read of the file, what is refused, and what ``check`` says of it."""

import pytest

from tastemaker.catalog.checks import check
from tastemaker.catalog.loading import open_store
from tastemaker.catalog.readers import read_sets
from tastemaker.catalog.sets import given_sets
from tastemaker.catalog.workspace import Workspace
from tastemaker.core.errors import InputError, WorkspaceError


@pytest.fixture
def workspace(tmp_path):
    (tmp_path / "items.csv").write_text("id\na\nb\nc\nd\n")
    return Workspace.open(tmp_path)


def test_sets_are_rows_of_the_catalog(workspace):
    (workspace.root / "sets.csv").write_text(
        "set,item,note\nroom,b,x\nroom,a,\nlook,c,\nlook,d,\nlook,gone,\nlone,a,\n"
    )
    catalog = open_store(workspace).snapshot()
    assert [[catalog.ids[row] for row in rows] for rows in given_sets(workspace, catalog)] == [["a", "b"], ["c", "d"]]
    report = check(workspace)
    assert next(count for count in report.files if count.name == "sets.csv").read == 6
    assert "1 items of the sets are not in the catalog: gone" in report.notes
    assert any("1 of 3 sets hold fewer than two known items" in note for note in report.notes)


def test_no_file_is_no_set(workspace):
    assert given_sets(workspace, open_store(workspace).snapshot()) == []
    assert check(workspace).ok


def test_bad_rows_are_refused_with_their_line(workspace):
    path = workspace.root / "sets.csv"
    path.write_text("set,item\nroom,a\nroom,a\n,b\nroom,\nroom,c\n")
    sets, refusals = read_sets(path)
    assert sets == {"room": ["a", "c"]}
    assert [(refusal.line, refusal.scope) for refusal in refusals] == [(3, "duplicate"), (4, "row"), (5, "row")]
    assert "on line 2 already" in refusals[0].why
    assert len(check(workspace).refusals) == 3


def test_other_formats_and_columns(workspace, tmp_path):
    (tmp_path / "sets.jsonl").write_text('{"set": "r", "item": "a"}\n{"set": "r", "item": "b"}\n')
    assert len(given_sets(workspace, open_store(workspace).snapshot())) == 1
    (tmp_path / "sets.csv").write_text("set,item\nr,a\n")
    with pytest.raises(WorkspaceError, match="two tables of sets"):
        given_sets(workspace, open_store(workspace).snapshot())
    (tmp_path / "sets.jsonl").unlink()
    (tmp_path / "sets.csv").write_text("room,item\nr,a\n")
    with pytest.raises(InputError, match="no column 'set'") as error:
        check(workspace)
    assert "rename 'room' to 'set'" in error.value.hint
