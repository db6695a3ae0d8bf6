"""Events as retailers emit them already, one record -> our events and the lists that were shown.

Known by their fields, so no flag is needed: Google Retail user events (JSON lines with ``eventType`` and ``visitorId``)
and Amazon Personalize interactions (a table with ``USER_ID`` and ``ITEM_ID``, or the JSON of PutEvents).

    Google Retail                        here
    detail-page-view                     view
    add-to-cart                          cart
    purchase-complete                    buy, the quantity as value
    search, category- or home-page-view  the products as a list that was shown, with the words that were searched for
    attributionToken                     token: of the list that was shown, or of the list that an event came of
    userInfo.userId, else visitorId      user

    Amazon Personalize                   here
    EVENT_TYPE                           kind; click, watch -> view, purchase, order -> buy, rating -> rate
    EVENT_VALUE                          value
    IMPRESSION                           the list that was shown, ids separated by |
    RECOMMENDATION_ID                    token of that list

Sources: the references of UserEvent (cloud.google.com/retail) and of the Interactions schema and PutEvents
(docs.aws.amazon.com/personalize).
"""

from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

from tastemaker.catalog import fields
from tastemaker.catalog.events import Event
from tastemaker.catalog.fields import UnfitError
from tastemaker.catalog.impressions import Impression
from tastemaker.core.errors import InputError
from tastemaker.core.types import ItemId, UserId

T = TypeVar("T")
Told = tuple[list[Event], list[Impression]]
ACTS = {"detail-page-view": "view", "add-to-cart": "cart", "purchase-complete": "buy"}
"""Google's events of products that somebody did something with."""
LISTS = frozenset(("search", "category-page-view", "home-page-view"))
"""Google's events whose products were shown."""
PASSED = frozenset(("remove-from-cart", "shopping-cart-page-view", "promotion-offered", "promotion-not-offered"))
"""Google's events that say nothing of taste."""
KINDS = {"click": "view", "watch": "view", "purchase": "buy", "order": "buy", "rating": "rate", "add-to-cart": "cart",
         "addtocart": "cart"}  # fmt: skip
"""What Personalize's own examples call our kinds; other names stay as they are."""


def shape_of(names: Collection[str]) -> str:
    """Whose shape a record or a table of these fields has: "google-retail", "personalize", or "" for our own."""
    found = set(names)
    if {"user", "item"} <= found:
        return ""
    if {"eventType", "visitorId"} <= found:
        return "google-retail"
    return "personalize" if {"USER_ID", "ITEM_ID"} <= found or {"userId", "itemId"} <= found else ""


def told_by(record: Mapping[str, object], shape: str) -> Told:
    """One record as events and lists; both empty when it says nothing of taste.

    Raises:
        UnfitError: a field that is needed is missing or cannot be used.
    """
    try:
        return _from_google(record) if shape == "google-retail" else _from_personalize(record)
    except InputError as error:
        raise UnfitError(error.message, error.hint) from None


def _from_google(record: Mapping[str, object]) -> Told:
    kind = _read(record, "eventType", fields.name)
    person = record.get("userInfo")
    known = isinstance(person, Mapping) and person.get("userId")
    user = UserId(_read({"userInfo.userId": known}, "userInfo.userId", fields.name) if known else
                  _read(record, "visitorId", fields.name))  # fmt: skip
    time = _read(record, "eventTime", fields.moment)
    token = _read(record, "attributionToken", _short)
    products = [_product(each) for each in _list_of(record.get("productDetails"))]
    if kind in LISTS:
        words = _read(record, "searchQuery", lambda raw: fields.text(raw, 2_000))
        shown = tuple(dict.fromkeys(id for id, _ in products))
        return [], [Impression(user, shown, token, time, query=words)] if shown else []
    if kind in PASSED:
        return [], []
    if kind not in ACTS:
        raise UnfitError(f"eventType {fields.shown(kind)}", f"known: {', '.join(sorted({*ACTS, *LISTS, *PASSED}))}")
    if not products:
        raise UnfitError(f"a {kind} without productDetails", "name the product")
    counts = [number if ACTS[kind] == "buy" else None for _, number in products]
    return [
        Event(user, id, ACTS[kind], count, time, token=token)
        for (id, _), count in zip(products, counts, strict=True)
    ], []  # fmt: skip


def _product(detail: object) -> tuple[ItemId, float | None]:
    """Id and quantity of one entry of ``productDetails``; a resource name ends in the id."""
    product = detail.get("product") if isinstance(detail, Mapping) else None
    if not isinstance(detail, Mapping) or not isinstance(product, Mapping):
        raise UnfitError("an entry of productDetails without a product", 'write {"product": {"id": ...}}')
    id = product.get("id") or str(product.get("name") or "").rpartition("/")[2]
    return ItemId(_read({"product.id": id}, "product.id", fields.name)), _read(detail, "quantity", fields.number)


def _from_personalize(record: Mapping[str, object]) -> Told:
    named = {_folded(name): name for name in record}

    def take(name: str, read: Callable[[object], T]) -> T:
        return _read(record, named.get(_folded(name), name), read)

    user, item = UserId(take("USER_ID", fields.name)), ItemId(take("ITEM_ID", fields.name))
    given = take("EVENT_TYPE", _short).lower() or "view"
    kind, value = KINDS.get(given, given), take("EVENT_VALUE", fields.number)
    time = take("TIMESTAMP" if record.get(named.get("timestamp", "")) else "sentAt", fields.moment)
    token = take("RECOMMENDATION_ID", _short)
    shown = take("IMPRESSION", _ids)
    if not shown:
        return [Event(user, item, kind, value, time, token=token)], []
    seen = Impression(user, shown, token, time)
    return [Event(user, item, kind, value, time, token=seen.name)], [seen]


def _list_of(raw: object) -> list[object]:
    if raw is None:
        return []
    if not isinstance(raw, list):
        raise UnfitError("productDetails is not a list", 'write [{"product": {"id": ...}}]')
    return raw


def _read(record: Mapping[str, object], name: str, read: Callable[[object], T]) -> T:
    """One field; what is wrong with it says which one it is."""
    try:
        return read(record.get(name))
    except UnfitError as error:
        raise UnfitError(f"{name}: {error.why}", error.mend) from None


def _short(raw: object) -> str:
    return fields.text(raw, 256)


def _ids(raw: object) -> tuple[ItemId, ...]:
    return tuple(ItemId(fields.name(id)) for id in fields.many(raw, "|"))


def _folded(name: str) -> str:
    """``USER_ID``, ``userId`` and ``user_id`` are one field."""
    return name.replace("_", "").lower()
