"""An experiment on what ``recommend`` answers: two arms side by side, both in one list, or a little chance.

    split        a hash of the person's name says which arm answers, the same one on every visit
    interleave   both arms answer in one list, place by place; what is chosen says which is preferred
    explore      the shop answers, but now and then the first places are shuffled: what it costs is small, and what any
                 other method would have earned can be estimated from it

Every list is written down with its token before it is given out. People who are not named, and histories without a
person, are answered as if there were no experiment.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
from pydantic import Field, model_validator

from tastemaker.catalog.impressions import MOST, Impression
from tastemaker.catalog.store import Store
from tastemaker.core.config import Config
from tastemaker.core.errors import ConfigError, UnknownName, WorkspaceError
from tastemaker.core.ranking import Ranking
from tastemaker.core.seeds import generator
from tastemaker.core.storage import Artefacts
from tastemaker.core.types import UserId
from tastemaker.evaluation.interleaving import assign, team_draft
from tastemaker.evaluation.trials import BOTH_ARMS
from tastemaker.shop import fitted, live
from tastemaker.shop.live import View

SHOP = "shop"
Ask = Callable[[View, int], Ranking]
"""A view and how many -> the answer."""


class ExperimentConfig(Config):
    """An experiment on what ``recommend`` answers, the table ``[experiment]``; none without a name."""

    name: str = Field(default="", max_length=100, pattern=r"^[\w .:-]*$")
    """What it is called, and the salt of who sees what: another name draws other groups. No experiment when empty."""
    arms: tuple[str, ...] = ()
    """Two of: ``shop`` (what is served), a source of the recommender (``ease``), the id of a version; or none."""
    share: float = Field(default=0.5, gt=0, lt=1)
    """Share of the people who get the second arm."""
    interleave: bool = False
    """Both arms in one list instead of one for each person."""
    explore: float = Field(default=0.0, ge=0, le=1)
    """Without arms: share of the lists whose first places are shuffled."""
    depth: int = Field(default=20, ge=2, le=1000)
    """How many first places are shuffled, what lies behind the end of the list included."""

    @classmethod
    def read(cls, values: Mapping[str, object]) -> Self:
        """Build the config from the table of ``tastemaker.toml``.

        Raises:
            ConfigError: it cannot be used; names the table.
        """
        try:
            return super().read(values)
        except ConfigError as error:
            hint = error.hint or f"it takes {', '.join(cls.model_fields)}"
            raise ConfigError(f"[experiment] in tastemaker.toml: {error.message}", hint=hint) from None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if not self.name and (self.arms or self.explore or self.interleave):
            raise ValueError('it has no name; without one nothing is tried, with name = "spring" it begins')
        if self.arms and (len(self.arms) != 2 or self.arms[0] == self.arms[1]):
            raise ValueError("arms must be two different ones, or none")
        if self.explore and self.arms:
            raise ValueError("explore goes without arms")
        if self.interleave and not self.arms:
            raise ValueError("interleave needs two arms")
        return self


@dataclass
class Experiment:
    """One experiment under way.

    Args:
        config: its settings.
        store: where lists are written down.
        artefacts: where versions are found.
    """

    config: ExperimentConfig
    store: Store
    artefacts: Artefacts
    _held: tuple[View | None, dict[str, View]] = field(default_factory=lambda: (None, {}), repr=False)
    _versions: dict[str, View] = field(default_factory=dict, repr=False)

    def answer(self, view: View, user: str, k: int, ask: Ask) -> Ranking:
        """What a person is shown, written down; the shop's own answer, and a note, where an arm is not there.

        Args:
            view: the shop as it is now.
            user: who.
            k: how many.
            ask: answers as the shop does, by a view.
        """
        try:
            return self._kept(view, user, k, ask)
        except (UnknownName, WorkspaceError) as error:
            found = ask(view, k)
            return replace(found, notes=(*found.notes, f"not in the experiment: {error.message}"))

    def _kept(self, view: View, user: str, k: int, ask: Ask) -> Ranking:
        """An answer of the experiment, on the disk before it is given."""
        token, arms = uuid.uuid4().hex, self.config.arms
        if not arms:
            ranking, chances = self._explored(view, k, ask, token)
            by: tuple[str, ...] = (SHOP,)
        elif self.config.interleave:
            ranking, by = self._drafted(view, k, ask, token)
            chances = ()
        else:
            arm = arms[assign(self.config.name, user, (1.0 - self.config.share, self.config.share))]
            ranking, chances, by = ask(self._view(view, arm), k), (), (arm,)
        if not len(ranking):
            return ranking
        ids = tuple(ranking.ids[:MOST])
        seen = Impression(UserId(user), ids, token, None, chances[:MOST], self.config.name, by[:MOST])
        self.store.record([seen])
        return replace(ranking, token=token)

    def _explored(self, view: View, k: int, ask: Ask, token: str) -> tuple[Ranking, tuple[float, ...]]:
        """The shop's answer, its first places shuffled now and then; and how likely each place was to be as it is."""
        share, whole = self.config.explore, ask(view, max(k, self.config.depth) if self.config.explore else k)
        shuffled, n = generator(0, f"explore:{token}"), min(len(whole), max(k, self.config.depth))
        order = np.arange(n)
        if shuffled.random() < share:
            order = shuffled.permutation(n)
        order = order[:k]
        chances = (1.0 - share) * (order == np.arange(len(order))) + share / max(1, n)
        return replace(whole, items=tuple(whole.items[at] for at in order.tolist())), tuple(chances.tolist())

    def _drafted(self, view: View, k: int, ask: Ask, token: str) -> tuple[Ranking, tuple[str, ...]]:
        """Both arms in one list, and which of them put each item there."""
        rankings = [ask(self._view(view, arm), k) for arm in self.config.arms]
        made = team_draft(rankings[0].ids, rankings[1].ids, k, generator(0, f"draft:{token}"))
        places = [{item.id: item for item in ranking} for ranking in rankings]
        items = tuple(places[max(team, 0)][id] for id, team in zip(made.items, made.teams, strict=True))
        named = tuple(BOTH_ARMS if team < 0 else self.config.arms[team] for team in made.teams)
        notes = dict.fromkeys(note for ranking in rankings for note in ranking.notes)
        return replace(rankings[0], items=items, notes=tuple(notes)), named

    def _view(self, view: View, arm: str) -> View:
        """The shop as an arm sees it; made once for each state of the shop."""
        held, views = self._held
        if held is not view:
            views = {}
            self._held = view, views
        if arm not in views:
            views[arm] = self._made(view, arm)
        return views[arm]

    def _made(self, view: View, arm: str) -> View:
        if arm == SHOP:
            return view
        recommender = view.fitted.recommender
        if recommender is not None and arm in recommender.sources:
            return replace(view, fitted=replace(view.fitted, recommender=recommender.alone(arm)))
        before = self._versions.get(arm)
        learned = self._version(arm, view) if before is None else before.fitted
        self._versions[arm] = live.view(view.catalog, learned, before)
        return self._versions[arm]

    def _version(self, arm: str, view: View) -> fitted.Fitted:
        """What was published under an id."""
        known = {version.id: version for version in self.artefacts.versions()}
        if arm not in known:
            recommender = view.fitted.recommender
            raise UnknownName("arm", arm, [SHOP, *(() if recommender is None else recommender.sources), *known])
        return fitted.understood(self.artefacts.of(known[arm]))
