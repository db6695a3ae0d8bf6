from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tastemaker.index import filters
from tastemaker.page.state import MAX_SIZE, PAGE_SIZE, State

FULL = State(
    "linen shirt", "in red", "key", "item-1", "anna", ("colour: red", "not: sleeves"), "home & garden", 60.0, 48
)


def read(url):
    return State.read(parse_qsl(urlsplit(url).query))


def test_the_address_says_everything_and_nothing_twice():
    assert State().url() == "/"
    assert State(words="blue sofa", person="u 1").url() == "/?q=blue+sofa&person=u+1"
    assert read(FULL.url()) == FULL


words = st.text(min_size=0, max_size=60).map(lambda text: " ".join(text.replace("\0", " ").split()))


@given(words, words, st.lists(words.filter(bool), unique=True, max_size=5), st.none() | st.floats(0, 1e5))
def test_every_state_survives_its_address(text, change, ignore, under):
    under = None if under is None else float(f"{under:g}")
    state = State(words=text, change=change, ignore=tuple(ignore), under=under)
    assert read(state.url()) == state


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("under=nan", State()),
        ("under=-3", State()),
        ("under=cheap", State()),
        ("under=12,5", State(under=12.5)),
        ("n=5", State()),
        ("n=100000", State(size=MAX_SIZE)),
        ("n=99999999999999999999", State()),
        ("n=²", State()),
        ("n=48", State(size=48)),
        ("q=%00a%0A%20b", State(words="a b")),
        ("ignore=&ignore=a&ignore=a", State(ignore=("a",))),
        ("like=two++spaces&person=+u++1", State(like="two  spaces", person=" u  1")),
        ("like=++&person=%00", State()),
        ("unknown=1", State()),
    ],
)
def test_what_cannot_be_read_is_left_out(query, expected):
    assert State.read(parse_qsl(query, keep_blank_values=True)) == expected


def test_long_text_is_cut():
    assert len(State.read([("q", "x" * 10_000)]).words) == 400
    assert len(State.read([("ignore", str(n)) for n in range(99)]).ignore) == 20


def test_a_chip_taken_away_can_be_put_back():
    asked = State(words="red sofa", size=96)
    gone = asked.without("colour: red")
    assert gone.ignore == ("colour: red",)
    assert gone.size == PAGE_SIZE
    assert gone.with_again("colour: red").ignore == ()


def test_other_pages_keep_the_person_and_at_most_the_words():
    assert FULL.item_url("a/b c?") == "/item/a%2Fb%20c%3F?q=linen+shirt&person=anna"
    assert FULL.more_like("x").url() == "/?like=x&person=anna"
    assert FULL.home() == State(person="anna", department="home & garden", under=60.0)


@pytest.mark.parametrize(
    "department", ["home", "home & garden", "men's", 'the "best"', 'the "best" of men\'s', "or 1 = 1", "a) or (b"]
)
def test_quick_filters_are_a_filter_the_shop_can_read(department):
    state = State(department=department, under=59.5)
    parsed = filters.parse(state.where)
    assert parsed == filters.parse(state.where)
    assert "price <= 59.5" in state.where
    assert filters.parse(State().where) is not None


def test_parts_are_made_more_and_less_of_by_steps_and_read_back():
    state = State(words="sofa", picture="p")
    more = state.weighing("picture", 1)
    assert more is not None
    assert more.weigh == (("picture", 2.0),)
    assert State.read(more.pairs()) == more
    assert more.weighing("picture", -1) == state
    most = more.weighing("picture", 1)
    assert most is not None
    assert most.weighing("picture", 1) is None
    assert State.read([("weigh", "picture:7"), ("weigh", "x"), ("weigh", ":2")]).weigh == ()


def test_turns_go_on_and_can_be_taken_back():
    state = State(picture="k", change="in red").then("cheaper")
    assert state.changes == ("in red", "cheaper")
    assert (state.earlier, state.change) == (("in red",), "cheaper")
    assert State.read([("earlier", "in red"), ("earlier", "in red"), ("change", "cheaper"), ("picture", "k")]) == state
    assert state.pairs()[-1] == ("earlier", "in red")
    assert state.then("in red").changes == ("cheaper", "in red")
    assert state.before("in red").changes == ("cheaper",)
    assert State(words="lamp").then("in red").earlier == ()
