"""Does asking back pay? 500 conversations each with the drawn demo shop and with 20,000 real fashion products.

    python benchmarks/bench_talk.py [--tune] [--people 500]     # after bench_search.py and bench_journey.py

Simulated people (``evaluation.simulated_people``) mean one item and begin vaguely, with attributes or with a picture of
something like it, in turns. In the demo shop what they mean follows their known taste and budget, and the assistant
knows who they are; in fashion the targets are real products. Four ways to ask, everything else the same assistant:

    none        nothing is asked; the person sees the next ten
    random      a question drawn from all that could be asked
    frequent    the attribute that most of the likely items have
    ours        the question with the greatest expected information, if an answer would change what is shown

Told are the shares of conversations in which what is meant was among the ten shown within 1, 3 and 5 turns, its place
at the end, how many turns it took (6 when never), how many questions were asked, and paired 95 % intervals of ours
against each. Temperature, cost of a turn and weight of what was passed over were chosen on other targets (``--tune``:
rows of the other parity, which no reported person means).

Budget: 10 processor minutes.
"""

import argparse
import itertools
import json
import multiprocessing as mp
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from common import BUILD, RESULTS, show, store
from tastemaker.assistant import Assistant, Turn, asking, belief
from tastemaker.assistant.asking import Asker, best_question, possible, weigh
from tastemaker.assistant.belief import Belief
from tastemaker.assistant.evidence import told
from tastemaker.assistant.question import Question
from tastemaker.core.seeds import generator
from tastemaker.evaluation.significance import intervals, paired
from tastemaker.evaluation.simulated_people import OPENINGS, SimulatedPerson, Talk, converse, demo_people, item_people
from tastemaker.shop import Shop
from tastemaker.shop.live import View

TURNS = (1, 3, 5)
LOST = 6
POLICIES = ("none", "random", "frequent", "ours")
COMPARED = ("success@1", "success@3", "success@5", "place", "turns")


class Chat:
    """An assistant as the simulator talks with it."""

    def __init__(self, shop: Shop, asker: Asker | None, user: str) -> None:
        self._shop, self._chat = shop, Assistant(shop, person=user, asker=asker)
        self.slowest = 0.0

    def say(self, words: str, picture: str) -> "Answer":
        """One turn; the picture goes in decoded, as one from outside would."""
        image = self._shop.catalog.pictures.open(picture) if picture else None
        begun = time.process_time()
        turn = self._chat.say(words, image=image)
        self.slowest = max(self.slowest, time.process_time() - begun)
        return Answer(turn, self._chat)


@dataclass(frozen=True)
class Answer:
    """A turn as the simulator reads it."""

    turn: Turn
    chat: Assistant

    @property
    def question(self) -> Question | None:
        """What is asked."""
        return self.turn.question

    @property
    def shown(self) -> Sequence[str]:
        """Ids of what is shown."""
        return self.turn.items.ids

    def place(self, item: str) -> int | None:
        """The item's place among all."""
        return self.chat.place(item)


def random_question(seed: int) -> Asker:
    """An asker that draws."""
    rng = generator(seed, "questions")

    def ask(view: View, believed: Belief, done: object, k: int) -> Question | None:
        choices = list({each.key.split()[0]: each for each in possible(view, believed, done)}.values())
        return weigh(view, choices[int(rng.integers(len(choices)))], believed, k) if choices else None

    return ask


def frequent_question(view: View, believed: Belief, done: object, k: int) -> Question | None:
    """The attribute that most of the likely items have, in the catalog's order."""
    choices = [each for each in possible(view, believed, done) if each.kind == "attribute"]
    share = [float(believed.chances @ told(view, each.about).known[believed.rows]) for each in choices]
    return weigh(view, choices[int(np.argmax(share))], believed, k) if choices else None


def talks(shop: Shop, make: Callable[[], list[SimulatedPerson]], asker: Asker | None) -> tuple[list[Talk], list[float]]:
    """Every person's conversation, and the slowest turn of each in processor seconds."""
    found, slow = [], []
    for person in make():
        chat = Chat(shop, asker, person.user)
        found.append(converse(person, chat))
        slow.append(chat.slowest)
    return found, slow


def figures(found: Sequence[Talk]) -> dict[str, np.ndarray]:
    """One number a conversation for everything that is told."""
    told = {f"success@{n}": np.array([float(talk.within(n)) for talk in found]) for n in TURNS}
    told["place"] = np.array([float(talk.place) for talk in found])
    told["turns"] = np.array([float(talk.turns or LOST) for talk in found])
    told["questions"] = np.array([float(talk.questions) for talk in found])
    return told


