"""What ``fit`` makes: one bundle of parts, published together and loaded whole.

space         pictures and words -> vectors
vectors       the vector of every item at the moment of the fit, with a key that tells when an item has changed since
recommender   the hybrid and every source in it
complete      what goes with what
search        how words and vectors are weighed, and what attributes look like in the space
index         what is built of the vectors of a large shop to find the nearest sooner
generators    what draws, when it was asked to learn
language      the shop's own language model, when it was asked to learn
studio        what mends pictures of a product in a photo, when it was asked to learn
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt

from tastemaker.alignment.composing.traits import Traits
from tastemaker.alignment.space import ItemVectors, Space, stored
from tastemaker.catalog.catalog import Catalog
from tastemaker.core.errors import ConfigError, WorkspaceError
from tastemaker.core.storage import DERIVED, Artefact, Artefacts
from tastemaker.core.types import MODALITIES
from tastemaker.recommenders.complete import Complete
from tastemaker.recommenders.hybrid import Hybrid, HybridConfig
from tastemaker.shop import indexing
from tastemaker.shop.seen import Seen

if TYPE_CHECKING:
    from tastemaker.alignment.composing.combiner import Combiner
    from tastemaker.alignment.composing.inversion import Inversion
    from tastemaker.shop.painter import Painter
    from tastemaker.shop.speaker import Speaker

WORDS_SHARE = 0.4
"""Share of word matches in a search answer, until a fit has learned a better one."""

WRITTEN_OTHERWISE = (KeyError, TypeError, ValueError, AttributeError, IndexError, RuntimeError)
"""What goes wrong with an artefact that another version of the library wrote in a way of its own."""

M = TypeVar("M")
Keys = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Fitted:
    """Everything that was learned; a part that was not fitted is None.

    Attributes:
        names: artefact folder of each part; tells when another process has published newer ones.
        instead_of: what is published, and damaged, when this is served for it; see :func:`salvage`, :func:`marks`.
        space: pictures and words -> vectors.
        vectors: aligned to the rows there were at the fit.
        keys: one an item of ``vectors``, see :func:`item_keys`.
        recommender: who gets what.
        complete: what goes with what.
        traits: attribute values as directions in the space.
        words_share: weight of word matches against vectors in a search, 0 to 1.
        index: what was built to find the nearest sooner; None in a small shop, and when it is damaged.
        combiner: puts a picture and a change together; None for the weighted sum.
        seen: vectors of single pictures, made since.
        drawing: the artefact of what draws; opened when it is first asked.
        speaking: the artefact of the shop's own language model; opened when it is first asked.
        showing: the artefact of what mends pictures of the compositor.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    instead_of: Mapping[str, str] = field(default_factory=dict)
    space: Space | None = None
    vectors: ItemVectors | None = None
    keys: Keys = field(default_factory=lambda: np.empty(0, np.uint64))
    recommender: Hybrid | None = None
    complete: Complete | None = None
    traits: Traits | None = None
    words_share: float = WORDS_SHARE
    index: indexing.Derived | None = None
    combiner: "Combiner | Inversion | None" = None
    seen: Seen = field(default_factory=Seen)
    drawing: Artefact | None = None
    speaking: Artefact | None = None
    showing: Artefact | None = None

    @cached_property
    def painter(self) -> "Painter | None":
        """What draws; None when nothing has learned to.

        Raises:
            WorkspaceError: the artefact is missing, damaged, or of another version.
        """
        from tastemaker.shop.painter import restore

        return _opened(self.drawing, restore, "generators")

    @cached_property
    def speaker(self) -> "Speaker | None":
        """The shop's own language model; None when it has learned none.

        Raises:
            WorkspaceError: the artefact is missing, damaged, or of another version.
        """
        from tastemaker.shop.speaker import restore

        return _opened(self.speaking, restore, "language")


