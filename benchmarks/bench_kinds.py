"""A colour and a kind in words: are the first answers of that kind, once those of that colour are used up?

    python benchmarks/bench_kinds.py             # after bench_search.py and bench_journey.py; one minute

300 wishes in each of three shops, the drawn demo shop (four departments), 20,000 real fashion products and 2,178 real
pieces of furniture, where nothing is fitted: "{colour} {kind}" and "{colour} {kind} under {price}" of a product drawn
by chance. Told are the share of the first ten that are
of the kind (and within the price), out of as many as there are, and the same for those that have the colour too. Beside
ours: its words alone (BM25), its space alone, and ours where a kind weighs no more than any other attribute.

The weight of a kind was set by reasoning on wishes of the demo shop: it stands above one other attribute and the
difference that nearness makes. On other wishes of demo and fashion .75 was looked at, too: a hundredth better, and not
taken. Interior was measured afterwards.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import bench_interior
import bench_search
from common import BUILD, show, store
from tastemaker.catalog.items import Item
from tastemaker.core.seeds import generator
from tastemaker.index.filters import parse
from tastemaker.shop import Shop, pulling

WISHES, K = 300, 10
FORMS = ("{colour} {kind}", "{colour} {kind} under {price}")
Answer = Callable[[str, str], list[str]]
"""Words and the filter in them -> ids, the best first."""


@dataclass(frozen=True)
class Attributes:
    """What a shop calls a kind and a colour."""

    kind: str
    colour: str

    def of(self, item: Item) -> tuple[str, str]:
        """Of an item, in small letters."""
        return str(item.attributes.get(self.kind, "")).lower(), str(item.attributes.get(self.colour, "")).lower()


@contextmanager
def kinds_like_others(shop: Shop) -> Iterator[Answer]:
    """Ours, without what is measured here."""
    before, pulling.KIND = pulling.KIND, pulling.PULL
    try:
        yield ours(shop)
    finally:
        pulling.KIND = before


def ours(shop: Shop) -> Answer:
    """As anybody asks."""
    return lambda words, limit: [item.id for item in shop.search(f"{words} {limit}", k=K + 1).items]


def words_alone(shop: Shop) -> Answer:
    """BM25 under the price."""
    view = shop.view

    def answer(words: str, limit: str) -> list[str]:
        rows, _ = shop.store.search_words(words, K + 1, allowed(shop, limit))
        return [view.catalog.ids[row] for row in rows.tolist()]

    return answer


def space_alone(shop: Shop) -> Answer | None:
    """Nearest in the space under the price; None where there is no space."""
    view = shop.view
    space, index = view.fitted.space, view.index
    if space is None or index is None:
        return None

    def answer(words: str, limit: str) -> list[str]:
        rows, _ = index.search(space.embed_texts([words])[0], K + 1, allowed(shop, limit))
        return [view.catalog.ids[row] for row in rows.tolist()]

    return answer


def allowed(shop: Shop, limit: str) -> np.ndarray:
    """Rows on sale within a limit, "under 50"."""
    catalog = shop.view.catalog
    return catalog.available & parse(limit.replace("under", "price <")).mask(catalog)


def measured(shop: Shop, named: Attributes, answer: Answer) -> dict[str, float]:
    """Means over all wishes. The product that a wish was made of does not count: its own words would find it."""
    catalog = shop.view.catalog
    items = [catalog.item(int(row)) for row in np.flatnonzero(catalog.available)]
    whole = [item for item in items if all(named.of(item))]
    found: dict[str, list[float]] = {}
    for place in generator(0, "wishes").integers(len(whole), size=WISHES):
        wish = whole[place]
        kind, colour = named.of(wish)
        most = int(1.1 * wish.price) + 1 if wish.price else None
        for form in FORMS if most else FORMS[:1]:
            limit = f"under {most}" if "{price}" in form else ""
            right = {item.id for item in items if item.id != wish.id and named.of(item)[0] == kind
                     and not (limit and most and (item.price is None or item.price >= most))}  # fmt: skip
            both = {item.id for item in items if item.id in right and named.of(item)[1] == colour}
            shown = [id for id in answer(f"{colour} {kind}", limit) if id != wish.id][:K]
            for what, wanted in (("kind", right), ("kind and colour", both)):
                if wanted:
                    share = len(wanted & set(shown)) / min(K, len(wanted))
                    found.setdefault(f"{form}: {what}", []).append(share)
    return {name: round(float(np.mean(shares)), 3) for name, shares in found.items()}


def table(folder: Path, named: Attributes) -> list[dict[str, object]]:
    """A line for each way to answer."""
    with Shop(folder) as shop:
        ways = {"ours": ours(shop), "words alone (BM25)": words_alone(shop), "space alone": space_alone(shop)}
        lines: list[dict[str, object]] = [
            {"way": way, **measured(shop, named, ask)} for way, ask in ways.items() if ask
        ]
    with Shop(folder) as shop, kinds_like_others(shop) as ask:  # another shop: answers are kept
        return [*lines, {"way": "ours, kinds weigh as others", **measured(shop, named, ask)}]


def main() -> None:
    """Run, print, store."""
    bench_interior.build()
    shops = {
        "demo": (BUILD / "demo-shop", Attributes("kind", "colour")),
        "fashion": (bench_search.shop_of(bench_search.ITEMS), Attributes("articleType", "baseColour")),
        "interior": (BUILD / "interior", Attributes("type", "colour")),
    }
    found = {name: table(*shop) for name, shop in shops.items()}
    for name, lines in found.items():
        show(f"{name}: {WISHES} wishes, share of the first {K}", lines)
    store("kinds", {"wishes": WISHES, "k": K, "rows": found})


if __name__ == "__main__":
    main()
