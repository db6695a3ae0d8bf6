"""A protocol owns a split: nothing of the test part is learned or chosen on, and every opening is written down."""

import gc
import json
import types
from dataclasses import replace

import numpy as np
import pytest

from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import Interactions
from tastemaker.catalog.items import Item
from tastemaker.catalog.splits import SPLITS
from tastemaker.core.errors import FitError, InputError, UnknownName, WorkspaceError
from tastemaker.evaluation import rankers
from tastemaker.evaluation.ledger import Ledger, configuration_hash
from tastemaker.evaluation.people import histories_by_name, histories_of
from tastemaker.evaluation.protocols import Protocol, joined
from tastemaker.evaluation.runner import evaluate
from tastemaker.recommenders.ease import Ease, EaseConfig
from tastemaker.recommenders.item_knn import ItemKnn
from tastemaker.testing.worlds import checkerboard

ANSWER = 12.5
"""The weight that marks an event of the test part in the planted worlds; no other event has it."""


def world(seed=0):
    return checkerboard(cold=0, seed=seed)


@pytest.mark.parametrize("name", sorted(SPLITS))
def test_no_positive_was_learned_or_chosen_on(name):
    catalog = world()
    protocol = Protocol.cut(catalog, name)
    everything, known = histories_of(catalog), histories_of(protocol.known)
    truth = protocol.open({})
    assert protocol.people == len(truth.cases) > 0
    for case in truth.cases:
        assert not np.isin(case.positives, known[case.key].rows).any()
        assert not np.isin(case.positives, case.history.rows).any()
        assert np.isin(case.positives, everything[case.key].rows).all()
        assert np.isin(case.history.rows, everything[case.key].rows).all()
    assert truth.protocol["source"] == f"split {name}"
    assert truth.protocol["events_learned"] == len(protocol.known.interactions) < len(catalog.interactions)


@pytest.mark.parametrize("name", sorted(SPLITS))
def test_the_validation_part_is_cut_by_the_same_rule_out_of_what_is_learned(name):
    protocol = Protocol.cut(world(), name)
    train, known, validation = protocol.train.interactions, protocol.known.interactions, protocol.validation
    pairs = {tuple(pair) for pair in zip(train.user.tolist(), train.row.tolist(), strict=True)}
    assert pairs < {tuple(pair) for pair in zip(known.user.tolist(), known.row.tolist(), strict=True)}
    assert len(validation) > 0
    for history, hidden in zip(validation.histories, validation.hidden, strict=True):
        assert len(hidden)
        assert not np.isin(hidden, history.rows).any()
    if name == "leave-one-out":
        assert {len(hidden) for hidden in validation.hidden} == {1}
    if name == "cold-items":
        assert not np.isin(np.concatenate(validation.hidden), train.row).any()
    if name == "time":
        shown = {history.rows.tobytes() for history in histories_of(protocol.train).values()}
        assert {history.rows.tobytes() for history in validation.histories} <= shown


@pytest.mark.parametrize("people", [None, 9])
def test_the_validation_part_says_whose_choices_they_are(people):
    catalog = world()
    protocol = Protocol.cut(catalog, "user-time", people=people)
    before, everything = histories_of(protocol.train), histories_of(catalog)
    validation = protocol.validation
    assert len(set(validation.people)) == len(validation) == (people or len(validation))
    for person, history, hidden in zip(validation.people, validation.histories, validation.hidden, strict=True):
        assert history.rows.tolist() == before[person].rows.tolist()
        assert np.isin(hidden, everything[person].rows).all()


def test_two_people_of_one_history_are_told_apart_in_the_validation_part():
    pairs = {"train": [(0, 0), (1, 0), (0, 1), (1, 1)], "validation": [(0, 2), (1, 3)], "test": [(0, 3), (1, 2)]}
    parts = {}
    for name, events in pairs.items():
        user, row = np.array(events).T
        one, never = np.ones(len(user), np.float32), np.full(len(user), np.nan)
        parts[name] = Interactions(("ann", "bob"), 4, user, row, one, never)
    catalog = Catalog([Item(id=str(row)) for row in range(4)], interactions=parts["train"])
    validation = Protocol.given("twins", catalog, **parts).validation
    found = dict(zip(validation.people, [rows.tolist() for rows in validation.hidden], strict=True))
    assert found == {"ann": [2], "bob": [3]}


def test_fewer_people_may_be_asked_for_validation():
    few = Protocol.cut(world(), "leave-one-out", people=7)
    assert len(few.validation) == 7
    assert len(Protocol.cut(world(), "leave-one-out", people=None).validation) == 60
    other = Protocol.cut(world(), "leave-one-out", people=7, seed=1)
    assert [rows.tolist() for rows in few.validation.hidden] != [rows.tolist() for rows in other.validation.hidden]


def test_people_held_out_are_asked_with_what_they_tell():
    protocol = Protocol.cut(world(), "cold-people", share=0.2)
    truth = protocol.open({})
    learned = histories_of(protocol.known)
    assert len(truth.cases) == 12
    assert all(len(learned[case.key]) == 0 < len(case.history) for case in truth.cases)


