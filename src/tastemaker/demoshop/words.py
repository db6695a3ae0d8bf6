"""Titles and descriptions in the voice of a calm shop; several phrasings, so that no word always means one column."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from tastemaker.demoshop.goods import Piece, pick

_PATTERN = {
    "plain": "",
    "candy stripe": "candy-striped",
    "pinstripe": "pinstriped",
    "wide stripe": "wide-striped",
    "striped": "striped",
    "dotted": "polka-dot",
    "floral": "floral",
    "colour block": "colour-block",
    "cable knit": "cable-knit",
    "fair isle": "Fair Isle",
    "abstract": "printed",
    "geometric": "geometric",
    "border": "bordered",
    "speckled": "speckled",
}
_NECK = {
    "roll neck": "roll-neck",
    "v-neck": "V-neck",
    "crew": "crew-neck",
    "band collar": "band-collar",
    "square": "square-neck",
}
_EASY = {"workwear": "hard-wearing", "evening": "dressed up", "minimal": "pared back"}
_LENGTHS = {"knee": "knee-length", "midi": "midi", "mini": "mini"}
_LANDS = {"city": "cities", "snow": "snowfields", "forest": "forests"}
_SHAPED = ("boots", "sneakers", "loafers", "bag", "hat", "scarf")
_NOUNS = {
    ("hat", "beanie"): "beanie",
    ("hat", "bucket"): "bucket hat",
    ("hat", "brim"): "wide-brimmed hat",
    ("hat", "cap"): "cap",
    ("bag", "tote"): "tote bag",
    ("bag", "shoulder"): "shoulder bag",
    ("bag", "backpack"): "backpack",
    ("bag", "crossbody"): "crossbody bag",
    ("sneakers", "high"): "high-top sneakers",
    ("boots", "ankle"): "ankle boots",
}
_MOOD = {
    "awe": "wide-eyed",
    "dark": "dark",
    "warm": "warm",
    "tender": "tender",
    "tense": "tense",
    "playful": "playful",
    "hopeful": "hopeful",
    "melancholic": "melancholic",
}
_CARE = (
    "Wash at 30 degrees.",
    "Made in small runs.",
    "Designed to be mended.",
    "Comes in a cotton bag.",
    "",
    "Cut to last more than a season.",
)


def named(piece: Piece) -> Piece:
    """The piece with its title and description."""
    rng = piece.rng("words")
    title, text = _WRITERS[piece.department](piece, rng)
    return replace(piece, title=title, text=" ".join(part for part in text if part))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _joined(parts: Sequence[str]) -> str:
    return " ".join(part for part in parts if part)


def _article(noun: str) -> str:
    return f"an {noun}" if noun[:1].lower() in "aeiou" else f"a {noun}"


def _wardrobe(piece: Piece, rng: np.random.Generator) -> tuple[str, list[str]]:
    pattern = _PATTERN.get(piece["pattern"], piece["pattern"])
    neck = _NECK.get(piece["neck"], "") if piece["kind"] not in ("shirt",) or piece["neck"] != "collar" else ""
    sleeve = {"short": "short-sleeved", "sleeveless": "sleeveless"}.get(piece["sleeve"], "")
    if piece["kind"] in ("t-shirt", "top"):
        sleeve = "long-sleeved" if piece["sleeve"] == "long" else ""
    cut = piece["cut"] if piece["cut"] not in ("regular", "low", "long", "fitted") else ""
    length = _LENGTHS[piece["length"]] if piece["kind"] in ("skirt", "dress", "coat") else ""
    noun = f"pair of {piece['kind']}" if piece["kind"].endswith("s") and piece["kind"] != "dress" else piece["kind"]
    core = _NOUNS.get((piece["kind"], piece["cut"]), _joined([sleeve, neck, cut, length, piece["kind"]]))
    title = pick(
        rng,
        (
            f"{_joined([pattern, piece['material'], core])} in {piece['shade']}",
            f"{_joined([piece['shade'], pattern, core])}, {piece['material']}",
            f"{_joined([piece['material'], pattern, core])} – {piece['shade']}",
        ),
    )
    return _capital(title), [_wardrobe_opening(piece, noun, pattern, rng), _wardrobe_use(piece, rng), pick(rng, _CARE)]


def _wardrobe_opening(piece: Piece, noun: str, pattern: str, rng: np.random.Generator) -> str:
    cloth = _joined([pattern, piece["material"]])
    cut = "" if piece["kind"] in _SHAPED else f", {piece['cut']} in cut"
    return _capital(
        pick(
            rng,
            (
                f"{_article(noun)} in {piece['shade']} {cloth}{cut}.",
                f"{piece['brand']} makes this {piece['kind']} from {cloth}; the colour is {piece['shade']}, "
                f"{_article(piece['colour'])} that goes with most things.",
                f"{_EASY.get(piece['style'], piece['style'])} and easy to wear: "
                f"{_article(piece['colour'])} {noun} of {cloth}.",
                f"our {piece['style']} {piece['kind']} of {cloth}, in {piece['shade']}.",
            ),
        )
    )


def _wardrobe_use(piece: Piece, rng: np.random.Generator) -> str:
    uses = {
        "classic": ("The one you will still own in ten years.", "For the office and for Sunday lunch."),
        "minimal": ("Nothing on it that need not be there.", "Clean lines, no visible logo."),
        "romantic": ("Made for garden parties and late suppers.", "Soft, a little nostalgic."),
        "bohemian": ("For markets, beaches and long tables outdoors.", "Loose, warm-hearted, easily layered."),
        "sporty": ("Moves when you do.", "For the way to training and the coffee after it."),
        "workwear": ("Bar-tacked where it matters.", "Built on an old workshop pattern."),
        "evening": ("For candlelight.", "Dressed up without trying."),
    }
    detail = {"sleeveless": "No sleeves.", "short": "Short sleeves.", "long": "Long sleeves."}.get(piece["sleeve"], "")
    when = (
        ""
        if piece["season"] == "all year"
        else pick(rng, (f"{_capital(_article(piece['season']))} piece.", f"Best in {piece['season']}.", ""))
    )
    return _joined([pick(rng, uses[piece["style"]]), detail if rng.random() < 0.6 else "", when])


_NAMES = (
    "Alder",
    "Bruno",
    "Clove",
    "Dune",
    "Elin",
    "Fable",
    "Gale",
    "Hollis",
    "Isla",
    "Juno",
    "Kestrel",
    "Lund",
    "Marlow",
    "Nord",
    "Otis",
    "Pilar",
    "Quill",
    "Ronda",
    "Sable",
    "Tove",
    "Una",
    "Vera",
    "Wilder",
    "Yara",
)


def _home(piece: Piece, rng: np.random.Generator) -> tuple[str, list[str]]:
    name = pick(rng, _NAMES)
    pattern = _PATTERN.get(piece["pattern"], piece["pattern"])
    form = "" if piece["form"] in ("rectangular", "square", "open", "platform", piece["kind"]) else piece["form"]
    noun = form if form.endswith(piece["kind"]) else _joined([form, piece["kind"]])
    where = (
        f"{piece['shade']} {piece['material']}"
        if piece["material"] not in ("oak", "walnut", "ash", "pine")
        else f"solid {piece['material']}"
    )
    title = pick(
        rng,
        (
            f"{name} {_joined([pattern, noun])} in {where}",
            f"{name} {noun}, {_joined([pattern, where])}",
            f"{_joined([pattern, noun])} “{name}”, {where}",
        ),
    )
    style, room = piece["style"], piece["room"]
    size = f"{piece['width_cm']} cm wide, {piece['depth_cm']} cm deep, {piece['height_cm']} cm high"
    opening = pick(
        rng,
        (
            f"{_article(style)} {noun} for the {room}, {pattern + ', ' if pattern else ''}in {where}.",
            f"{piece['brand']} builds {name} in {where}; it looks at home in any {room}.",
            f"{where} and calm proportions: {_article(noun)} with {_article(style)} hand.",
        ),
    )
    text = [
        _capital(opening),
        pick(rng, (f"Measures {size}.", f"It is {size}.", f"{_capital(size)}.")),
        pick(rng, ("Delivered assembled.", "Assembled in ten minutes.", "Spare parts are kept for fifteen years.", "")),
    ]
    return _capital(title), text


_LOGLINES = {
    "harbour": ("A ferry pilot stays on one winter too long", "Two sisters inherit a fish market and an old quarrel"),
    "house": ("A family rents out the one room nobody enters", "Five heirs have a weekend to agree on one house"),
    "city": (
        "A night-shift interpreter hears something she should not",
        "Strangers share the last tram every Thursday",
    ),
    "road": ("A getaway driver picks up the wrong hitchhiker", "Three friends drive south with a borrowed piano"),
    "space": ("A cartographer maps a moon that answers back", "The last two people on a relay station stop speaking"),
    "desert": ("A surveyor finds a town that is on no map", "A well-digger is asked to find what was buried"),
    "garden": ("Letters found in a greenhouse change a summer", "A beekeeper teaches a widower to dance"),
    "mountain": ("A rope team waits out a storm and the truth", "A hut warden counts one guest too many"),
    "sea": ("A lighthouse keeper logs a ship that never passes", "A year in the company of one whale"),
    "forest": (
        "A child follows a fox into a wood that keeps time",
        "A forester walks the border between two quarrelling valleys",
    ),
}


_ENDINGS_LIGHT = (
    "and nothing is quite the same after.",
    "with more laughter than anyone planned.",
    "and spring comes early.",
    "while everybody learns to dance.",
)
_ENDINGS_DARK = (
    "and nothing is quite the same after.",
    "while the season turns.",
    "and silence has its price.",
    "until the last morning brings the truth.",
)


def _screen(piece: Piece, rng: np.random.Generator) -> tuple[str, list[str]]:
    mood, genre = _MOOD[piece["mood"]], piece["genre"]
    ending = pick(rng, _ENDINGS_LIGHT if piece["mood"] in ("playful", "warm", "hopeful") else _ENDINGS_DARK)
    text = [
        f"{pick(rng, _LOGLINES[piece['setting']])}, {ending}",
        pick(
            rng,
            (
                f"{_capital(_article(mood))} {genre} film by {piece['director']} ({piece['year']}).",
                f"Directed by {piece['director']}, {piece['year']}, {piece['runtime_min']} minutes; "
                f"{mood} {genre} at its best.",
                f"{piece['director']}'s {mood} {genre} runs {piece['runtime_min']} minutes and earns each of them.",
            ),
        ),
    ]
    return piece.title, text


_TRIP_NOUN = {
    2: "Weekend",
    3: "Long weekend",
    4: "Four nights",
    5: "Five nights",
    7: "A week",
    10: "Ten nights",
    14: "Two weeks",
}
_SCENES = {
    "mountains": "Ridges the colour of slate, and bread in the hut at noon.",
    "coast": "White walls, warm stone and water you can see through.",
    "desert": "Dunes that move while you sleep, and more stars than sky.",
    "forest": "Moss, birch and the kind of quiet that has birds in it.",
    "city": "Trams, bridges, bakeries that open at six.",
    "snow": "Blue hours, a stove, and snow up to the window.",
    "lavender fields": "Rows of purple up to a stone farmhouse, and bees.",
    "lakes": "Flat water at breakfast, a rowing boat of your own.",
    "islands": "A lagoon, a hammock, a boat that comes twice a week.",
    "hills": "Cypress roads, vineyards and long tables under a pergola.",
}


def _trips(piece: Piece, rng: np.random.Generator) -> tuple[str, list[str]]:
    nights, activity, place = int(piece.number("nights")), piece["activity"], piece["place"]
    title = pick(
        rng,
        (
            f"{_TRIP_NOUN[nights]} of {activity} in {place}",
            f"{place}: {activity} in {piece['season']}, {nights} nights",
            f"{_capital(activity)} and {piece['light']} light, {place} ({nights} nights)",
        ),
    )
    stay, season, region = _article(piece["stay"]), piece["season"], piece["region"]
    lands = _LANDS.get(piece["landscape"], piece["landscape"])
    body = pick(
        rng,
        (
            f"{nights} nights in {stay} in {region}, {piece['pace']} in pace, with {activity} as often as you like.",
            f"{_article(season)} trip to the {lands} of {region}: {activity} by day, {stay} by night.",
            f"Stay in {stay}; come for {activity}. {_capital(piece['pace'])} days, {season} weather.",
        ),
    )
    text = [
        _SCENES[piece["landscape"]],
        _capital(body),
        "Price per person.",
    ]
    return title, text


_WRITERS: dict[str, Callable[[Piece, np.random.Generator], tuple[str, list[str]]]] = {
    "wardrobe": _wardrobe,
    "home": _home,
    "screen": _screen,
    "trips": _trips,
}
