import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import nn

from tastemaker.core.errors import Cancelled, FitError
from tastemaker.core.progress import Advanced, Noted
from tastemaker.nn import checkpoint
from tastemaker.nn.training import Learning, Plan, rate, train


class Line(Learning):
    """Learns y = 2x - 1 with a dropout that draws from torch's own chance."""

    name = "line"

    def __init__(self, steps=5, seed=0):
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self.model = nn.Sequential(nn.Linear(1, 8), nn.Dropout(0.1), nn.Linear(8, 1))
        self.steps = steps
        self.shares = []

    def losses(self, share, rng):
        self.shares.append(share)
        for _ in range(self.steps):
            x = torch.from_numpy(rng.uniform(-1, 1, (32, 1)).astype(np.float32))
            yield (self.model(x) - (2 * x - 1)).square().mean()

    def validate(self, model):
        x = torch.linspace(-1, 1, 9)[:, None]
        with torch.no_grad():
            return -float((model(x) - (2 * x - 1)).square().mean())


def weights(learning):
    return torch.cat([p.detach().flatten() for p in learning.model.parameters()])


def test_learns_and_reports_every_step():
    seen = []
    learning = Line()
    outcome = train(learning, Plan(epochs=60, learning_rate=0.03), seen.append)
    assert outcome.epochs == 60
    assert outcome.score > -0.01
    reported = [e for e in seen if isinstance(e, Advanced)]
    assert [e.done for e in reported if "validation" not in e.metrics and e.done % 5] == [
        step for step in range(1, 301) if step % 5
    ]
    checked = {e.metrics["epoch"]: e.metrics["validation"] for e in reported if "validation" in e.metrics}
    assert checked == outcome.scores
    assert [e.done for e in reported if "validation" in e.metrics] == [5 * epoch for epoch in outcome.scores]
    assert learning.shares[0] == 0
    assert learning.shares[30] == 0.5


def test_same_seed_same_weights_and_the_global_chance_is_left_alone():
    torch.manual_seed(1)
    before = torch.random.get_rng_state()
    first, second, other = Line(), Line(), Line()
    train(first, Plan(epochs=3))
    train(second, Plan(epochs=3))
    train(other, Plan(epochs=3, seed=1))
    torch.testing.assert_close(weights(first), weights(second), rtol=0, atol=0)
    assert not torch.equal(weights(first), weights(other))
    assert torch.equal(before, torch.random.get_rng_state())


def stop_at(step):
    def observe(event):
        if isinstance(event, Advanced) and event.done == step:
            raise Cancelled("enough")

    return observe


@pytest.mark.parametrize("step", [1, 12, 25])
def test_a_training_that_was_stopped_and_resumed_equals_an_unbroken_one(tmp_path, step):
    whole, broken = Line(), Line()
    plan = Plan(epochs=6, checkpoint=tmp_path / "c", key="k")
    train(whole, Plan(epochs=6))
    with pytest.raises(Cancelled):
        train(broken, plan, stop_at(step))
    resumed = Line(seed=99)
    if not (tmp_path / "c").exists():
        resumed = Line()
    outcome = train(resumed, plan)
    assert outcome.epochs == 6
    torch.testing.assert_close(weights(resumed), weights(whole), rtol=0, atol=0)


def test_a_checkpoint_of_other_settings_or_a_damaged_one_is_not_taken(tmp_path):
    path = tmp_path / "c"
    train(Line(), Plan(epochs=2, checkpoint=path, key="a"))
    assert checkpoint.load(path, "a").facts["epochs"] == 2
    assert checkpoint.load(path, "b") is None
    path.write_bytes(path.read_bytes()[:200])
    assert checkpoint.load(path, "a") is None
    assert checkpoint.load(tmp_path / "none", "a") is None
    outcome = train(Line(), Plan(epochs=2, checkpoint=path, key="a"))
    assert len(outcome.scores) == 2


class Worsening(Line):
    """Its validation only falls after the second epoch."""

    def __init__(self):
        super().__init__()
        self.asked = []

    def validate(self, model):
        self.asked.append(torch.cat([p.detach().flatten() for p in model.parameters()]))
        return -abs(2.0 - len(self.asked))


def test_early_stop_keeps_the_best_weights():
    seen, learning = [], Worsening()
    outcome = train(learning, Plan(epochs=100, patience=0.05, checks=100), seen.append)
    assert outcome.epochs == 8  # best at 2, five epochs of patience, the next one is too many
    torch.testing.assert_close(weights(learning), learning.asked[1])
    assert any("early stop" in e.message for e in seen if isinstance(e, Noted))


def test_gives_up_the_rest_when_time_is_up():
    outcome = train(Line(), Plan(epochs=1000, max_seconds=1e-9))
    assert outcome.epochs == 1


def test_a_loss_that_is_no_number_is_an_error():
    class Broken(Line):
        def losses(self, share, rng):
            yield self.model(torch.full((1, 1), math.nan)).sum()

    with pytest.raises(FitError, match="the loss is nan"):
        train(Broken(), Plan(epochs=1))


def test_the_rate_rises_and_falls():
    rates = [rate(step, 100, 0.1) for step in range(100)]
    assert rates[0] == pytest.approx(0.1)
    assert max(rates) == rates[9] == rates[10] == 1
    assert all(a > b for a, b in pairwise(rates[10:]))
    assert rates[55] == pytest.approx(0.5)
    assert rates[-1] < 0.001


def test_a_training_on_more_data_ends_where_the_first_was_best(tmp_path):
    """Rates and chance are those of the first until then, so that on the same data it comes to the same weights."""
    first, second, plan = Line(), Line(), Plan(epochs=10, learning_rate=0.03, checks=10, checkpoint=tmp_path / "c")
    first.validate = lambda model: -abs(4.0 - len(first.shares))  # best after four epochs
    second.validate = lambda model: None
    best = train(first, plan).best
    assert best == 4
    seen = []
    outcome = train(second, plan.ending(best), seen.append)
    assert (outcome.epochs, outcome.best) == (4, 0)
    assert seen[0].total == 4 * second.steps
    torch.testing.assert_close(weights(second), weights(first), rtol=0, atol=0)
    assert {path.name for path in tmp_path.iterdir()} == {"c", "c.again"}


def test_a_training_without_validation_ends_as_planned():
    plan = Plan(epochs=3)
    assert plan.ending(0) == plan
    assert Plan(epochs=3, stop=7).last == 3
    outcome = train(Line(), plan.ending(0))
    assert (outcome.epochs, outcome.best) == (3, 3)  # its own validation is best at the end


def test_a_finished_training_still_knows_its_best_epoch(tmp_path):
    plan = Plan(epochs=6, checks=6, checkpoint=tmp_path / "c")
    first, again = Line(), Line()
    for one in (first, again):
        one.validate = lambda model: -abs(2.0 - len(first.shares))
    assert train(first, plan).best == 2
    assert train(again, plan).best == 2
    assert again.shares == []
    torch.testing.assert_close(weights(again), weights(first), rtol=0, atol=0)
