"""A hundred rounds of misfortune under event load: is an acknowledged event ever lost or doubled, is the service back?

    python benchmarks/bench_chaos.py [--rounds 105] [--seed 0] [--workers 2]

``tests/server/chaos.py`` says what happens in a round and what must hold after it; ``make test-slow`` does one of each
kind. The shop has 24 drawn things and is fitted first (seconds). A round takes a few seconds on a quiet machine, most
of which is the start of the server where it was killed. It stops at the first round that fails, with its number.
"""

import argparse
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from common import ROOT, show, store
from tastemaker.shop import Shop

sys.path.insert(0, str(ROOT))
from tests.server.chaos import Chaos, Served
from tests.server.small_workspace import write_workspace


def main() -> None:
    """Run, print, store."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=105)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    seen = defaultdict(list)
    with tempfile.TemporaryDirectory() as place:
        fitted = write_workspace(Path(place) / "fitted")
        with Shop(fitted) as shop:
            shop.fit()
        (Path(place) / "served").mkdir()
        served = Served(fitted, Path(place) / "served", given.workers)
        try:
            chaos = Chaos(served, given.seed)
            for number in range(given.rounds):
                found = chaos.round(number)
                seen[found["kind"]].append(found)
                print(number, found, file=sys.stderr, flush=True)
        finally:
            served.end()
    rows = [
        {"kind": kind, "rounds": len(rounds), **{what: sum(each[what] for each in rounds) for what in
         ("acknowledged", "refused", "answers", "starts")}, "slowest s": max(each["seconds"] for each in rounds)}
        for kind, rounds in seen.items()
    ]  # fmt: skip
    show(f"{given.rounds} rounds: nothing acknowledged was lost or doubled, the service was back each time", rows)
    store("chaos", {"rounds": given.rounds, "seed": given.seed, "workers": given.workers, "lost": 0, "doubled": 0,
                    "rows": rows})  # fmt: skip


if __name__ == "__main__":
    main()
