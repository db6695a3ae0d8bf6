"""What is answered, for OpenAPI: the keys are those of ``core.wire``, which makes the values."""

from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, JsonValue

from tastemaker.core.ranking import Ranking
from tastemaker.core.wire import plain


class Answer(BaseModel):
    """Base of all answers."""

    model_config = ConfigDict(use_attribute_docstrings=True)


class ReasonOut(Answer):
    """Why an item stands where it stands; made only of facts that can be looked up."""

    source: str
    """Which part said so."""
    sentence: str
    """In plain words."""
    weight: float | None
    """Share of the score, 0 to 1."""
    items: list[str]
    """Items it rests on."""
    attributes: dict[str, str]
    """Attributes it rests on."""


class RankedOut(Answer):
    """One place of a ranking."""

    id: str
    score: float | None
    title: str
    price: float | None
    picture: str
    """For `GET /pictures/{name}`; empty when there is none."""
    reasons: list[ReasonOut]
    scores: dict[str, float | None]
    """What each source has added to the score, when `explain` asks for it."""


class FacetOut(Answer):
    """One thing that was understood."""

    name: str
    op: str
    value: str
    hard: bool
    """True when it filters, False when it only pulls."""
    label: str
    """Its text; send it back in `ignore` to leave it out."""


RANKING_EXAMPLE: JsonValue = {
    "items": [
        {
            "id": "sku-7",
            "score": 0.83,
            "title": "Linen dress in red",
            "price": 59.0,
            "picture": "sku-7.webp",
            "reasons": [
                {
                    "source": "words",
                    "sentence": "matches linen and dress",
                    "weight": 0.6,
                    "items": [],
                    "attributes": {"material": "linen"},
                }
            ],
            "scores": {},
        }
    ],
    "understood": [{"name": "colour", "op": "=", "value": "red", "hard": False, "label": "colour: red"}],
    "notes": [],
}


class PartOut(Answer):
    """One term of a composed request."""

    name: str
    """The name that `weigh` takes."""
    said: str
    weight: float


class PlanOut(Answer):
    """How a search was carried out."""

    parts: list[PartOut]
    facets: list[FacetOut]
    kept: dict[str, str]
    """What is shown and was not named by the change, so that it is held on to."""
    sure: dict[str, float]
    """For each of `kept` how sure it is, 0 to 1."""
    filters: str
    """What every answer meets, as `where` takes it."""
    combined: str


class RankingOut(Answer):
    """Items in order, best first."""

    model_config = ConfigDict(json_schema_extra={"example": RANKING_EXAMPLE})

    items: list[RankedOut]
    understood: list[FacetOut]
    notes: list[str]
    """Fallbacks that were taken, and other things to say aloud."""
    plan: PlanOut | None = None
    """How it was searched, when that was asked for."""
    token: str = ""
    """Names this answer while an experiment is under way; send it with the events that come of it."""


def answered(ranking: Ranking) -> JSONResponse:
    """A ranking as it goes over the line, made in the thread that found it.

    FastAPI would check it against its model and write it in another thread, which has to wait for its turn once more;
    that it meets the model is for the tests of the contract.
    """
    return JSONResponse(plain(ranking))


class KnownOut(FacetOut):
    """One thing that was understood in a conversation."""

    turn: int
    """When it was said."""
    confidence: float
    """How sure it is, 0 to 1."""
    source: str
    """`words`, `answer`, `reference` or `choice`."""


class ConversationOut(Answer):
    """What is understood in a conversation."""

    turn: int
    person: str
    budget: float | None
    """The highest price that is wanted."""
    liked: list[str]
    disliked: list[str]
    shown: list[str]
    """What was shown last, in order."""
    listed: list[str]
    """What the person has put on the list."""
    facets: list[KnownOut]


class EventOut(Answer):
    """One thing that a person did."""

    user: str
    item: str
    kind: str
    value: float | None
    """Stars of a rating, or a quantity."""
    time: float | None
    """Unix seconds; null when unknown."""
    id: str
    token: str
    """Of the list that it came of."""


class RefusedOut(Answer):
    """One entry that was not taken."""

    place: int
    """Its place in what was sent, from 0."""
    why: str
    """What is wrong with it."""


class EventsOut(Answer):
    """What became of the events; everything counted here is on the disk."""

    accepted: int
    """New ones, those of unknown items included."""
    duplicates: int
    """Their id was there already; they count once."""
    unknown_items: int = 0
    """Accepted, and set aside until their item is added."""
    refused: list[RefusedOut]
    """Not taken; send them again when mended."""


class StepOut(Answer):
    """How far one task of a job is."""

    task: str
    done: int
    total: int | None
    seconds: float | None
    """None until it ended."""
    metrics: dict[str, float | None]


class JobOut(Answer):
    """One piece of long work."""

    id: str
    verb: str
    state: str
    """`running`, `done`, `failed` or `cancelled`."""
    begun: float
    """Unix seconds."""
    ended: float | None
    steps: list[StepOut]
    notes: list[str]
    problem: dict[str, JsonValue] | None
    """Why it failed."""
    result: JsonValue
    """What it gave."""


class VersionOut(Answer):
    """What was published at one time."""

    id: str
    """For `to` of `POST /rollback`."""
    made: float
    """Unix seconds; 0 when nobody knows."""
    parts: dict[str, str]
    """Part -> the artefact it is."""
    current: bool
    """Is it what is served?"""


class MethodOut(Answer):
    """One method."""

    kind: str
    name: str
    figure: str
    """Of the survey, or `-`."""
    source: str
    """Paper and equation."""


class Health(Answer):
    """Is it alive, and can it answer?"""

    status: str
    items: int | None = None
    """Items on sale; only from `/readyz`."""
    fitted: bool | None = None
    """Has `fit` run; only from `/readyz`."""


class ItemOut(Answer):
    """Everything known of an item."""

    id: str
    title: str
    text: str
    images: list[str]
    """Names for `GET /pictures/{name}`, the main one first."""
    price: float | None
    available: bool
    department: str
    attributes: dict[str, JsonValue]


Open = dict[str, JsonValue]
"""An answer whose keys depend on the shop."""
