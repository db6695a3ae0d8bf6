"""What can be asked, as pydantic models: the same one for the query of a GET and the JSON of a POST."""

from typing import Annotated, Literal

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, FiniteFloat, JsonValue, StringConstraints

from tastemaker.catalog.items import Item
from tastemaker.core.types import ItemId, Value
from tastemaker.studio.marks import Mark

Id = Annotated[str, StringConstraints(min_length=1, max_length=256)]
Words = Annotated[str, StringConstraints(max_length=2_000)]
Places = Annotated[int, Field(ge=1, le=1_000, description="how many items, 1 to 1,000")]
Shown = Base64Bytes | Annotated[dict[Literal["item"], Id], Field(min_length=1)]
Where = Annotated[Words, Field(description="filter, e.g. `price < 80 and colour in (red, blue) and available`")]


class Request(BaseModel):
    """Base of all requests: a key that is not known is refused, not dropped."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True, serialize_by_alias=True)


class RecommendRequest(Request):
    """What suits a person."""

    model_config = ConfigDict(json_schema_extra={"example": {"user": "u42", "k": 5, "where": "price < 80"}})

    user: Id | None = None
    """Who; somebody without events gets the documented fallback, said in `notes`."""
    history: Annotated[list[Id], Field(max_length=1_000)] = []
    """Items of somebody who has no name here, oldest first."""
    k: Places = 10
    where: Where = ""
    exclude: Annotated[list[Id], Field(max_length=1_000)] = []
    """Items that are not ranked."""
    explain: bool = False
    """Tell in `scores` what each source has added to each score."""


class CompleteRequest(Request):
    """What goes with some items."""

    model_config = ConfigDict(json_schema_extra={"example": {"items": ["sku-7", "sku-9"], "k": 5}})

    items: Annotated[list[Id], Field(min_length=1, max_length=1_000)]
    """What is there already."""
    k: Places = 10
    where: Where = ""
    exclude: Annotated[list[Id], Field(max_length=1_000)] = []
    """Items that are not ranked."""
    explain: bool = False
    """Tell in `scores` what each kind of evidence has added to each score."""


class SearchWords(Request):
    """Items by words alone."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"text": "linen dress in red, under 60", "user": "u42", "k": 5}}
    )

    text: Words = ""
    """What is looked for, in words."""
    change: Words = ""
    """What should be different from the picture or the item: `but in red`."""
    item: Id | None = None
    """An item as what is shown, instead of a picture; it is not ranked itself."""
    where: Where = ""
    user: Id | None = None
    """Whose taste pulls the answer."""
    k: Places = 10
    exclude: Annotated[list[Id], Field(max_length=1_000)] = []
    """Items that are not ranked."""
    ignore: Annotated[list[Words], Field(max_length=100)] = []
    """Labels of what was understood wrongly (`colour: red`), to be left out this time."""
    explain: bool = False
    """Tell in `plan` how it was searched: the parts and their weights, what is kept, the filters."""


class SearchRequest(SearchWords):
    """Words, a picture or an item, or one of them and a change in words."""

    model_config = ConfigDict(json_schema_extra={"example": {"item": "sku-7", "change": "but in red", "k": 5}})

    image: Base64Bytes | None = None
    """A JPEG, PNG, WebP or GIF picture, base64; as a file in a multipart request."""
    images: Annotated[list[Shown], Field(max_length=7)] = []
    """More to be like: pictures, or items as `{"item": "sku-9"}`; as further files called `image`. How much each
    counts: `weigh`, by `picture 2` ..."""
    earlier: Annotated[list[Words], Field(max_length=20)] = []
    """Changes of earlier turns, oldest first; `change` overrules them."""
    weigh: Annotated[dict[Id, Annotated[FiniteFloat, Field(ge=-100, le=100)]], Field(max_length=20)] = {}
    """Factors on what the parts of the plan weigh: `{"picture": 2}`."""


class SimilarRequest(Request):
    """More like this item."""

    model_config = ConfigDict(json_schema_extra={"example": {"item": "sku-7", "k": 5}})

    item: Id
    """The item."""
    k: Places = 10
    where: Where = ""


class ExplainRequest(Request):
    """Why an item, for somebody or in general."""

    model_config = ConfigDict(json_schema_extra={"example": {"item": "sku-7", "user": "u42"}})

    item: Id
    """The item."""
    user: Id | None = None
    """For whom."""
    text: Words = ""
    """Words that its picture is held against: `looks` tells which part of it is like them."""
    looks: bool = False
    """Without words or a picture: hold its picture against the nearest thing that the person chose."""


