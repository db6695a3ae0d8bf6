"""What is counted of a tenant's requests, as Prometheus reads it (text exposition format 0.0.4).

Routes go by their template, never by their path or query: those name people. Each tenant has figures of its own.
"""

import json
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper ends in seconds."""
Labels = tuple[tuple[str, str], ...]


@dataclass
class Spread:
    """How long something took, over all times it was done."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    total: float = 0.0

    def add(self, seconds: float) -> None:
        """Count one more."""
        self.counts[bisect_left(BUCKETS, seconds)] += 1
        self.total += seconds

    @property
    def count(self) -> int:
        """How often."""
        return sum(self.counts)

    @property
    def mean(self) -> float:
        """Seconds on average; 0 before the first time."""
        return self.total / max(1, self.count)

    def quantile(self, share: float) -> float:
        """Seconds within which a share of them was done, read off between the ends of a bucket; at most the last end.

        Args:
            share: 0 to 1.
        """
        wanted, below = share * self.count, 0
        for low, high, count in zip((0.0, *BUCKETS), BUCKETS, self.counts, strict=False):
            if count and below + count >= wanted:
                return low + (high - low) * (wanted - below) / count
            below += count
        return BUCKETS[-1] if self.count else 0.0


@dataclass(frozen=True)
class Summary:
    """How often something was done, how often it went wrong, and how long it took.

    Attributes:
        name: a route's template, or a stage.
        count: how often.
        failed: of these, answers from 500 on.
        spread: how long.
    """

    name: str
    count: int
    failed: int
    spread: Spread


class Metrics:
    """Counters and spreads; safe from many threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._requests: dict[Labels, int] = defaultdict(int)
        self._spent: dict[Labels, Spread] = defaultdict(Spread)
        self._stages: dict[Labels, Spread] = defaultdict(Spread)

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answered request."""
        with self._lock:
            self._requests[("method", method), ("route", route), ("status", str(status))] += 1
            self._spent[(("route", route),)].add(seconds)

    def stage(self, name: str, seconds: float) -> None:
        """Count the time that one stage of an answer took."""
        with self._lock:
            self._stages[(("stage", name),)].add(seconds)

    def taken(self) -> bytes:
        """Everything since the last time, to be added elsewhere; b"" when there was nothing. It is forgotten here."""
        with self._lock:
            spreads = [
                [(labels, spread.counts, spread.total) for labels, spread in kept.items()]
                for kept in (self._spent, self._stages)
            ]
            told = json.dumps([list(self._requests.items()), *spreads]).encode() if any(spreads) else b""
            for kept in (self._requests, self._spent, self._stages):
                kept.clear()
        return told

    def add(self, told: bytes) -> None:
        """Add what another process has :meth:`taken`."""
        requests, *spreads = json.loads(told)
        with self._lock:
            for labels, count in requests:
                self._requests[_labels(labels)] += count
            for kept, more in zip((self._spent, self._stages), spreads, strict=True):
                for labels, counts, total in more:
                    spread = kept[_labels(labels)]
                    spread.counts = [one + other for one, other in zip(spread.counts, counts, strict=True)]
                    spread.total += total

    def routes(self) -> list[Summary]:
        """Every route that was asked, the most asked first."""
        with self._lock:
            found = []
            for labels, spread in self._spent.items():
                counts = [(dict(key)["status"], n) for key, n in self._requests.items() if set(labels) <= set(key)]
                failed = sum(n for status, n in counts if status.startswith("5"))
                own = Spread(list(spread.counts), spread.total)
                found.append(Summary(labels[0][1], sum(n for _, n in counts), failed, own))
        return sorted(found, key=lambda one: (-one.count, one.name))

    def stages(self) -> list[Summary]:
        """Every stage of an answer, the one that took most time in all first."""
        with self._lock:
            found = [
                Summary(labels[0][1], spread.count, 0, Spread(list(spread.counts), spread.total))
                for labels, spread in self._stages.items()
            ]
        return sorted(found, key=lambda one: -one.spread.total)

    def text(self, gauges: Mapping[str, tuple[str, Iterable[tuple[Labels, float]]]]) -> str:
        """Everything as text.

        Args:
            gauges: what is measured now: name -> (what it is, values by labels).
        """
        with self._lock:
            lines = _family("tastemaker_requests_total", "counter", "Requests answered")
            lines += [_line("tastemaker_requests_total", labels, n) for labels, n in sorted(self._requests.items())]
            lines += _family("tastemaker_request_seconds", "histogram", "Seconds to the end of an answer")
            for labels, spread in sorted(self._spent.items()):
                lines += _histogram("tastemaker_request_seconds", labels, spread)
            lines += _family("tastemaker_stage_seconds", "summary", "Seconds spent in one stage of an answer")
            for labels, spread in sorted(self._stages.items()):
                lines += _ends("tastemaker_stage_seconds", labels, spread)
        for name, (words, values) in gauges.items():
            lines += _family(name, "gauge", words)
            lines += [_line(name, labels, value) for labels, value in values]
        return "\n".join(lines) + "\n"


def _labels(told: list[list[str]]) -> Labels:
    return tuple((name, text) for name, text in told)


def _family(name: str, kind: str, words: str) -> list[str]:
    return [f"# HELP {name} {words}.", f"# TYPE {name} {kind}"]


def _histogram(name: str, labels: Labels, spread: Spread) -> list[str]:
    lines, below = [], 0
    for end, count in zip((*BUCKETS, "+Inf"), spread.counts, strict=True):
        below += count
        lines.append(_line(f"{name}_bucket", (*labels, ("le", str(end))), below))
    return lines + _ends(name, labels, spread)


def _ends(name: str, labels: Labels, spread: Spread) -> list[str]:
    return [_line(f"{name}_sum", labels, spread.total), _line(f"{name}_count", labels, spread.count)]


def _line(name: str, labels: Labels, value: float) -> str:
    told = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels)
    return f"{name}{{{told}}} {value}" if told else f"{name} {value}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
