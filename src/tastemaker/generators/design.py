"""Personalised design: search for things that do not exist and that a person would prefer.

What a person prefers is any function of pictures: a taste vector times the shop's space, a recommender, a human.
Nothing flows back through it, so that every generator whose drawings begin as normal numbers can be searched: the
latent of a GAN, the noise of a diffusion. Each design has a search of its own: the best of many drawings, then rounds
of their neighbours, nearer each time. A step turns a latent by an angle, ``z' = z cos a + e sin a``, so that latents
stay where the generator was trained; a step may change the condition as well. The guard: what a GAN's discriminator
finds less real than a share of the generator's ordinary drawings is no candidate, however well it would be liked. A
diffusion has no judge, and its candidates, all from normal noise, are ordinary drawings.

Source: the aim is the personalised design of Kang et al. 2017 (DVBPR, arXiv 1711.02231): the highest preference over
the latent of a conditional GAN, less a penalty on what looks unreal. The search is the select-and-resample of the
cross-entropy method (Rubinstein 1999), with steps that keep a normal distribution as it is (Neal 1998).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from torch import Tensor

from tastemaker.core.errors import InputError
from tastemaker.core.seeds import derive
from tastemaker.core.types import Floats
from tastemaker.encoders.frames import Frames
from tastemaker.generators.base import ANYTHING, Condition

Prefer = Callable[[Frames], Floats]
"""Pictures -> how much each is liked. Shapes: (n, h, w, 3) -> (n,)."""
ELITE = 8
"""One in so many candidates has neighbours."""
ANGLES = (1.0, 0.25)
"""Radians between a latent and its neighbours, in the first and in the last round."""
FRESH = 0.2
"""Share of neighbours with another condition."""


@runtime_checkable
class Searchable(Protocol):
    """A fitted generator whose drawings begin as normal numbers."""

    @property
    def latent(self) -> tuple[int, ...]:
        """Shape of those numbers, for one drawing."""

    def check(self, condition: Condition) -> None:
        """Can it read this condition? Raises an error that says what it can."""

    def pictures(self, latents: Tensor, conditions: Sequence[Condition], *, fine: bool) -> Frames:
        """What becomes of latents, quickly or as well as it can. Shapes: (n, *latent) -> (n, h, w, 3)."""


@runtime_checkable
class Judging(Protocol):
    """A generator that can say how real pictures look."""

    def realism(self, pictures: Frames, conditions: Sequence[Condition]) -> Floats:
        """Scores; only their order means something. Shapes: (n, h, w, 3) -> (n,)."""


@dataclass(frozen=True)
class Search:
    """How hard to look.

    Attributes:
        candidates: drawings a round.
        rounds: in all, one at least; the first one is chance alone.
        guard: share of ordinary drawings that a design must be more real than, 0 to 1.
    """

    candidates: int = 48
    rounds: int = 5
    guard: float = 0.5


@dataclass(frozen=True)
class Design:
    """One design.

    Attributes:
        number: of the design within its seed.
        picture: what it looks like.
        condition: what it was drawn from.
        preference: how much it is liked.
        realism: the generator's own score; zero where it does not judge.

    Shapes: picture (h, w, 3).
    """

    number: int
    picture: Frames
    condition: Condition
    preference: float
    realism: float


def design(
    made: Searchable,
    prefer: Prefer,
    n: int = 1,
    seed: int = 0,
    *,
    conditions: Sequence[Condition] = (ANYTHING,),
    search: Search | None = None,
    first: int = 0,
) -> list[Design]:
    """Design things that somebody prefers. Design number i of a seed is the same however many are asked for.

    Args:
        made: a fitted generator.
        prefer: how much pictures are liked.
        n: how many designs, each searched for alone.
        seed: of all chance.
        conditions: to choose among; what the generator can be told besides its latent.
        search: how hard to look.
        first: number of the first of them within the seed.

    Raises:
        NotFitted: the generator was not fitted.
        InputError: there is no condition, or one that the generator cannot read.
    """
    if not conditions:
        raise InputError("there is no condition to draw from", hint="give one at least; ANYTHING leaves all open")
    for condition in conditions:
        made.check(condition)
    search = search or Search()
    least = ordinary(made, conditions, seed, search)
    return [_Searching(made, prefer, conditions, search, least).run(number, seed) for number in range(first, first + n)]


def ordinary(made: Searchable, conditions: Sequence[Condition], seed: int, search: Search) -> float:
    """How real a design must look: the guard's quantile of drawings by chance, where the generator judges."""
    if not isinstance(made, Judging):
        return 0.0
    chance = torch.Generator().manual_seed(derive(seed, "ordinary drawings"))
    drawings = _Searching(made, _indifferent, conditions, search, -math.inf).began(chance)
    return float(np.quantile(drawings.realism, search.guard))


