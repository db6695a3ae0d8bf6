"""The pieces of text in a streamed answer of an OpenAI-compatible endpoint; also where it answers at once.

Bytes are split into lines here, as a line without an end must not be waited for.
"""

import json
from collections.abc import Iterable, Iterator

from tastemaker.assistant.doors.door import Budget, DoorFailed

LONGEST_LINE = 200_000
"""Bytes."""
MOST = 4_000
"""Bytes for one token; what is beyond is no answer."""


def pieces(chunks: Iterable[bytes], budget: Budget) -> Iterator[str]:
    """The text of an answer, as it comes.

    Args:
        chunks: its bytes.
        budget: of the turn.

    Raises:
        DoorFailed: it is none, runs on, or the time is over.
    """
    whole = b""
    events = False
    for line in _lines(chunks, budget):
        if line.startswith(b"data:"):
            events, data = True, line[5:].strip()
            if data == b"[DONE]":
                return
            yield _text(data, "delta")
        elif not events:
            whole += line
    if not events:
        yield _text(whole, "message")


def _lines(chunks: Iterable[bytes], budget: Budget) -> Iterator[bytes]:
    """Whole lines; the last one may lack its end."""
    line, read = b"", 0
    for chunk in chunks:
        budget.left()
        read += len(chunk)
        line += chunk
        if read > MOST * budget.tokens or len(line) > LONGEST_LINE:
            raise DoorFailed("the language model did not come to an end")
        *ready, line = line.split(b"\n")
        yield from (each.strip() for each in ready)
    yield line.strip()


def _text(data: bytes, part: str) -> str:
    """The text in one event, or in the whole answer: what is said, or the arguments of a call."""
    try:
        choices = json.loads(data)["choices"]
        if not choices:
            return ""  # figures of use come without a choice
        said = choices[0][part]
        calls = said.get("tool_calls") or []
        text = "".join(call["function"].get("arguments") or "" for call in calls) + (said.get("content") or "")
        return text if isinstance(text, str) else ""
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
        raise DoorFailed("the language model answered in a way that cannot be read") from None
