"""VBPR, FREEDOM, BM3: what modalities bring, whatever is missing; people from histories."""

import numpy as np
import pytest
import torch

from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import History
from tastemaker.catalog.loading import open_store
from tastemaker.catalog.workspace import Workspace
from tastemaker.core.registry import find
from tastemaker.recommenders.bm3 import Bm3
from tastemaker.recommenders.freedom import Freedom, FreedomConfig, begun, lifts
from tastemaker.recommenders.neighbours import nearest
from tastemaker.recommenders.vbpr import Vbpr, rest
from tastemaker.testing.worlds import checkerboard, history_of, parity_vectors

COLD = 4
METHODS = {"freedom": Freedom, "vbpr": Vbpr, "bm3": Bm3}


def shown(lacking=(), names=("picture", "sound")):
    """A checkerboard whose modalities know the parity; some rows lack the first."""
    shop = checkerboard(cold=COLD)
    features = {name: parity_vectors(shop, seed=seed) for seed, name in enumerate(names)}
    if names:
        features[names[0]][list(lacking)] = np.nan
    return Catalog([shop.item(row) for row in range(shop.size)], interactions=shop.interactions, features=features)


@pytest.mark.parametrize("name", [*METHODS, "graph-filter"])
@pytest.mark.parametrize("lacking", [range(0, 40, 3), range(40)], ids=["some", "all"])
def test_warm_items_are_found_whatever_is_missing(name, lacking):
    made = find("recommender", name)
    settings = {"epochs": 60} if name == "vbpr" else {}  # pairs alone learn slowly
    model = made(made.config_class.read(settings)).fit(shown(lacking), None)
    rows = np.setdiff1d(np.arange(40 - COLD), history_of(0).rows)
    scores = model.score([history_of(0)], rows)[0]
    assert scores[rows % 2 == 0].min() > scores[rows % 2 == 1].max()


@pytest.mark.parametrize("name", [*METHODS, "graph-filter"])
def test_a_new_item_needs_one_of_its_modalities(name):
    model = find("recommender", name)().fit(shown(lacking=[36, 37]), None)
    cold = np.arange(36, 40)
    scores = model.score([history_of(0)], cold)[0]
    assert np.isfinite(scores).all()  # 36 and 37 still have their sound
    assert scores[[0, 2]].min() > scores[[1, 3]].max()
    alone = find("recommender", name)().fit(shown(lacking=[36, 37], names=("picture",)), None)
    assert np.isfinite(alone.score([history_of(0)], cold)[0]).tolist() == [False, False, True, True]


def test_likeness_of_weight_zero_leaves_the_graph_of_choices_alone():
    asked = ([history_of(0)], np.arange(40 - COLD))
    without = Freedom(FreedomConfig(likeness=0.0)).fit(shown(), None).score(*asked)
    never = Freedom(FreedomConfig()).fit(shown(names=()), None).score(*asked)
    assert without == pytest.approx(never, abs=1e-5)


def test_training_begins_where_items_of_the_same_people_lie_together():
    people = checkerboard(items=20, people=40, cold=0, events=6).interactions.matrix().tocsr()
    vectors = begun(people, 4, 0)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    alike = unit @ unit.T
    same = np.arange(20)[:, None] % 2 == np.arange(20) % 2
    assert alike[same].mean() > alike[~same].mean() + 0.2


def test_what_is_asked_for_is_left_out_of_the_history():
    people = checkerboard(items=10, people=4, cold=0, events=3).interactions.matrix().tocsr()
    said = torch.eye(10)
    users = np.array([0, 1, 2, 3])
    person, wanted = rest(people, users, said, np.random.default_rng(0))
    for line, user in enumerate(users):
        others = sorted(set(people[user].indices.tolist()) - {int(wanted[line])})
        assert len(others) == 2
        assert person[line].nonzero().ravel().tolist() == others
        assert person[line][others].tolist() == pytest.approx([0.5, 0.5])


def test_a_person_of_the_training_is_read_from_the_history_alone():
    shop = shown()
    model = Freedom().fit(shop, None)
    known = shop.interactions.histories()[0]
    asked = np.arange(40)
    turned = History.of(known.rows[::-1].tolist())
    model._half_life = 0.0
    assert model.score([known], asked) == pytest.approx(model.score([turned], asked), abs=1e-5)


def test_a_modality_begins_as_loud_as_its_neighbours_are_chosen_together():
    shop = checkerboard(cold=0, events=6)
    people = shop.interactions.matrix().tocsr()
    knows, noise = parity_vectors(shop), np.random.default_rng(0).normal(size=(40, 8)).astype(np.float32)
    graphs = [nearest(matrix, matrix, 3, np.arange(40)) for matrix in (knows, noise)]
    loud, quiet = lifts(graphs, people)
    assert loud == pytest.approx(1.0, abs=0.3)  # neighbours are of one parity: twice as often together as any two
    assert quiet < 0.4


def test_a_workspace_with_files_of_features_gives_what_a_catalog_in_memory_gives(tmp_path):
    """The files name their items in another order, and some not at all."""
    held = shown(lacking=[3, 38])
    shop = checkerboard(cold=COLD)
    items = "\n".join(["id,title", *(f"{shop.item(row).id},thing" for row in range(shop.size))])
    (tmp_path / "items.csv").write_text(items, encoding="utf-8")
    seen = shop.interactions
    events = [
        f"{seen.people[user]},{shop.ids[row]},view,{int(time)}"
        for user, row, time in zip(seen.user, seen.row, seen.time, strict=True)
    ]
    (tmp_path / "events.csv").write_text("\n".join(["user,item,kind,time", *events]), encoding="utf-8")
    (tmp_path / "features").mkdir()
    for name, matrix in held.features.items():
        there = np.flatnonzero(np.isfinite(matrix).all(axis=1))[::-1]
        np.save(tmp_path / "features" / f"{name}.npy", matrix[there])
        ids = "\n".join(shop.ids[row] for row in there)
        (tmp_path / "features" / f"{name}.ids").write_text(ids, encoding="utf-8")
    read = open_store(Workspace.open(tmp_path)).snapshot()
    assert read.ids == held.ids
    asked = ([history_of(0), history_of(1)], np.arange(40))
    for name in ("graph-filter", "vbpr"):
        made = find("recommender", name)
        ours, theirs = (made().fit(catalog, None).score(*asked) for catalog in (held, read))
        assert theirs == pytest.approx(ours, abs=1e-4)


def test_several_networks_stand_side_by_side_and_place_new_items_together():
    shop = shown()
    one, two = (Freedom(FreedomConfig(dim=8, networks=n)).fit(shop, None) for n in (1, 2))
    first, both = one.tensors(), two.tensors()
    assert both["own"].shape == (len(first["own"]), 16)
    halves = both["own"][:, :8], both["own"][:, 8:]
    assert not np.allclose(*halves, atol=0.01)  # trained apart
    scores = two.score([history_of(0)], np.arange(40))
    assert np.isfinite(scores).all()
    assert scores[0, [36, 38]].min() > scores[0, [37, 39]].max()
    again = Freedom(FreedomConfig(dim=8, networks=2)).restore(both)
    again.refresh(shop, None)
    assert again.score([history_of(0)], np.arange(40)) == pytest.approx(scores, abs=1e-5)