class ExplainPicture(ExplainRequest):
    """The same, with a picture."""

    image: Base64Bytes | None = None
    """A picture that the item's is held against: JPEG, PNG, WebP or GIF, base64."""


class ItemIn(Request):
    """An item to add, or to replace when its id is there already."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"id": "sku-9", "title": "Linen shirt", "price": 49, "attributes": {"colour": "sage"}}
        }
    )

    id: Id
    """Unique in the shop."""
    title: Annotated[str, StringConstraints(max_length=10_000)] = ""
    """A short name."""
    text: Annotated[str, StringConstraints(max_length=1_000_000)] = ""
    """A description."""
    images: Annotated[list[Words], Field(max_length=100)] = []
    """Names of pictures, the main one first: of the shop, or sent along in `pictures`."""
    price: Annotated[FiniteFloat, Field(ge=0)] | None = None
    """In the shop's currency."""
    available: bool = True
    """False hides it from every ranking."""
    department: Words = ""
    """One shop may have several."""
    attributes: dict[Words, bool | FiniteFloat | str | list[str]] = {}
    """Whatever else is known."""

    def item(self) -> Item:
        """The catalog's item."""
        values: dict[str, Value] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in self.attributes.items()
        }
        return Item(
            ItemId(self.id),
            title=self.title,
            text=self.text,
            images=tuple(self.images),
            price=self.price,
            available=self.available,
            department=self.department,
            attributes=values,
        )


class AddRequest(Request):
    """Items to add live, with the pictures they name."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"items": [{"id": "sku-9", "title": "Linen shirt", "price": 49}]}}
    )

    items: Annotated[list[ItemIn], Field(min_length=1, max_length=10_000)]
    """The items."""
    pictures: dict[Words, Base64Bytes] = {}
    """Pictures by name, base64."""


class PastRequest(Request):
    """What a person did."""

    model_config = ConfigDict(json_schema_extra={"example": {"user": "u42", "kind": "like"}})

    user: Id
    kind: Annotated[str, StringConstraints(max_length=256)] = ""
    """Only events of this kind; all when empty."""
    limit: Annotated[int, Field(ge=1, le=10_000)] = 500
    """At most so many."""


class ForgetRequest(Request):
    """What of a person is to be forgotten."""

    model_config = ConfigDict(json_schema_extra={"example": {"user": "u42", "item": "sku-7"}})

    user: Id
    item: Annotated[str, StringConstraints(max_length=256)] = ""
    """Only what they did with this item; everything when empty."""
    kind: Annotated[str, StringConstraints(max_length=256)] = ""
    """Of that, only events of this kind; all when empty. Needs an item."""


class RemoveRequest(Request):
    """Items to take out of the shop."""

    model_config = ConfigDict(json_schema_extra={"example": {"items": ["sku-7", "sku-8"]}})

    items: Annotated[list[Id], Field(min_length=1, max_length=10_000)]
    """Their ids; when one of them is unknown, none is removed."""


class FitRequest(Request):
    """What to fit."""

    model_config = ConfigDict(json_schema_extra={"example": {"parts": None}})

    parts: list[Words] | None = None
    """Names of parts; everything when null."""


class RollbackRequest(Request):
    """Where to go back to."""

    model_config = ConfigDict(json_schema_extra={"example": {"to": ""}})

    to: Words = ""
    """Id of a version, from `GET /versions`; the one before the current when empty."""


class ImagineRequest(Request):
    """What to draw."""

    model_config = ConfigDict(json_schema_extra={"example": {"text": "sage green linen shirt", "n": 4}})

    text: Words = ""
    """Words; nothing at all draws whatever the shop might sell."""
    image: Base64Bytes | None = None
    """A picture that it should look like, base64."""
    user: Id | None = None
    """Whose taste it should meet."""
    n: Annotated[int, Field(ge=1, le=64)] = 4
    """How many."""
    seed: Annotated[int, Field(ge=0, le=2**31)] = 0
    """Draws the same again."""
    ignore: Annotated[list[Words], Field(max_length=100)] = []
    """Labels of what was understood, to leave them out."""
    design: bool = False
    """Search for what the user would prefer."""


class CreativeRequest(Request):
    """What to advertise."""

    model_config = ConfigDict(json_schema_extra={"example": {"items": ["sku-7"], "format": "banner", "n": 3}})

    items: Annotated[list[Id], Field(min_length=1, max_length=4)]
    """One item or a bundle; the first comes large unless a person's taste says otherwise."""
    format: Literal["banner", "square", "story", "email"] = "banner"
    n: Annotated[int, Field(ge=1, le=12)] = 1
    """How many layouts."""
    user: Id | None = None
    """Whose taste decides what comes first."""


