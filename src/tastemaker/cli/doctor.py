"""``tastemaker doctor``: is the installation sound, is the workspace whole?"""

from tastemaker.cli.opening import opened
from tastemaker.cli.options import AsJson, Folder
from tastemaker.cli.output import data, words

EXAMPLES = ("tastemaker doctor shop/", "tastemaker doctor shop/ --json")


def doctor(shop: Folder, as_json: AsJson = False) -> None:
    """Look for what is broken, and advise.

    Versions, broken installs, integrity, engines with licence and memory, disk.
    """
    with opened(shop) as found:
        report = found.doctor()
    if as_json:
        data(report)
    else:
        words(outline(report))


def outline(values: object, indent: str = "") -> str:
    """Nested values as indented lines."""
    from tastemaker.core.wire import plain

    found = plain(values)
    if isinstance(found, dict):
        entries = list(found.items())
    elif isinstance(found, list):
        entries = [("-", entry) for entry in found]
    else:
        return f"{indent}{found}"
    lines = []
    for name, value in entries:
        nested = isinstance(value, dict | list) and bool(value)
        lines.append(f"{indent}{name}" if nested else f"{indent}{name}  {value if value not in ({}, []) else 'none'}")
        if nested:
            lines.append(outline(value, indent + "  "))
    return "\n".join(lines)