def measured(name: str, count: int, seed: int) -> dict[str, object]:
    """All four ways of asking in one shop."""
    with ProcessPoolExecutor(len(POLICIES), mp_context=mp.get_context("spawn")) as workers:
        waiting = {policy: workers.submit(of_policy, name, policy, count, seed) for policy in POLICIES}
        done = {policy: each.result() for policy, each in waiting.items()}
    by_policy = {policy: found for policy, (found, _) in done.items()}
    return told_of(by_policy, [OPENINGS[at % len(OPENINGS)] for at in range(count)], done["ours"][1])


def of_policy(name: str, policy: str, count: int, seed: int) -> tuple[list[Talk], list[float]]:
    """One way of asking in one shop; in a process of its own."""
    with opened(name) as (shop, make):
        askers: dict[str, Asker | None] = {
            "none": None, "random": random_question(seed), "frequent": frequent_question, "ours": best_question,
        }  # fmt: skip
        return talks(shop, partial(make, count, seed), askers[policy])


def told_of(by_policy: dict[str, list[Talk]], openings: Sequence[str], slow: Sequence[float]) -> dict[str, object]:
    """Tables of every policy, paired differences, and success by opening."""
    values = {policy: figures(found) for policy, found in by_policy.items()}
    table = []
    for policy, columns in values.items():
        row: dict[str, object] = {"policy": policy}
        for name, column in columns.items():
            low, high = intervals(column[:, None])
            row |= {
                name: round(float(column.mean()), 4),
                f"{name} 95%": [round(float(low[0]), 4), round(float(high[0]), 4)],
            }
        table.append(row)
    gaps = {
        policy: {name: _gap(values["ours"][name], values[policy][name]) for name in COMPARED}
        for policy in values
        if policy != "ours"
    }
    kinds = np.array(openings)
    by_opening = {
        kind: {
            policy: round(float(columns["success@5"][kinds == kind].mean()), 4) for policy, columns in values.items()
        }
        for kind in dict.fromkeys(openings)
    }
    return {
        "conversations": len(openings), "table": table, "ours minus": gaps, "success@5 by opening": by_opening,
        "slowest turn of a conversation, processor ms": {
            "median": round(1000 * float(np.median(slow)), 1), "p95": round(1000 * float(np.quantile(slow, 0.95)), 1)},
    }  # fmt: skip


def _gap(first: np.ndarray, second: np.ndarray) -> dict[str, float]:
    found = paired(first, second)
    return {
        "value": round(found.value, 4),
        "low": round(found.low, 4),
        "high": round(found.high, 4),
        "p": round(found.p, 4),
    }


class opened:  # noqa: N801 - a context
    """A copy of a fitted shop, and how its people are made."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._kept = tempfile.TemporaryDirectory()
        source = BUILD / ("demo-shop" if name == "demo" else "search-20000")
        self._folder = Path(self._kept.name) / "shop"
        shutil.copytree(source, self._folder, symlinks=True)

    def __enter__(self) -> tuple[Shop, Callable[[int, int], list[SimulatedPerson]]]:
        self._shop = Shop(self._folder)
        catalog = self._shop.catalog
        if self._name == "demo":
            return self._shop, lambda count, seed: demo_people(catalog, self._folder, count, seed)
        return self._shop, lambda count, seed: item_people(catalog, count, seed)

    def __exit__(self, *_: object) -> None:
        self._shop.close()
        self._kept.cleanup()


def tune(count: int) -> None:
    """Print success and place on the tuning targets for settings around those that are built in."""
    for name in ("demo", "fashion"):
        with opened(name) as (shop, make):
            found = []
            for t, passed, cost in itertools.product((0.08, 0.12, 0.2), (0.1, 0.3), (0.1, 0.3, 0.6)):
                belief.TEMPERATURE, belief.PASSED, asking.COST = t, passed, cost
                values = figures(talks(shop, partial(make, count, 1), best_question)[0])
                row = {"temperature": t, "passed": passed, "cost": cost}
                found.append(row | {name: round(float(column.mean()), 3) for name, column in values.items()})
            show(f"{name}, {count} people to tune on", found)


def main() -> None:
    """Measure, print, store."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--tune", action="store_true", help="search the settings on other targets instead")
    parser.add_argument("--seed", type=int, default=0, help="even; odd seeds mean the targets to tune on")
    parser.add_argument("--shop", choices=("demo", "fashion"), help="one of the two alone")
    given = parser.parse_args()
    if given.tune:
        tune(given.people)
        return
    for name in (given.shop,) if given.shop else ("demo", "fashion"):
        result = measured(name, given.people, given.seed)
        show(name, [{key: value for key, value in row.items() if "95%" not in key} for row in result["table"]])
        kept = RESULTS / "talk.json"
        store("talk", (json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}) | {name: result})


if __name__ == "__main__":
    main()
