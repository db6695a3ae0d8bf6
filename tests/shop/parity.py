"""A shop without pictures: even people like even items, odd people odd ones; fitted in a moment."""

from tastemaker.catalog.events import Event
from tastemaker.core.seeds import generator

ITEMS, PEOPLE = 60, 40
BEGIN, DAY = 1_700_000_000, 86_400
SETTINGS = """[space]
name = "none"

[methods.hybrid]
methods = ["ease", "popularity"]
"""


def write_parity(root, settings=SETTINGS):
    """The workspace: each person has met six items, by chance."""
    root.mkdir(parents=True)
    (root / "tastemaker.toml").write_text(settings)
    lines = [f"item-{row},{'home' if row % 3 else 'garden'},{10 + row}" for row in range(ITEMS)]
    (root / "items.csv").write_text("\n".join(["id,department,price", *lines]))
    rng = generator(0, "first")
    events = []
    for person in range(PEOPLE):
        for place, row in enumerate(rng.permutation(ITEMS)[:6].tolist()):
            events.append(f"u{person},item-{row},view,{BEGIN + place * DAY + person}")
    (root / "events.csv").write_text("\n".join(["user,item,kind,time", *events]))
    return root


def later(kind="buy", each=10, people=PEOPLE):
    """What happens next: everybody turns to items of their own parity."""
    rng = generator(1, "next")
    return [
        Event(f"u{person}", f"item-{row}", kind, time=BEGIN + (10 + place) * DAY + person)
        for person in range(people)
        for place, row in enumerate((2 * rng.permutation(ITEMS // 2)[:each] + person % 2).tolist())
    ]