def _indifferent(pictures: Frames) -> Floats:
    return np.zeros(len(pictures), np.float32)


@dataclass(frozen=True)
class _Pool:
    """Candidates.

    Shapes: latents (n, *latent); chosen, the condition of each, preference and realism (n,); pictures (n, h, w, 3).
    """

    latents: Tensor
    chosen: Tensor
    pictures: Frames
    preference: Floats
    realism: Floats

    def best(self, least: float, n: int) -> "_Pool":
        """The most preferred ones that are real enough; where none is, the most real ones."""
        good = self.realism >= least
        order = np.lexsort((np.where(good, -self.preference, -self.realism), ~good))[:n]
        rows = torch.from_numpy(order)
        arrays = (self.pictures[order], self.preference[order], self.realism[order])
        return _Pool(self.latents[rows], self.chosen[rows], *arrays)

    def and_(self, other: "_Pool") -> "_Pool":
        """Both together."""
        latents, chosen = torch.cat([self.latents, other.latents]), torch.cat([self.chosen, other.chosen])
        pictures = np.concatenate([self.pictures, other.pictures])
        liked, real = np.append(self.preference, other.preference), np.append(self.realism, other.realism)
        return _Pool(latents, chosen, pictures, liked, real)


@dataclass(frozen=True)
class _Searching:
    """The search for one design after another."""

    made: Searchable
    prefer: Prefer
    conditions: Sequence[Condition]
    search: Search
    least: float

    def run(self, number: int, seed: int) -> Design:
        """One design."""
        chance = torch.Generator().manual_seed(derive(seed, f"design {number}"))
        pool = self.began(chance)
        for angle in np.linspace(*ANGLES, self.search.rounds - 1):
            pool = pool.best(self.least, max(1, self.search.candidates // ELITE))
            pool = pool.and_(self.neighbours(pool, float(angle), chance))
        found = pool.best(self.least, 1)
        fine = self.judged(found.latents, found.chosen, fine=True)
        condition = self.conditions[int(fine.chosen[0])]
        return Design(number, fine.pictures[0], condition, float(fine.preference[0]), float(fine.realism[0]))

    def began(self, chance: torch.Generator) -> _Pool:
        """Candidates by chance alone."""
        n = self.search.candidates
        latents = torch.randn(n, *self.made.latent, generator=chance)
        return self.judged(latents, torch.randint(len(self.conditions), (n,), generator=chance))

    def neighbours(self, pool: _Pool, angle: float, chance: torch.Generator) -> _Pool:
        """Candidates near those of a pool."""
        n = self.search.candidates
        parents = torch.randint(len(pool.latents), (n,), generator=chance)
        steps = torch.randn(n, *self.made.latent, generator=chance)
        latents = pool.latents[parents] * math.cos(angle) + steps * math.sin(angle)
        other = torch.randint(len(self.conditions), (n,), generator=chance)
        fresh = torch.rand(n, generator=chance) < FRESH
        return self.judged(latents, torch.where(fresh, other, pool.chosen[parents]))

    def judged(self, latents: Tensor, chosen: Tensor, *, fine: bool = False) -> _Pool:
        """Draw candidates; how real they are is asked without a condition, so that all can be compared."""
        conditions = [self.conditions[place] for place in chosen.tolist()]
        pictures, real = self.made.pictures(latents, conditions, fine=fine), np.zeros(len(latents), np.float32)
        realism = self.made.realism(pictures, [ANYTHING] * len(pictures)) if isinstance(self.made, Judging) else real
        return _Pool(latents, chosen, pictures, np.asarray(self.prefer(pictures), np.float32), realism)
