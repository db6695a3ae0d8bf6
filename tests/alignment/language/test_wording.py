import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tastemaker.alignment.language.vocabulary import Vocabulary
from tastemaker.alignment.language.wordforms import stem, stems
from tastemaker.alignment.language.wording import understand
from tastemaker.catalog.catalog import Catalog
from tastemaker.catalog.items import Item


def garment(id, kind, colour, price, **more):
    return Item(
        id, f"{colour} {kind}", price=price, department="wardrobe", attributes={"kind": kind, "colour": colour, **more}
    )


ITEMS = [
    garment("w1", "Dresses", "Red", 60.0, pattern="striped", sleeves="long sleeve", waterproof=False, usage="Casual"),
    garment(
        "w2", "Dresses", "Navy Blue", 90.0, pattern="polka dots", sleeves="sleeveless", waterproof=False, usage="Formal"
    ),
    garment("w3", "T-shirts", "Blue", 20.0, pattern="plain", sleeves="short sleeve", waterproof=False, usage="Casual"),
    garment("w4", "Shorts", "Grey", 30.0, waterproof=False, size="M"),
    garment("w5", "Rain Jackets", "Green", 120.0, waterproof=True, usage="Smart Casual"),
    Item(
        "s1",
        "Little Red Riding Hood",
        department="screen",
        attributes={"genres": ("Fantasy",), "year": 1995.0, "runtime_min": 95.0, "mood": "warm"},
    ),
    Item(
        "s2",
        "Space Dogs",
        department="screen",
        attributes={"genres": ("Sci-Fi", "Comedy"), "year": 2012.0, "runtime_min": 190.0, "mood": "dark"},
    ),
    Item("t1", "Inn", department="trips", attributes={"stars": 3.0, "price range": "free"}),
    Item("h1", "Oak table", price=400.0, department="home", attributes={"width_cm": 180.0, "kind": "Tables"}),
]
WORDS = Vocabulary(Catalog.from_items(ITEMS))
DRESS = ITEMS[1]


def read(text, reference=None, ignore=()):
    """Facets as short text, "!" after the hard ones."""
    wording = understand(text, WORDS, reference, ignore)
    return [f"{f.name} {f.op} {f.value}{'!' * f.hard}" for f in wording.facets]


@pytest.mark.parametrize(
    ("text", "facets"),
    [
        ("but in red", ["colour = Red"]),
        ("a red dress", ["colour = Red", "kind = Dresses"]),
        ("the same in navy blue", ["colour = Navy Blue"]),
        ("navy dress", ["colour = Navy Blue", "kind = Dresses"]),
        ("gray tee", ["colour = Grey", "kind = T-shirts"]),
        ("tshirts", ["kind = T-shirts"]),
        ("t shirt", ["kind = T-shirts"]),
        ("scarlet one", ["colour = Red"]),
        ("red colour", ["colour = Red"]),
        ("color: red", ["colour = Red"]),
        ("size m", ["size = M"]),
        ("m", []),
        ("m the", []),
        ("is short", []),
        ("shorts", ["kind = Shorts"]),
        ("funny films", ["genres = Comedy"]),
        ("scifi comedies", ["genres = Sci-Fi", "genres = Comedy"]),
        ("with stripes", ["pattern = striped"]),
        ("dotted", ["pattern = polka dots"]),
        ("waterproof jacket", ["waterproof = yes!"]),
        ("not waterproof", ["waterproof != waterproof!"]),
        ("smart", []),
        ("rain", []),
        ("tabled", []),
        ("tables", ["kind = Tables"]),
        ("free parking", []),
        ("free price range", ["price range = free"]),
    ],
)
def test_values_and_flags(text, facets):
    assert read(text) == facets