def _opened(artefact: Artefact | None, restore: Callable[[Artefact], M], part: str) -> M | None:
    """What an artefact holds; one that another version wrote in a way of its own is to be fitted again."""
    if artefact is None:
        return None
    try:
        return restore(artefact)
    except WRITTEN_OTHERWISE as error:
        told = str(error).partition("\n")[0]
        hint = f"run `tastemaker fit SHOP --parts {part}`"
        raise WorkspaceError(f"{artefact.name} was written by another version: {told}", hint=hint) from error


def load(artefacts: Artefacts) -> Fitted:
    """The bundle that was published last; an empty one when nothing was.

    Raises:
        WorkspaceError: an artefact is missing or damaged.
    """
    parts = artefacts.published()
    try:
        return understood(parts)
    except WorkspaceError:
        newer = artefacts.published()
        if {part: artefact.name for part, artefact in newer.items()} == {part: a.name for part, a in parts.items()}:
            raise
        return understood(newer)  # another process published and swept meanwhile


def marks(parts: Mapping[str, Artefact]) -> dict[str, str]:
    """What tells artefacts from others, also from those of the same content that were written anew."""
    known = {part: artefact.folder for part, artefact in parts.items() if artefact.folder.exists()}
    return {part: f"{folder.name} {folder.stat().st_ino}" for part, folder in known.items()}


def salvage(artefacts: Artefacts) -> Fitted:
    """What can be served when what is published is damaged, until something else is published.

    Vectors that alone are damaged are made again from the space. Otherwise it is the newest version before that is
    whole, and without one, those parts that are.

    Raises:
        WorkspaceError: nobody knows what is published, or another version of the library wrote all of it.
    """
    published = artefacts.published()
    instead_of = marks(published)
    whole = {part: artefact for part, artefact in published.items() if artefact.is_whole}
    if {*published} - {*whole} - DERIVED == {"vectors"}:
        made = understood(whole)
        if made.space is not None:
            nothing = ItemVectors(np.zeros((0, made.space.dim), np.float32), {})
            return replace(made, vectors=nothing, instead_of=instead_of)
    for version in reversed(artefacts.versions()):
        parts = artefacts.of(version)
        if not version.current and all(artefact.is_whole for part, artefact in parts.items() if part not in DERIVED):
            return replace(understood(parts), instead_of=instead_of)
    return replace(understood(whole), instead_of=instead_of)


def understood(parts: Mapping[str, Artefact]) -> Fitted:
    """The parts, or a word to fit again when another version of the library wrote them in a way of its own."""
    try:
        return _load(parts)
    except ConfigError as error:
        raise of_another_version(error.message) from error
    except KeyError as error:
        raise of_another_version(f"{error} is not there") from error
    except WRITTEN_OTHERWISE as error:
        raise of_another_version(str(error).partition("\n")[0]) from error


def of_another_version(why: str) -> WorkspaceError:
    """What to say of what cannot be used any more, though it is whole."""
    return WorkspaceError(f"what was fitted was written by another version: {why}", hint="fit again: `tastemaker fit`")


def _load(parts: Mapping[str, Artefact]) -> Fitted:
    space = stored(parts["space"]) if "space" in parts else None
    vectors, keys = None, np.empty(0, np.uint64)
    if space is not None and "vectors" in parts and parts["vectors"].config.get("space") == parts["space"].name:
        vectors, keys = _load_vectors(parts["vectors"])
    traits, share, combiner = (None, WORDS_SHARE, None) if "search" not in parts else _load_search(parts["search"])
    return Fitted(
        names={part: artefact.name for part, artefact in parts.items()},
        space=space,
        vectors=vectors,
        keys=keys,
        recommender=_load_recommender(parts["recommender"]) if "recommender" in parts else None,
        complete=_load_complete(parts["complete"]) if "complete" in parts else None,
        traits=traits,
        words_share=share,
        index=indexing.restore(parts["index"], parts["space"].name) if {"index", "space"} <= parts.keys() else None,
        combiner=combiner,
        drawing=parts.get("generators"),
        speaking=parts.get("language"),
        showing=parts.get("studio"),
    )


def write_space(artefacts: Artefacts, space: Space, manifest: Mapping[str, object]) -> Artefact:
    """Store a fitted space."""
    config = {"name": space.name, "settings": dict(space.settings())}
    return artefacts.write("space", config=config, tensors=space.tensors(), manifest=manifest)