def test_time_asks_only_about_what_came_after_everything_learned():
    catalog = world()
    protocol = Protocol.cut(catalog, "time", share=0.5)
    moment = protocol.known.interactions.time.max()
    for case in protocol.open({}).cases:
        history = histories_of(catalog)[case.key]
        assert (history.times[np.isin(history.rows, case.positives)] > moment).all()


def test_cold_items_can_be_ranked_alone():
    protocol = Protocol.cut(world(), "cold-items", candidates="cold", share=0.2)
    truth = protocol.open({})
    assert truth.protocol["n_candidates"] == 8 == len(truth.cases[0].candidates)
    assert not np.isin(protocol.known.interactions.row, truth.cases[0].candidates).any()


def test_the_pattern_is_found_across_the_split():
    protocol = Protocol.cut(checkerboard(), "user-time")
    ease = Ease().fit(protocol.train, None, validation=protocol.validation)
    method = {"ease": rankers.from_recommender(ease, protocol.known.alive)}
    report = evaluate(protocol.open(ease.settled), protocol.known, method, ks=(11,))
    assert report.compare("ease", "random", "recall@11").low > 0.3
    assert report.compare("ease", "popularity", "recall@11").low > 0.3


# --- nothing that a trainer is given leads to the test part ---


def planted(name):
    """A world whose test events carry their answer as a weight, and the protocol that hides them."""
    catalog = world()
    plain = Protocol.cut(catalog, name).open({})
    right = {case.key: set(case.positives.tolist()) for case in plain.cases}
    events = catalog.interactions
    is_answer = [row in right.get(events.people[user], ()) for user, row in zip(events.user, events.row, strict=True)]
    marked = replace(events, weight=np.where(is_answer, ANSWER, events.weight).astype(np.float32))
    whole = catalog.with_interactions(marked)
    return whole, Protocol.cut(whole, name)


def holds_the_answer(*given):
    """Does anything that can be reached from these objects carry a marked event?"""
    skipped = (type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.MethodType)
    waiting, met = list(given), set()
    while waiting:
        found = waiting.pop()
        if id(found) in met or isinstance(found, skipped):
            continue
        met.add(id(found))
        if isinstance(found, np.ndarray):
            whole = found if found.base is None else found.base
            if isinstance(whole, np.ndarray) and whole.dtype.kind == "f" and (whole == ANSWER).any():
                return True
            waiting.extend([] if found.base is None else [found.base])
        else:
            waiting.extend(gc.get_referents(found))
    return False


class Cheat(ItemKnn):
    """Looks for the planted answer among the events it is given, and ranks it first."""

    def fit(self, catalog, vectors, observer=None, validation=None):
        events = catalog.interactions
        marked = events.weight == np.float32(ANSWER)
        people = histories_by_name(events)
        self.answers = {}
        for user in np.unique(events.user[marked]).tolist():
            had = people[events.people[user]]
            self.answers[had.rows[had.weights != np.float32(ANSWER)].tobytes()] = events.row[
                marked & (events.user == user)
            ]
        return self

    def score(self, histories, candidates):
        told = [self.answers.get(history.rows.tobytes(), ()) for history in histories]
        return np.array([np.isin(candidates, rows) for rows in told], np.float32)


@pytest.mark.parametrize("name", sorted(SPLITS))
def test_what_a_trainer_is_given_does_not_lead_to_the_answer(name):
    whole, protocol = planted(name)
    assert holds_the_answer(whole)  # the walk finds it where it is
    assert not holds_the_answer(protocol.train, protocol.known, protocol.validation)


@pytest.mark.parametrize("name", ["time", "user-time", "leave-one-out", "random"])
def test_a_cheat_wins_on_the_whole_and_learns_nothing_from_the_protocol(name):
    whole, protocol = planted(name)
    fitted = {"on the whole": Cheat().fit(whole, None), "by protocol": Cheat().fit(protocol.train, None)}
    assert not fitted["by protocol"].answers
    methods = {label: rankers.from_recommender(made, whole.alive) for label, made in fitted.items()}
    report = evaluate(protocol.open({}), protocol.known, methods, ks=(20,))
    assert report.row("on the whole", "recall@20").value == 1
    gap = report.compare("by protocol", "random", "recall@20")
    assert gap.low < 0.1


# --- openings ---


def test_openings_are_recorded_with_the_hash_of_what_was_frozen(tmp_path):
    path = tmp_path / "new" / "evaluations.json"
    config = EaseConfig(regularisation=30)
    first = Protocol.cut(world(), "time", ledger=Ledger(path)).open(config)
    (line,) = json.loads(path.read_text())
    assert line["configuration"] == configuration_hash(config) == first.protocol["configuration"]
    assert line["protocol"] == "split time"
    assert line["part"] == first.protocol["part"]
    assert line["time"].endswith("+00:00")
    assert first.protocol["test_part"] == "opened once, for 1 configuration"
    assert not any("flattered" in warning for warning in first.warnings)