@pytest.mark.parametrize(
    ("text", "facets"),
    [
        ("not red", ["colour != Red!"]),
        ("no blue", ["colour != Blue!", "colour != Navy Blue!"]),
        ("not red or green", ["colour != Red!", "colour != Green!"]),
        ("no stripes and dots", ["pattern != striped!", "pattern != polka dots!"]),
        ("no stripes and red", ["pattern != striped!", "colour = Red"]),
        ("without sleeves", ["sleeves = sleeveless!"]),
        ("has no sleeves", ["sleeves = sleeveless!"]),
        ("isn't green", ["colour != Green!"]),
        ("blue instead of red", ["colour = Blue", "colour != Red!"]),
        ("not just red", ["colour = Red"]),
        ("less formal", ["usage less Formal"]),
        ("not too formal", ["usage less Formal"]),
        ("no buttons or zips", ["words != buttons", "words != zips"]),
        ("no bow table", ["words != bow table"]),
        ("no zips red", ["words != zips", "colour = Red"]),
        ("anything but a dress", ["kind != Dresses!"]),
        ("neither red nor green", ["colour != Red!", "colour != Green!"]),
        ("nothing red", ["colour != Red!"]),
        ("nothing that is red or green", ["colour != Red!", "colour != Green!"]),
        ("nothing but red", ["colour = Red"]),
        ("none of the red ones", ["colour != Red!"]),
        ("avoid red, grey and green", ["colour != Red!", "colour != Grey!", "colour != Green!"]),
        ("not red, green", ["colour != Red!", "colour = Green"]),
        ("i hate red", ["colour != Red!"]),
        ("dont want red", ["colour != Red!"]),
        ("everything but red", ["colour != Red!"]),
        ("apart from red", ["colour != Red!"]),
        ("not the colour red", ["colour != Red!"]),
        ("nothing too formal", ["usage less Formal"]),
        ("any colour but red", ["colour != Red!"]),
        ("every colour except red, grey and green", ["colour != Red!", "colour != Grey!", "colour != Green!"]),
        ("any colour but not red", ["colour != Red!"]),
        ("any dress but in red", ["kind = Dresses", "colour = Red"]),
        ("without dots, green or formal", ["pattern != polka dots!", "colour != Green!", "usage != Formal!"]),
        ("no dots, green or formal", ["pattern != polka dots!", "colour != Green!", "usage != Formal!"]),
        ("without dots and green", ["pattern != polka dots!", "colour != Green!"]),
        ("without dots, red or grey", ["pattern != polka dots!", "colour = Red", "colour = Grey"]),
        ("without dots, in red", ["pattern != polka dots!", "colour = Red"]),
        ("a stripe-free dress", ["pattern != striped!", "kind = Dresses"]),
        ("green, free delivery", ["colour = Green"]),
        ("free of stripes", ["pattern != striped!"]),
        ("i cannot wear green", ["colour != Green!"]),
        ("not interested in green", ["colour != Green!"]),
        ("i don't want anything but green", ["colour = Green"]),
        ("without red or polka dots", ["colour != Red!", "pattern != polka dots!"]),
    ],
)
def test_refusals(text, facets):
    assert read(text) == facets


