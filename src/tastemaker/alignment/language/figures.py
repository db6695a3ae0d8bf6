"""Numbers as people write them: "80", "1.200,50", "1 200", "2k", "fifty", "two hundred and fifty", "a thousand"."""

import re

_ONES = "one two three four five six seven eight nine"
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_VALUES = dict(zip(f"{_ONES} {_TEENS} {_TENS}".split(), (*range(1, 20), *range(20, 100, 10)), strict=True))
_SCALES = {"hundred": 100.0, "thousand": 1000.0, "grand": 1000.0, "k": 1000.0}
SPELT = frozenset(_VALUES) | frozenset(_SCALES)
"""Words that numbers are made of."""
_LARGE = r"(?:hundred|thousand|grand)"
_ONE, _TEEN, _TEN = (f"(?:{words.replace(' ', '|')})" for words in (_ONES, _TEENS, _TENS))
_SMALL = rf"(?:{_TEN}(?:[\s-]+{_ONE}\b)?|{_TEEN}|{_ONE})"
_HUNDREDS = rf"(?:(?:{_SMALL}|a)\s+hundred\b(?:\s+(?:and\s+)?{_SMALL}\b)?|{_SMALL}\b)"
_IN_WORDS = rf"(?>\b(?:(?:{_HUNDREDS}|a)\s+(?:thousand|grand)\b(?:\s+(?:and\s+)?{_HUNDREDS})?|{_HUNDREDS}))"
_DIGITS = r"(?>[1-9]\d{0,2}(?:[ '\u00a0\u202f]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)*)"

NUMBER = rf"(?:{_DIGITS}(?!'?s\b|(?:st|nd|rd|th)\b)|{_IN_WORDS})(?:\s*(?:k|{_LARGE})\b)?"
"""Matches a number in small letters; not "80s", not "2nd"."""


def number(said: str) -> float:
    """The number that a match of ``NUMBER`` says.

    "1,200" and "1.200" are thousands, "9.99" and "9,99" are not; where both signs stand, the last parts the cents.
    """
    parts = re.fullmatch(rf"({_DIGITS})\s*([a-z]*)", said)
    if parts is None:
        return _spelt(re.split(r"[\s-]+", said))
    times = _SCALES.get(parts[2], 1.0)
    digits = re.sub(r"[ '\u00a0\u202f]", "", parts[1])
    if re.fullmatch(r"[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d{0,2}(?:\.\d{3})+", digits):
        return float(re.sub(r"[.,]", "", digits)) * times
    *head, last = re.split(r"[.,]", digits)
    return (float(f"{''.join(head)}.{last}") if head else float(last)) * times


def _spelt(words: list[str]) -> float:
    """Words of a number: "two hundred and fifty", "twelve hundred", "a thousand"."""
    total = part = 0.0
    for word in words:
        if word == "hundred":
            part = max(1.0, part) * _SCALES[word]
        elif word in _SCALES:
            total, part = total + max(1.0, part) * _SCALES[word], 0.0
        else:
            part += _VALUES.get(word, 0.0)
    return total + part
