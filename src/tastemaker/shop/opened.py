"""An opened workspace: its database, what was published last, and one consistent view of both.

Each call of a shop answers from one view of the store and of what was published, from beginning to end.
"""

from dataclasses import replace
from threading import RLock
from time import monotonic

from tastemaker.alignment.space import Space
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.interactions import History
from tastemaker.catalog.loading import open_store
from tastemaker.catalog.workspace import Workspace
from tastemaker.core.closing import Closing
from tastemaker.core.errors import TastemakerError, WorkspaceError
from tastemaker.core.progress import Noted, Observer, silent
from tastemaker.core.storage import Artefacts
from tastemaker.core.versions import Version
from tastemaker.index.settings import IndexConfig
from tastemaker.shop import fitted, indexing, live
from tastemaker.shop.indexing import Ground

EVENTS_EVERY = 60.0
"""Seconds after which new events are looked at for what they change for everybody (popularity, counts)."""


class Opened(Closing):
    """One workspace, opened; may be used from many threads.

    Args:
        workspace: the folder and its choices.
        observer: hears of the reading of new input files.

    Attributes:
        swap_aside: True leaves it to :meth:`swap` to load what another process has published, so that no call waits.
        salvages: True serves what is whole when what is published is damaged; otherwise that is an error.

    Raises:
        WorkspaceError: the database is damaged, or a new input file cannot be read.
        ConfigError: a setting of ``[index]`` is unknown or out of range.
    """

    def __init__(self, workspace: Workspace, observer: Observer = silent) -> None:
        self.workspace, self.path = workspace, workspace.root
        self._observer = observer
        self.store = open_store(self.workspace, observer)
        self._artefacts = Artefacts(self.workspace.state)
        self._lock = RLock()
        self._view: live.View | None = None
        self._events_seen, self._looked, self._again = 0, 0.0, 0.0
        self._refused: dict[str, str] | None = None
        self._indexed = IndexConfig.read(workspace.settings.index)
        self.swap_aside = self.salvages = False

    def close(self) -> None:
        """Let go of the database."""
        self.store.close()

    @property
    def catalog(self) -> Catalog:
        """Items and events as they are now."""
        return self.view.catalog

    @property
    def space(self) -> Space | None:
        """Pictures and words -> vectors; None before ``fit``, or when the items have neither."""
        return self.view.fitted.space

    @property
    def draws(self) -> bool:
        """Has the shop learned to draw?"""
        return self.view.fitted.drawing is not None

    @property
    def designs(self) -> bool:
        """Can it search among what it draws for what a person would prefer?"""
        from tastemaker.generators.design import Searchable

        painter = self.view.fitted.painter
        return painter is not None and isinstance(painter.generator, Searchable)

    @property
    def view(self) -> live.View:
        """One consistent view of catalog and fit.

        When either has changed, the first who asks makes a new view; others are answered from the old one meanwhile.
        So are all when the new one cannot be made, as where a file of features is missing: that is noted, and tried
        again after a minute.
        """
        old = self._view
        if old is not None and (monotonic() < self._again or self._is_current(old)):
            return old
        try:
            return self.refresh(wait=old is None)
        except TastemakerError as error:
            if old is None:
                raise
            self._again = monotonic() + EVENTS_EVERY
            self._observer(Noted("open", f"{error.message}; what was there before is served, {error.hint}"))
            return old

    def refresh(self, *, wait: bool = True, events: bool = False) -> live.View:
        """Make a new view if anything has changed.

        Args:
            wait: False gives the old view when another thread is making the new one.
            events: True also when nothing but events has changed. They count in a person's own answers at once; what
                they change for everybody else is otherwise looked at once a minute.
        """
        old = self._view
        if not self._lock.acquire(blocking=wait or old is None) and old is not None:
            return old
        try:
            old = self._view
            events = events and self.store.events_revision != self._events_seen
            if old is not None and not events and self._is_current(old):
                return old
            same_fit = old is not None and (self.swap_aside or self._is_published(old))
            return self._look(old.fitted if old is not None and same_fit else self._load(rescue=old is None))
        finally:
            self._lock.release()

    def swap(self) -> bool:
        """Load what was published since, beside what is served, and serve it; False when there is nothing new.

        Calls under way keep the view they began with; others are answered from the old one until the new one is whole.

        Raises:
            WorkspaceError: it cannot be read. The old one stays, and the same is not tried again.
        """
        old, published = self._view, self._published()
        if old is None or self._is_published(old) or published == self._refused:
            return False
        try:
            learned = fitted.load(self._artefacts)
            with self._lock:
                self._look(learned)
        except WorkspaceError:
            self._refused = published
            raise
        return True

    @property
    def versions(self) -> list[Version]:
        """What was published lately and can be served again, the oldest first."""
        return self._artefacts.versions()

    def reindex(self, observer: Observer = silent) -> bool:
        """Build anew what finds the nearest sooner, when it is missing, damaged or out of date; else False.

        Answers meanwhile are exact, or given from the old one.

        Args:
            observer: hears of progress; raises ``Cancelled`` to stop, which leaves everything as it was.
        """
        view, learned = self.view, self.view.fitted
        if learned.space is None or view.vectors is None:
            return False
        ground = Ground(learned.space, learned.names["space"], view.catalog, view.vectors, view.keys)
        if not ground.is_due(learned.index, self._indexed) or self._published().get("space") != ground.name:
            return False
        with self._artefacts.lock("indexing"):
            made = before = self._artefacts.published().get("index")
            derived = None if made is None else indexing.restore(made, ground.name)
            if made is None or ground.is_due(derived, self._indexed):  # else another process was here first
                manifest = {"revision": view.catalog.revision}
                made = indexing.build(self._artefacts, ground, self._indexed, manifest, observer)
                derived = indexing.restore(made, ground.name)
                with self._artefacts.lock("publishing"):
                    if self._published().get("space") != ground.name:
                        return False
                    self._artefacts.publish({"index": made}, amend=True)
                    if before is not None:
                        self._artefacts.discard(before)
        with self._lock:
            self._look(replace(learned, names={**learned.names, "index": made.name}, index=derived))
        return True

    def rollback(self, to: str = "") -> Version:
        """Serve again what was fitted before; running servers follow.

        Args:
            to: id of one of ``versions``; the one before the current when empty.

        Raises:
            NotFitted: there is no earlier one.
            UnknownName: no version has the id.
            WorkspaceError: it is damaged; what is served stays.
        """
        with self._artefacts.lock("publishing"):
            version = self._artefacts.rollback(to)
        self.swap()
        return version

    def _look(self, learned: fitted.Fitted) -> live.View:
        """A new view of the catalog as it is, with what was learned."""
        self._events_seen, self._looked, self._again = self.store.events_revision, monotonic(), 0.0
        self._view = live.view(self.store.snapshot(), learned, self._view).warmed()
        live.keep_vectors(self._view, self._artefacts)
        return self._view

    def _history(self, user: str, view: live.View) -> History:
        """What a person did, without items that are gone, or that came after the view was made."""
        return self.store.history(user).among(view.catalog.alive)

    def _is_current(self, view: live.View) -> bool:
        """Is the view of the latest catalog and the latest fit, whichever process made them?"""
        if monotonic() - self._looked > EVENTS_EVERY and self.store.events_revision != self._events_seen:
            return False
        return view.catalog.revision == self.store.revision and (self.swap_aside or self._is_published(view))

    def _is_published(self, view: live.View) -> bool:
        if view.fitted.instead_of:
            return fitted.marks(self._artefacts.published()) == view.fitted.instead_of
        return self._published() == dict(view.fitted.names)

    def _load(self, *, rescue: bool) -> fitted.Fitted:
        """What is published; or, when that is damaged and somebody waits for answers, what is left."""
        if trouble := self._artefacts.trouble:
            self._observer(Noted("open", trouble))
        try:
            return fitted.load(self._artefacts)
        except WorkspaceError as error:
            if not (rescue and self.salvages):
                raise
            self._observer(Noted("open", f"{error.message}; what is whole is served until the next fit"))
            return fitted.salvage(self._artefacts)

    def _published(self) -> dict[str, str]:
        return {part: artefact.name for part, artefact in self._artefacts.published().items()}