@pytest.mark.parametrize(
    ("text", "facets"),
    [
        ("under 60", ["price < 60!"]),
        ("below €60", ["price < 60!"]),
        ("up to 60 euros", ["price <= 60!"]),
        ("no more than $1,200", ["price <= 1200!"]),
        ("over 9.50", ["price > 9.5!"]),
        ("at least 2k", ["price >= 2000!"]),
        ("between 20 and 40", ["price >= 20!", "price <= 40!"]),
        ("from 40 to 20 euros", ["price >= 20!", "price <= 40!"]),
        ("20-40€", ["price >= 20!", "price <= 40!"]),
        ("around 100 euros", ["price >= 75!", "price <= 125!"]),
        ("under 2 hours", ["runtime_min < 120!"]),
        ("max 90 minutes", ["runtime_min <= 90!"]),
        ("width under 200", ["width_cm < 200!"]),
        ("under 2 metres", ["width_cm < 200!"]),
        ("from the 90s", ["year >= 1990!", "year <= 1999!"]),
        ("in 2012", ["year = 2012!"]),
        ("after 2000", ["year > 2000!"]),
        ("between 1990 and 1999", ["year >= 1990!", "year <= 1999!"]),
        ("a 3 star hotel", ["stars = 3!"]),
        ("at least 3 stars", ["stars >= 3!"]),
        ("under 60 days", []),
        ("not under 50", ["price >= 50!"]),
        ("not over 50", ["price <= 50!"]),
        ("not more than 50", ["price <= 50!"]),
        ("not less than 50", ["price >= 50!"]),
        ("nothing over 50", ["price <= 50!"]),
        ("don't want anything under 50", ["price >= 50!"]),
        ("not priced at most 50", ["price > 50!"]),
        ("neither under 20 nor over 50", ["price >= 20!", "price <= 50!"]),
        ("not 3 stars", ["stars != 3!"]),
        ("size 60", []),
        ("under", []),
        ("i don't want to pay more than 80", ["price <= 80!"]),
        ("it should not cost more than 80", ["price <= 80!"]),
        ("i would not pay 80", ["price < 80!"]),
        ("i don't have 80 euros", ["price < 80!"]),
        ("i have 80 euros for a dress", ["price <= 80!", "kind = Dresses"]),
        ("max fifty", ["price <= 50!"]),
        ("less than a hundred", ["price < 100!"]),
        ("under two hundred and fifty-five euros", ["price < 255!"]),
        ("no more than a thousand", ["price <= 1000!"]),
        ("between forty and sixty", ["price >= 40!", "price <= 60!"]),
        ("80€ max", ["price <= 80!"]),
        ("80 at most", ["price <= 80!"]),
        ("80 tops", ["price <= 80!"]),
        ("80 or more", ["price >= 80!"]),
        ("at least 40 at most 80", ["price >= 40!", "price <= 80!"]),
        ("2 hours or less", ["runtime_min <= 120!"]),
        ("2012 or later", ["year >= 2012!"]),
        ("max. 80", ["price <= 80!"]),
        ("maximum price: 80", ["price <= 80!"]),
        ("≤ 80", ["price <= 80!"]),
        ("upto 80", ["price <= 80!"]),
        ("around 80", ["price >= 60!", "price <= 100!"]),
        ("around 2010", ["year >= 2008!", "year <= 2012!"]),
        ("a dress for 80 euros", ["kind = Dresses", "price <= 80!"]),
        ("40 to 60", ["price >= 40!", "price <= 60!"]),
        ("from 40 up to 60", ["price >= 40!", "price <= 60!"]),
        ("under €1.200,50", ["price < 1200.5!"]),
        ("under 1,200.50", ["price < 1200.5!"]),
        ("under 1 200", ["price < 1200!"]),
        ("between 1000 and 1500", ["price >= 1000!", "price <= 1500!"]),
        ("films longer than two hours", ["runtime_min > 120!"]),
        ("not longer than 90 minutes", ["runtime_min <= 90!"]),
        ("shorter than 90 minutes", ["runtime_min < 90!"]),
        ("a table wider than 2 m", ["kind = Tables", "width_cm > 200!"]),
        ("narrower than 180", ["width_cm < 180!"]),
        ("a table under 2 m wide", ["kind = Tables", "width_cm < 200!"]),
        ("taller than 1 m", []),
        ("newer than 2000", ["year > 2000!"]),
        ("older than 5", []),
        ("cheaper than fifty", ["price < 50!"]),
        ("more expensive than 50", ["price > 50!"]),
        ("films under 100 min", ["runtime_min < 100!"]),
        ("80 euros min", ["price >= 80!"]),
        ("a 3 star hotel under 500", ["stars = 3!", "price < 500!"]),
        ("3 stars under 500", ["stars = 3!", "price < 500!"]),
        ("from the nineties", ["year >= 1990!", "year <= 1999!"]),
    ],
)
def test_amounts(text, facets):
    assert read(text) == facets


@pytest.mark.parametrize(
    "text",
    ["model 501", "size 40 to 42", "2 of them", "between the first and the third", "more than one button",
     "at least two pockets", "about two friends", "a 3 year old", "for 4 guests", "2-3 seater", "20 euros cheaper",
     "the one i saw", "a 90 min one", "for a man in his fifties"],
)  # fmt: skip
def test_numbers_that_are_no_amounts(text):
    assert not [facet for facet in understand(text, WORDS).facets if facet.hard]


@pytest.mark.parametrize(
    ("text", "facets"),
    [
        ("without sleeves", ["sleeves = none!"]),
        ("no sleeves", ["sleeves = none!"]),
        ("sleeveless", ["sleeves = none"]),
        ("not sleeveless", ["sleeves != none!"]),
        ("has sleeves", ["sleeves != none!"]),
        ("short sleeves", ["sleeves = short"]),
    ],
)
@pytest.mark.parametrize("empty", ["none", "no", "without", "0"])
def test_an_empty_value_is_what_without_means(text, facets, empty):
    bare = Vocabulary(Catalog.from_items([Item(v, attributes={"sleeves": v}) for v in ("short", "long", empty)]))
    found = [f"{f.name} {f.op} {f.value}{'!' * f.hard}" for f in understand(text, bare).facets]
    assert found == [facet.replace("none", empty) for facet in facets]


