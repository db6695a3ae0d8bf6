"""``embed``: the vectors of all items as one table on disk, by as many workers as there are.

What fits in memory needs none of this: ``fit`` embeds a catalog beside everything else that it learns. This is for the
catalog that one machine would embed for days, with a space that was fitted on it or on a part of it. So it asks for no
view of the shop, which would embed in this process what no fit has seen.
"""

from pathlib import Path

from tastemaker.alignment.space import stored
from tastemaker.catalog.store import Store
from tastemaker.catalog.workspace import Workspace
from tastemaker.core.errors import InputError, NotFitted
from tastemaker.core.progress import Observer
from tastemaker.core.storage import Artefact, Artefacts
from tastemaker.scale.embedding import Embedded, embed
from tastemaker.scale.engines import engine
from tastemaker.scale.job import Job
from tastemaker.shop.fitted import item_keys


def embed_catalog(
    workspace: Workspace,
    store: Store,
    out: Path,
    space: Path | None,
    *,
    workers: int,
    ray: bool,
    rows: int,
    observer: Observer,
) -> Embedded:
    """Embed the catalog as it is; see :meth:`Shop.embed`."""
    for name, given in (("workers", workers), ("rows", rows)):
        if isinstance(given, bool) or not isinstance(given, int) or given < 1:
            raise InputError(f"{name} is {given!r}; it must be a whole number, 1 or more")
    run = engine(workers, ray=ray)
    catalog, used = store.snapshot(), _space_of(workspace if space is None else Workspace.open(space))
    job = Job(
        out=str(out.expanduser().absolute()),
        space=str(used.folder),
        images=str(workspace.images or ""),
        state=str(workspace.state),
        features={name: (str(vectors), str(ids)) for name, (vectors, ids) in workspace.features().items()},
        types=catalog.types,
        separator=workspace.settings.separator,
    )
    return embed(catalog, item_keys(catalog), job, stored(used).dim, run, rows=rows, observer=observer)


def _space_of(workspace: Workspace) -> Artefact:
    """The artefact of the space that a shop serves with.

    Raises:
        NotFitted: there is none.
    """
    found = Artefacts(workspace.state).published().get("space")
    if found is None:
        raise NotFitted(f"{workspace.root.name!r} has no space to embed with", hint="run `tastemaker fit`")
    return found
