"""What is counted of a tenant's requests, as Prometheus reads it (text exposition format 0.0.4).

Routes go by their template, never by their path or query: those name people. Each tenant has figures of its own.
"""

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