def test_cheaper_is_cheaper_than_the_reference_and_a_leaning_without_one():
    assert read("cheaper", DRESS) == ["price < 90!"]
    assert read("more expensive", DRESS) == ["price > 90!"]
    [facet] = understand("something cheaper", WORDS).facets
    assert (facet.name, facet.label, facet.hard) == ("price", "less: expensive", False)
    assert read("not cheap") == ["price more expensive"]


@pytest.mark.parametrize(("text", "notes"), [("under 50 over 100", 1), ("over 20 under 50", 0), ("under 9 over 9", 1)])
def test_limits_that_exclude_each_other_are_said(text, notes):
    wording = understand(text, WORDS)
    assert len(wording.facets) == 2
    assert len(wording.notes) == notes


@pytest.mark.parametrize(
    "text",
    ["not this colour", "another colour", "in a different colour", "other colours", "not the same colour",
     "change the colour"],
)  # fmt: skip
def test_another_colour_refuses_the_one_that_is_shown(text):
    assert read(text, ITEMS[0]) == ["colour != Red!"]
    assert understand(text, WORDS, ITEMS[0], ignore=["not: Red"]).facets == ()
    unknown = understand(text, WORDS)
    assert (unknown.facets, unknown.other, unknown.words) == ((), ("colour",), "")


def test_another_colour_that_is_named_is_set():
    assert read("another colour, green", ITEMS[0]) == ["colour != Red!", "colour = Green"]
    assert read("a different colour in green", ITEMS[0]) == ["colour = Green"]
    assert read("other colours than green", ITEMS[0]) == ["colour != Green!"]
    assert read("another dress", ITEMS[0]) == ["kind = Dresses"]


def test_a_range_that_is_refused_is_said_and_not_used():
    wording = understand("red, not between 20 and 40", WORDS)
    assert [f.label for f in wording.facets] == ["colour: Red"]
    assert "not between 20 and 40" in wording.notes[0]


def test_a_whole_change():
    wording = understand("this dress, but in red, no stripes, under 60", WORDS, DRESS)
    assert [f.label for f in wording.facets] == ["kind: Dresses", "colour: Red", "not: striped", "price under 60"]
    assert wording.words == "dress, but in red"
    assert wording.rest == ""


def test_words_that_nothing_is_known_of_are_the_rest():
    wording = understand("a red dress for a beach wedding under 80", WORDS)
    assert wording.rest == "beach wedding"
    assert wording.words == "red dress for a beach wedding"
    assert understand("the same", WORDS).words == "the same"  # all little words: better than none


def test_what_nothing_here_has_is_avoided_rather_than_filtered():
    wording = understand("without a collar", WORDS)
    assert wording.avoid == ("collar",)
    assert [f.label for f in wording.facets] == ["not: collar"]
    assert wording.words == ""


def test_a_chip_taken_away_leaves_no_trace():
    text = "red dress under 60, no stripes, without buttons"
    labels = [f.label for f in understand(text, WORDS).facets]
    for label in labels:
        without = understand(text, WORDS, ignore={label})
        assert [f.label for f in without.facets] == [other for other in labels if other != label]
    assert understand(text, WORDS, ignore={"colour: Red"}).words == "dress"
    assert understand(text, WORDS, ignore=labels).avoid == ()


def test_a_title_is_not_taken_apart():
    assert read("little red riding hood") == []
    assert read("red riding") == ["colour = Red"]


def test_only_what_the_thing_can_have_is_understood():
    assert read("warm dress") == ["kind = Dresses"]
    assert read("warm film") == ["mood = warm"]
    assert read("warm and red", DRESS) == ["colour = Red"]


def test_an_amount_that_no_item_has_is_said_and_not_used():
    bare = Vocabulary(Catalog.from_items([Item("a", "Red thing", attributes={"colour": "red"}), Item("b")]))
    wording = understand("red under 60", bare)
    assert [f.label for f in wording.facets] == ["colour: red"]
    assert "under 60" in wording.notes[0]
    assert "price" in wording.notes[0]


