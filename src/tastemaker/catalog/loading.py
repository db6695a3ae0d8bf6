"""Workspace -> store: reads the input files when they are new or have changed, and leaves the store alone when not."""

from tastemaker.catalog.feedback import read_feedback
from tastemaker.catalog.pictures import Pictures
from tastemaker.catalog.readers import read_items
from tastemaker.catalog.store import Store
from tastemaker.catalog.tables import Refusal
from tastemaker.catalog.workspace import Workspace
from tastemaker.core.progress import Observer, silent, track


def open_store(workspace: Workspace, observer: Observer = silent) -> Store:
    """The store of a workspace, up to date with its input files.

    Raises:
        InputError: an input file cannot be read at all.
        WorkspaceError: the store is damaged or locked.
        Cancelled: the observer asked to stop; the store is as it was.
    """
    pictures = Pictures(workspace.images, workspace.state)
    store = Store(workspace.database, pictures=pictures, features=workspace.features())
    fingerprint = workspace.fingerprint()
    if store.fingerprint != fingerprint:
        ingest(workspace, store, fingerprint, observer)
    return store


def ingest(workspace: Workspace, store: Store, fingerprint: str, observer: Observer = silent) -> list[Refusal]:
    """Read the input files into the store; returns what was not taken of them."""
    with track(observer, "read", 3) as task:
        items, refused = read_items(workspace.items_file, workspace.settings) if workspace.items_file else ([], [])
        task.advance(metrics={"items": len(items)})
        told = read_feedback(workspace.events_file, workspace.impressions_file, workspace.settings)
        task.advance(metrics={"events": len(told.events)})
        store.ingest(items, told.events, fingerprint, workspace.settings, told.lists)
        refusals = [*refused, *told.refusals]
        if refusals:
            task.note(f"{len(refusals):,} rows or fields were not taken; `check` lists them")
        task.advance()
    return refusals