def write_vectors(
    artefacts: Artefacts, vectors: ItemVectors, keys: Keys, space: str, manifest: Mapping[str, object]
) -> Artefact:
    """Store the vectors of all items, with the name of the space's artefact that made them."""
    tensors: dict[str, npt.NDArray[np.generic]] = {"matrix": vectors.matrix, "keys": keys}
    tensors |= {f"has.{modality}": rows for modality, rows in vectors.has.items()}
    tensors |= {f"more.{name}": kept for name, kept in vectors.more.items()}
    return artefacts.write("vectors", config={"space": space}, tensors=tensors, manifest=manifest)


def write_recommender(artefacts: Artefacts, hybrid: Hybrid, manifest: Mapping[str, object]) -> Artefact:
    """Store the fitted hybrid."""
    config = hybrid.config.model_dump(mode="json")
    return artefacts.write("recommender", config=config, tensors=hybrid.tensors(), manifest=manifest)


def write_complete(artefacts: Artefacts, complete: Complete, manifest: Mapping[str, object]) -> Artefact:
    """Store what goes with what."""
    return artefacts.write("complete", config=complete.settings(), tensors=complete.tensors(), manifest=manifest)


def write_search(
    artefacts: Artefacts,
    traits: Traits | None,
    words_share: float,
    manifest: Mapping[str, object],
    combiner: "Combiner | Inversion | None" = None,
) -> Artefact:
    """Store what a search answer is weighed by."""
    config = {
        "words_share": words_share,
        "traits": None if traits is None else dict(traits.settings()),
        "combiner": None if combiner is None else combiner.settings(),
    }
    tensors = {"none": np.zeros(1, np.float32)} if traits is None else dict(traits.tensors())
    tensors |= {} if combiner is None else combiner.tensors()
    return artefacts.write("search", config=config, tensors=tensors, manifest=manifest)


def item_keys(catalog: Catalog) -> Keys:
    """A number for each row that changes when the item's words, attributes or pictures do; 0 for a removed item.

    Shapes: (rows,).
    """
    keys = np.zeros(catalog.size, np.uint64)
    for row in np.flatnonzero(catalog.alive).tolist():
        item = catalog.raw_item(row)
        content = repr((item.title, item.text, item.department, item.images, sorted(item.attributes.items())))
        digest = hashlib.blake2b(content.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        keys[row] = int.from_bytes(digest, "big") | 1
    return keys


def _load_vectors(artefact: Artefact) -> tuple[ItemVectors, Keys]:
    tensors = artefact.tensors()
    has = {
        modality: tensors[f"has.{modality}"].astype(np.bool_) for modality in MODALITIES if f"has.{modality}" in tensors
    }
    more = {name.removeprefix("more."): kept for name, kept in tensors.items() if name.startswith("more.")}
    matrix, keys = tensors["matrix"].astype(np.float32, copy=False), tensors["keys"].astype(np.uint64, copy=False)
    return ItemVectors(matrix, has, more), keys


def _load_recommender(artefact: Artefact) -> Hybrid:
    hybrid = Hybrid(HybridConfig.read(artefact.config))
    return hybrid.restore(artefact.tensors())


def _load_complete(artefact: Artefact) -> Complete:
    return Complete.restore(artefact.config, artefact.tensors())


def _load_search(artefact: Artefact) -> "tuple[Traits | None, float, Combiner | Inversion | None]":
    settings = artefact.config["traits"]
    traits = Traits.restore(settings, artefact.tensors()) if isinstance(settings, dict) else None
    learned = artefact.config.get("combiner")
    share = float(str(artefact.config["words_share"]))
    if not isinstance(learned, dict):
        return traits, share, None
    from tastemaker.alignment.composing.combiner import Combiner
    from tastemaker.alignment.composing.inversion import Inversion

    made = Inversion if learned.get("name") == Inversion.name else Combiner
    return traits, share, made.restore(learned, artefact.tensors())
