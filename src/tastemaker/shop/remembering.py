"""What a shop remembers: what a person did, which they may look at and have forgotten, and the reports of earlier."""

from tastemaker.catalog.events import Event
from tastemaker.core.errors import InputError
from tastemaker.evaluation.shelf import Shelf
from tastemaker.shop.visual import Visual


class Remembering(Visual):
    """An opened workspace with its memory."""

    def past(self, user: str, *, kind: str = "", limit: int = 500) -> list[Event]:
        """What a person did with items that are in the shop, newest first.

        Args:
            user: the person; nobody known has done nothing.
            kind: only events of this kind, such as "like"; "" for all.
            limit: at most so many.
        """
        catalog = self.catalog
        found = self.store.deeds(user, kind, limit)
        return [event for event in found if catalog.has(event.item) and catalog.alive[catalog.row(event.item)]]

    def forget(self, user: str, item: str = "", *, kind: str = "") -> int:
        """Forget what a person did: their own answers know nothing of it at once, what is trained at the next fit.

        The events file does not bring back what was forgotten; what the person does from now on counts again.

        Args:
            user: the person.
            item: only what they did with this item; "" for everything.
            kind: of that, only events of this kind; "" for all.

        Returns:
            How many events are gone.

        Raises:
            InputError: a kind is given without an item.
        """
        if kind and not item:
            raise InputError(f"of which item is {kind!r} to be forgotten?", hint="give the item, or leave the kind out")
        return self.store.forget_item(user, item, kind) if item else self.store.forget_user(user)

    @property
    def reports(self) -> Shelf:
        """Evaluations of earlier."""
        return Shelf(self.workspace.state / "reports")
