"""The shop's own language model, and what it takes to ask it: the items it may answer with, what people chose.

    tastemaker fit shop/ --parts language

Learning to talk takes half an hour, so a plain ``fit`` leaves it out, and the model stays when the rest is fitted
again. It reads vectors of the space that it learned with: once that space is another one, it has to learn again.
"""

from collections.abc import Mapping, Sequence
from threading import Lock

import numpy as np
import numpy.typing as npt
from PIL import Image

from tastemaker.alignment.space import Space
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import words_of
from tastemaker.catalog.workspace import Workspace
from tastemaker.core.errors import NotFitted
from tastemaker.core.progress import Observer
from tastemaker.core.storage import Artefact, Artefacts
from tastemaker.core.types import Floats, Ints
from tastemaker.encoders.behaviour import taste_vectors
from tastemaker.encoders.frames import frame
from tastemaker.generators.base import Condition
from tastemaker.generators.language.inputs import Asked
from tastemaker.generators.language.model import MultimodalLm, MultimodalLmConfig
from tastemaker.generators.language.shelf import Shelf
from tastemaker.generators.material import embedded
from tastemaker.shop.live import View

Learned = tuple[dict[str, object], dict[str, npt.NDArray[np.generic]]]


class Speaker:
    """A fitted language model and what goes with it; may be used from many threads, one at a time.

    Args:
        model: the language model.
        space: name of the artefact of the space that it learned with.
        tastes: taste vector of every item there was; zero where nobody chose it.

    Shapes: tastes (rows, dim).
    """

    def __init__(self, model: MultimodalLm, space: str, tastes: Floats) -> None:
        self.model = model
        self._space, self._tastes = space, tastes
        self._lock = Lock()
        self._stocked: tuple[int, Shelf] | None = None

    def shelf(self, view: View) -> Shelf:
        """The items that are sold now, those that came after it learned included.

        Raises:
            NotFitted: the space was fitted again since.
        """
        space, catalog = self._same_space(view), view.catalog
        with self._lock:
            if self._stocked is None or self._stocked[0] != catalog.revision:
                self._stocked = catalog.revision, self._stock(catalog, space)
            return self._stocked[1]

    def asked(
        self,
        view: View,
        words: str = "",
        *,
        picture: Image.Image | None = None,
        items: Sequence[int] = (),
        history: Ints | None = None,
    ) -> Asked:
        """A question as the model reads it.

        Args:
            view: of the shop.
            words: everything said so far.
            picture: that is shown.
            items: rows of those spoken of.
            history: rows of what the person chose, oldest first.

        Raises:
            NotFitted: the space was fitted again since.
        """
        space, shelf, layout = self._same_space(view), self.shelf(view), self.model.layout
        looks = picture is not None and bool(layout.shape[0])
        past = np.empty(0, np.int64) if history is None else history
        return Asked(
            words,
            picture=space.embed_pictures([picture])[0] if picture is not None and layout.dims["picture"] else None,
            pixels=frame(picture, layout.shape) if picture is not None and looks else None,
            things=_features(shelf, np.asarray(items, np.int64)),
            history=_features(shelf, past),
            taste=self._taste(past),
        )

    def logits(self, view: View, asked: Asked) -> Floats:
        """How likely each row of the catalog is meant; of what it knows nothing of, as little as of the last.

        Shapes: -> (rows,).

        Raises:
            NotFitted: the space was fitted again since.
        """
        shelf = self.shelf(view)
        found = self.model.rank([asked], shelf)[0]
        told = np.full(view.catalog.size, found.min(initial=0.0), np.float32)
        told[shelf.rows] = found
        return told

    def signs(self, asked: Asked) -> Condition:
        """What a picture that answers should be like."""
        return self.model.signs([asked])[0]

    def _same_space(self, view: View) -> Space:
        space = view.fitted.space
        if space is None or view.fitted.names.get("space") != self._space:
            hint = "run `tastemaker fit SHOP --parts language`"
            raise NotFitted("the space was fitted again since the shop's language model learned", hint=hint)
        return space

    def _stock(self, catalog: Catalog, space: Space) -> Shelf:
        old = self.model.shelf
        kept = old.where(catalog.alive[old.rows])
        new = np.setdiff1d(np.flatnonzero(catalog.alive), old.rows)
        if not len(new):
            return kept
        texts = [words_of(catalog.item(row)) for row in new.tolist()]
        pictured = np.array([bool(catalog.main_picture(row)) for row in new.tolist()], np.bool_)
        words, _, pictures = embedded(catalog, space, new, texts, pictured)
        return kept.joined(self.model.shelved(new, words, pictures))

    def _taste(self, rows: Ints) -> Floats | None:
        total = self._tastes[rows[rows < len(self._tastes)]].sum(0)
        length = float(np.linalg.norm(total))
        return np.asarray(total / length, np.float32) if length else None


def learn(workspace: Workspace, catalog: Catalog, space: Space | None, space_name: str, observer: Observer) -> Learned:
    """Train the language model of a shop; gives what :func:`restore` reads. What was cut goes on where it stopped.

    Raises:
        FitError: there is too little to talk about.
        ConfigError: a setting of ``[language]`` is unknown or out of range.
    """
    config = MultimodalLmConfig.read(workspace.settings.language)
    made = MultimodalLm(config, checkpoint=workspace.state / "training" / "language").fit(catalog, space, observer)
    settings: dict[str, object] = {"model": made.settings(), "space": space_name}
    return settings, {**made.tensors(), "tastes": taste_vectors(catalog.interactions)}


def restore(artefact: Artefact) -> Speaker:
    """What was stored.

    Raises:
        WorkspaceError: the artefact is damaged, or holds no model. What another version has written fails in ways of
            its own, see ``Fitted``.
    """
    settings, tensors = artefact.settings("model"), artefact.tensors()
    tastes = np.asarray(tensors.pop("tastes"), np.float32)
    return Speaker(MultimodalLm.restore(settings, tensors), str(artefact.config["space"]), tastes)


def write(artefacts: Artefacts, learned: Learned, manifest: Mapping[str, object]) -> Artefact:
    """Store what :func:`learn` gave."""
    config, tensors = learned
    return artefacts.write("language", config=config, tensors=tensors, manifest=manifest)


def _features(shelf: Shelf, rows: Ints) -> Floats | None:
    """Features of those of some rows that are on a shelf; None for none. Shapes: rows (n,) -> (up to n, dim)."""
    place = np.full(int(max(shelf.rows.max(initial=0), rows.max(initial=0))) + 1, -1, np.int64)
    place[shelf.rows] = np.arange(len(shelf.rows))
    found = place[rows]
    return shelf.features[found[found >= 0]] if (found >= 0).any() else None
