"""The shop's own rules: read from a file, checked, and read again when they change."""

import os
from datetime import date

import pytest

from tastemaker.core.errors import ConfigError, FilterError
from tastemaker.shop.rules import Rule, Rules, read_rules

GOOD = """
[[rules]]
boost = "colour = red"
by = 0.5
until = 2026-12-24

[[rules]]
pin = ["a", "b"]
place = 2
on = ["complete"]

[[rules]]
bury = "price > 100"
since = "2026-06-01"
"""


def test_a_file_of_three_rules(tmp_path):
    path = tmp_path / "rules.toml"
    path.write_text(GOOD)
    boost, pin, bury = read_rules(path)
    assert (boost.boost, boost.by, boost.until) == ("colour = red", 0.5, date(2026, 12, 24))
    assert (pin.pin, pin.place) == (("a", "b"), 2)
    assert bury.since == date(2026, 6, 1)
    assert [str(rule) for rule in (boost, pin, bury)] == [
        "boost colour = red by 0.5",
        "pin a, b at 2",
        "bury price > 100",
    ]


@pytest.mark.parametrize(
    ("rule", "verb", "day", "holds"),
    [
        (Rule(pin=("a",)), "recommend", date(2026, 1, 1), True),
        (Rule(pin=("a",), on=("complete",)), "recommend", date(2026, 1, 1), False),
        (Rule(pin=("a",), until=date(2026, 1, 1)), "complete", date(2026, 1, 1), True),
        (Rule(pin=("a",), until=date(2026, 1, 1)), "complete", date(2026, 1, 2), False),
        (Rule(pin=("a",), since=date(2026, 1, 2)), "complete", date(2026, 1, 1), False),
    ],
)
def test_when_a_rule_holds(rule, verb, day, holds):
    assert rule.holds(verb, day) is holds


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("[[rules]]\nboost = 'a = 1'\nbury = 'a = 2'", ConfigError, "boost and bury"),
        ("[[rules]]\nby = 0.1", ConfigError, "none of them"),
        ("[[rules]]\nlift = 'a = 1'", ConfigError, "unknown setting"),
        ("[[rules]]\nboost = 'a ='", FilterError, "value"),
        ("[[rules]\n", ConfigError, "not valid TOML"),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path, text, error, words):
    path = tmp_path / "rules.toml"
    path.write_text(text)
    with pytest.raises(error, match=words):
        read_rules(path)
    held, problem = Rules(path).now()
    assert held == ()
    assert "rules.toml is not used" in problem


def test_a_changed_file_is_read_again(tmp_path):
    path = tmp_path / "rules.toml"
    rules = Rules(path)
    assert rules.now() == ((), "")
    path.write_text(GOOD)
    assert len(rules.now()[0]) == 3
    path.write_text("[[rules]]\npin = ['c']\n")
    os.utime(path, (1, 1))
    assert [rule.pin for rule in rules.now()[0]] == [("c",)]
    path.unlink()
    assert rules.now() == ((), "")


def test_rules_are_added_and_taken_out_and_comments_stay(tmp_path):
    path = tmp_path / "rules.toml"
    rules = Rules(path)
    quoted = Rule(boost='title contains "\\"big\\" – é"', by=0.5, until=date(2026, 12, 24), on=("complete",))
    rules.add(quoted)
    assert read_rules(path) == (quoted,)
    path.write_text(f"# of the season\n{GOOD}# the end\n")
    rules.add(quoted)
    boost, pin, bury, last = rules.now()[0]
    assert last == quoted
    rules.drop(pin)
    assert rules.now()[0] == (boost, bury, quoted)
    text = path.read_text()
    assert "# of the season" in text
    assert "# the end" in text
    with pytest.raises(ConfigError, match="not there any more"):
        rules.drop(pin)


def test_a_file_of_another_hand_is_taken_from_too(tmp_path):
    path = tmp_path / "rules.toml"
    path.write_text('rules = [{ bury = "price > 3" }, { pin = ["a"] }]')
    rules = Rules(path)
    rules.drop(Rule(bury="price > 3"))
    assert read_rules(path) == (Rule(pin=("a",)),)


@pytest.mark.parametrize("rule", [Rule(), Rule(boost="a = 1", pin=("b",)), Rule(bury="price <")])
def test_what_is_no_rule_is_not_written(tmp_path, rule):
    with pytest.raises((ConfigError, FilterError)):
        Rules(tmp_path / "rules.toml").add(rule)
    assert not (tmp_path / "rules.toml").exists()


def test_a_broken_file_is_left_alone(tmp_path):
    path = tmp_path / "rules.toml"
    path.write_text("[[rules")
    with pytest.raises(ConfigError):
        Rules(path).add(Rule(pin=("a",)))
    assert path.read_text() == "[[rules"
