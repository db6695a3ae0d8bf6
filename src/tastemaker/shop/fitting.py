"""``fit``: catalog -> space -> vectors -> search weights, recommender, what goes with what; published all at once.

Nothing is published before everything is made: a killed or cancelled fit leaves the shop as it was.
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from tastemaker.alignment.composing.settings import SearchConfig
from tastemaker.alignment.composing.traits import Traits
from tastemaker.alignment.composing.triplets import mine
from tastemaker.alignment.space import ItemVectors, Space
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.sets import given_sets
from tastemaker.catalog.store import Store
from tastemaker.catalog.workspace import Workspace
from tastemaker.core import registry
from tastemaker.core.errors import ConfigError, FitError, UnknownName
from tastemaker.core.progress import Noted, Observer, track
from tastemaker.core.seeds import generator
from tastemaker.core.storage import Artefact, Artefacts
from tastemaker.core.types import Floats, Ints
from tastemaker.index.fusion import learn_weights
from tastemaker.index.settings import IndexConfig
from tastemaker.index.words import Words
from tastemaker.recommenders.complete import Complete, CompleteConfig
from tastemaker.recommenders.hybrid import Hybrid, HybridConfig
from tastemaker.shop import fitted as bundle
from tastemaker.shop import indexing
from tastemaker.shop.fitted import Fitted, item_keys
from tastemaker.shop.live import embed_all, view
from tastemaker.shop.seen import Seen

if TYPE_CHECKING:
    from tastemaker.alignment.composing.combiner import Combiner
    from tastemaker.alignment.composing.inversion import Inversion

Part = Literal["space", "search", "index", "recommender", "complete", "generators", "language", "studio"]
PARTS: tuple[Part, ...] = get_args(Part)
ALWAYS = frozenset(PARTS) - {"generators", "language", "studio"}
"""What a plain fit makes; learning to draw, to talk and to show takes longer than all of it and has to be asked for."""
BARE = 3_000
"""How many items are looked at once more by their picture alone."""


def fit(
    workspace: Workspace,
    store: Store,
    artefacts: Artefacts,
    before: Fitted,
    parts: Sequence[str] | None,
    observer: Observer,
    ray_workers: int = 0,
) -> None:
    """Fit some parts on the catalog as it is, and publish them together.

    Args:
        workspace: settings.
        store: items and events.
        artefacts: where the parts are published.
        before: what is published now; a part that is not fitted again is taken from it.
        parts: of "space", "search", "index", "recommender", "complete", "generators", "language", "studio"; all but the
            last three when None. A new space brings the others with it, but for these three.
        observer: hears of progress, may cancel.
        ray_workers: processes of a Ray cluster that learn the space; 0 learns it in this one.

    Raises:
        UnknownName: there is no such part.
        FitError: the catalog is empty.
        Cancelled: the observer asked to stop; what was published stays.
    """
    wanted = wanted_parts(parts)
    catalog = store.snapshot()
    if not catalog.alive.any():
        raise FitError("the catalog holds no item", hint="put rows into items.csv, or `tastemaker add`")
    with artefacts.lock("fitting"):
        run = Run(workspace, store, artefacts, catalog, observer, ray_workers)
        run.make(wanted, before)
        run.publish()


def new_space(workspace: Workspace) -> Space | None:
    """An unfitted space as the settings want it; None when they want none.

    Raises:
        UnknownName: no encoder has the name.
        ConfigError: a setting of the encoder is unknown or out of range.
    """
    settings = dict(workspace.settings.space)
    name = str(settings.pop("name", "contrastive"))
    if name == "none":
        return None
    method = registry.find("encoder", name)
    if not issubclass(method, Space):
        raise ConfigError(f"{name!r} is not a space", hint="use 'contrastive', 'fusion', 'pretrained' or 'none'")
    return method(method.config_class.read(settings), checkpoint=workspace.state / "training" / "space")


def product_of(workspace: Workspace) -> str:
    """The attribute that the variants of a product share; "" when the settings name none.

    Raises:
        ConfigError: a setting of ``[search]`` is unknown or out of range.
    """
    return SearchConfig.read(workspace.settings.search).product or str(workspace.settings.space.get("product", ""))


def hybrid_config(methods: Mapping[str, Mapping[str, object]]) -> HybridConfig:
    """The settings of the hybrid and of every source in it, from the tables ``[methods.NAME]`` of a workspace.

    Raises:
        UnknownName: a table is named after no recommender.
        ConfigError: a setting is unknown or out of range.
    """
    known = registry.names("recommender")
    for name in methods:
        if name not in known:
            raise UnknownName("recommender", name, known)
    sources = {name: table for name, table in methods.items() if name != "hybrid"}
    config = HybridConfig.read({"sources": sources} | dict(methods.get("hybrid", {})))
    for name in config.methods:
        if name not in known:
            raise UnknownName("recommender", name, known)
    if not config.methods or "hybrid" in config.methods or len(set(config.methods)) < len(config.methods):
        hint = "name one or more other recommenders, each once"
        raise ConfigError(f"methods of the hybrid are {list(config.methods)!r}", hint=hint)
    return config


@dataclass
class Run:
    """One fit under way: the parts made so far, and those that turned out to have nothing to learn from."""

    workspace: Workspace
    store: Store
    artefacts: Artefacts
    catalog: Catalog
    observer: Observer
    ray_workers: int = 0
    made: dict[str, Artefact] = field(default_factory=dict)
    unfit: set[str] = field(default_factory=set)

    @property
    def manifest(self) -> dict[str, object]:
        """What every artefact says of its data."""
        return {
            "items": int(self.catalog.alive.sum()),
            "events": len(self.catalog.interactions),
            "data": self.store.fingerprint,
            "revision": self.catalog.revision,
            "made": time.time(),
            "newest": newest_event(self.catalog),
        }

    def make(self, wanted: Collection[Part], before: Fitted) -> None:
        """Make parts; nobody is told of them yet. What is not among them is taken from what is published."""
        new = "space" in wanted
        kept = replace(before, recommender=None, complete=None)  # only the vectors are needed
        space, vectors = self.space() if new else (before.space, view(self.catalog, kept).vectors)
        making: dict[Part, Callable[[], None]] = {
            "search": lambda: self.search(space, vectors),
            "index": lambda: self.index(space, vectors, before),
            "recommender": lambda: self.recommender(vectors),
            "complete": lambda: self.complete(vectors),
            "generators": lambda: self.generators(space, before),
            "language": lambda: self.language(space, before),
            "studio": self.studio,
        }
        for part, make in making.items():
            if part in wanted:
                make()

    def publish(self) -> None:
        """Publish what was made, all at once, and forget what it was made with."""
        with self.artefacts.lock("publishing"):
            self.artefacts.publish(self.made, drop=self.unfit)
            self.artefacts.sweep()
        if "studio" in self.made:
            self.forget_lessons()
        if "generators" in self.made:
            self.forget_checkpoints()

    def space(self) -> tuple[Space | None, ItemVectors | None]:
        """A new space and every item's vector in it; without one when the items have neither pictures nor words."""
        space = new_space(self.workspace)
        try:
            fitted = None if space is None else self._learned(space)
        except FitError as error:
            self.observer(Noted("space", f"{error.message}; pictures and words are not compared"))
            fitted = None
        if fitted is None:
            self.unfit |= {"space", "vectors"}
            return None, None
        vectors = embed_all(fitted, self.catalog, self.observer)
        self.made["space"] = bundle.write_space(self.artefacts, fitted, self.manifest)
        self.made["vectors"] = bundle.write_vectors(
            self.artefacts, vectors, item_keys(self.catalog), self.made["space"].name, self.manifest
        )
        return fitted, vectors

    def _learned(self, space: Space) -> Space:
        if not self.ray_workers:
            return space.fit(self.catalog, self.observer)
        from tastemaker.shop.spreading import learn_on_ray

        self.observer(Noted("space", f"{self.ray_workers} processes on Ray learn it"))
        return learn_on_ray(self.workspace, self.ray_workers)

    def search(self, space: Space | None, vectors: ItemVectors | None) -> None:
        """How attribute values look in the space, and how much words weigh beside vectors."""
        share, traits = bundle.WORDS_SHARE, None
        combiner: Combiner | Inversion | None = None
        settings = SearchConfig.read(self.workspace.settings.search)
        if space is not None and vectors is not None:
            with track(self.observer, "search", 2) as task:
                alone = self._pictures_alone(space, vectors)
                traits = Traits().fit(vectors.matrix, self.catalog, alone)
                if settings.combine == "inverted":
                    combiner = self._inversion(space)
                elif settings.combine != "arithmetic" and alone:
                    combiner = self._combiner(space, vectors, alone[0], settings)
                task.advance()
                share = learn_weights(self.catalog, space, vectors, Words(self.store))
                task.advance()
        self.made["search"] = bundle.write_search(self.artefacts, traits, share, self.manifest, combiner)

    def index(self, space: Space | None, vectors: ItemVectors | None, before: Fitted) -> None:
        """What finds the nearest sooner; nothing in a small shop, where every answer is exact."""
        config, ground = IndexConfig.read(self.workspace.settings.index), None
        if space is not None and vectors is not None:
            keys = item_keys(self.catalog)
            ground = indexing.Ground(space, self._space_name(before), self.catalog, vectors, keys)
        if ground is None or not ground.is_due(None, config):
            self.unfit.add("index")
            return
        self.made["index"] = indexing.build(self.artefacts, ground, config, self.manifest, self.observer)

    def _combiner(
        self, space: Space, vectors: ItemVectors, alone: tuple[Ints, Floats], settings: SearchConfig
    ) -> "Combiner | None":
        """What puts a picture and a change together; None where the weighted sum is as good on held-out triplets."""
        from tastemaker.alignment.composing.combiner import choose

        rows, pictures = alone
        triplets = mine(self.catalog, rows, settings.triplets)
        if not triplets.changes:
            return None
        said = sorted(set(triplets.changes))
        vector = dict(zip(said, space.embed_texts(said), strict=True))
        place = np.zeros(self.catalog.size, np.int64)
        place[rows] = np.arange(len(rows))
        words = np.stack([vector[change] for change in triplets.changes])
        found = choose(triplets, pictures[place[triplets.references]], words, vectors.matrix, observer=self.observer)
        self.observer(
            Noted("search", f"changes, hit rate of ten: sum {found.arithmetic:.3f}, learned {found.learned:.3f}")
        )
        return found.made if settings.combine == "learned" else found.combiner

    def _inversion(self, space: Space) -> "Inversion | None":
        """What makes words of pictures; None where the space cannot read them, or there is no picture."""
        from tastemaker.alignment.composing.inversion import Inversion, Speaks

        shown = [row for row in np.flatnonzero(self.catalog.alive).tolist() if self.catalog.main_picture(row)]
        if not isinstance(space, Speaks) or not shown:
            self.observer(Noted("search", "pictures cannot be said as words here; changes are added to them"))
            return None
        names = [self.catalog.main_picture(row) for row in generator(0, "inversion").permutation(shown)[:BARE].tolist()]
        pictures = Seen().vectors(space, self.catalog, names)
        seen = pictures[np.any(pictures != 0, axis=1)]
        return Inversion(space.dim, space.word_size).learn(space, seen, observer=self.observer)

    def _pictures_alone(self, space: Space, vectors: ItemVectors) -> list[tuple[Ints, Floats]]:
        """Some items as if they brought a picture and nothing else, so that traits of such items are learned too."""
        bare = np.flatnonzero(self.catalog.alive & vectors.has.get("picture", np.zeros(self.catalog.size, np.bool_)))
        if not len(bare) or not any(marks[bare].any() for what, marks in vectors.has.items() if what != "picture"):
            return []
        rows = generator(0, "pictures alone").permutation(bare)[:BARE]
        catalog = self.catalog.without_modality("text", rows).without_modality("attributes", rows)
        return [(rows, space.embed_items(catalog, rows, self.observer).matrix)]

    def recommender(self, vectors: ItemVectors | None) -> None:
        """The hybrid and its sources; none when there are neither events nor content."""
        try:
            hybrid = _hybrid(self.workspace).fit(self.catalog, vectors, self.observer)
        except FitError as error:
            self.observer(Noted("recommender", error.message))
            self.unfit.add("recommender")
            return
        self.made["recommender"] = bundle.write_recommender(self.artefacts, hybrid, self.manifest)

    def complete(self, vectors: ItemVectors | None) -> None:
        """What goes with what, from given sets and visits; none when there are too few of both."""
        settings = CompleteConfig.read(self.workspace.settings.complete)
        given = given_sets(self.workspace, self.catalog)
        try:
            made = Complete(settings).fit(self.catalog, vectors, self.observer, given)
        except FitError as error:
            self.observer(Noted("complete", error.message.removeprefix("complete: ")))
            self.unfit.add("complete")
            return
        self.made["complete"] = bundle.write_complete(self.artefacts, made, self.manifest)

    def generators(self, space: Space | None, before: Fitted) -> None:
        """What draws, for the space that is fitted now."""
        from tastemaker.shop import painter

        learned = painter.learn(self.workspace, self.catalog, space, self._space_name(before), self.observer)
        self.made["generators"] = painter.write(self.artefacts, learned, self.manifest)

    def language(self, space: Space | None, before: Fitted) -> None:
        """What talks, for the space that is fitted now."""
        from tastemaker.shop import speaker

        learned = speaker.learn(self.workspace, self.catalog, space, self._space_name(before), self.observer)
        self.made["language"] = speaker.write(self.artefacts, learned, self.manifest)

    def _space_name(self, before: Fitted) -> str:
        """The artefact of the space that is fitted now; "" for none."""
        return self.made["space"].name if "space" in self.made else before.names.get("space", "")

    def studio(self) -> None:
        """What mends the pictures of the compositor."""
        from tastemaker.shop import mender

        learned = mender.learn(self.workspace, self.catalog, self.observer)
        self.made["studio"] = mender.write(self.artefacts, learned, self.manifest)

    def forget_lessons(self) -> None:
        """What the studio has learned from is large, and no longer needed."""
        from tastemaker.shop import mender

        mender.forget_lessons(self.workspace)

    def forget_checkpoints(self) -> None:
        """What draws is published: where its training stood is of no use."""
        from tastemaker.shop import painter

        painter.forget_checkpoints(self.workspace)


def _hybrid(workspace: Workspace) -> Hybrid:
    return Hybrid(hybrid_config(workspace.settings.methods))


def newest_event(catalog: Catalog) -> float | None:
    """When the newest event was; None when none has a time."""
    times = catalog.interactions.time
    known = times[np.isfinite(times)]
    return float(known.max()) if len(known) else None


def wanted_parts(parts: Sequence[str] | None) -> frozenset[Part]:
    """The parts that are to be made: all that a plain fit makes when none is named, or a new space is.

    Raises:
        UnknownName: there is no such part.
    """
    for part in parts or ():
        if part not in PARTS:
            raise UnknownName("part", part, PARTS)
    named = frozenset(part for part in PARTS if part in (parts or ()))
    return ALWAYS | named if not named or "space" in named else named
