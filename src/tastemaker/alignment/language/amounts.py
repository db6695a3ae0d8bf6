"""Amounts in a shopper's words: prices and other numbers of the catalog.

Prices are "under 60", "between 20 and 40 euros", "80 max", "I have fifty euros", "cheaper"; other numbers are "max 3
hours", "width under 200", "wider than 2 m", "from the 90s", where an attribute of that name or unit exists. A number
with a unit that the catalog does not know ("under 60 days") is no price; it is left out, and said so.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from tastemaker.alignment.language.comparing import measure_of
from tastemaker.alignment.language.figures import NUMBER, number
from tastemaker.alignment.language.vocabulary import Vocabulary
from tastemaker.alignment.language.wordforms import stem, word_set
from tastemaker.catalog.items import Item
from tastemaker.core.ranking import Facet

_MONEY = r"(?:€|\$|£|¥|(?:eur(?:o?s?)?|usd|gbp|chf|dollars?|bucks|pounds|quid|francs)\b)"
_SPENT = r"spend(?:ing)?|pay(?:ing)?|afford|price(?: is| of)?"
_BELOW_OR = (
    r"up ?to|at (?:the )?most|as much as|no more than|not more than|no higher than|not over|not exceeding"
    r"|max(?:imum)?(?: price)?(?: of| is)?|within|until|till|(?:budget|limit)(?: of| is)?|<=|≤"
)
_BELOW = (
    rf"{_BELOW_OR}|under|underneath|below|beneath|less than|fewer than|lower than|cheaper than|less expensive than"
    r"|earlier than|before|<"
)
_ABOVE_OR = (
    r"at (?:the )?least|not less than|no less than|not under|no lower than|min(?:imum)?(?: price)?(?: of| is)?|from"
    r"|starting (?:at|from)|upwards of|since|>=|≥"
)
_ABOVE = (
    rf"{_ABOVE_OR}|over|above|more than|greater than|higher than|pricier than|dearer than|more expensive than|beyond"
    r"|exceed(?:s|ing)?|later than|after|>"
)
_THAN = r"[a-z]{3,}er than"
_BELOW_AFTER = (
    r"max(?:imum)?\b|at (?:the )?most\b|tops\b|(?:is )?(?:my |the )?(?:limit|budget)\b"
    r"|(?:or|and) (?:less|under|below|cheaper|fewer|lower|shorter|smaller|earlier|older|before)\b"
)
_ABOVE_AFTER = (
    r"min(?:imum)?\b|at (?:the )?least\b|upwards\b|onwards?\b"
    r"|(?:or|and) (?:more|up|upwards|over|above|higher|longer|larger|bigger|later|newer|after)\b"
)
_NO_UNIT = (
    r"(?!(?:under|below|over|above|at|up|upto|upwards|max|maximum|min(?=[.:]?\s*(?:of|price|[\d€$£]))|minimum|from|less|more|no|not|nor|and|or|to|but"
    r"|after|before|tops|in|for|with|without|on|by|of|please|the|an?|is|my|made|that|which|per|each|till|until|limit"
    r"|budget)\b)"
)
_ALONG = r"(?:\s+(?:in\s+)?(?P<along>long|wide|tall|high|deep|heavy|length|width|height|depth|weight)\b)?"
_UNIT = rf"(?:[\s-]*{_NO_UNIT}(?P<unit>[a-z]+){_ALONG})?"
_AMOUNT = rf"(?P<money>{_MONEY})?\s*(?P<number>{NUMBER})(?:\s*(?P<paid>{_MONEY}))?{_UNIT}"

_RANGE = re.compile(
    rf"(?:(?!between\b|from\b)\b(?P<before>\w+)\s+)?(?:\b(?P<cue>between|from)\s+)?(?P<money>{_MONEY})?\s*"
    rf"(?<![\w.,-])(?P<low>{NUMBER})\s*(?P<paid_low>{_MONEY})?\s*(?P<joint>and|to|up ?to|till|until|-|–)\s*"
    rf"(?P<money_high>{_MONEY})?\s*(?P<number>{NUMBER})(?![-–]\d)(?:\s*(?P<paid>{_MONEY}))?{_UNIT}"
)
_BOUND = re.compile(
    rf"(?:(?!(?:no|not|at|up)\b)(?P<before>[a-z]+)\s+)?(?:is\s+|of\s+)?"
    rf"(?<!\w)(?P<cue>{_BELOW}|{_ABOVE}|{_THAN}|{_SPENT})\s*[.:=]?\s*{_AMOUNT}"
)
_LIMIT_AFTER = re.compile(rf"(?<![\w.,]){_AMOUNT}\s*,?\s*(?P<cue>{_BELOW_AFTER}|{_ABOVE_AFTER})")
_AROUND = re.compile(rf"(?:\b(?:around|about|approximately|approx\.?|roughly|circa)|~)\s*{_AMOUNT}")
_PAID = re.compile(
    rf"(?:\bi(?:'ve| have)(?: only| just)?(?: got)?\s+|\bfor\s+)?"
    rf"(?:(?<!\w){_MONEY}\s*({NUMBER})|(?<![\w.,])({NUMBER})\s*{_MONEY})"
    r"(?!\s*(?:\w+\s+)?(?:off|discount|voucher|more|less|extra|cheaper|dearer)\b)"
)
_DECADES = "twenties|thirties|forties|fifties|sixties|seventies|eighties|nineties"
_DECADE = re.compile(rf"\b(?:(?:from|in|of)\s+)?(?:(?:the\s+)?(?:(19|20)(\d)0|'?(\d)0)'?s|the\s+({_DECADES}))\b")
_IN_YEAR = re.compile(r"\b(?:in|from|of)\s+((?:19|20)\d\d)\b")
_NO_SINGLE = re.compile(rf"\s*(?:(?:to|-|–|and)\s*\d|{_BELOW_AFTER}|{_ABOVE_AFTER})")
_COUNTED = re.compile(rf"{NUMBER}[\s-]+$")
_EXACT = re.compile(rf"(?<![\w.,€$£])({NUMBER})[\s-]+([a-z]+)\b")
_CHEAPER = re.compile(
    r"\b(?:(?:much|a bit|a little|slightly)\s+)?(?:cheaper|less expensive|more affordable|less pricey)\b"
)
_DEARER = re.compile(r"\b(?:pricier|more expensive|dearer)\b")
_CHEAP = re.compile(r"\b(?:cheap|inexpensive|affordable|low(?:er)? priced?|on a budget|not (?:too |so )?expensive)\b")
_REFUSED = re.compile(
    r"\b(?:not|no|nor|never|nothing|none|neither|cannot|[a-z]+n't|dont|wont|cant|isnt|doesnt|shouldnt|wouldnt|avoid|except"
    r"|excluding|without|hate)(?:\s+(?:want|wanna|like|need|wish|care|plan|intend|show|see|give|me|it|its|you|any|anything"
    r"|items?|things?|ones?|that|which|is|are|in|be|been|being|to|a|the|all|for|at|on|of|have|has|had|having|got|get|go|going"
    r"|buy|buying|pay|paying|spend|spending|afford|cost|costs|costing|price|priced|budget|willing|able|ready|prepared|really"
    r"|i|much|anywhere))*\s+$"
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
_YEARS = (1880.0, 2100.0)
_OF_TIME = word_set("after before since from until till later earlier newer older onward onwards") | {
    "later than",
    "earlier than",
}
_PRICED = word_set("price priced prices costs cost costing pay paying spend spending budget limit")
_SIZED = word_set("size sizes age ages aged number no nr waist chest chapter part episode season level version model")
"""Words before a number that is no price."""
_FEW = 12
"""So many of a thing are a count, "at least two pockets", and no price."""
_LASTS = frozenset({"runtim", "duration"})
_NEAR = 0.25
"""Share of a number on both sides that "around" it reaches."""
_MOST = 3.4e38
"""About the largest number that a catalog holds (float32)."""
_OF_ALL = ("less", "more")
"""How a pull says which way, without a number."""


@dataclass(frozen=True)
class Amount:
    """Facets that a stretch of a text stands for; none when it is understood but the catalog has no such number.

    What is ``spent`` is named without a limit, "80 euros": not to have it is to have less.
    """

    start: int
    end: int
    facets: tuple[Facet, ...]
    note: str = ""
    spent: bool = False


def amounts(text: str, vocabulary: Vocabulary, reference: Item | None = None) -> list[Amount]:
    """Every amount in a text (small letters), none overlapping another, the surest kinds first."""
    found: list[Amount] = []
    for amount in (_reached(text, _refused(text, each)) for each in _candidates(text, vocabulary, reference)):
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
    turned = tuple(replace(facet, op="<" if amount.spent else _OPPOSITE[facet.op]) for facet in amount.facets)
    return replace(amount, start=match.start(), facets=turned)


def _reached(text: str, amount: Amount) -> Amount:
    """An amount beyond all numbers of a catalog is left out, and said so."""
    if all(facet.op in _OF_ALL or abs(float(facet.value)) <= _MOST for facet in amount.facets):
        return amount
    said = text[amount.start : amount.end].strip()
    return Amount(amount.start, amount.end, (), f"“{said[:40]}…” is not used: no number here is as large")


def _candidates(text: str, vocabulary: Vocabulary, reference: Item | None) -> Iterator[Amount]:
    """Amounts in the order in which they are believed."""
    yield from _decades(text, vocabulary)
    yield from _ranges(text, vocabulary)
    yield from _bounds(text, vocabulary)
    yield from _limits_after(text, vocabulary)
    yield from _exact(text, vocabulary)
    yield from _around(text, vocabulary)
    yield from _relative(text, vocabulary, reference)
    for match in _PAID.finditer(text) if vocabulary.prices else ():
        most = Facet("price", "<=", show(number(match[1] or match[2])), hard=True)
        yield Amount(match.start(), match.end(), (most,), spent=True)


def _ranges(text: str, vocabulary: Vocabulary) -> Iterator[Amount]:
    """Read "between 20 and 40", "20 to 40 euros", "from 1990 to 1999", "2 to 3 metres wide"."""
    for match in _RANGE.finditer(text):
        before, unit, joined = match["before"] or "", match["unit"] or "", match["joint"] != "and"
        paid = any(match[group] for group in ("money", "paid_low", "money_high", "paid"))
        name, scale = _meant(vocabulary, before, unit, _measured_along(match), paid=paid)
        low, high = number(match["low"]) * scale, number(match["number"]) * scale
        if not paid and not unit and name == "price" and (year := _year_attribute(vocabulary, low, high)):
            name = year
        sure = match["cue"] == "between" or (joined and (match["cue"] or paid or before in _PRICED))
        plain = joined and not unit and before not in _SIZED and _FEW < low < high
        if not (sure or plain or (joined and name and stem(unit) in _UNITS)):
            continue
        if name == "price" and not paid and _counts(match, high):
            continue
        start, end = _without_neighbours(match, name, vocabulary)
        facets = _between(name, min(low, high), max(low, high)) if _exists(name, vocabulary) else ()
        yield Amount(start, end, facets, _note(text[start:end], name, vocabulary))


def _bounds(text: str, vocabulary: Vocabulary) -> Iterator[Amount]:
    """Read "under 60", "at least 4 stars", "width below 200", "wider than 2 m", "after 2010", "pay 80"."""
    for match in _BOUND.finditer(text):
        cue, unit = match["cue"], match["unit"] or ""
        measure, op = measure_of(cue.removesuffix(" than"))
        if re.fullmatch(f"{_BELOW}|{_ABOVE}|{_SPENT}", cue):
            measure = measure if stem(unit) in _UNITS else ""
            below = re.fullmatch(f"{_BELOW}|{_SPENT}", cue) is not None
            or_equal = re.fullmatch(f"{_BELOW_OR}|{_ABOVE_OR}|{_SPENT}", cue) is not None
            op = ("<" if below else ">") + ("=" if or_equal else "")
        if op and (read := _read(match, vocabulary, cue, measure)):
            name, value = read
            start, end = _without_neighbours(match, name, vocabulary)
            facets = (Facet(name, op, show(value), hard=True),) if _exists(name, vocabulary) else ()
            spent = re.fullmatch(_SPENT, cue) is not None
            yield Amount(start, end, facets, _note(text[start:end], name, vocabulary), spent)


def _limits_after(text: str, vocabulary: Vocabulary) -> Iterator[Amount]:
    """Read "80 max", "50 euros or less", "2 hours at most", "2010 or later"."""
    for match in _LIMIT_AFTER.finditer(text):
        cue = match["cue"].split()[-1]
        if (match["unit"] and stem(match["unit"]) not in _UNITS) or not (read := _read(match, vocabulary, cue)):
            continue
        name, value = read
        if name == "price" and not (match["money"] or match["paid"]) and (value <= _FEW or cue == "min"):
            continue
        op = "<=" if re.fullmatch(_BELOW_AFTER, match["cue"]) else ">="
        facets = (Facet(name, op, show(value), hard=True),) if _exists(name, vocabulary) else ()
        yield Amount(match.start(), match.end(), facets, _note(match[0], name, vocabulary))


def _exact(text: str, vocabulary: Vocabulary) -> Iterator[Amount]:
    """Read "3 stars", "two nights"."""
    for match in _EXACT.finditer(text):
        value = number(match[1])
        for name, words in vocabulary.numbers.items():
            if stem(match[2]) in words and len(match[2]) > 3 and _can_be(name, value, vocabulary):
                yield Amount(match.start(), match.end(), (Facet(name, "=", show(value), hard=True),))


def _around(text: str, vocabulary: Vocabulary) -> Iterator[Amount]:
    """Read "around 80", "about two hours", "around 1990"."""
    for match in _AROUND.finditer(text):
        paid = bool(match["money"] or match["paid"])
        if (read := _read(match, vocabulary, "")) is None or (match["unit"] and not paid and read[0] == "price"):
            continue
        name, value = read
        if name == "price" and not paid and (year := _year_attribute(vocabulary, value, value)):
            yield Amount(match.start(), match.end(), _between(year, value - 2, value + 2))
        elif _exists(name, vocabulary) and (name != "price" or paid or value > _FEW):
            _, end = _without_neighbours(match, name, vocabulary)
            yield Amount(match.start(), end, _between(name, (1 - _NEAR) * value, (1 + _NEAR) * value))


def _read(match: re.Match[str], vocabulary: Vocabulary, cue: str, measure: str = "") -> tuple[str, float] | None:
    """The attribute that a number is of and the number in its unit; None where the number is no amount."""
    before, paid = _name_before(match), bool(match["money"] or match["paid"])
    name, scale = _meant(vocabulary, before, match["unit"] or "", measure or _measured_along(match), paid=paid)
    value = number(match["number"]) * scale
    if name == "price" and not paid and (cue in _OF_TIME or not vocabulary.prices):
        name = _year_attribute(vocabulary, value, value) or name
        if name == "price" and cue in _OF_TIME and (cue != "from" or match["unit"] or value <= _FEW):
            return None
    if name == "price" and not paid and (before in _SIZED or _counts(match, value)):
        return None
    return (name, value) if _can_be(name, value, vocabulary) else None


def _name_before(match: re.Match[str]) -> str:
    """The word before a number that may name its attribute; not "nights" of "3 nights under 500"."""
    before = match.groupdict().get("before") or ""
    return "" if before and _COUNTED.search(match.string[: match.start("before")]) else before


def _counts(match: re.Match[str], value: float) -> bool:
    """Is a number how many of a thing there are: "more than one colour", "at least two pockets"?"""
    unit = match["unit"] or ""
    if not unit or stem(unit) in _UNITS:
        return match["number"] == "one"
    return value == 1 or (value <= _FEW and unit.endswith("s") and value == int(value))


def _can_be(name: str, value: float, vocabulary: Vocabulary) -> bool:
    """Can an attribute have such a number? Years are no ages."""
    return "year" not in vocabulary.numbers.get(name, ()) or bool(_year_attribute(vocabulary, value, value))


def _decades(text: str, vocabulary: Vocabulary) -> Iterator[Amount]:
    """Read "from the 90s", "2010s", "in 1994", where the catalog knows years."""
    for match in _DECADE.finditer(text):
        century, digit, short, spelt = match.groups()
        short = str(2 + _DECADES.split("|").index(spelt)) if spelt else short
        first = int(f"{century}{digit}0") if century else (2000 if short == "0" else 1900) + 10 * int(short)
        if name := _year_attribute(vocabulary, first, first + 9):
            yield Amount(match.start(), match.end(), _between(name, first, first + 9))
    for match in _IN_YEAR.finditer(text):
        year = float(match[1])
        if not _NO_SINGLE.match(text, match.end()) and (name := _year_attribute(vocabulary, year, year)):
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


def _meant(vocabulary: Vocabulary, before: str, unit: str, measure: str, *, paid: bool) -> tuple[str, float]:
    """Which attribute a number is of, and what to multiply it with; "" when the catalog has none for its unit."""
    if paid or before in _PRICED:
        return "price", 1.0
    kind, scale = _UNITS.get(stem(unit), ("", 1.0)) if unit else ("", 1.0)
    for word in filter(None, (measure, before, unit)):
        for name, words in vocabulary.numbers.items():
            if stem(word) in words and len(word) > 2 and _counted_in(words) in ("", kind or _counted_in(words)):
                return name, scale / _scale_of(words) if kind else 1.0
    if measure in ("", "length", "size") and (kind or measure):
        for name, words in vocabulary.numbers.items():
            if (kind and _counted_in(words) == kind) or (kind in ("", "minute") and _LASTS & set(words)):
                return name, scale / _scale_of(words)
    return ("", 1.0) if kind or measure else ("price", 1.0)


def _measured_along(match: re.Match[str]) -> str:
    """What "wide" after a number and its unit measures; "" for nothing."""
    along = match["along"] if match["along"] and stem(match["unit"]) in _UNITS else ""
    return measure_of(f"{along}er")[0] or along if along else ""


def _counted_in(words: tuple[str, ...]) -> str:
    """What the unit in an attribute's name measures; "" where there is none."""
    return next((_UNITS[word][0] for word in words if word in _UNITS), "")


def _scale_of(words: tuple[str, ...]) -> float:
    """How many of the smallest unit an attribute counts in, by its name (``width_m``); 1 when it does not say."""
    return next((_UNITS[word][1] for word in words if word in _UNITS), 1.0)


def _without_neighbours(match: re.Match[str], name: str, vocabulary: Vocabulary) -> tuple[int, int]:
    """The stretch of a match less the words beside it that are not part of the amount."""
    start, end = match.span()
    before, unit = match.groupdict().get("before"), match["unit"]
    named = _name_before(match)
    if before and not (before in _PRICED or (named and _names(named, name, vocabulary))):
        start += len(match[0]) - len(match[0][len(before) :].lstrip())
    if unit and not (stem(unit) in _UNITS or _names(unit, name, vocabulary)):
        end = max(match.end("number"), match.end("paid"))
    elif unit and match["along"] and stem(unit) not in _UNITS:
        end = match.end("unit")
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


def show(number: float) -> str:
    """A number as a chip shows it."""
    return f"{round(number, 2):.10g}"
