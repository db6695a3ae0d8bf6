"""What ``POST /evaluate`` and ``POST /refit`` take: what is judged by, and what is put beside."""

from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from tastemaker.server.requests import Id, Places, Request, Where, Words
from tastemaker.server.told import EventIn


class TruthRow(Request):
    """One query whose right answers are known."""

    text: Words = ""
    """Words."""
    where: Where = ""
    user: Words = ""
    """Whose taste pulls."""
    exclude: Annotated[list[Id], Field(default_factory=list)]
    """Never ranked."""
    positives: Annotated[list[Id], Field(min_length=1)]
    """The right answers."""


class EvaluateRequest(Request):
    """How well the shop does; exactly one of `split`, `events`, `queries`, `experiment` and `space`."""

    model_config = ConfigDict(json_schema_extra={"example": {"split": "time", "methods": ["hybrid", "ease"], "k": 20}})

    split: Words | None = None
    """`time`, `user-time`, `leave-one-out`, `random`, `cold-items` or `cold-people`: some of the shop's own events are
    held back."""
    events: Annotated[list[EventIn], Field(max_length=100_000)] | None = None
    """What people did next."""
    queries: Annotated[list[TruthRow], Field(max_length=10_000)] | None = None
    """Queries with their right answers."""
    experiment: Annotated[str, StringConstraints(max_length=100)] = ""
    """What came of the lists that were shown under this name."""
    methods: list[Words] | None = None
    """Names of recommenders, or `all`; the plain ones alone when null."""
    candidates: Words | list[Id] = "all"
    """What is ranked: `all`, `cold`, or ids."""
    k: Places = 20
    seed: Annotated[int, Field(ge=0)] = 0
    """Of splits and intervals."""
    seeds: Annotated[int, Field(ge=1, le=20)] = 1
    """How often a method that draws by chance is trained; its figures are means."""
    missing: dict[Words, Annotated[float, Field(ge=0, le=1)]] = Field(default_factory=dict)
    """With a split: share of the items that lose their `picture`, `text`, `attributes` or a feature, by name."""
    tune: list[Words] = Field(default_factory=list)
    """With a split: methods whose settings are searched first, on the validation part of what is learned."""
    space: bool = False
    """Judge the space of pictures and words instead of rankings; of the rest only the seed counts."""


class RefitRequest(Request):
    """When a newly learned version is published."""

    model_config = ConfigDict(json_schema_extra={"example": {"people": 100}})

    parts: list[Words] | None = None
    """As for `POST /fit`; the recommender and what goes with what when null."""
    k: Places = 20
    people: Annotated[int, Field(ge=2, le=1_000_000)] = 30
    """Fewer people with new choices are too little to judge by: nothing is published."""
    tolerance: Annotated[float, Field(ge=0, lt=1)] = 0.05
    """Share of the published figure that may be lost for all that the interval tells, where the new one looks worse."""
    seed: Annotated[int, Field(ge=0)] = 0
    """Of the intervals."""
    all_events: bool = False
    """Publish not what was judged but the same learned again from all events, the newest included."""
