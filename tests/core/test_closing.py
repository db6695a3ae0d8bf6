import pytest

from tastemaker.core.closing import Closing


class Held(Closing):
    closed = 0

    def close(self) -> None:
        self.closed += 1


def test_a_with_closes_what_it_holds_whatever_happens():
    with Held() as held:
        assert held.closed == 0
    assert held.closed == 1
    failing = Held()
    with pytest.raises(RuntimeError, match="inside"), failing:
        raise RuntimeError("inside")
    assert failing.closed == 1
