"""Rules of the shop, for the merchandiser: which hold, what a new one would change before it does, and one less.

A rule is tried by a form that works as a link; only what was tried can be put in force.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from nicegui import Client

from tastemaker.catalog.catalog import Catalog
from tastemaker.core.errors import ConfigError, InputError, TastemakerError, UnknownName
from tastemaker.core.ranking import Ranked
from tastemaker.index import filters
from tastemaker.page.card import picture, sentence
from tastemaker.page.facts import facts_of
from tastemaker.page.frame import Content
from tastemaker.page.html import Attribute, Safe, join, tag
from tastemaker.page.live import Given, Reply, button, hear
from tastemaker.page.state import MAX_TEXT, State
from tastemaker.page.tables import section, table
from tastemaker.page.trying import told
from tastemaker.shop.rules import Rule

if TYPE_CHECKING:
    from tastemaker.shop import Shop

PATH = "/rules"
PLACES = 12
"""Places that are compared."""
FIELDS = ("kind", "what", "by", "place", "since", "until", "on")
"""Of the form."""
_KINDS = {"boost": "Lift", "bury": "Send to the end", "pin": "Put at a place"}
_ON = {"": "both", "recommend": "recommendations", "complete": "what goes with it"}


def rules(shop: "Shop", state: State, given: Given, said: str = "") -> Content:
    """The page.

    Args:
        shop: whose rules.
        state: for whom they are tried.
        given: the fields of a rule to be tried, or in ``without`` the number of one to be left out.
        said: what went wrong with an act.
    """
    held, problem = shop.rules.now()
    parts: list[Safe | None] = [
        tag("h1", None, "Rules"),
        tag("p", {"class": "note"}, "They hold for everybody as soon as they are put in force."),
        *(tag("p", {"class": "wrong", "role": "alert"}, sentence(one)) for one in (problem, said) if one),
        section("In force", _held(shop, state, held)),
        section("Try a rule", _form(shop, state, given)),
        _tried(shop, state, held, given),
    ]
    return Content("Rules · Tastemaker", tag("div", {"class": "work"}, join(parts)))


def rule_of(given: Given) -> Rule:
    """The rule that a form says.

    Raises:
        ConfigError, FilterError: it says none.
    """
    kind, what = given.get("kind", ""), given.get("what", "").strip()
    if kind not in _KINDS or not what:
        raise ConfigError("a rule needs items or a filter", hint="such as `colour = red and price < 60`")
    values: dict[str, object] = {kind: what.replace(",", " ").split() if kind == "pin" else what}
    values |= {name: given[name] for name in ("since", "until") if given.get(name)}
    if kind != "bury" and given.get("by" if kind == "boost" else "place"):
        values |= {name: given[name] for name in (["by"] if kind == "boost" else ["place"])}
    if given.get("on") in ("recommend", "complete"):
        values["on"] = [given["on"]]
    return Rule.read(values).checked()


def hear_rules(client: Client, shop: "Shop", state: State) -> None:
    """Hear of rules to be put in force and taken out."""

    def hold(given: Given) -> Reply:
        shop.rules.add(_usable(shop.catalog, rule_of(given)))
        return Reply(rules(shop, state, {}), "In force")

    def drop(given: Given) -> Reply:
        found = [rule for rule in shop.rules.now()[0] if rule.to_toml() == given.get("rule")]
        if not found:
            return Reply(rules(shop, state, {}), "That rule is not there any more")
        shop.rules.drop(found[0])
        return Reply(rules(shop, state, {}), "Taken out")

    hear(client, "tm_rule_hold", hold)
    hear(client, "tm_rule_drop", drop)


def _usable(catalog: Catalog, rule: Rule) -> Rule:
    """A rule that this catalog can follow.

    Raises:
        InputError: it names attributes, values or ids that are not there.
    """
    unknown = next((id for id in rule.pin if not catalog.has(id)), "")
    if unknown:
        hint = "A place takes ids; a filter can lift or send to the end"
        raise UnknownName("item", unknown, hint=hint)
    _reached(catalog, rule)
    return rule


def _reached(catalog: Catalog, rule: Rule) -> int:
    """How many items a rule is for.

    Raises:
        FilterError: its filter does not fit the catalog.
    """
    if rule.pin:
        return sum(catalog.has(id) for id in rule.pin)
    return int((filters.parse(rule.boost or rule.bury).mask(catalog) & catalog.alive).sum())


def _today(catalog: Catalog, rule: Rule) -> str:
    """Does a rule do anything today?"""
    if not any(rule.holds(verb, date.today()) for verb in rule.on):
        return "No"
    try:
        return "Yes" if _reached(catalog, rule) else "For nothing: no item is like that"
    except InputError as error:
        return f"For nothing: {error.message}"


def _held(shop: "Shop", state: State, held: Sequence[Rule]) -> Safe:
    """The rules there are."""
    if not held:
        return tag("p", {"class": "fine"}, "There are none: the order is what the shop has learned.")
    lines = []
    for number, rule in enumerate(held):
        query = urlencode([("without", number), *([("person", state.person)] if state.person else [])])
        words = _words(rule)
        link = {"class": "quiet", "href": f"{PATH}?{query}", "aria-label": f"Try without: {words}"}
        acts = [
            tag("a", link, "Try without"),
            button("tm_rule_drop", {"rule": rule.to_toml()}, "Take out", label=f"Take out: {words}", look="quiet"),
        ]
        lines.append((sentence(words), _ON["" if len(rule.on) > 1 else rule.on[0]].capitalize(), _span(rule),
                      _today(shop.catalog, rule), tag("span", {"class": "acts"}, join(acts))))  # fmt: skip
    return table(("Rule", "For", "Days", "Holds today", ""), lines, name="Rules in force")


def _words(rule: Rule) -> str:
    """A rule in the words of the form."""
    if rule.pin:
        return f"put {', '.join(rule.pin[:3])}{' …' if len(rule.pin) > 3 else ''} at place {rule.place}"
    return f"lift {rule.boost} by {rule.by:g}" if rule.boost else f"send {rule.bury} to the end"


def _span(rule: Rule) -> str:
    if rule.since is None and rule.until is None:
        return "Always"
    ends = [f"from {rule.since:%-d %b %Y}" if rule.since else "", f"until {rule.until:%-d %b %Y}" if rule.until else ""]
    return sentence(" ".join(filter(None, ends)))


def _form(shop: "Shop", state: State, given: Given) -> Safe:
    """A rule in fields."""
    colours = facts_of(shop.catalog).colours
    example = f"such as: colour = {colours[0]} and price < 60" if colours else "such as: price < 60"

    def field(name: str, label: str, more: Mapping[str, Attribute]) -> Safe:
        return tag("label", None, tag("span", None, label), tag("input", {"name": name, "value": given.get(name, ""),
                   **more}))  # fmt: skip

    fields = [
        _choice("kind", "What it does", _KINDS, given),
        field("what", "With which items: a filter, or ids to put at a place",
              {"required": True, "maxlength": MAX_TEXT, "placeholder": example, "class": "long"}),
        field("by", "How far to lift, 0 to 1", {"type": "number", "min": 0.05, "max": 10, "step": 0.05,
                                                "placeholder": "0.2"}),
        field("place", "At which place", {"type": "number", "min": 1, "placeholder": "1"}),
        field("since", "From", {"type": "date"}),
        field("until", "Until", {"type": "date"}),
        _choice("on", "For", _ON, given),
    ]  # fmt: skip
    who = tag("input", {"type": "hidden", "name": "person", "value": state.person}) if state.person else None
    submit = tag("button", {"type": "submit", "class": "button"}, "Try it")
    return tag("form", {"class": "fields", "action": PATH, "method": "get"}, *fields, who, submit)


def _choice(name: str, label: str, choices: Mapping[str, str], given: Given) -> Safe:
    options = [
        tag("option", {"value": value, "selected": given.get(name, "") == value}, sentence(text))
        for value, text in choices.items()
    ]
    return tag("label", None, tag("span", None, label), tag("select", {"name": name}, join(options)))


def _tried(shop: "Shop", state: State, held: Sequence[Rule], given: Given) -> Safe | None:
    """Before and after, side by side; None when nothing is tried."""
    number = given.get("without", "")
    if number.isascii() and number.isdigit() and int(number) < len(held):
        changed = [rule for place, rule in enumerate(held) if place != int(number)]
        name, act = f"Without: {_words(held[int(number)])}", None
    elif given.get("what"):
        try:
            rule = _usable(shop.catalog, rule_of(given))
        except TastemakerError as error:
            return tag("p", {"class": "wrong", "role": "alert"}, told(error))
        changed, name = [*held, rule], f"With: {_words(rule)}"
        act = button("tm_rule_hold", {field: given.get(field, "") for field in FIELDS}, "Put it in force", look="go")
    else:
        return None
    before = shop.preview(held, state.person or None, k=PLACES * 4)
    after = shop.preview(changed, state.person or None, k=PLACES * 4)
    whom = f"Recommendations for {state.person}" if state.person else "Recommendations for nobody in particular"
    problems = [note for note in after.notes if note not in before.notes and not note.endswith("`")]
    if act is not None and not _reached(shop.catalog, changed[-1]):
        problems.append("no item is like that now: it holds for nothing until there is one")
    notes = [tag("p", {"class": "note"}, sentence(note)) for note in problems]
    lists = tag("div", {"class": "sides-by-side"}, _places("Now", before.items, ()),
                _places("Then", after.items, before.items))  # fmt: skip
    changes = sum(one.id != other.id for one, other in zip(before.items[:PLACES], after.items[:PLACES], strict=False))
    said = f"{whom}: {changes} of the first {PLACES} places change." if changes else f"{whom}: nothing changes."
    return section(sentence(name), *notes, lists, act, note=said, id="tried")


def _places(title: str, items: Sequence[Ranked], before: Sequence[Ranked]) -> Safe:
    """The first places; with ``before``, how each has moved."""
    were = {item.id: place for place, item in enumerate(before)}
    lines = [
        tag(
            "li",
            {"class": "moved" if before and were.get(item.id, place + 1) > place else None},
            tag("span", {"class": "thumb"}, picture(item.picture, "", sizes="56px", title="")),
            tag("span", {"class": "what"}, tag("span", None, item.title or item.id),
                tag("span", {"class": "quiet"}, _moved(were.get(item.id), place)) if before else None),
        )
        for place, item in enumerate(items[:PLACES])
    ]  # fmt: skip
    return tag("div", None, tag("h3", None, title), tag("ol", None, join(lines)))


def _moved(was: int | None, now: int) -> str:
    if was is None:
        return "↑ new here"
    return "" if was == now else f"{'↑' if was > now else '↓'} {abs(was - now)}, was {was + 1}"
