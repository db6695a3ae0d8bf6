"""Reads printed sentences back and looks every statement up in the input files; knows nothing of what wrote them.

Two readers of ``items.csv`` and ``events.csv`` as they lie in a workspace: one for the fixed forms of the rules, one
for free sentences about items. A statement is a value, a price, a title, a count or an event. What neither reader
understands is counted as unread; a form that is new must be taught here before it counts as checked.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

_SMALL = """a an the this that it its is are has have with in of for from by and at made comes costs cost price priced
    these those they their both all also too one item here"""
SMALL = frozenset(_SMALL.split())
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
QUOTED = re.compile(r"“([^”]*)”")
AMOUNT = r"\d[\d,]*(?:\.\d+)?"
MONEY = re.compile(rf"(?:for |at |costs? |price (?:is |of )?)?[€$£]\s?({AMOUNT})|(?:for|at|costs?|priced?) ({AMOUNT})")
POSITIVE = frozenset(("view", "search", "like", "cart", "buy", "rate"))
WARM = frozenset(("like", "cart", "buy", "rate"))
GENERAL = (
    r" *[\w-]+ +[+-][\d.]+|this person already knows it|(nobody is named|nothing is fitted yet|.* is not known yet).*"
)
"""Lines of an explanation that say nothing about an item."""


@dataclass(frozen=True)
class Statement:
    """Something printed that the files can confirm or not.

    Attributes:
        kind: value, price, title, count, event; "unread" for words that no reader understands.
        said: as it was printed.
        holds: do the files say so?
    """

    kind: str
    said: str
    holds: bool


def plain(text: str) -> str:
    """A name or a value without case, spaces and signs: "base colour" and "baseColour" are the same."""
    return re.sub(r"[^\w]|_", "", text.casefold())


class Files:
    """The input files of a workspace, as text."""

    def __init__(self, folder: Path) -> None:
        with (folder / "items.csv").open(newline="", encoding="utf-8") as stream:
            self.items = {row["id"]: row for row in csv.DictReader(stream)}
        self._odd = {row["title"] for row in self.items.values() if set("“”") & set(row.get("title") or "")}
        for row in self.items.values():
            row["title"] = self.read(row.get("title") or "")
        self.titled: dict[str, list[str]] = defaultdict(list)
        for id, row in self.items.items():
            self.titled[row.get("title") or id].append(id)
        columns = [name for name in next(iter(self.items.values())) if name not in ("id", "title", "text", "image")]
        self.column = {plain(name): name for name in columns}
        self.values = {(row[name] or "").casefold() for row in self.items.values() for name in columns} - {""}
        self.done: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self.counts: dict[str, int] = defaultdict(int)
        if (folder / "events.csv").exists():
            with (folder / "events.csv").open(newline="", encoding="utf-8") as stream:
                for row in csv.DictReader(stream):
                    kind = "dislike" if row["kind"] == "rate" and float(row["value"] or 0) <= 0 else row["kind"]
                    self.done[row["user"]].append((row["item"], kind))
                    self.counts[row["item"]] += kind in POSITIVE
        ends = sorted(self.values, key=len, reverse=True)
        self.spoken = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, ends))})(?![\w-])")

    def read(self, text: str) -> str:
        """A text whose titles hold no quotation marks of their own, and no more than one space in a row."""
        for title in self._odd:
            text = text.replace(title, title.replace("“", "‹").replace("”", "›"))
        return re.sub(" +", " ", text).strip()

    def holds(self, id: str, name: str, value: str) -> bool:
        """Has an item a value? Prices are numbers."""
        held = self.items[id].get(self.column.get(plain(name), name)) or ""
        if plain(name) == "price":
            return bool(held) and abs(float(held) - float(value.replace(",", ""))) < 0.005
        return any(plain(part) == plain(value) for part in [held, *held.split("|")])

    def has_any(self, id: str, value: str) -> bool:
        """Has an item a value of whatever name?"""
        return any(plain(self.items[id].get(name) or "") == plain(value) for name in self.column.values())


def of_free(
    sentence: str, shown: Sequence[str], about: Sequence[str], files: Files
) -> tuple[list[Statement], list[str]]:
    """Statements of a free sentence, and the items that it is about.

    Args:
        sentence: without a known form.
        shown: ids of the items shown, in order.
        about: what was spoken of before.
        files: the truth.
    """
    named: list[str] = []
    found: list[Statement] = []
    for title in QUOTED.findall(sentence):
        ids = [id for id in shown if (files.items[id].get("title") or id) == title]
        found.append(Statement("title", title, bool(ids)))
        named += ids[:1] if len(ids) == 1 else ids
    rest = QUOTED.sub(" ", sentence).casefold()
    for place, word in enumerate(ORDINALS):
        if re.search(rf"\bthe {word}\b", rest):
            named += shown[place : place + 1]
            rest = re.sub(rf"\bthe {word}\b", " ", rest)
    words = set(re.findall(r"[^\W\d]+", rest))
    many = bool(words & {"they", "these", "those", "both", "all", "their"})
    subjects = list(shown) if many else named or list(about)
    for money in MONEY.finditer(rest):
        amount = money[1] or money[2]
        found.append(
            Statement("price", money[0], bool(subjects) and all(files.holds(i, "price", amount) for i in subjects))
        )
    rest = MONEY.sub(" ", rest)
    said = files.spoken.findall(rest)
    found += [
        Statement("value", value, bool(subjects) and all(files.has_any(i, value) for i in subjects)) for value in said
    ]
    left = [w for w in re.findall(r"[^\W\d_]+|\d+", files.spoken.sub(" ", rest)) if w not in SMALL]
    if left or not found:
        found.append(Statement("unread", sentence.strip(), holds=False))
    return found, subjects


def of_why(text: str, user: str, files: Files) -> Iterator[Statement]:
    """Statements of an explanation in a conversation: "“title”: clause; clause"."""
    head = re.match(r"“(.*?)”: (.*)\.$", text := files.read(text), re.DOTALL)
    ids = files.titled.get(head[1], []) if head else []
    yield Statement("title", head[1] if head else text, bool(ids))
    for clause in re.split(r"; (?=its |because |chosen |new|without |it is |\d+ of )", head[2] if head else ""):
        yield from _clause(clause, ids, user, files)


def _clause(clause: str, ids: Sequence[str], user: str, files: Files) -> Iterator[Statement]:
    if re.fullmatch(
        r"its picture is like .* mostly by its [a-z ]+|it is close to what you asked for in words and looks", clause
    ):
        return
    if found := re.fullmatch(r"its (.+?) is not known", clause):
        column = files.column.get(plain(found[1]), "")
        yield Statement("value", clause, any(not files.items[id].get(column) for id in ids))
    elif found := re.fullmatch(r"its (.+?) is (.+?)(?:, not (.+))?", clause):
        parts = (
            found[2].split(" and ")
            if len(ids) and not any(files.holds(i, found[1], found[2]) for i in ids)
            else [found[2]]
        )
        yield from (Statement("value", clause, any(files.holds(id, found[1], part) for id in ids)) for part in parts)
        for other in (found[3] or "").split(" or ") if found[3] else ():
            yield Statement("value", clause, not any(files.holds(id, found[1], other) for id in ids))
    elif found := re.fullmatch(r"without (?:the wish|your \d+ events?) .*|without .* it would .*", clause):
        return  # measured by ranking again; the files cannot say
    else:
        yield from of_reason(clause, ids, user, files)


def of_reason(said: str, ids: Sequence[str], user: str, files: Files) -> Iterator[Statement]:
    """Statements of a reason: what somebody did, how often a thing was chosen, what their things share."""
    done = [(item, kind) for item, kind in files.done[user] if kind in POSITIVE]
    if found := re.fullmatch(r"because you (liked|looked at) (.+)", said):
        kinds = {kind for item, kind in done if (files.items[item].get("title") or item) == found[2]}
        yield Statement("event", said, bool(kinds & WARM if found[1] == "liked" else kinds))
    elif found := re.fullmatch(r"chosen (?:(once)|([\d,]+) times)", said):
        count = 1 if found[1] else int(found[2].replace(",", ""))
        yield Statement("count", said, any(files.counts[id] == count for id in ids))
    elif found := re.fullmatch(r"(\d+) of the (\d+) (other )?things you chose are (.+)", said):
        mine = {item for item, _ in done}
        others = [mine - {id} for id in ids] if found[3] else [mine]
        pairs = [
            (n, found[4][len(n) + 1 :])
            for n in map(str.lower, files.column.values())
            if found[4].startswith(f"{n.replace('_', ' ')} ")
        ]
        counts = {(sum(files.holds(i, n, v) for i in there), len(there)) for n, v in pairs for there in others}
        yield Statement("count", said, (int(found[1]), int(found[2])) in counts)
        yield Statement("value", said, any(files.holds(id, n, v) for id in ids for n, v in pairs))
    elif said == "new: nobody has chosen it yet":
        yield Statement("count", said, any(files.counts[id] == 0 for id in ids))
    elif not said.startswith("nobody is named"):
        yield Statement("unread", said, holds=False)


def of_explanation(text: str, files: Files) -> Iterator[Statement]:
    """Statements of ``tastemaker explain``, line by line."""
    first, *lines = files.read(text).split("\n")
    head = re.fullmatch(r"(.*) \(([^()]+)\)(?: for (\S+?))?(?:, place [\d,]+)?", first)
    id = head[2] if head else ""
    yield Statement("title", first, id in files.items and (files.items[id].get("title") or id) == (head or [0, 0])[1])
    user = (head[3] if head else "") or ""
    for line in lines:
        if found := re.fullmatch(r" *\d+% +(.+)", line):
            yield from of_reason(found[1], [id], user, files)
        elif found := re.fullmatch(r" *lacks: (.+)", line):
            lacks = {"picture": "image", "text": "text"}
            yield from (
                Statement("value", line, not files.items[id].get(lacks.get(n, n))) for n in found[1].split(", ")
            )
        elif not re.fullmatch(GENERAL, line):
            yield Statement("unread", line, holds=False)


def of_comparison(text: str, files: Files) -> Iterator[Statement]:
    """Statements of items side by side: numbered titles, "name: a / b", "the same: name value, ..."."""
    lines = text.split("\n")
    titles = [QUOTED.search(line)[1] for line in lines if re.match(r"\d+\. “", line)]  # type: ignore[index]
    items = [files.titled.get(title, []) for title in titles]
    yield from (Statement("title", title, bool(ids)) for title, ids in zip(titles, items, strict=True))
    for line in lines[len(titles) :]:
        name, _, held = line.partition(": ")
        if name == "the same":
            yield from (_same(part, items, files) for part in _shared(held, files))
            continue
        for ids, value in zip(items, held.split(" / "), strict=True):
            column = files.column.get(plain(name), "")
            none = value in ("–", "unknown")
            right = any(not files.items[id].get(column) if none else files.holds(id, name, value) for id in ids)
            yield Statement("price" if name == "price" else "value", line, right)


def of_description(text: str, files: Files) -> Iterator[Statement]:
    """Statements of all that is known of an item: "“title”: price 9; name value. “its text”"."""
    title, facts, _, words = DESCRIBED.fullmatch(text).groups()  # type: ignore[union-attr]
    ids = files.titled.get(title, [])
    yield Statement("title", title, bool(ids))
    for part in facts.split("; ") if facts != "nothing more is known of it" else ():
        if part == "sold out":
            yield Statement("value", part, any(plain(files.items[id].get("available") or "") == "false" for id in ids))
        else:
            same = _same(part, [ids], files)
            yield replace(same, kind="price" if part.startswith("price ") else "value")
    if words:
        held = [" ".join((files.items[id].get("text") or "").split()) for id in ids]
        yield Statement("value", words, any(one.startswith(words.removesuffix(" …")) for one in held))


def _shared(held: str, files: Files) -> list[str]:
    """The parts of "kind dress, brand A, B and C": a comma ends one where a column's name follows."""
    names = "|".join(sorted((re.escape(_words(n)) for n in files.column.values()), key=len, reverse=True))
    return re.split(rf", (?=(?:{names}) )", held)


