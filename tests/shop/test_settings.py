"""The tables ``[methods.NAME]`` of a workspace reach the method they are named after."""

import pytest

from tastemaker.core.errors import ConfigError, UnknownName
from tastemaker.recommenders.ease import EaseConfig
from tastemaker.recommenders.hybrid import Hybrid
from tastemaker.shop.fitting import hybrid_config
from tastemaker.testing.worlds import checkerboard


def test_a_source_of_the_hybrid_gets_its_own_table():
    config = hybrid_config({"hybrid": {"hot": 3}, "ease": {"regularisation": 7.0, "half_life": 2.0}})
    assert config.hot == 3
    fitted = Hybrid(config).fit(checkerboard(people=60), None)
    restored = Hybrid(config).restore(fitted.tensors())
    for hybrid in (fitted, restored):
        assert hybrid.sources["ease"].config == EaseConfig(regularisation=7.0, half_life=2.0)
        assert hybrid.sources["item-knn"].config.half_life is None


def test_a_table_of_no_method_is_refused():
    with pytest.raises(UnknownName, match="eese") as caught:
        hybrid_config({"eese": {}})
    assert "'ease'" in caught.value.hint


def test_a_setting_of_no_method_is_refused():
    with pytest.raises(ConfigError, match="half_live"):
        Hybrid(hybrid_config({"ease": {"half_live": 2.0}})).fit(checkerboard(people=60), None)


@pytest.mark.parametrize("methods", [[], ["hybrid"], ["ease", "ease"]])
def test_a_hybrid_of_nothing_of_itself_or_of_one_twice_is_refused_before_any_work(methods):
    with pytest.raises(ConfigError, match="methods of the hybrid"):
        hybrid_config({"hybrid": {"methods": methods}})


def test_a_hybrid_of_an_unknown_method_is_refused_before_any_work():
    with pytest.raises(UnknownName, match="eese"):
        hybrid_config({"hybrid": {"methods": ["rp3beta", "eese"]}})
