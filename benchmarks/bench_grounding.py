"""Is what is said what the catalog says? 2,000 explanations and 500 answers of each speaker, read back word by word.

    python benchmarks/bench_grounding.py [--shop demo|fashion] [--part explanations|answers]

After bench_search.py and bench_journey.py.

What was printed is parsed by ``printed.py``, which knows only the input files and not the code that wrote it: every
value, price, title, count and event is looked up in ``items.csv`` and ``events.csv``. Explanations: why an item suits
a person (``Shop.explain``), and "why?" in a conversation. Speakers: the rules; the shop's own language model, where one
is fitted; and a fake one that says, of all that is shown, what is so, what is true of another item and what is true of
none. Told are statements, how many of them differ from the files, and how many sentences were left out before.

Places in a ranking and likenesses are no statements about the catalog and are not counted.

Budget: 6 processor minutes.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch

from bench_talk import opened
from common import RESULTS, show, store
from printed import Files, Statement, of_answer, of_explanation, of_why
from tastemaker.assistant import Assistant
from tastemaker.assistant.actions import Explain
from tastemaker.core.seeds import generator
from tastemaker.shop import Shop

PARTS = ("explanations", "answers")
SHARES = {"demo": (1600, 300, 400), "fashion": (50, 50, 100)}
"""Of each shop: explanations of items for people, of items in conversations, answers of each speaker."""
FURTHER = (
    "why the first?", "compare the first two", "cheaper", "not that colour", "like the second but in {0}",
    "I like the first one", "add the last one to my list", "show me more", "what do you have", "in {0}, please",
    "no preference", "the first one", "another colour", "undo", "not {0}", "under 80", "something for {1}",
)  # fmt: skip


class Tally:
    """What was read back."""

    def __init__(self) -> None:
        self.texts = 0
        self.kinds: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.unread: list[str] = []
        self.left_out = 0

    def add(self, text: str, statements: Sequence[Statement]) -> None:
        """The statements of one text."""
        self.texts += 1
        self.kinds.update(each.kind for each in statements if each.kind != "unread")
        self.wrong += [
            f"{each.kind}: {each.said} | {text}" for each in statements if not each.holds and each.kind != "unread"
        ]
        self.unread += [f"{each.said} | {text}" for each in statements if each.kind == "unread"]

    @property
    def row(self) -> dict[str, object]:
        """As it is told."""
        row = {"texts": self.texts, "statements": self.kinds.total(), **{kind: self.kinds[kind] for kind in
               ("value", "price", "title", "count", "event")}}  # fmt: skip
        return row | {"differ": len(self.wrong), "not read": len(self.unread), "left out": self.left_out}


def values_of(files: Files, rng: np.random.Generator) -> Iterator[tuple[str, str, str]]:
    """A colour, another value and a kind, drawn from one item after the other."""
    rows, ids = files.items, sorted(files.items)
    names = [name for name in files.column.values() if name not in ("price", "available", "year")]
    colour = files.column.get("colour") or files.column["basecolour"]
    kind = files.column.get("kind") or files.column["articletype"]
    while True:
        row = rows[ids[int(rng.integers(len(ids)))]]
        others = [row[name] for name in names if row[name] and not row[name][0].isdigit()]
        if row[colour] and row[kind]:
            yield row[colour].lower(), others[int(rng.integers(len(others)))].lower(), row[kind].lower()


def explanations(shop: Shop, files: Files, count: int, seed: int) -> Tally:
    """Why items suit people: the best three of each, and one that is not for them."""
    tally, rng = Tally(), generator(seed, "explanations")
    users = sorted(files.done) or [""]
    while tally.texts < count:
        user = users[int(rng.integers(len(users)))]
        items = [*shop.recommend(user or None, k=3).ids, sorted(files.items)[int(rng.integers(len(files.items)))]]
        for item in items[: count - tally.texts]:
            text = str(shop.explain(item, user=user or None))
            tally.add(text, list(of_explanation(text, files)))
    return tally


def whys(shop: Shop, files: Files, count: int, seed: int) -> Tally:
    """The answer to "why?" of what is shown for a wish, and for a person who asks for nothing."""
    tally, rng = Tally(), generator(seed, "whys")
    users, drawn = sorted(files.done) or [""], values_of(files, rng)
    while tally.texts < count:
        colour, other, kind = next(drawn)
        user = users[int(rng.integers(len(users)))]
        chat = Assistant(shop, person=user, k=4, asker=None, llm="")
        wish = (f"a {colour} {kind}", f"{kind} {other} under 90", f"not {colour}, {other}")[int(rng.integers(3))]
        turn = chat.say(wish if rng.random() < 0.7 else "recommend something")
        for item in turn.items.ids[: min(2, count - tally.texts)]:
            text = chat.do(Explain(item=item)).say
            tally.add(text, list(of_why(text, user, files)))
    return tally


def answers(shop: Shop, files: Files, llm: str, count: int, seed: int) -> Tally:
    """Answers of four turns each, with what a language model adds."""
    tally, rng = Tally(), generator(seed, "answers")
    drawn = values_of(files, rng)
    while tally.texts < count:
        chat = Assistant(shop, k=3, llm=llm)
        colour, other, kind = next(drawn)
        said = [f"a {colour} {kind}", f"something {other}", f"{kind} under 60"][int(rng.integers(3))]
        for _ in range(4):
            turn = chat.say(said)
            shown = turn.items.ids
            text = f"{turn.say}{f' [{turn.question.text}]' if turn.question else ''}"
            tally.add(text, of_answer(turn.say, shown, turn.question.text if turn.question else "", files))
            tally.left_out += sum(int(note.split()[0]) for note in turn.notes if "left out" in note)
            said = FURTHER[int(rng.integers(len(FURTHER)))].format(*next(drawn))
    return tally


def measured(name: str, seed: int, parts: Sequence[str] = PARTS) -> tuple[list[dict[str, object]], str]:
    """Everything in one shop, and why its own model was not asked."""
    people, asked, talked = SHARES[name]
    with opened(name) as (shop, _):
        files = Files(Path(shop.path))
        done: dict[str, Tally] = {}
        if "explanations" in parts:
            done |= {"explain": explanations(shop, files, people, seed), "why?": whys(shop, files, asked, seed)}
        speakers = {"rules": "", "a liar": "fake:lying"}
        note = "the shop has no language model of its own; `tastemaker fit SHOP --parts language` teaches it"
        if shop.view.fitted.speaker is not None:
            speakers, note = speakers | {"own model": "own"}, ""
        for speaker, llm in speakers.items() if "answers" in parts else ():
            done[f"answers, {speaker}"] = answers(shop, files, llm, talked, seed)
    for tally in done.values():
        for line in [*tally.wrong[:5], *tally.unread[:5]]:
            print(f"    {line}")
    return [{"said by": name} | tally.row for name, tally in done.items()], note or "asked"


def main() -> None:
    """Measure, print, store."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--shop", choices=tuple(SHARES), help="one of the two alone")
    parser.add_argument("--part", choices=PARTS, help="one of the two alone")
    given = parser.parse_args()
    torch.set_num_threads(2)
    for name in (given.shop,) if given.shop else tuple(SHARES):
        begun = time.process_time()
        rows, note = measured(name, given.seed, (given.part,) if given.part else PARTS)
        show(name, rows)
        print(f"{time.process_time() - begun:.0f} s of processor; own model: {note}")
        kept = RESULTS / "grounding.json"
        every = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
        before = {row["said by"]: row for row in every.get(name, {}).get("rows", ())} | {
            row["said by"]: row for row in rows
        }
        store("grounding", every | {name: {"rows": list(before.values()), "own model": note}})


if __name__ == "__main__":
    main()
