"""Expected information and expected change, by hand."""

import math

import numpy as np
import pytest

from tastemaker.assistant import asking
from tastemaker.assistant.asking import among_first, best_question, entropy, possible, weigh
from tastemaker.assistant.belief import PASSED, Belief, Evidence, believe
from tastemaker.assistant.evidence import NO_PREFERENCE, SLIP, answers, likelihood
from tastemaker.assistant.question import Choice, Question
from tastemaker.assistant.state import Reply


def even(shop, ids):
    rows = shop.catalog.rows(ids)
    return Belief(rows, np.full(len(rows), 1 / len(rows)))


def bits(*chances):
    return -sum(p * math.log2(p) for p in chances if p)


def test_an_even_split_is_worth_one_bit_less_the_noise(shop):
    believed = even(shop, ["d-00", "d-02", "d-01", "d-03"])  # mini, mini, midi, midi
    told = weigh(shop.view, Question("attribute", "length"), believed, k=2)
    right, wrong = 0.9 * (0.95 + 0.025), 0.9 * 0.025
    assert NO_PREFERENCE == 0.1
    assert SLIP == 0.05
    assert told.gain == pytest.approx(bits(0.45, 0.45, 0.1) - bits(right, wrong, 0.1))
    assert told.lift == pytest.approx(2 * (2 * 0.25 * right) + 2 * 0.25 * 0.1 - 0.5)


def test_nothing_is_asked_when_no_answer_changes_what_is_shown(shop):
    believed = even(shop, ["d-00", "d-01", "d-02", "d-03"])
    assert best_question(shop.view, believed, (), k=4) is None
    assert best_question(shop.view, believed, (), k=2) is not None
    sure = Belief(believed.rows, np.array([1.0, 0.0, 0.0, 0.0]))
    assert best_question(shop.view, sure, (), k=2) is None


def test_the_question_that_parts_best_is_asked_and_only_once(shop):
    believed = even(shop, [f"d-{at:02}" for at in range(12)])
    first = best_question(shop.view, believed, {"price", "pictures"}, k=2)
    assert first.about == "colour"  # four values, evenly
    assert {choice.value for choice in first.choices} == {"red", "blue", "green", "white"}
    assert first.text.startswith("Which colour: ")
    assert sum(choice.share for choice in first.choices) == pytest.approx(0.9)
    again = best_question(shop.view, believed, {"price", "pictures", first.key}, k=2)
    assert again.about == "brand"


def test_a_price_is_asked_in_bands_that_hold_every_price_once(shop):
    believed = even(shop, [f"d-{at:02}" for at in range(12)])
    (price,) = [each for each in possible(shop.view, believed, ()) if each.kind == "price"]
    assert [choice.label for choice in price.choices] == ["under 80", "80 to 120", "120 or more"]
    _, table = answers(shop.view, price, believed.rows)
    assert table.sum(axis=1) == pytest.approx(np.ones(12))
    assert table[:, :3].argmax(axis=1).tolist() == [0] * 4 + [1] * 4 + [2] * 4


def test_who_wants_a_sofa_has_no_preference_about_length(shop):
    rows = shop.catalog.rows(["d-00", "f-00"])
    names, table = answers(shop.view, Question("attribute", "length"), rows)
    assert names[-1] == ""
    assert table[:, -1].tolist() == pytest.approx([0.1, 0.9])
    assert table.sum(axis=1) == pytest.approx([1.0, 1.0])


def test_several_values_are_any_of_them(shop):
    rows = shop.catalog.rows(["d-00", "d-01", "d-02"])
    told = likelihood(shop.view, Question("attribute", "colour"), ["red", "blue"], rows)
    slip = 0.9 * 0.05 / 4
    assert told.tolist() == pytest.approx([0.9 * 0.95 + 2 * slip, 0.9 * 0.95 + 2 * slip, 2 * slip])


def test_an_answer_and_what_was_passed_over_move_the_chances(shop):
    rows = shop.catalog.rows(["d-00", "d-01"])
    mask = np.zeros(shop.catalog.size, np.bool_)
    mask[rows] = True
    scores = np.zeros(2, np.float32)
    question = Question("attribute", "colour", choices=(Choice("red", "red"),))
    told = believe(shop.view, mask, rows, scores, Evidence(replies=(Reply(question, ("red",), 1),)))
    right, wrong = 0.95 + 0.0125, 0.0125
    assert told.chances.tolist() == pytest.approx([right / (right + wrong), wrong / (right + wrong)])
    shrugged = believe(shop.view, mask, rows, scores, Evidence(replies=(Reply(question, (), 1),)))
    assert shrugged.chances.tolist() == pytest.approx([0.5, 0.5])
    passed = believe(shop.view, mask, rows, scores, Evidence(passed=rows[:1].tolist()))
    assert passed.chances.tolist() == pytest.approx([PASSED / (1 + PASSED), 1 / (1 + PASSED)])
    assert told.after(rows[:1].tolist()).chances[1] == pytest.approx(wrong / (PASSED * right + wrong))


def test_entropy_and_the_first():
    assert entropy(np.array([0.25] * 4)) == pytest.approx(2.0)
    assert entropy(np.array([1.0, 0.0])) == 0.0
    assert among_first(np.array([[0.5, 0.1], [0.2, 0.6], [0.3, 0.3]]), 2).tolist() == pytest.approx([0.8, 0.9])
    assert among_first(np.array([[0.5], [0.2]]), 5).tolist() == pytest.approx([0.7])


def test_a_sample_stands_for_a_large_belief(shop, monkeypatch):
    monkeypatch.setattr(asking, "SURE", 4)
    monkeypatch.setattr(asking, "DRAWN", 6)
    rows = np.arange(shop.catalog.size)
    believed = Belief(rows, np.full(len(rows), 1 / len(rows)))
    sample = asking._sample(believed)
    assert sample.weights.sum() == pytest.approx(1.0)
    assert len(np.unique(sample.rows)) == len(sample.rows) <= 10