@pytest.mark.parametrize("amount", ["under {}", "between 2 and {}", "around {} euros", "not over {}"])
def test_a_number_beyond_all_others_is_no_limit(amount):
    priced = Vocabulary(
        Catalog.from_items([Item("a", "Red thing", price=20.0, attributes={"colour": "red"}), Item("b")])
    )
    wording = understand(f"red {amount.format('9' * 400)}", priced)
    assert [f.label for f in wording.facets] == ["colour: red"]
    assert "not used" in wording.notes[0]
    assert len(wording.notes[0]) < 120


def test_an_empty_catalog_understands_nothing():
    wording = understand("red dress under 60, not blue", Vocabulary(Catalog.from_items([])))
    assert [f.name for f in wording.facets] == ["words"]


@pytest.mark.parametrize(
    "group",
    [
        "stripe stripes striped",
        "dress dresses",
        "t-shirt T-Shirts",
        "colour color",
        "watch watches",
        "movie movies",
        "dotted dots",
        "tie ties",
        "berry berries",
        "sleeve sleeves sleeved",
        "women women's womens",
        "grey gray",
    ],
)
def test_forms_of_a_word_share_a_stem(group):
    assert len({stems(word) for word in group.split()}) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("short", "shorts"), ("flat", "flats"), ("red", "read"), ("ring", "earring")]
)
def test_other_words_keep_their_own_stem(one, other):
    assert stem(one) != stem(other)


PIECES = [
    "red",
    "dress",
    "not",
    "no",
    "without",
    "or",
    "and",
    "under",
    "60",
    "€",
    "between",
    "2",
    "hours",
    "less",
    "than",
    "instead of",
    "in",
    "stripes",
    "cheaper",
    "the 90s",
    ",",
    "-",
    "/",
    "İ",
    "ß",
    "\N{SNOWMAN}",
    "'",
    "sleeves",
]


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join)))
def test_any_words_are_understood_twice_alike_and_hard_facets_filter(text):
    wording = understand(text, WORDS, DRESS)
    assert wording == understand(text, WORDS, DRESS)
    labels = [f.label for f in wording.facets]
    assert len(set(labels)) == len(labels)
    assert set(understand(text, WORDS, DRESS, ignore=labels[:1]).facets).isdisjoint(wording.facets[:1])


def test_a_very_long_text_keeps_its_tail_as_words():
    wording = understand("red " + "x" * 5000, WORDS)
    assert wording.words.count("x") == 5000


def test_a_colour_is_refused_as_a_shade_as_well():
    items = [garment(f"x{at}", "Hats", colour, 10.0, shade=shade) for at, (colour, shade) in enumerate(
        [("navy", "midnight"), ("blue", "navy"), ("red", "brick")])]  # fmt: skip
    words = Vocabulary(Catalog.from_items(items))
    assert {f.name: f.value for f in understand("a hat, not navy", words).facets if f.op == "!="} == {
        "colour": "navy", "shade": "navy"}  # fmt: skip
    assert not [f for f in understand("a hat, not navy", words, ignore=("not: navy",)).facets if f.op == "!="]


SHOP = Vocabulary(
    Catalog.from_items(
        [
            Item(str(at), kind, attributes={"kind": kind, "colour": "red", **({"genre": "thriller"} if not at else {})})
            for at, kind in enumerate(
                ["film", "top", "shirt", "dress", "desk", "table lamp", "coffee table", "sofa", "rug"]
            )
        ]
    )
)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("desk lamp", []),  # a lamp, of which only table lamps are known by name
        ("lamp for my desk", []),
        ("shirt dress", ["dress"]),
        ("the top 10 films", ["film"]),
        ("top rated thriller", []),
        ("rug under the old red sofa", ["rug"]),
        ("a top", ["top"]),
        ("looking for a dress", ["dress"]),
        ("a coffee table", ["coffee table"]),
        ("a shirt or a dress", ["shirt", "dress"]),
        ("shirts, dresses", ["shirt", "dress"]),
        ("shirts under 50, dresses under 100", ["shirt", "dress"]),
        ("shirt under 50 and a dress", ["shirt", "dress"]),
    ],
)
def test_the_thing_itself_is_the_kind_not_what_says_which_or_what_it_is_for(text, kinds):
    assert [facet.value for facet in understand(text, SHOP).facets if facet.name == "kind"] == kinds
