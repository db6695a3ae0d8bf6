"""Which events belong to the visit under way."""

import numpy as np
import pytest

from tastemaker.catalog.interactions import History
from tastemaker.shop.visits import current_visit

MINUTE = 60.0


def history(*minutes):
    rows = np.arange(len(minutes))
    times = np.array([np.nan if at is None else at * MINUTE for at in minutes])
    return History(rows, np.ones(len(rows), np.float32), times)


@pytest.mark.parametrize(
    ("minutes", "now", "kept"),
    [
        ((0, 100, 120, 140), 150, [1, 2, 3]),
        ((0, 100, 120, 140), 170, [1, 2, 3]),
        ((0, 100, 120, 140), 171, []),
        ((0, 100, 131, 140), 150, [2, 3]),
        ((None, 100, 110), 115, [1, 2]),
        ((None, None), 115, []),
        ((), 115, []),
    ],
)
def test_a_visit_is_what_no_pause_of_thirty_minutes_divides(minutes, now, kept):
    assert current_visit(history(*minutes), now * MINUTE, 30.0).rows.tolist() == kept


def test_no_minutes_no_visit():
    assert len(current_visit(history(100), 100 * MINUTE, 0)) == 0
