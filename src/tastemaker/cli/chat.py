"""``tastemaker chat``: a conversation in the terminal, or one object a turn from lines on stdin."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tastemaker.cli.opening import opened
from tastemaker.cli.options import AsJson, Folder, User
from tastemaker.cli.output import complain_of, note, words
from tastemaker.core.errors import InputError

if TYPE_CHECKING:
    from tastemaker.assistant import Assistant, Turn

EXAMPLES = (
    "tastemaker chat shop/",
    "tastemaker chat shop/ --json < turns.txt",
    "tastemaker chat shop/ --llm fake:silent",
)

Shown = Annotated[int, typer.Option("--k", min=1, max=100, metavar="N", help="How many items are shown at a time.")]
Model = Annotated[
    str | None,
    typer.Option(
        "--llm", metavar="PROVIDER:MODEL", help='Language model that is asked too, "" for none; else [assistant] llm.'
    ),
]
Quiet = Annotated[bool, typer.Option("--no-questions", help="Never ask back.")]


def chat(
    shop: Folder,
    user: User = None,
    k: Shown = 10,
    no_questions: Quiet = False,
    llm: Model = None,
    as_json: AsJson = False,
) -> None:
    """Talk with the shop, in words and pictures.

    Say what you look for, answer, or "cheaper", "like the second one but in red", "why?". One turn a line; a line
    "@picture.jpg words" shows a picture. An empty line is no turn. Ends with the input, or with Ctrl-D. With --json
    every turn is one line: {"say", "items", "question", "facets", "pictures", ...}.
    """
    from tastemaker.assistant import Assistant
    from tastemaker.assistant.asking import best_question

    with opened(shop) as found:
        assistant = Assistant(found, person=user or "", k=k, asker=None if no_questions else best_question, llm=llm)
        failed = False
        for line in _lines(asked=not as_json and sys.stdin.isatty()):
            try:
                telling = None if as_json else _Telling()
                turn = _said(assistant, line, telling)
            except InputError as error:
                failed = True
                _told_wrong(error, as_json=as_json)
                continue
            _told(turn, telling)
    if failed and as_json:
        raise typer.Exit(2)


def _lines(*, asked: bool) -> Iterator[str]:
    """What the person types, line by line."""
    while True:
        if asked:
            print("> ", end="", file=sys.stderr, flush=True)
        line = sys.stdin.readline()
        if not line:
            return
        if line.strip():
            yield line.strip()


class _Telling:
    """Words on the terminal as they come; only a language model takes long enough for that."""

    def __init__(self) -> None:
        self.told = ""

    def __call__(self, turn: "Turn") -> None:
        """Says what is new in a turn."""
        print(turn.say[len(self.told) :], end="", flush=True)
        self.told = turn.say


def _said(assistant: "Assistant", line: str, hear: _Telling | None) -> "Turn":
    """One line as a turn: "@picture.jpg words" shows a picture.

    Raises:
        InputError: it cannot be understood as one, or the picture cannot be read.
    """
    if not line.startswith("@"):
        return assistant.say(line, hear=hear)
    name, _, said = line[1:].partition(" ")
    return assistant.say(said, image=Path(name), hear=hear)


def _told(turn: "Turn", telling: _Telling | None) -> None:
    if telling is None:
        from tastemaker.assistant.turn import wire
        from tastemaker.core.wire import text

        words(text(wire(turn), indent=None))
        sys.stdout.flush()
        return
    words(str(turn).removeprefix(telling.told))
    for said in turn.notes:
        note(said)


def _told_wrong(error: InputError, *, as_json: bool) -> None:
    """A turn that could not be taken: said, and the conversation goes on; with --json as a turn without items."""
    complain_of(error)
    if as_json:
        from tastemaker.core.wire import text

        said: dict[str, object] = {
            "say": error.message,
            "items": [],
            "question": None,
            "facets": [],
            "pictures": [],
            "error": error.hint,
        }
        words(text(said, indent=None))
