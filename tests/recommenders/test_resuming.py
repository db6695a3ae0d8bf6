"""Trainings that are cut and go on: with the same data and settings to the same end, with other data from the start."""

import numpy as np
import pytest

from tastemaker.catalog.catalog import Catalog
from tastemaker.core.errors import Cancelled
from tastemaker.core.progress import Noted
from tastemaker.core.registry import find
from tastemaker.testing.worlds import checkerboard, history_of, parity_vectors

READS_EVENTS = {
    "mult-vae": {"dim": 4, "hidden": 8},
    "lightgcn": {"dim": 4},
    "diffrec": {"dim": 4},
    "dreamrec": {"dim": 8},
    "sasrec": {"dim": 8},
}
READS_FEATURES = {
    "diffmm": {"dim": 4},
    "freedom": {"dim": 4},
    "vbpr": {"dim": 4},
    "bm3": {"dim": 4},
    "sasrec-content": {"dim": 8},
    "semantic-ids": {"dim": 8, "levels": 2},
}
METHODS = READS_EVENTS | READS_FEATURES
TWICE = ["dreamrec", "lightgcn", "sasrec", "sasrec-content", "semantic-ids"]
AGAIN = "again on all events"
THIRD = "epoch 3"  # said before it is written down


class Shop:
    """A checkerboard with one modality, and a training of four epochs in it."""

    def __init__(self, method, state):
        self.method, self.state = find("recommender", method), state
        self.config = self.method.config_class.read({"epochs": 4, **METHODS[method]})

    def fit(self, *, events=0, features=0, checkpoint=True, cut=None):
        """Scores of two people, and what was said; cut at the first message that begins so."""
        board, said = checkerboard(seed=events), []
        items = [board.item(row) for row in range(board.size)]
        matrices = {"picture": parity_vectors(board, seed=features)}
        catalog = Catalog(items, interactions=board.interactions, features=matrices)

        def listen(event):
            if isinstance(event, Noted):
                said.append(event.message)
                if cut and event.message.startswith(cut):
                    raise Cancelled("enough")

        made = self.method(self.config, checkpoint=self.state if checkpoint else None).fit(catalog, None, listen)
        return made.score([history_of(0), history_of(1)], np.arange(36)), said


def before(mark, said):
    """Messages before the first that begins so; all where none does."""
    at = next((place for place, message in enumerate(said) if message.startswith(mark)), len(said))
    return said[:at]


@pytest.mark.parametrize("name", METHODS)
def test_a_cut_training_goes_on_to_the_same_end(name, tmp_path):
    shop = Shop(name, tmp_path / "state")
    whole, _ = shop.fit(checkpoint=False)
    with pytest.raises(Cancelled):
        shop.fit(cut=THIRD)
    scores, said = shop.fit()
    assert "goes on after epoch 2" in said
    assert [message for message in before(AGAIN, said) if message.startswith(("epoch 1", "epoch 2"))] == []
    assert scores == pytest.approx(whole, abs=1e-5)


@pytest.mark.parametrize("name", TWICE)
def test_a_training_cut_on_all_events_does_not_choose_anew(name, tmp_path):
    shop = Shop(name, tmp_path / "state")
    whole, all_said = shop.fit(checkpoint=False)
    with pytest.raises(Cancelled):
        shop.fit(cut=AGAIN)
    scores, said = shop.fit()
    assert any(message.startswith("epoch 1") for message in before(AGAIN, all_said))
    assert not any(message.startswith("epoch") for message in before(AGAIN, said))
    assert any(message.startswith("epoch 1") for message in said)
    assert scores == pytest.approx(whole, abs=1e-5)
    assert not any(message.startswith("epoch") for message in shop.fit()[1])  # both are done


@pytest.mark.parametrize("name", METHODS)
def test_other_events_of_the_same_number_begin_anew(name, tmp_path):
    shop = Shop(name, tmp_path / "state")
    with pytest.raises(Cancelled):
        shop.fit(cut=THIRD)
    scores, said = shop.fit(events=1)
    assert not any(message.startswith("goes on") for message in said)
    assert scores == pytest.approx(shop.fit(events=1, checkpoint=False)[0], abs=1e-5)


@pytest.mark.parametrize("name", READS_FEATURES)
def test_other_features_of_the_same_shape_begin_anew(name, tmp_path):
    shop = Shop(name, tmp_path / "state")
    with pytest.raises(Cancelled):
        shop.fit(cut=THIRD)
    _, said = shop.fit(features=1)
    assert not any(message.startswith("goes on") for message in said)
