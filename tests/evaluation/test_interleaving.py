"""Assignment by hash, team draft, credit; against shares, hand-made drafts and a small world."""

from collections import Counter

import numpy as np
import pytest

from tastemaker.core.errors import InputError
from tastemaker.core.seeds import generator
from tastemaker.evaluation.interleaving import BOTH, Draft, assign, by_person, credit, team_draft

PEOPLE = [f"person {number}" for number in range(20_000)]


def test_shares_are_met_and_every_person_stays():
    arms = [assign("spring", person, (0.1, 0.3, 0.6)) for person in PEOPLE]
    assert arms == [assign("spring", person, (0.1, 0.3, 0.6)) for person in PEOPLE]
    counts = Counter(arms)
    for arm, share in enumerate((0.1, 0.3, 0.6)):
        spread = (share * (1 - share) / len(PEOPLE)) ** 0.5
        assert abs(counts[arm] / len(PEOPLE) - share) < 4 * spread


def test_another_experiment_mixes_the_groups_anew():
    spring = np.array([assign("spring", person, (0.5, 0.5)) for person in PEOPLE])
    autumn = np.array([assign("autumn", person, (0.5, 0.5)) for person in PEOPLE])
    assert abs(np.corrcoef(spring, autumn)[0, 1]) < 4 / len(PEOPLE) ** 0.5


def test_who_was_in_the_smaller_group_stays_there_when_it_grows():
    small = {person for person in PEOPLE if assign("x", person, (0.1, 0.9)) == 0}
    assert small <= {person for person in PEOPLE if assign("x", person, (0.2, 0.8)) == 0}


@pytest.mark.parametrize("shares", [(), (0.5, 0.4), (1.0, 0.0), (1.5, -0.5)])
def test_shares_that_are_none_are_refused(shares):
    with pytest.raises(InputError):
        assign("x", "u", shares)


def test_a_draft_holds_each_item_once_and_gives_both_teams_as_many_places():
    first, second = [1, 2, 3, 4, 5, 6], [4, 1, 7, 2, 8, 9]
    for number in range(50):
        draft = team_draft(first, second, 6, generator(number, "draft"))
        assert len(set(draft.items)) == 6
        assert draft.teams.count(0) == draft.teams.count(1) == 3
        assert {draft.items[0], draft.items[1]} == {1, 4}  # the first turn: the best of each


def test_what_both_rank_alike_belongs_to_neither():
    draft = team_draft([1, 2, 3, 4], [1, 2, 4, 3], 4, generator(0, "draft"))
    assert draft.items[:2] == (1, 2)
    assert draft.teams[:2] == (BOTH, BOTH)
    assert team_draft([1, 2], [1, 2], 5, generator(0, "draft")) == Draft((1, 2), (BOTH, BOTH))
    assert team_draft([], [3], 2, generator(0, "draft")) == Draft((3,), (1,))


def test_credit_by_hand():
    draft = Draft((1, 2, 3, 4), (BOTH, 0, 1, 1))
    assert [credit(draft, chosen) for chosen in ({2}, {3}, {2, 3}, {2, 3, 4}, {1})] == [0.0, 1.0, 0.5, 1.0, 0.5]
    assert np.isnan(credit(draft, {9}))


def test_people_who_look_only_at_the_first_place_prefer_neither_of_two_rankings_by_chance():
    coin = generator(3, "coins")
    won = [credit(draft, {draft.items[0]}) for draft in (team_draft([1, 2], [2, 1], 2, coin) for _ in range(4_000))]
    assert abs(np.mean(won) - 0.5) < 4 * 0.5 / 4_000**0.5


def test_people_who_know_what_they_want_are_found_out():
    coin = generator(4, "coins")
    won = [credit(team_draft([1, 2, 3], [7, 8, 9], 3, coin), {7, 8, 1}) for _ in range(500)]
    assert np.mean(won) > 0.6


def test_the_mean_over_lists_is_kept_when_people_are_resampled():
    values, people = np.array([1.0, 0.0, 0.0, 1.0]), ["a", "a", "a", "b"]
    each, mean = by_person(values, people)
    assert mean == 0.5
    assert each.tolist() == [0.5 + (1 - 1.5) / 2, 0.5 + (1 - 0.5) / 2]
    assert each.mean() == 0.5
