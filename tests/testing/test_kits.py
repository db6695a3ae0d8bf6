"""Every registered method keeps its contract; the kits catch the usual ways to break one."""

import pytest

from tastemaker.core.registry import find, names
from tastemaker.testing import recommenders, spaces
from tastemaker.testing.fixed_space import FixedSpace

IMPERSONAL = {"popularity", "random"}
CASES = [
    (name, clause)
    for name in names("recommender")
    for clause in (*recommenders.CLAUSES, *(() if name in IMPERSONAL else recommenders.PERSONAL_CLAUSES))
]


@pytest.mark.parametrize(("name", "clause"), CASES, ids=lambda part: getattr(part, "__name__", part))
def test_recommenders(name, clause):
    clause(find("recommender", name))


def test_the_fixed_space_keeps_the_contract():
    spaces.check_space(FixedSpace, aligned=False)
