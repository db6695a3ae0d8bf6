"""The workspace: a folder in the input format, and the choices of its ``tastemaker.toml``. Paths and settings only."""

import hashlib
from pathlib import Path

from pydantic import Field

from tastemaker.catalog.items import AttributeType
from tastemaker.core.config import Config
from tastemaker.core.errors import WorkspaceError

SUFFIXES = (".csv", ".parquet", ".jsonl")
STATE = ".tastemaker"
PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".gif")


class WorkspaceSettings(Config):
    """The choices of ``tastemaker.toml``; all of them have a default."""

    attributes: dict[str, AttributeType] = Field(default_factory=dict)
    """Types of attributes, where the inferred one is wrong: ``year = "category"``."""
    separator: str = Field(default="|", min_length=1, max_length=3)
    """Stands between the values of a list in a text column."""
    currency: str = Field(default="", max_length=8)
    """Shown before a price; nothing when empty."""
    dislike_below: float | None = None
    """A rating under this value counts as a dislike; unset, every rating above zero counts for the item."""
    space: dict[str, object] = Field(default_factory=dict)
    """Settings of the space: ``name`` (an encoder) and whatever that encoder takes."""
    methods: dict[str, dict[str, object]] = Field(default_factory=dict)
    """Settings of recommenders, one table a method: ``[methods.ease]``."""
    complete: dict[str, object] = Field(default_factory=dict)
    """Settings of what goes with what, see ``CompleteConfig``."""
    search: dict[str, object] = Field(default_factory=dict)
    """Settings of what search learns, see ``SearchConfig``."""
    index: dict[str, object] = Field(default_factory=dict)
    """From how many items on the nearest are found approximately, and how well, see ``IndexConfig``."""
    imagine: dict[str, object] = Field(default_factory=dict)
    """What draws: ``generator`` (its name) and whatever that generator takes."""
    language: dict[str, object] = Field(default_factory=dict)
    """Settings of the shop's own language model, see ``MultimodalLmConfig``."""
    studio: dict[str, dict[str, object]] = Field(default_factory=dict)
    """Settings of what shows products, one table an engine: ``[studio.pretrained]``."""
    signing: dict[str, object] = Field(default_factory=dict)
    """With which certificate generated pictures are signed, see ``SigningConfig``."""
    brand: dict[str, object] = Field(default_factory=dict)
    """How creatives look, see ``Brand``."""
    live: dict[str, object] = Field(default_factory=dict)
    """Settings of the current visit and of the order in which answers are shown, see ``LiveConfig``."""
    experiment: dict[str, object] = Field(default_factory=dict)
    """An experiment on what ``recommend`` answers, see ``ExperimentConfig``; none without a name."""
    assistant: dict[str, object] = Field(default_factory=dict)
    """Which language model the assistant may ask, and what that may cost, see ``AssistantConfig``."""


class Workspace:
    """Where everything of a shop lies.

    Attributes:
        root: the folder.
        state: ``.tastemaker`` inside it: all that is fitted or received.
        settings: the choices of ``tastemaker.toml``.
    """

    def __init__(self, root: Path, settings: WorkspaceSettings) -> None:
        self.root = root
        self.state = root / STATE
        self.settings = settings

    @classmethod
    def open(cls, root: Path) -> "Workspace":
        """Open a folder.

        Raises:
            WorkspaceError: there is no such folder, or it holds neither items nor a ``.tastemaker``.
            ConfigError: ``tastemaker.toml`` cannot be read, or a choice in it is unknown.
        """
        root = Path(root).expanduser().absolute()
        if not root.is_dir():
            what = "is a file" if root.exists() else "does not exist"
            raise WorkspaceError(
                f"{str(root)!r} {what}; a workspace is a folder", hint="`tastemaker demo DIR` makes one"
            )
        settings_file = root / "tastemaker.toml"
        settings = WorkspaceSettings.from_toml(settings_file) if settings_file.is_file() else WorkspaceSettings()
        workspace = cls(root, settings)
        if workspace.items_file is None and not (workspace.state / "shop.db").exists():
            names = sorted(path.name for path in root.iterdir())[:8]
            found = f"it holds {', '.join(names)}" if names else "it is empty"
            raise WorkspaceError(f"{root.name!r} holds no items: {found}", hint=_how_to_begin(root))
        return workspace

    @property
    def database(self) -> Path:
        """The one durable file."""
        return self.state / "shop.db"

    @property
    def items_file(self) -> Path | None:
        """``items.csv``, ``.parquet`` or ``.jsonl``; None when there is none."""
        return self._table("items")

    @property
    def events_file(self) -> Path | None:
        """``events.csv``, ``.parquet`` or ``.jsonl``; None when there is none."""
        return self._table("events")

    @property
    def impressions_file(self) -> Path | None:
        """``impressions.csv``, ``.parquet`` or ``.jsonl``: lists people were shown; None when there is none."""
        return self._table("impressions")

    @property
    def sets_file(self) -> Path | None:
        """``sets.csv``, ``.parquet`` or ``.jsonl``: what stands together, read by ``fit``; None when there is none."""
        return self._table("sets")

    @property
    def rules_file(self) -> Path:
        """``rules.toml``: what the shop itself wants shown first, last or never; need not be there."""
        return self.root / "rules.toml"

    @property
    def images(self) -> Path | None:
        """The folder ``images`` or the file ``images.zip``; None when there is neither."""
        folder, archive = self.root / "images", self.root / "images.zip"
        if folder.is_dir():
            return folder
        return archive if archive.is_file() else None

    def features(self) -> dict[str, tuple[Path, Path]]:
        """Precomputed features: name -> (vectors ``.npy``, ids ``.ids``); only complete pairs."""
        pairs = {}
        for vectors in sorted((self.root / "features").glob("*.npy")):
            ids = vectors.with_suffix(".ids")
            if ids.is_file():
                pairs[vectors.stem] = (vectors, ids)
        return pairs

    def fingerprint(self) -> str:
        """Changes whenever an input file does (size and time of change of each)."""
        paths = [self.root / "tastemaker.toml", self.items_file, self.events_file, self.impressions_file, self.images]
        paths += [path for pair in self.features().values() for path in pair]
        digest = hashlib.sha256(b"1")
        for path in paths:
            if path is not None and path.exists():
                facts = path.stat()
                digest.update(f"{path.name}:{facts.st_size}:{facts.st_mtime_ns};".encode())
        return digest.hexdigest()

    def _table(self, stem: str) -> Path | None:
        found = [path for suffix in SUFFIXES if (path := self.root / f"{stem}{suffix}").is_file()]
        if len(found) > 1:
            names = " and ".join(path.name for path in found)
            raise WorkspaceError(f"there are two tables of {stem}: {names}", hint="keep one of them")
        return found[0] if found else None


def _how_to_begin(root: Path) -> str:
    """What to do in a folder without items."""
    if (root / "images").is_dir():
        return f"write an items.csv, or `tastemaker import photos {root.name}/images --out {root.name}`"
    if any(path.suffix.lower() in PICTURES for path in root.iterdir()):
        return f"`tastemaker import photos {root.name} --out shop/` makes an item of every picture"
    return "put an items.csv, items.parquet or items.jsonl into it (one column: id), or `tastemaker import`"