class DecisionRequest(Request):
    """What becomes of a creative."""

    model_config = ConfigDict(json_schema_extra={"example": {"state": "approved", "who": "anna"}})

    state: Literal["waiting", "approved", "refused"]
    """`waiting` takes a decision back."""
    who: Annotated[str, StringConstraints(min_length=1, max_length=256)]
    """Who decides."""
    why: Annotated[str, StringConstraints(max_length=500)] = ""
    """The reason."""


class ChatRequest(Request):
    """One turn of a conversation."""

    model_config = ConfigDict(json_schema_extra={"example": {"text": "a linen dress for the beach, under 90"}})

    session: Id | None = None
    """The conversation, by the key that its first turn gave; a new one begins when null."""
    text: Words = ""
    """What the person says."""
    image: Base64Bytes | None = None
    """A picture that the person shows, base64; as a file in a multipart request."""
    item: Id | None = None
    """Instead of a picture: an item that the person points at."""
    user: Id | None = None
    """Who is speaking, when a conversation begins."""
    k: Annotated[int, Field(ge=1, le=100, description="how many items are shown at a time, when it begins")] = 10
    remove: Words = ""
    """Instead of words: the label of something understood, to take it away."""
    action: dict[Words, JsonValue] | None = None
    """Instead of words: a typed action, `{"verb": "compare", "items": ["sku-7", "sku-9"]}`."""


Box = Annotated[list[int], Field(min_length=4, max_length=4)]
Point = Annotated[list[FiniteFloat], Field(min_length=2, max_length=2)]


class ShowRequest(Request):
    """What every picture of an item in somebody's own photo takes."""

    item: Id
    """The item."""
    box: Box | None = None
    """Left, top, right and bottom in pixels of where it goes; overrules what is found."""
    brush: Base64Bytes | None = None
    """A picture as large as the photo, base64: white where the photo may change, black elsewhere."""
    instruction: Words = ""
    """Words on how it should look; only engines that follow words are asked then."""
    user: Words = ""
    """For whom; for nobody in particular when empty."""
    n: Annotated[int, Field(ge=1, le=8)] = 1
    """How many pictures."""
    seed: Annotated[int, Field(ge=0, le=2**31)] = 0
    """Makes the same again."""
    commercial: bool = False
    """Only engines whose licence allows commercial use."""
    badge: bool = True
    """Draw "Generated" on the picture."""
    engine: Id | None = None
    """The engine that must answer."""


class TryOnRequest(ShowRequest):
    """An item on a person."""

    model_config = ConfigDict(json_schema_extra={"example": {"item": "sku-7", "person": "", "consent": True}})

    person: Base64Bytes
    """A photo, base64; kept in memory only while it is worked on."""
    consent: bool = False
    """The person in the photo agrees; without it nothing is done."""
    points: dict[Mark, Point] = {}
    """Where parts of the body are, in pixels, as the result's `points`; left is left in the picture. Believed."""


class PlaceRequest(ShowRequest):
    """An item in a room."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "item": "sofa-3", "room": "", "floor": [[10, 400], [600, 400], [500, 250], [120, 250]],
                "floor_size": [3, 4],
            }
        }
    )  # fmt: skip

    room: Base64Bytes
    """A photo, base64; kept in memory only while it is worked on."""
    floor: Annotated[list[Point], Field(min_length=4, max_length=4)] | None = None
    """Four corners of a rectangle on the floor in pixels, in order around it; guessed when null."""
    floor_size: Point | None = None
    """Its sides in metres: from the first corner to the second, from the second to the third."""
    at: Point | None = None
    """Where it stands or hangs, in pixels."""
    turn: Annotated[float, Field(ge=-180, le=180)] = 0.0
    """By how many degrees it is turned, counterclockwise as seen from above; what stands by 30 at most."""
    scale: Annotated[float, Field(ge=0.1, le=10)] = 1.0
    """How much larger than its size it is shown; said in a warning."""
