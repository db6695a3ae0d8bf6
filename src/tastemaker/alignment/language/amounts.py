"""Amounts in a shopper's words: prices and other numbers of the catalog.

Prices are "under 60", "between 20 and 40 euros", "cheaper"; other numbers are "max 3 hours", "width under 200", "from
the 90s", where an attribute of that name or unit exists. A number with a unit that the catalog does not know ("under 60
days") is no price; it is left out, and said so.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from tastemaker.alignment.language.vocabulary import Vocabulary
from tastemaker.alignment.language.wordforms import stem
from tastemaker.catalog.items import Item
from tastemaker.core.ranking import Facet

_MONEY = r"(?:€|\$|£|¥|(?:eur(?:o?s?)?|usd|gbp|dollars?|bucks|pounds|quid)\b)"
_NUMBER = r"(\d+(?:[.,]\d+)*)\s*(k\b)?"
_BELOW_OR = r"up to|at most|no more than|not more than|not over|max(?:imum)?(?: of)?|within|budget(?: of| is|:)?|<="
_BELOW = rf"{_BELOW_OR}|under|below|less than|lower than|cheaper than|<"
_ABOVE_OR = r"at least|not less than|no less than|min(?:imum)?(?: of)?|from|starting at|since|>="
_ABOVE = rf"{_ABOVE_OR}|over|above|more than|greater than|after|>"
_NO_UNIT = r"(?!(?:under|below|over|above|at|up|max|min|from|less|more|no|not|nor|and|or|to|but|after|before)\b)"
_AMOUNT = rf"{_MONEY}?\s*{_NUMBER}\s*({_MONEY})?(?:[\s-]*{_NO_UNIT}([a-z]+))?"

_RANGE = re.compile(
    rf"(?:(?!between\b|from\b)\b(\w+)\s+)?(?:\b(between|from)\s+)?({_MONEY})?\s*{_NUMBER}\s*{_MONEY}?\s*(and|to|-|–)\s*"
    rf"({_MONEY})?\s*{_NUMBER}\s*({_MONEY})?(?:[\s-]*{_NO_UNIT}([a-z]+))?"
)
_BOUND = re.compile(
    rf"(?:(?!(?:no|not|at|up)\b)([a-z]+)\s+)?(?:is\s+|of\s+)?(?<![\w])({_BELOW}|{_ABOVE}|before)\s*({_MONEY})?\s*{_AMOUNT}"
)
_AROUND = re.compile(rf"\b(?:around|about|approximately|roughly)\s+({_MONEY})?\s*{_NUMBER}\s*({_MONEY})?")
_DECADE = re.compile(r"\b(?:(?:from|in|of)\s+)?(?:the\s+)?(?:(19|20)(\d)0|'?(\d)0)'?s\b")
_IN_YEAR = re.compile(r"\b(?:in|from|of)\s+((?:19|20)\d\d)\b")
_EXACT = re.compile(rf"(?<![\w.,€$£]){_NUMBER}[\s-]+([a-z]+)\b")
_CHEAPER = re.compile(
    r"\b(?:(?:much|a bit|a little|slightly)\s+)?(?:cheaper|less expensive|more affordable|less pricey)\b"
)
_DEARER = re.compile(r"\b(?:pricier|more expensive|dearer)\b")
_CHEAP = re.compile(r"\b(?:cheap|inexpensive|affordable|low(?:er)? priced?|on a budget|not (?:too |so )?expensive)\b")
_REFUSED = re.compile(
    r"\b(?:not|no|nor|never|nothing|none|neither|isn't|don't|doesn't|dont|avoid|except|excluding|without|hate)"
    r"(?:\s+(?:want|like|need|show|me|any|anything|items?|things?|ones?|that|which|is|are|in|be|to|a|the|all))*\s+$"
)
_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "!=", "less": "more", "more": "less"}

_UNITS = {
    "minut": ("minute", 1.0), "min": ("minute", 1.0), "hour": ("minute", 60.0), "hr": ("minute", 60.0),
    "h": ("minute", 60.0), "cm": ("cm", 1.0), "centimetr": ("cm", 1.0), "centimeter": ("cm", 1.0), "mm": ("cm", 0.1),
    "m": ("cm", 100.0), "metr": ("cm", 100.0), "meter": ("cm", 100.0), "g": ("g", 1.0), "gram": ("g", 1.0),
    "kg": ("g", 1000.0), "kilo": ("g", 1000.0), "day": ("day", 1.0), "week": ("day", 7.0), "night": ("night", 1.0),
    "year": ("year", 1.0), "month": ("month", 1.0), "km": ("km", 1.0), "inch": ("inch", 1.0), "star": ("star", 1.0),
    "person": ("person", 1.0), "peopl": ("person", 1.0), "seat": ("seat", 1.0), "piec": ("piece", 1.0),
    "percent": ("percent", 1.0), "degre": ("degree", 1.0), "litr": ("litre", 1.0), "ml": ("ml", 1.0),
}  # fmt: skip
"""Stem of a unit -> what it measures, and how many of the smallest it is."""
_YEARS = (1000.0, 2100.0)
_OF_TIME = ("after", "before", "since", "from")


@dataclass(frozen=True)
class Amount:
    """Facets that a stretch of a text stands for; none when it is understood but the catalog has no such number."""

    start: int
    end: int
    facets: tuple[Facet, ...]
    note: str = ""


def amounts(text: str, vocabulary: Vocabulary, reference: Item | None = None) -> list[Amount]:
    """Every amount in a text (small letters), none overlapping another, the surest kinds first."""
    found: list[Amount] = []
    for amount in (_refused(text, each) for each in _candidates(text, vocabulary, reference)):
        if all(amount.end <= other.start or amount.start >= other.end for other in found):
            found.append(amount)
    return found


def contradictions(facets: Iterable[Facet]) -> list[str]:
    """Notes on limits of one number that no number is within, "under 50" and "over 100"."""
    limits = [facet for facet in facets if facet.op[0] in "<>" and re.fullmatch(r"-?\d+(?:\.\d+)?", facet.value)]
    return [
        f"“{above.label}” and “{below.label}” exclude each other: take one away"
        for above in limits
        for below in limits
        if above.name == below.name and above.op in (">", ">=") and below.op in ("<", "<=")
        if float(above.value) > float(below.value) or (above.value == below.value and above.op + below.op != ">=<=")
    ]


def _refused(text: str, amount: Amount) -> Amount:
    """An amount after "not" is its opposite; a range has none, so it is left out, and said so."""
    match = _REFUSED.search(text[: amount.start])
    if match is None:
        return amount
    if len(amount.facets) > 1:
        said = text[match.start() : amount.end].strip()
        return Amount(match.start(), amount.end, (), f"“{said}” is not used: say one limit, as in “over 50”")
    turned = tuple(replace(facet, op=_OPPOSITE[facet.op]) for facet in amount.facets)
    return replace(amount, start=match.start(), facets=turned)


def _candidates(text: str, vocabulary: Vocabulary, reference: Item | None) -> Iterator[Amount]:
    """Amounts in the order in which they are believed."""
    yield from _decades(text, vocabulary)
    yield from _ranges(text, vocabulary)
    yield from _bounds(text, vocabulary)
    for match in _EXACT.finditer(text):
        for name, words in vocabulary.numbers.items():
            if stem(match[3]) in words and len(match[3]) > 3:
                facet = Facet(name, "=", show(_number(match[1], match[2])), hard=True)
                yield Amount(match.start(), match.end(), (facet,))
    for match in _AROUND.finditer(text):
        if (match[1] or match[4]) and vocabulary.prices:
            middle = _number(match[2], match[3])
            yield Amount(match.start(), match.end(), _between("price", 0.75 * middle, 1.25 * middle))
    yield from _relative(text, vocabulary, reference)


def _ranges(text: str, vocabulary: Vocabulary) -> Iterator[Amount]:
    """Read "between 20 and 40", "20 to 40 euros", "from 1990 to 1999"."""
    for match in _RANGE.finditer(text):
        before, cue, money, low, low_k, joint, money2, high, high_k, money3, unit = match.groups()
        paid = bool(money or money2 or money3)
        if (joint == "and" and cue != "between") or not (cue or paid or before == "price"):
            continue
        name, scale = _meant(vocabulary, before or "", unit or "", paid=paid)
        bounds = _number(low, low_k) * scale, _number(high, high_k) * scale
        if not paid and not unit and name == "price" and (year := _year_attribute(vocabulary, *bounds)):
            name = year
        start, end = _without_neighbours(match, before, unit, name, vocabulary)
        facets = _between(name, min(bounds), max(bounds)) if _exists(name, vocabulary) else ()
        yield Amount(start, end, facets, _note(text[start:end], name, vocabulary))


def _bounds(text: str, vocabulary: Vocabulary) -> Iterator[Amount]:
    """Read "under 60", "at least 4 stars", "width below 200", "after 2010"."""
    for match in _BOUND.finditer(text):
        before, cue, money, digits, k, money2, unit = match.groups()
        paid = bool(money or money2)
        name, scale = _meant(vocabulary, before or "", unit or "", paid=paid)
        number = _number(digits, k) * scale
        if name == "price" and not paid and (cue in _OF_TIME or not vocabulary.prices):
            name = _year_attribute(vocabulary, number, number) or ("" if cue in _OF_TIME else name)
            if not name:
                continue
        below = re.fullmatch(_BELOW, cue) is not None or cue == "before"
        or_equal = re.fullmatch(_BELOW_OR if below else _ABOVE_OR, cue) is not None
        op = ("<" if below else ">") + ("=" if or_equal else "")
        start, end = _without_neighbours(match, before, unit, name, vocabulary)
        facets = (Facet(name, op, show(number), hard=True),) if _exists(name, vocabulary) else ()
        yield Amount(start, end, facets, _note(text[start:end], name, vocabulary))


def _decades(text: str, vocabulary: Vocabulary) -> Iterator[Amount]:
    """Read "from the 90s", "2010s", "in 1994", where the catalog knows years."""
    for match in _DECADE.finditer(text):
        century, digit, short = match.groups()
        first = int(f"{century}{digit}0") if century else (2000 if short == "0" else 1900) + 10 * int(short)
        if name := _year_attribute(vocabulary, first, first + 9):
            yield Amount(match.start(), match.end(), _between(name, first, first + 9))
    for match in _IN_YEAR.finditer(text):
        year = float(match[1])
        if not re.match(r"\s*(?:to|-|–|and)\s*\d", text[match.end() :]) and (
            name := _year_attribute(vocabulary, year, year)
        ):
            yield Amount(match.start(), match.end(), (Facet(name, "=", show(year), hard=True),))


def _relative(text: str, vocabulary: Vocabulary, reference: Item | None) -> Iterator[Amount]:
    """Read "cheaper", "more expensive" than the item that is looked at; without one, a pull towards that end."""
    if not vocabulary.prices:
        return
    price = reference.price if reference is not None else None
    for pattern, op in ((_CHEAPER, "<"), (_DEARER, ">"), (_CHEAP, "<")):
        for match in pattern.finditer(text):
            if price is None or pattern is _CHEAP:
                facet = Facet("price", "less" if op == "<" else "more", "expensive")
            else:
                facet = Facet("price", op, show(price), hard=True)
            yield Amount(match.start(), match.end(), (facet,))


def _meant(vocabulary: Vocabulary, before: str, unit: str, *, paid: bool) -> tuple[str, float]:
    """Which attribute a number is of, and what to multiply it with; "" when the catalog has none for its unit."""
    if paid or before in ("price", "priced", "costs", "cost"):
        return "price", 1.0
    measure, scale = _UNITS.get(stem(unit), ("", 1.0)) if unit else ("", 1.0)
    for word in filter(None, (before, unit)):
        for name, words in vocabulary.numbers.items():
            if stem(word) in words and len(word) > 2:
                return name, scale / _scale_of(words) if measure else 1.0
    if measure:
        for name, words in vocabulary.numbers.items():
            if any(_UNITS.get(word, ("", 1.0))[0] == measure for word in words) or (
                measure == "minute" and {"runtim", "duration"} & set(words)
            ):
                return name, scale / _scale_of(words)
        return "", 1.0
    return "price", 1.0


def _scale_of(words: tuple[str, ...]) -> float:
    """How many of the smallest unit an attribute counts in, by its name (``width_m``); 1 when it does not say."""
    return next((_UNITS[word][1] for word in words if word in _UNITS), 1.0)


def _without_neighbours(
    match: re.Match[str], before: str | None, unit: str | None, name: str, vocabulary: Vocabulary
) -> tuple[int, int]:
    """The stretch of a match less the words beside it that are not part of the amount."""
    start, end = match.span()
    if before and not (before in ("price", "priced", "costs", "cost") or _names(before, name, vocabulary)):
        start += len(match[0]) - len(match[0][len(before) :].lstrip())
    if unit and not (stem(unit) in _UNITS or _names(unit, name, vocabulary)):
        end -= len(match[0]) - len(match[0][: -len(unit)].rstrip(" -"))
    return start, end


def _names(word: str, name: str, vocabulary: Vocabulary) -> bool:
    return stem(word) in vocabulary.numbers.get(name, ())


def _year_attribute(vocabulary: Vocabulary, low: float, high: float) -> str:
    """The attribute that holds years, if both bounds could be years; "" otherwise."""
    if not (_YEARS[0] <= low and high <= _YEARS[1]):
        return ""
    return next((name for name, words in vocabulary.numbers.items() if "year" in words), "")


def _exists(name: str, vocabulary: Vocabulary) -> bool:
    return bool(vocabulary.prices) if name == "price" else name in vocabulary.numbers


def _note(said: str, name: str, vocabulary: Vocabulary) -> str:
    """What to say when an amount cannot be used."""
    if _exists(name, vocabulary):
        return ""
    return f"“{said.strip()}” is not used: no item here has {'a price' if name == 'price' else 'such a number'}"


def _between(name: str, low: float, high: float) -> tuple[Facet, ...]:
    return Facet(name, ">=", show(low), hard=True), Facet(name, "<=", show(high), hard=True)


def _number(digits: str, thousands: str | None) -> float:
    """Read digits: "1,200" and "1.200" are thousands, "9.99" and "9,99" are not; "2k" is 2,000."""
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", digits):
        digits = re.sub(r"[.,]", "", digits)
    head, *rest = re.split(r"[.,]", digits)
    return float(f"{head}.{''.join(rest) or 0}") * (1000.0 if thousands else 1.0)


def show(number: float) -> str:
    """A number as a chip shows it."""
    return f"{round(number, 2):.10g}"
