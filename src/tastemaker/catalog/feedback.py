"""What people did and what they were shown, from files: ``events`` in any known shape, and ``impressions``.

``impressions`` has the columns user and items (required), token, time, chances, experiment, arms and query; of these
items, chances and arms are lists, or texts separated as the settings say.
"""

from dataclasses import dataclass, field
from pathlib import Path

from tastemaker.catalog import fields
from tastemaker.catalog.events import Event
from tastemaker.catalog.fields import UnfitError
from tastemaker.catalog.impressions import Impression
from tastemaker.catalog.readers import DEFAULTS, Rows, read_told, require
from tastemaker.catalog.tables import Refusal, Row, read_table
from tastemaker.catalog.workspace import WorkspaceSettings
from tastemaker.core.errors import InputError
from tastemaker.core.types import ItemId, UserId


@dataclass
class Feedback:
    """What was read, and everything that was not taken."""

    events: list[Event] = field(default_factory=list)
    lists: list[Impression] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)


def read_feedback(
    events: Path | None, impressions: Path | None = None, settings: WorkspaceSettings = DEFAULTS
) -> Feedback:
    """Read both files; one that is None has nothing.

    Raises:
        InputError: a file cannot be read, or lacks a column that it needs.
    """
    told = Feedback()
    if events is not None:
        told.events, told.lists, told.refusals = read_told(events)
    if impressions is not None:
        lists, refused = read_impressions(impressions, settings)
        told.lists, told.refusals = [*told.lists, *lists], [*told.refusals, *refused]
    return told


def read_impressions(
    path: Path, settings: WorkspaceSettings = DEFAULTS
) -> tuple[list[Impression], list[Refusal]]:  # fmt: skip
    """Read a table of lists that people were shown, one a row.

    Raises:
        InputError: the file cannot be read, or lacks a column ``user`` or ``items``.
    """
    table = read_table(path)
    require(table, ("user", "items"))
    reader = Rows(table)
    lists = []
    for line, row in reader:
        try:
            lists.append(impression_of(row, settings.separator))
        except UnfitError as error:
            reader.refuse(line, "", error.why, error.mend, "row")
    return lists, reader.refusals


def impression_of(row: Row, separator: str = "|") -> Impression:
    """One list that was shown.

    Raises:
        UnfitError: a field cannot be used.
    """
    items = tuple(ItemId(fields.name(id)) for id in fields.many(row.get("items"), separator))
    chances = [fields.number(chance) for chance in _parts(row.get("chances"), separator)]
    arms = tuple(fields.name(arm) for arm in _parts(row.get("arms"), separator))
    said = {name: fields.text(row.get(name), 2_000) for name in ("token", "experiment", "query")}
    try:
        return Impression(
            UserId(fields.name(row.get("user"))), items, said["token"], fields.moment(row.get("time")),
            tuple(chance for chance in chances if chance is not None), said["experiment"], arms, said["query"],
        )  # fmt: skip
    except InputError as error:
        raise UnfitError(error.message, error.hint) from None


def _parts(raw: object, separator: str) -> list[object]:
    """Several values of which some may be alike."""
    if raw is None or raw == "":
        return []
    return list(raw) if isinstance(raw, list | tuple) else list(str(raw).split(separator))