def _same(part: str, items: Sequence[Sequence[str]], files: Files) -> Statement:
    name = max((_words(n) for n in files.column.values() if part.startswith(f"{_words(n)} ")), key=len, default="")
    value = part[len(name) + 1 :]
    return Statement("value", part, all(any(files.holds(id, name, value) for id in ids) for ids in items))


def _words(name: str) -> str:
    return " ".join(re.sub(r"([A-Z])", lambda m: f" {m[1].lower()}", name).replace("_", " ").split())


FIXED = (
    "Hello. Tell me what you look for, or show me a picture.", "You are welcome.", "No preference, then.", "Drawn.",
    "There is no open question.", "Here is what might suit you.", "There is nothing that fits.", "Taken back.",
    "Let us start over. What do you look for?", "There is nothing to take back.", "That is all there is.",
    "Your list is empty.", "None of these words stands anywhere in this shop; a guess.",
    "Nothing is shown yet. Tell me what you look for, or show me a picture.",
    "Taken back. What do you look for?", "This shop has not learned to draw; here is what it has.",
)  # fmt: skip
HINT = re.compile(
    r"(?:I did not understand that, so nothing has changed\. Say for example|Which one\? Say) .*”\."
    r"|There are \d+ here: say one of them, .*, or its name\."
    r"|There is one thing here: say “it”, or tell me what else you look for\."
)
DESCRIBED = re.compile(
    r"“([^”]*)”: ((?!its |because |chosen |new:|without |it is |\d+ of )[^.]*(?:\.\d[^.]*)*)\.( “(.*)”)?"
)
ABOUT = re.compile(
    r"(?:More like|Away with|On your list:|Off your list:|Drawn, not photographed\. The nearest real things:) "
    r"(.+?)(?:, then|, and less like it)?\."
)
HERE = re.compile(r"Here (?:is|are) (\d+)(?: more)?(?:: (.+?))?(?:; and (\d+) near it| near it())?\.(?= |$)")
NEAREST = re.compile(r"Nothing that fits is known to be (.+?)(?: together)?; the nearest:")
LIMIT = re.compile(r"(under|up to|over|from) ([\d.]+)")


