"""The screen range: invented films by genre and mood, with the people, years and minutes that a listing needs."""

import numpy as np

from tastemaker.demoshop.goods import Fact, Piece, pick
from tastemaker.demoshop.palette import SHADES

GENRES: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    # genre: moods, settings, dominant colours
    "drama": (
        ("tender", "melancholic", "hopeful"),
        ("harbour", "house", "city"),
        ("blue", "beige", "grey", "burgundy"),
    ),
    "thriller": (("tense", "dark"), ("city", "road", "house"), ("black", "red", "navy", "grey")),
    "science fiction": (("awe", "dark", "hopeful"), ("space", "city", "desert"), ("navy", "orange", "purple", "black")),
    "comedy": (("playful", "warm"), ("city", "house", "road"), ("yellow", "pink", "orange", "blue")),
    "romance": (("tender", "warm", "melancholic"), ("city", "harbour", "garden"), ("pink", "red", "cream", "purple")),
    "adventure": (("awe", "hopeful", "playful"), ("mountain", "desert", "sea"), ("orange", "green", "blue", "yellow")),
    "horror": (("dark", "tense"), ("forest", "house"), ("black", "red", "green")),
    "western": (("melancholic", "tense"), ("desert", "road"), ("orange", "brown", "red", "beige")),
    "documentary": (("awe", "hopeful", "tender"), ("sea", "forest", "mountain"), ("green", "blue", "cream", "grey")),
    "animation": (("playful", "warm", "hopeful"), ("forest", "garden", "space"), ("green", "yellow", "pink", "blue")),
    "noir": (("dark", "melancholic"), ("city", "harbour"), ("black", "grey", "burgundy", "navy")),
    "musical": (("playful", "warm", "hopeful"), ("city", "garden"), ("red", "yellow", "purple", "pink")),
}

_FIRST: dict[str, tuple[str, ...]] = {
    "harbour": (
        "The Last Ferry",
        "Low Tide",
        "Salt",
        "The Harbour Keeper",
        "Anchor Street",
        "What the Tide Left",
        "Grey Water",
        "Slack Water",
    ),
    "house": (
        "The Upstairs Room",
        "A House in November",
        "Paper Walls",
        "Number Eleven",
        "The Empty Chair",
        "All the Doors",
        "Lodgers",
        "The Long Table",
    ),
    "city": (
        "Night Tram",
        "Eleven Blocks",
        "The Glass District",
        "Neon Orchard",
        "Corner of Fifth and Rain",
        "Rooftop Season",
        "Last Metro Home",
        "Concrete Lullaby",
    ),
    "road": (
        "Route of Ashes",
        "Mile Ninety",
        "The Passenger Seat",
        "Gravel",
        "Half a Tank",
        "The Long Exit",
        "No Vacancy",
        "Headlights",
    ),
    "space": (
        "Orbit of Two",
        "The Quiet Moon",
        "Perihelion",
        "Signal from Ceres",
        "Ninth Light",
        "The Cartographer of Mars",
        "Afterstar",
        "Zero Season",
    ),
    "desert": (
        "Dust Cathedral",
        "The Red Mile",
        "Mirage County",
        "Noon at Cordero",
        "Bones of the River",
        "A Well in the Sand",
        "Sundial",
        "Vulture Saints",
    ),
    "garden": (
        "The Pear Tree",
        "Midsummer Letters",
        "Greenhouse",
        "Peonies for Marta",
        "The Beekeeper's Waltz",
        "A Gate Left Open",
        "Lemon Season",
        "Hedgerow",
    ),
    "mountain": (
        "Above the Snowline",
        "The North Ridge",
        "Thin Air Choir",
        "Hut Seven",
        "The Pass",
        "Avalanche Sunday",
        "Edelweiss Road",
        "Summit Fever",
    ),
    "sea": (
        "The Whale Year",
        "Forty Fathoms",
        "Blue Meridian",
        "The Lighthouse Hours",
        "Windward",
        "Coral Clock",
        "A Map of Islands",
        "Deepwater",
    ),
    "forest": (
        "The Antler King",
        "Moss",
        "Under the Birches",
        "Fox and Ember",
        "The Whispering Acre",
        "Lantern Wood",
        "Wolf Winter",
        "Roots",
    ),
}
_ADJECTIVES = (
    "Last",
    "Quiet",
    "Second",
    "Borrowed",
    "Paper",
    "Iron",
    "Golden",
    "Hollow",
    "Burning",
    "Distant",
    "Secret",
    "Slow",
    "Empty",
    "Silver",
    "Other",
    "Crooked",
    "Winter",
    "Glass",
)
_NOUNS: dict[str, tuple[str, ...]] = {
    "harbour": ("Ferry", "Pier", "Lighthouse", "Tide", "Harbour", "Lantern", "Net"),
    "house": ("Room", "Staircase", "Window", "House", "Attic", "Table", "Neighbour"),
    "city": ("Tram", "District", "Rooftop", "Avenue", "Balcony", "Night", "Elevator"),
    "road": ("Mile", "Highway", "Driver", "Motel", "Crossing", "Detour", "Passenger"),
    "space": ("Orbit", "Moon", "Signal", "Station", "Comet", "Horizon", "Voyage"),
    "desert": ("Mesa", "Well", "Mirage", "Saint", "Canyon", "Dust", "Caravan"),
    "garden": ("Orchard", "Greenhouse", "Gate", "Pear", "Waltz", "Summer", "Gardener"),
    "mountain": ("Ridge", "Summit", "Pass", "Glacier", "Rope", "Hut", "Echo"),
    "sea": ("Whale", "Island", "Current", "Reef", "Captain", "Wave", "Compass"),
    "forest": ("Fox", "Birch", "Clearing", "Owl", "Ember", "Wolf", "Path"),
}
_TAILS = (
    "",
    "",
    "",
    ": Part Two",
    " Revisited",
    " at Dawn",
    " in Winter",
    " Forever",
    " After Dark",
    " and Other Stories",
    " Returns",
)
_NAMES = (
    "Ines",
    "Jonah",
    "Mireille",
    "Tomas",
    "Yuki",
    "Adaeze",
    "Lars",
    "Priya",
    "Owen",
    "Carmen",
    "Elif",
    "Mateo",
    "Hanna",
    "Idris",
    "Noor",
)
_FAMILIES = (
    "Varga",
    "Okafor",
    "Lindqvist",
    "Moreau",
    "Tanaka",
    "Castellano",
    "Whitlock",
    "Demir",
    "Sorensen",
    "Banerjee",
    "Kessler",
    "Duarte",
)
_DECADES = (1950, 1960, 1970, 1980, 1990, 2000, 2010, 2020)


