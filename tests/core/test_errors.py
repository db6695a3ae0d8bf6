"""Messages with a next step, and the tree as it is drawn."""

import inspect
import re

import pytest

from tastemaker.core import errors


def test_a_hint_travels_as_attribute_and_as_note():
    error = errors.InputError("k is 0", hint="ask for 1 or more")
    assert (str(error), error.hint) == ("k is 0", "ask for 1 or more")
    assert error.__notes__ == ["hint: ask for 1 or more"]
    assert not hasattr(errors.InputError("k is 0"), "__notes__")


def test_an_unknown_name_lists_its_neighbours():
    error = errors.UnknownName("recommender", "eese", ["ease", "popularity"])
    assert str(error) == "unknown recommender 'eese'"
    assert error.hint == "did you mean 'ease'?"
    assert (error.kind, error.name) == ("recommender", "eese")


def test_an_unknown_name_without_neighbours_lists_what_there_is():
    assert errors.UnknownName("item", "zzz", ["a", "b"]).hint == "known: 'a', 'b'"
    assert errors.UnknownName("item", "zzz", [f"name{n}" for n in range(9)]).hint.endswith(" ...")
    assert errors.UnknownName("item", "zzz", ["a"], hint="look").hint == "look"
    assert errors.UnknownName("item", "zzz").hint == ""


def test_an_endless_name_does_not_flood_the_message():
    assert len(str(errors.UnknownName("item", "x" * 10_000_000, ["a"]))) < 120


def test_a_missing_extra_says_what_to_install():
    error = errors.MissingExtra("diffusers", "pictures")
    assert error.hint == "pip install 'tastemaker[pictures]'"
    assert isinstance(error, ImportError)
    assert errors.MissingExtra("somewhere").hint == "pip install 'somewhere'"


@pytest.mark.parametrize(
    ("name", "builtin"), [("InputError", ValueError), ("UnknownName", LookupError), ("MissingExtra", ImportError)]
)
def test_errors_are_also_what_python_would_raise(name, builtin):
    assert issubclass(getattr(errors, name), builtin)


def test_the_drawn_tree_is_the_tree():
    drawn = {}
    stack = []
    for line in errors.__doc__.splitlines():
        found = re.match(r"    ([│├└─ ]*)([A-Z]\w+)", line)
        if found:
            depth = len(found[1]) // 4
            stack[depth:] = [found[2]]
            drawn[found[2]] = stack[depth - 1] if depth else "Exception"
    real = {
        name: cls.__bases__[0].__name__
        for name, cls in inspect.getmembers(errors, inspect.isclass)
        if issubclass(cls, Exception)
    }
    assert drawn == real