def of_answer(said: str, shown: Sequence[str], question: str, files: Files) -> list[Statement]:
    """Statements of an answer in a conversation: lines of the rules, then free sentences.

    Args:
        said: all of it.
        shown: ids of the items shown with it.
        question: what is asked back; "" for nothing.
        files: the truth.
    """
    found, said = list(_question(question, files)) if question else [], files.read(said)
    if re.match(r"\d+\. “", said):
        return [*found, *of_comparison(said, files)]
    if DESCRIBED.fullmatch(said):
        return [*found, *of_description(said, files)]
    if re.match(r"“[^”]*”: ", said):
        return [*found, *of_why(said, "", files)]
    about: list[str] = []
    while said := said.strip():
        if fixed := next((each for each in sorted(FIXED, key=len, reverse=True) if said.startswith(each)), ""):
            said = said[len(fixed) :]
        elif match := HINT.match(said) or re.match(r"Without .+?, then\.", said):
            said = said[match.end() :]
        elif match := ABOUT.match(said):
            titles = QUOTED.findall(match[1])
            found += [Statement("title", title, title in files.titled) for title in titles]
            said = said[match.end() :]
        elif match := HERE.match(said) or NEAREST.match(said):
            found += _introduced(match, shown, files)
            said = said[match.end() :]
        elif match := re.match(
            r"There are (\d+) items(?:: (.+?))?\. Tell me what you look for, or show me a picture\.", said
        ):
            found += _overview(match, files)
            said = said[match.end() :]
        else:
            sentence, said = _first(said)
            free, about = of_free(sentence, shown, about, files)
            found += free
    return found


