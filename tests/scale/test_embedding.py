import os
import signal

import numpy as np
import pytest

from tastemaker.catalog.catalog import Catalog
from tastemaker.core.errors import BusyError, Cancelled, FitError, WorkspaceError
from tastemaker.core.progress import Advanced, Cancellable
from tastemaker.scale import embedding, engines
from tastemaker.scale.embedding import embed, shards_of
from tastemaker.scale.engines import here, in_processes
from tastemaker.scale.job import Job, embed_shard, line_of
from tastemaker.scale.ledger import Ledger
from tastemaker.scale.table import VectorTable


def read(out):
    batches = list(VectorTable(out).batches())
    return [id for ids, _ in batches for id in ids], np.concatenate([part for _, part in batches])


def run(small, out, *, catalog=None, keys=None, run=here, **more):
    catalog = small.catalog if catalog is None else catalog
    keys = small.keys if keys is None else keys
    return embed(catalog, keys, small.job(out), small.space.dim, run, **{"rows": 5, **more})


def same_as_the_space(small, out):
    ids, matrix = read(out)
    assert ids == small.catalog.ids
    own = small.space.embed_items(small.catalog, np.arange(small.catalog.size)).matrix
    np.testing.assert_allclose(matrix, own, atol=1e-6)


def test_the_table_holds_what_the_space_says_of_every_item(small, tmp_path):
    done = run(small, tmp_path)
    assert (done.items, done.shards, done.done) == (24, 5, 5)
    same_as_the_space(small, tmp_path)
    question = VectorTable(tmp_path).space.embed_texts(["red circle"])
    np.testing.assert_array_equal(question, small.space.embed_texts(["red circle"]))


def test_again_is_nothing(small, tmp_path):
    first, again = run(small, tmp_path), run(small, tmp_path)
    assert (again.done, again.version) == (0, first.version)
    assert "nothing had changed" in str(again)


def test_stopped_it_goes_on(small, tmp_path):
    watcher = Cancellable()

    def stop(event):
        if isinstance(event, Advanced) and event.done == 10:
            watcher.cancel()
        watcher(event)

    with pytest.raises(Cancelled):
        run(small, tmp_path, observer=stop)
    with pytest.raises(WorkspaceError, match="holds no vectors"):
        VectorTable(tmp_path)
    assert run(small, tmp_path).done == 3
    same_as_the_space(small, tmp_path)


def test_killed_between_writing_and_recording_a_shard_is_done_again(small, tmp_path, monkeypatch):
    def killed(self, done):
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(Ledger, "record", killed)
        with pytest.raises(SystemExit):
            run(small, tmp_path)
    data = tmp_path / "vectors.lance" / "data"
    assert len(list(data.iterdir())) == 1
    assert run(small, tmp_path).done == 5
    assert len(list(data.iterdir())) == 5  # what the killed one had written is gone
    same_as_the_space(small, tmp_path)


@pytest.mark.parametrize("step", ["publish", "VectorTable"])
def test_killed_around_the_publication_nothing_is_embedded_again(small, tmp_path, monkeypatch, step):
    def killed(*told):
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(embedding, step, killed)
        with pytest.raises(SystemExit):
            run(small, tmp_path)
    again = run(small, tmp_path)
    assert (again.done, again.version) == (0, 1)
    same_as_the_space(small, tmp_path)


def test_a_worker_that_was_given_up_for_dead_and_comes_late_changes_nothing(small, tmp_path, monkeypatch):
    job = small.job(tmp_path)
    shard, rows = next(iter(shards_of(small.catalog, small.keys, job, 5).items()))
    job.ledger.put_items(shard, [line_of(small.catalog, row, 1) for row in rows.tolist()])
    first, looked, written = embed_shard(job, shard), [], Ledger.written

    def before_the_other_was_done(self, name):
        looked.append(name)
        return None if len(looked) == 1 else written(self, name)

    monkeypatch.setattr(Ledger, "written", before_the_other_was_done)
    assert embed_shard(job, shard) == first
    assert [path.name for path in (tmp_path / "vectors.lance" / "data").iterdir()] == list(first.files)


def test_only_shards_with_changed_items_are_embedded_again(small, tmp_path):
    run(small, tmp_path)
    keys = small.keys.copy()
    keys[7] = 99
    alive = np.ones(24, np.bool_)
    alive[[0, 23]] = False
    items = [small.catalog.raw_item(row) for row in range(24)]
    smaller = Catalog(items, alive=alive, pictures=small.catalog.pictures)
    done = run(small, tmp_path, catalog=smaller, keys=keys)
    assert (done.items, done.done) == (22, 3)
    assert read(tmp_path)[0] == small.catalog.ids[1:23]
    assert len(list((tmp_path / "shards").iterdir())) == 5


def test_another_space_is_another_table(small, tmp_path):
    first = shards_of(small.catalog, small.keys, small.job(tmp_path), 5)
    other = shards_of(small.catalog, small.keys, Job(str(tmp_path), "elsewhere/space-other"), 5)
    assert not set(first) & set(other)


def test_two_drivers_do_not_write_to_one_folder(small, tmp_path):
    def meanwhile(job, shards):
        with pytest.raises(BusyError):
            run(small, tmp_path)
        yield from here(job, shards)

    run(small, tmp_path, run=meanwhile)


def test_an_empty_catalog_is_refused(small, tmp_path):
    with pytest.raises(FitError, match="no item"):
        run(small, tmp_path, catalog=Catalog([]), keys=np.empty(0, np.uint64))


def test_an_item_of_which_nothing_is_known_is_there_without_a_vector(small, tmp_path):
    bare = small.catalog.without_modality("picture", np.array([3])).without_modality("text", np.array([3]))
    bare = bare.without_modality("attributes", np.array([3]))
    run(small, tmp_path, catalog=bare)
    ids, matrix = read(tmp_path)
    assert len(ids) == 24
    assert not matrix[3].any()
    assert ids[3] not in VectorTable(tmp_path).search(matrix[0], 24)[0]


@pytest.mark.slow
def test_a_killed_process_is_replaced_and_the_numbers_are_the_same(small, tmp_path):
    run(small, tmp_path / "here")
    killed = []

    def watch(event):
        if isinstance(event, Advanced) and event.done >= 5 and not killed:
            written = [job.ledger.written(shard) for shard in shards]
            killed.append(int(next(each for each in written if each).worker.split()[1]))
            os.kill(killed[0], signal.SIGKILL)

    job = small.job(tmp_path / "pool")
    shards = shards_of(small.catalog, small.keys, job, 5)
    done = run(small, tmp_path / "pool", run=lambda job, shards: in_processes(job, shards, 1), observer=watch)
    assert len(done.workers) == 2
    assert sum(done.workers.values()) == 24
    for one, other in zip(read(tmp_path / "here"), read(tmp_path / "pool"), strict=True):
        np.testing.assert_array_equal(one, other)


def test_workers_that_die_of_a_shard_end_the_run_with_a_word(small, tmp_path, monkeypatch):
    def dying(job, shards, workers):
        raise engines.BrokenProcessPool
        yield

    monkeypatch.setattr(engines, "_pooled", dying)
    with pytest.raises(WorkspaceError, match="die at shard 000000"):
        run(small, tmp_path, run=lambda job, shards: in_processes(job, shards, 2))
