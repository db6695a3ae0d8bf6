"""The trips range: invented destinations by landscape, season and activity, priced per person."""

from dataclasses import dataclass

import numpy as np

from tastemaker.demoshop.goods import Fact, Piece, pick


@dataclass(frozen=True)
class Land:
    """What a kind of landscape offers; the places take turns through the regions."""

    places: tuple[str, ...]
    regions: tuple[str, ...]
    seasons: tuple[str, ...]
    activities: tuple[str, ...]
    price: float


LANDS: dict[str, Land] = {
    "mountains": Land(
        ("Valdarve", "Monte Serrado", "Tarn Vale", "Hochalmsee", "Pico Lindero", "Cerna Vale"),
        ("the Alps", "the Andes", "the Carpathians"),
        ("summer", "autumn", "spring"),
        ("hiking", "climbing", "photography", "trail running"),
        118,
    ),
    "coast": Land(
        ("Cala Serena", "Porto Velmar", "Aghios Petros", "Torre Marina", "Saint-Maudez", "Kalo Limani"),
        ("the Mediterranean", "the Atlantic coast", "the Aegean"),
        ("summer", "spring", "autumn"),
        ("swimming", "sailing", "food", "surfing"),
        104,
    ),
    "desert": Land(
        ("Tazzarine Wells", "Wadi Qamar", "Red Mesa", "Erg Samar", "Rub Safra", "Salar Blanco"),
        ("North Africa", "Arabia", "the high desert"),
        ("winter", "spring", "autumn"),
        ("stargazing", "camel trek", "photography", "hiking"),
        132,
    ),
    "forest": Land(
        ("Kaldskog", "Birkenholt", "Cedar Hollow", "Mossmoor", "Tamme Wood", "Fern Creek"),
        ("Scandinavia", "the Baltic", "the Pacific Northwest"),
        ("autumn", "summer", "spring"),
        ("hiking", "wildlife", "wellness", "cycling"),
        96,
    ),
    "city": Land(
        ("Vienne-sur-Ill", "Kobara", "Santa Aurora", "Lisvara", "Minato Ura", "New Harrow"),
        ("Central Europe", "East Asia", "the Americas"),
        ("spring", "autumn", "winter"),
        ("museums", "food", "architecture", "nightlife"),
        124,
    ),
    "snow": Land(
        ("Isfjell", "Grand Névé", "Shirakawa Heights", "Polaris Bay", "Hochfirn", "Yuki-no-sato"),
        ("the Arctic", "the Alps", "Hokkaido"),
        ("winter",),
        ("skiing", "northern lights", "wellness", "dog sledding"),
        168,
    ),
    "lavender fields": Land(
        ("Plateau d'Oriane", "Hvarela", "Valsauge", "Stara Lavanda"),
        ("Provence", "the Adriatic hills"),
        ("summer",),
        ("cycling", "food", "painting", "photography"),
        112,
    ),
    "lakes": Land(
        ("Loch Arrin", "Lago Serino", "Järvela", "Loch Tamar", "Lago Chiaro", "Sinijärvi"),
        ("the Highlands", "Northern Italy", "Finland"),
        ("summer", "autumn", "spring"),
        ("kayaking", "swimming", "wellness", "fishing"),
        102,
    ),
    "islands": Land(
        ("Motu Aroha", "Koh Saraya", "Ilha do Fogo Manso", "Fenua Iti", "Koh Lanoi", "Ilha das Hortênsias"),
        ("the South Pacific", "the Andaman Sea", "the Azores"),
        ("winter", "summer", "spring"),
        ("diving", "sailing", "wellness", "surfing"),
        158,
    ),
    "hills": Land(
        ("Val di Sorra", "Quinta do Lume", "Dunmorrow", "Colle Fiorito", "Quinta das Amoras", "Upper Fenwick"),
        ("Tuscany", "the Douro", "the Cotswolds"),
        ("autumn", "spring", "summer"),
        ("food", "cycling", "painting", "riding"),
        110,
    ),
}
PACES = ("slow", "balanced", "active")
STAYS = ("guesthouse", "hotel", "cabin", "tent", "villa")


def pieces(count: int, rng: np.random.Generator, seed: int) -> list[Piece]:
    """``count`` trips, no two alike in place, season, activity and length; every landscape appears."""
    lands = list(LANDS)
    made: list[Piece] = []
    taken: set[tuple[Fact, ...]] = set()
    while len(made) < count:
        name = lands[len(made)] if len(made) < len(lands) else pick(rng, lands)
        facts = _facts(name, LANDS[name], rng)
        key = tuple(facts[k] for k in ("place", "season", "activity", "nights"))
        if key in taken:
            continue
        taken.add(key)
        made.append(Piece(f"t-{len(made) + 1:04d}", "trips", facts, _price(facts, rng), seed=seed))
    return made


def _facts(name: str, land: Land, rng: np.random.Generator) -> dict[str, Fact]:
    activity = pick(rng, land.activities)
    place = pick(rng, land.places)
    brisk = activity in (
        "climbing",
        "trail running",
        "skiing",
        "cycling",
        "hiking",
        "surfing",
        "camel trek",
        "dog sledding",
    )
    weights = (1, 2, 4) if brisk else (4, 3, 1)
    return {
        "kind": "trip",
        "landscape": name,
        "place": place,
        "region": land.regions[land.places.index(place) % len(land.regions)],
        "season": pick(rng, land.seasons),
        "activity": activity,
        "pace": pick(rng, PACES, weights),
        "stay": pick(rng, STAYS, (4, 4, 3, 1, 2)),
        "nights": int(rng.choice((2, 3, 4, 5, 7, 7, 10, 14))),
        "light": pick(rng, ("morning", "noon", "evening", "night"), (3, 3, 4, 1)),
    }


def _price(facts: dict[str, Fact], rng: np.random.Generator) -> float:
    nightly = LANDS[str(facts["landscape"])].price * {"villa": 1.5, "tent": 0.7, "hotel": 1.15}.get(
        str(facts["stay"]), 1.0
    )
    return float(round(nightly * float(facts["nights"]) ** 0.92 * float(np.exp(rng.normal(0, 0.18))) / 5) * 5)
