"""A method that hides newest choices to see when to stop learns them in the end; one that is given a validation not."""

import numpy as np
import pytest

from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import Interactions
from tastemaker.catalog.items import Item
from tastemaker.core.progress import Noted
from tastemaker.core.registry import find
from tastemaker.recommenders.validation import again, held_back
from tastemaker.testing.worlds import checkerboard, history_of

LATE = 38  # the one row that only somebody's newest choice is about
BARE = {
    "als": {"dim": 4, "epochs": 3},
    "bpr": {"dim": 4, "epochs": 8},
    "lightgcn": {"dim": 4, "epochs": 6},
    "mult-vae": {"dim": 4, "hidden": 8, "epochs": 3},
    "diffrec": {"dim": 4, "epochs": 3},
    "diffmm": {"dim": 4, "epochs": 3},
    "freedom": {"dim": 4, "epochs": 3},
    "vbpr": {"dim": 4, "epochs": 3},
    "bm3": {"dim": 4, "epochs": 3},
    "sasrec": {"dim": 8, "epochs": 3},
    "sasrec-content": {"dim": 8, "epochs": 3},
    "dreamrec": {"dim": 8, "epochs": 3},
    "semantic-ids": {"dim": 8, "levels": 2, "epochs": 3},
}


def shop(*, late=True):
    """A checkerboard of items of which nothing is known; the first person chose a new one in the end."""
    board = checkerboard(people=90)
    old, items = board.interactions, [Item(board.item(row).id) for row in range(board.size)]
    if not late:
        return Catalog(items, interactions=old)
    user, row = np.append(old.user, 0), np.append(old.row, LATE)
    time, weight = np.append(old.time, old.time.max() + 1), np.append(old.weight, np.float32(1))
    return Catalog(items, interactions=Interactions(old.people, board.size, user, row, weight, time))


def fitted(name, catalog, validation=None):
    """A method, and what it said."""
    method, said = find("recommender", name), []
    made = method(method.config_class.read(BARE[name]))
    made.fit(catalog, None, lambda event: said.append(event) if isinstance(event, Noted) else None, validation)
    return made, [event.message for event in said]


def score(method):
    return method.score([history_of(0), history_of(1)], np.arange(40))


@pytest.mark.parametrize("name", BARE)
def test_what_was_hidden_is_learned_in_the_end(name):
    method, said = fitted(name, shop())
    assert np.isfinite(score(method)[:, LATE]).all()
    assert sum(message.startswith("again on all events") for message in said) == 1


@pytest.mark.parametrize("name", BARE)
def test_a_given_validation_is_not_learned(name):
    whole = shop()
    part, validation = held_back(whole.interactions, None)
    assert part.counts()[LATE] == 0
    assert any(LATE in hidden for hidden in validation.hidden)
    method, said = fitted(name, whole.with_interactions(part), validation)
    assert np.isneginf(score(method)[:, LATE]).all()
    assert not any("again" in message for message in said)


@pytest.mark.parametrize("name", BARE)
def test_a_second_fit_forgets_what_the_first_chose(name):
    method, _ = fitted(name, shop())
    part, validation = held_back(shop(late=False).interactions, None)
    method.fit(shop(late=False).with_interactions(part), None, validation=validation)
    once, _ = fitted(name, shop(late=False).with_interactions(part), validation)
    assert np.array_equal(score(method), score(once))


def test_settings_that_were_chosen_stand():
    """The second ALS is what one of all events with these very settings and rounds gives."""
    method, said = fitted("als", shop())
    rounds = int(said[-2].removeprefix("again on all events, ").split()[0])
    assert said[-1] == f"confidence {method.settled.confidence:g}, regularisation {method.settled.regularisation:g}"
    given = held_back(shop().interactions, None)[1]
    frozen = type(method)(method.settled.model_copy(update={"epochs": rounds}))
    assert np.allclose(score(frozen.fit(shop(), None, validation=given)), score(method), atol=1e-6)


def test_one_epoch_is_said_as_one():
    assert again("als", 1).message == "again on all events, 1 epoch"
    assert again("als", 14).message == "again on all events, 14 epochs"
