"""The code blocks of README.md and docs/: what language each is in, and whether it is run or only parsed.

A block that needs weights, hours or somebody else's machine says so to whoever reads the source, in a line before it:

    <!-- parsed, not run: half an hour -->
"""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LANGUAGES = {"console", "python", "toml", "text", "ini", "yaml", "cron"}
FENCE = re.compile(
    r"^(?:<!-- parsed, not run: (?P<why>.+) -->\n+)?^```(?P<language>.*)\n(?P<text>(?:.*\n)*?)^```$", re.MULTILINE
)


@dataclass(frozen=True)
class Block:
    """One block: the number of the line before its first, its text, and why it is not run ("" when it is)."""

    path: Path
    line: int
    language: str
    text: str
    why: str


def blocks(path, language):
    """The blocks of a file in one language, from the top."""
    return [block for block in every_block(path) if block.language == language]


def every_block(path):
    """All blocks of a file, from the top."""
    text = path.read_text(encoding="utf-8")
    for found in FENCE.finditer(text):
        line = text.count("\n", 0, found.start("text"))
        yield Block(path, line, found["language"], found["text"], found["why"] or "")


def name_of(path):
    """A file as the tests call it."""
    return str(path.relative_to(ROOT))
