"""The search finds what is known to be best, on the validation part alone, and is the same every time."""

from typing import ClassVar

import numpy as np
import pytest
from pydantic import Field

from tastemaker.core.config import Config
from tastemaker.core.errors import Cancelled, FitError, InputError
from tastemaker.core.progress import Cancellable
from tastemaker.evaluation.ledger import Ledger
from tastemaker.evaluation.protocols import Protocol
from tastemaker.evaluation.tuning import around, tune
from tastemaker.recommenders.base import Recommender
from tastemaker.recommenders.ease import Ease, EaseConfig
from tastemaker.testing.worlds import checkerboard


class KnobConfig(Config):
    """Knobs of a method whose best setting is known."""

    epochs: int = Field(default=27, ge=1)
    sharpness: float = Field(default=0.5, ge=0, le=1)
    colour: str = "blue"
    dim: int = Field(default=4, ge=4)
    learning_rate: float = Field(default=0.3, gt=0, lt=0.5)


class Knob(Recommender[KnobConfig]):
    """Knows the parity as far as its sharpness goes; nothing unless it is red."""

    figure = source = "-"
    config_class = KnobConfig
    serves_cold_items = True
    given: ClassVar[list[object]] = []

    def fit(self, catalog, vectors, observer=None, validation=None):
        if self.config.colour == "broken":
            raise FitError("diverged")
        self.given.append((catalog, validation))
        return self

    def score(self, histories, candidates):
        rng = np.random.default_rng(0)
        sure = self.config.sharpness * (self.config.colour == "red")
        own = [[(row - history.rows[0]) % 2 == 0 for row in candidates] for history in histories]
        return np.array(sure * np.array(own) + (1 - sure) * rng.random((len(histories), len(candidates))), np.float32)

    def tensors(self):
        return {}

    def restore(self, tensors):
        return self


OPTIONS = {"sharpness": [0.05, 0.1, 0.2, 0.8], "colour": ["red", "blue"]}


@pytest.fixture
def ledger():
    return Ledger()


@pytest.fixture
def protocol(ledger):
    return Protocol.cut(checkerboard(), "user-time", ledger=ledger)


def test_the_best_setting_is_found_and_the_test_part_stays_sealed(protocol, ledger):
    Knob.given.clear()
    found = tune(Knob, OPTIONS, protocol, None, trials=9)
    assert found.config == KnobConfig(sharpness=0.8, colour="red")
    assert all(given[0] is protocol.train and given[1] is protocol.validation for given in Knob.given)
    assert ledger.openings() == ()


def test_the_better_third_goes_on_with_three_times_the_epochs(protocol):
    found = tune(Knob, OPTIONS, protocol, None, trials=9)
    epochs = [trial.epochs for trial in found.trials]
    assert epochs == [3] * 9 + [9] * 3 + [27]
    first = sorted(found.trials[:9], key=lambda trial: -trial.gain)
    assert [trial.config for trial in found.trials[9:12]] == [trial.config for trial in first[:3]]
    assert found.config.epochs == 27
    assert found.trials[0].config == KnobConfig()  # what it began with is tried too
    assert len({trial.config.json_text() for trial in found.trials[:9]}) == 9


def test_chance_is_fixed_by_the_seed(protocol):
    def configs(seed):
        return [trial.config for trial in tune(Knob, OPTIONS, protocol, None, trials=4, seed=seed).trials]

    assert configs(1) == configs(1)
    assert configs(1) != configs(2)


def test_a_method_without_epochs_is_tried_once_a_setting(protocol):
    found = tune(Ease, {"regularisation": [1e6, 30.0]}, protocol, None, start=EaseConfig(regularisation=1e5))
    assert [trial.epochs for trial in found.trials] == [None] * 3
    assert found.config.regularisation == max(found.trials, key=lambda trial: trial.gain).config.regularisation


def test_what_cannot_be_fitted_loses(protocol):
    found = tune(Knob, {"colour": ["broken", "red"]}, protocol, None)
    assert found.config.colour == "red"
    assert min(trial.gain for trial in found.trials) == -np.inf
    with pytest.raises(FitError, match="not one setting"):
        tune(Knob, {}, protocol, None, start=KnobConfig(colour="broken"))


def test_used_wrongly(protocol):
    with pytest.raises(InputError, match="unknown setting 'sharpnes'"):
        tune(Knob, {"sharpnes": [1]}, protocol, None)
    with pytest.raises(InputError, match="trials is 0"):
        tune(Knob, {}, protocol, None, trials=0)
    stop = Cancellable()
    stop.cancel()
    with pytest.raises(Cancelled):
        tune(Knob, OPTIONS, protocol, None, observer=stop)


def test_the_usual_fields_are_tried_a_step_below_and_above():
    assert around(KnobConfig()) == {"dim": [4, 8], "learning_rate": pytest.approx([0.1, 0.3])}
