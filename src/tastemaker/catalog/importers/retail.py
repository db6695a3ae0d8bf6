"""Google Retail user events and Amazon Personalize interactions as a workspace of their own.

For a shop that has its catalog already, `tastemaker add SHOP --events FILE` takes the same files.
"""

from pathlib import Path
from typing import ClassVar

from tastemaker.catalog.importers.base import Imported, Importer, complete, only
from tastemaker.catalog.readers import read_told
from tastemaker.catalog.retail_events import shape_of
from tastemaker.catalog.tables import read_table
from tastemaker.core.errors import InputError


class GoogleRetail(Importer):
    """Views, carts, purchases, and what searches and pages have shown; items are nothing but their ids."""

    source: ClassVar[str] = "UserEvent of Google Cloud Retail, one JSON object a line"
    shape: ClassVar[str] = "google-retail"
    pattern: ClassVar[str] = "*.jsonl"
    needs: ClassVar[str] = "eventType and visitorId"

    def read(self, source: Path) -> Imported:
        """Read a file, or a folder with one.

        Raises:
            InputError: it has other fields, or no event in it can be used.
        """
        path = only(source, self.pattern, f"events with {self.needs}")
        if shape_of(read_table(path).columns) != self.shape:
            raise InputError(f"{path.name} does not have the fields {self.needs}", hint="is it another format?")
        events, lists, refusals = read_told(path)
        if not events and not lists:
            why = str(refusals[0]) if refusals else "nothing but events that say nothing of taste"
            raise InputError(f"no event of {path.name} can be used", hint=why)
        named = [*(event.item for event in events), *(id for each in lists for id in each.items)]
        notes = [f"{len(lists):,} lists that were shown"] if lists else []
        notes += [f"{len(refusals):,} rows were not taken, the first: {refusals[0]}"] if refusals else []
        return Imported(complete({}, named), events, lists=lists, notes=notes)


class Personalize(GoogleRetail):
    """Interactions with their impressions and recommendation ids; items are nothing but their ids."""

    source: ClassVar[str] = "Interactions schema of Amazon Personalize, a CSV"
    shape: ClassVar[str] = "personalize"
    pattern: ClassVar[str] = "*.csv"
    needs: ClassVar[str] = "USER_ID and ITEM_ID"