def _first(text: str) -> tuple[str, str]:
    """The first sentence, and the rest; a full stop inside quotation marks or a number ends none."""
    hidden = QUOTED.sub(lambda quoted: "x" * len(quoted[0]), text)
    end = re.search(r"[.!?](?=\s|$)|\n", hidden)
    return (text[: end.end()], text[end.end() :]) if end else (text, "")


def _introduced(match: re.Match[str], shown: Sequence[str], files: Files) -> Iterator[Statement]:
    """Count, limits, and how many have every value: "Here are 4: red, not striped, under 60; and 2 near it"."""
    if match.re is NEAREST:
        told, parts = 0, match[1]
    else:
        near, parts = int(match[3] or 0), match[2] or ""
        yield Statement("count", match[0], int(match[1]) + near == len(shown))
        told = int(match[1])
    parts = [part for part in parts.split(", ") if part]
    wanted: dict[frozenset[str], list[str]] = defaultdict(list)
    for part in parts:
        if limit := LIMIT.search(part):
            prices = [float(files.items[id].get("price") or "nan") for id in shown]
            low, high = (float(limit[2]), 1e18) if limit[1] in ("over", "from") else (-1.0, float(limit[2]))
            yield Statement("price", part, all(low <= price <= high for price in prices))
        elif part.startswith("not "):
            yield Statement("value", part, not any(files.has_any(id, part[4:]) for id in shown))
        elif not part.startswith(("more ", "less ")):
            names = frozenset(name for name in files.column.values() if any(plain(row.get(name) or "") == plain(part)
                              for row in files.items.values()))  # fmt: skip
            yield Statement("value", part, bool(names))
            key = next((known for known in wanted if known & names), names)
            wanted[key].append(part)
    whole = sum(all(any(files.has_any(id, value) for value in values) for values in wanted.values()) for id in shown)
    if wanted:
        yield Statement("count", match[0], whole == told)


def _overview(match: re.Match[str], files: Files) -> Iterator[Statement]:
    """Counts of kinds: "There are 1200 items: 340 × shirt, ... and 3 kinds more"."""
    there = [row for row in files.items.values() if (row.get("available") or "true").casefold() != "false"]
    yield Statement("count", match[0], int(match[1]) == len(there))
    for count, kind in re.findall(r"(\d+) × (.+?)(?=, \d+ ×| and \d+ kinds more|$)", match[2] or ""):
        of = [sum(plain(row.get(name) or "") == plain(kind) for row in there) for name in files.column.values()]
        yield Statement("count", f"{count} × {kind}", int(count) in of)


def _question(text: str, files: Files) -> Iterator[Statement]:
    """Values that a column has: "Which shade: charcoal, sand or blush, or another?"."""
    if found := re.fullmatch(r"Which (.+?): (.+?)(?:, or another)?\?", text):
        column = files.column.get(plain(found[1]), found[1])
        held = {(row.get(column) or "").casefold() for row in files.items.values()}
        for value in re.split(r", | or ", found[2]):
            yield Statement("value", value, any(value.casefold() in each for each in held))
    elif text not in ("What would you like to spend?", "Which of these two is nearer to what you mean?"):
        yield Statement("unread", text, holds=False)
