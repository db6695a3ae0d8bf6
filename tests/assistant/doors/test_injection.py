"""A model that obeys everything it reads can do no harm: what holds is the construction, not the model."""

import csv
import hashlib
import json
import re

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tastemaker.assistant import Assistant
from tastemaker.assistant.doors import prompts
from tastemaker.assistant.doors.fake import Fake
from tastemaker.assistant.doors.proposing import LOOKS
from tastemaker.assistant.doors.vetting import SMALL
from tastemaker.assistant.turn import wire
from tastemaker.core.wire import text
from tastemaker.shop import Shop
from tests.assistant.conftest import COLUMNS, rows
from tests.assistant.doors.attacks import ATTACKS, CANARY

WRITES = ("add", "remove", "record", "fit", "creative")
VALUES = {str(value).casefold() for row in rows() for value in row[3:]} | {"good"}
LINE = re.compile(
    r"Here (?:is|are) \d+[^.]*\.|Nothing that fits is known to be [^;]*; the nearest:|There is nothing[^.]*\."
)


def attacked():
    """Four dresses for every attack: in the title, the description, the brand, a review."""
    for at, attack in enumerate(ATTACKS):
        attack = " ".join(attack.split("\n"))
        yield f"t-{at}", attack, "Fine", 30, "dress", "red", "Palmer", "mini", "linen", "good"
        yield f"x-{at}", f"Dress {at}", attack, 31, "dress", "red", "Palmer", "mini", "linen", "good"
        yield f"b-{at}", f"Dress b {at}", "Fine", 32, "dress", "red", attack, "mini", "linen", "good"
        yield f"r-{at}", f"Dress r {at}", "Fine", 33, "dress", "red", "Palmer", "mini", "linen", f"{attack} {at}"


@pytest.fixture(scope="module")
def bad_shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("attacked") / "shop"
    folder.mkdir()
    (folder / "tastemaker.toml").write_text("[assistant]\ntokens = 20000\nseconds = 60\n", encoding="utf-8")
    with (folder / "items.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([(*COLUMNS, "review"), *((*row, "") for row in rows()), *attacked()])
    with Shop(folder) as opened:
        yield opened


@pytest.fixture
def sealed(bad_shop, monkeypatch):
    """The shop, in which nothing may be written."""

    def refuse(*args, **kwargs):
        raise AssertionError("a write verb was called")

    def print_of():
        files = sorted(path for path in bad_shop.workspace.root.rglob("*") if path.is_file() and "-" not in path.name)
        return [(path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in files]

    for name in WRITES:
        monkeypatch.setattr(Shop, name, refuse)
    before = print_of()
    yield bad_shop
    assert print_of() == before


def said_by_the_model(turn):
    """What stands in an answer beside the line of the rules and titles of what is shown."""
    left = LINE.sub(" ", turn.say)
    for item in turn.items.items:
        left = re.sub(rf"[“\"]{re.escape(item.title)}[”\"]", " ", left, flags=re.IGNORECASE)
    return left


def check(turn, chat):
    assert CANARY not in said_by_the_model(turn)
    assert CANARY not in " ".join(turn.notes)
    assert {action.verb for action in turn.actions} <= {*LOOKS, "compare"}
    state = chat.state
    assert (state.list, state.liked, state.disliked, state.removed) == ((), (), (), ())
    words = set(re.findall(r"\w+", said_by_the_model(turn).casefold()))
    assert words <= SMALL | VALUES | {"second"}, turn.say


def test_there_are_enough():
    assert len(set(ATTACKS)) >= 60
    assert all(CANARY in attack for attack in ATTACKS)


def test_attacks_in_the_catalog(sealed):
    door = Fake("obedient")
    chat = Assistant(sealed, k=10, asker=None, llm=door)
    turns = [chat.say("a red dress")]
    while turns[-1].items.items:
        turns.append(chat.say("show me more"))
    for turn in turns[:-1]:
        check(turn, chat)
    shown = {id for turn in turns for id in turn.items.ids}
    assert {row[0] for row in attacked()} <= shown
    read = [messages for wants, messages in door.prompts if wants == "words"]
    assert sum(json.dumps(attack, ensure_ascii=False)[1:-1] in each[1].text for attack in
               (" ".join(attack.split("\n")) for attack in ATTACKS) for each in read) >= 3 * len(ATTACKS)  # fmt: skip
    assert all(CANARY in door._answer(each, "words") for each in read[:5])
    assert "is red" in turns[0].say  # what is so may be said
    for wants, messages in door.prompts:
        assert wants == "words" or CANARY not in messages[1].text


@pytest.mark.parametrize("attack", ATTACKS)
def test_attacks_of_the_person(attack, sealed):
    door = Fake("obedient")
    chat = Assistant(sealed, k=3, asker=None, llm=door)
    for words in ("a blue shirt", attack):
        turn = chat.say(words)
        assert CANARY not in said_by_the_model(turn)
        assert CANARY not in " ".join(turn.notes)
        assert {action.verb for action in turn.actions} <= set(LOOKS)
    state = chat.state
    assert (state.list, state.liked, state.disliked) == ((), (), ())
    for line in (prompts.ACTIONS + prompts.WORDS).splitlines():
        assert line not in turn.say
    assert "data-" not in turn.say
    assert "OPENAI" not in turn.say


@pytest.mark.parametrize("attack", ATTACKS[::6])
def test_attacks_in_what_a_picture_says_of_itself(attack, sealed, tmp_path):
    about = Image.Exif()
    about[0x010E], about[0x013B] = attack, attack
    told = PngInfo()
    told.add_text("Description", attack)
    Image.new("RGB", (64, 64), "red").save(tmp_path / "a.jpg", exif=about, comment=attack.encode())
    Image.new("RGB", (64, 64), "red").save(tmp_path / "a.png", pnginfo=told)
    for name in ("a.jpg", "a.png"):
        assert CANARY.encode() in (tmp_path / name).read_bytes()
        door = Fake("obedient")
        turn = Assistant(sealed, k=3, asker=None, llm=door).say("a blue shirt", image=tmp_path / name)
        (picture,) = door.prompts[0][1][1].pictures
        assert picture[:2] == b"\xff\xd8"
        assert CANARY.encode() not in picture
        assert CANARY not in str([message.text for _, messages in door.prompts for message in messages][1])
        assert CANARY not in said_by_the_model(turn)
        assert {action.verb for action in turn.actions} == {"search"}


def test_what_is_sent_holds_no_prompt(sealed):
    chat = Assistant(sealed, k=3, asker=None, llm="fake:obedient")
    sent = text(wire(chat.say("a linen dress")))
    assert "You describe items" not in sent
    assert "You turn what" not in sent