def pieces(count: int, rng: np.random.Generator, seed: int) -> list[Piece]:
    """``count`` films with different titles; every genre appears."""
    genres = list(GENRES)
    directors = _directors(rng)
    made: list[Piece] = []
    taken: set[str] = set()
    while len(made) < count:
        genre = genres[len(made) % len(genres)] if len(made) < 24 else pick(rng, genres)
        moods, settings, colours = GENRES[genre]
        setting = pick(rng, settings)
        title = _title(setting, rng)
        if title in taken:
            continue
        taken.add(title)
        facts = _facts(genre, pick(rng, moods), setting, pick(rng, colours), rng)
        facts["director"] = pick(rng, directors[genre])
        made.append(Piece(f"s-{len(made) + 1:04d}", "screen", facts, _price(facts, rng), title, seed=seed))
    return made


def _directors(rng: np.random.Generator) -> dict[str, list[str]]:
    """A few directors a genre: people follow them."""
    everyone = [f"{first} {last}" for first in _NAMES for last in _FAMILIES]
    order = rng.permutation(len(everyone))
    return {genre: [everyone[int(i)] for i in order[g * 5 : g * 5 + 5]] for g, genre in enumerate(GENRES)}


def _title(setting: str, rng: np.random.Generator) -> str:
    """A title from the drawer of its setting, or a new one in the same spirit."""
    if rng.random() < 0.35:
        return pick(rng, _FIRST[setting]) + pick(rng, _TAILS)
    noun = pick(rng, _NOUNS[setting])
    shape = pick(
        rng, ("The {a} {n}", "{a} {n}", "The {n}", "A {a} {n}", "{n} of {p}", "Letters from the {n}", "{p} and the {n}")
    )
    name = shape.format(a=pick(rng, _ADJECTIVES), n=noun, p=pick(rng, _NAMES))
    return name.replace("A Iron", "An Iron").replace("A Empty", "An Empty")


def _facts(genre: str, mood: str, setting: str, colour: str, rng: np.random.Generator) -> dict[str, Fact]:
    late = np.array([2, 2, 3, 3, 4, 5, 6, 5], float)
    decade = int(rng.choice(_DECADES, p=late / late.sum()))
    if genre in ("noir", "western") and rng.random() < 0.6:
        decade = int(rng.choice(_DECADES[:3]))
    year = min(2025, decade + int(rng.integers(0, 10)))
    short = genre in ("animation", "documentary", "comedy")
    runtime = int(np.clip(rng.normal(92 if short else 112, 13), 71, 168))
    return {
        "kind": "film",
        "genre": genre,
        "mood": mood,
        "setting": setting,
        "colour": colour,
        "shade": pick(rng, list(SHADES[colour])),
        "year": year,
        "decade": f"{year // 10 * 10}s",
        "runtime_min": runtime,
    }


def _price(facts: dict[str, Fact], rng: np.random.Generator) -> float:
    new = 4 if int(facts["year"]) >= 2022 else 0
    return float(rng.choice((3.99, 4.99, 7.99, 9.99))) + new