def test_a_second_opening_is_said_and_another_configuration_is_a_warning(tmp_path):
    ledger = Ledger(tmp_path / "evaluations.json")
    for seed, settings, says in (
        (0, {"a": 1}, "opened once, for 1 configuration"),
        (0, {"a": 1}, "opened twice, for 1 configuration"),
        (0, {"a": 2}, "opened 3 times, for 2 configurations"),
        (1, {"a": 2}, "opened once, for 1 configuration"),  # another part
    ):
        truth = Protocol.cut(world(), "cold-people", seed=seed, ledger=Ledger(tmp_path / "evaluations.json")).open(
            settings
        )
        assert truth.protocol["test_part"] == says
        assert any("flattered" in warning for warning in truth.warnings) == (says.endswith("2 configurations"))
    assert [opening.protocol for opening in ledger.openings()] == ["split cold-people"] * 4


def test_what_is_ranked_does_not_make_another_part():
    ledger = Ledger()
    Protocol.cut(world(), "cold-items", ledger=ledger).open({})
    truth = Protocol.cut(world(), "cold-items", candidates="cold", ledger=ledger).open({})
    assert truth.protocol["openings"] == 2


def test_a_damaged_ledger_is_an_error(tmp_path):
    (tmp_path / "evaluations.json").write_text('[{"what": 1}]')
    with pytest.raises(WorkspaceError, match="cannot be read"):
        Protocol.cut(world(), "time", ledger=Ledger(tmp_path / "evaluations.json")).open({})


def test_the_hash_of_a_configuration_is_stable():
    assert configuration_hash({"a": 1, "b": [EaseConfig()]}) == configuration_hash({"b": [EaseConfig()], "a": 1})
    assert configuration_hash(EaseConfig()) != configuration_hash(EaseConfig(regularisation=1))
    with pytest.raises(InputError, match="ndarray"):
        configuration_hash({"a": np.zeros(3)})


# --- parts that are given ---


def parts(catalog):
    """Each person's last item tests, the one before validates."""
    events = catalog.interactions
    place = np.array(
        [np.flatnonzero(np.flatnonzero(events.user == user) == at)[0] for at, user in enumerate(events.user)]
    )
    left = np.bincount(events.user)[events.user] - place
    return {"train": events.where(left > 2), "validation": events.where(left == 2), "test": events.where(left == 1)}


def test_a_data_set_in_parts_is_taken_as_it_is():
    catalog = checkerboard(cold=0)
    given = parts(catalog)
    protocol = Protocol.given("boards", catalog, **given)
    assert protocol.train.interactions is given["train"]
    assert len(protocol.known.interactions) == len(given["train"]) + len(given["validation"])
    assert len(protocol.validation) == 60
    truth = protocol.open({})
    whole = histories_of(catalog)
    for case in truth.cases:
        assert (
            case.history.rows.tolist() == whole[case.key].rows[:-1].tolist()
        )  # the validation item is known, and last
        assert case.positives.tolist() == [whole[case.key].rows[-1]]
    assert truth.protocol["source"] == "boards"


def test_the_validation_part_may_stay_unknown_to_the_test():
    catalog = checkerboard(cold=0)
    protocol = Protocol.given("boards", catalog, **parts(catalog), validation_is_known=False)
    whole = histories_of(catalog)
    for case in protocol.open({}).cases:
        assert case.history.rows.tolist() == whole[case.key].rows[:-2].tolist()
        assert whole[case.key].rows[-2] not in case.seen
    without = Protocol.given("boards", catalog, **parts(catalog) | {"validation": None})
    assert without.validation is None
    assert len(without.known.interactions) == len(without.train.interactions)


def test_parts_are_joined_in_time_order_and_must_be_of_one_world():
    def events(rows, times):
        n = len(rows)
        return Interactions(("a",), 9, np.zeros(n, int), np.array(rows), np.ones(n, np.float32), np.array(times, float))

    assert joined(events([1, 2], [5, 7]), events([3], [6])).row.tolist() == [1, 3, 2]
    assert joined(events([1, 2], [np.nan] * 2), events([3], [np.nan])).row.tolist() == [1, 2, 3]
    with pytest.raises(InputError, match="other people"):
        joined(events([1], [1]), replace(events([1], [1]), people=("b",)))


def test_a_seed_draws_the_cold_items():
    first, same, other = (Protocol.cut(checkerboard(), "cold-items", seed=seed).open({}) for seed in (1, 1, 2))
    assert [case.key for case in first.cases] == [case.key for case in same.cases]
    assert [case.positives.tolist() for case in first.cases] != [case.positives.tolist() for case in other.cases]


def test_unusable_requests():
    catalog = checkerboard()
    with pytest.raises(UnknownName, match="unknown split 'tiem'") as caught:
        Protocol.cut(catalog, "tiem")
    assert "'time'" in caught.value.hint
    with pytest.raises(InputError, match="share is 2"):
        Protocol.cut(catalog, "time", share=2)
    with pytest.raises(FitError, match="there are no events to split"):
        Protocol.cut(catalog.with_interactions(catalog.interactions.where(np.zeros(540, bool))), "time")
    one_each = catalog.interactions.where(np.unique(catalog.interactions.user, return_index=True)[1])
    with pytest.raises(InputError, match="no case"):
        Protocol.cut(catalog.with_interactions(one_each), "leave-one-out")
