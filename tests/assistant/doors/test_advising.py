"""The rules stay in charge: when a model is asked, what it may decide, and what is left when it fails."""

import json
from dataclasses import replace

import pytest
from PIL import Image

from tastemaker.assistant import Assistant
from tastemaker.assistant.doors.advising import Advisor, advisor_of
from tastemaker.assistant.doors.door import Budget, DoorFailed, Unreachable, bounded
from tastemaker.assistant.doors.fake import Fake
from tastemaker.core.errors import Cancelled, ConfigError, InputError, UnknownName
from tastemaker.shop import Shop
from tastemaker.shop.language_model import AssistantConfig, opened


def proposing(*actions, words=""):
    return Fake(lambda messages, wants: json.dumps({"actions": actions}) if wants == "actions" else words)


def talking(shop, door):
    return Assistant(shop, k=3, asker=None, llm=door)


def test_a_wish_is_what_the_model_makes_of_it(shop):
    chat = talking(shop, proposing({"verb": "search", "words": "a white sofa"}))
    turn = chat.say("a place for six guests to sit, in the colour of snow")
    assert turn.items.ids[0].startswith("f-")
    assert {known.label for known in turn.facets} >= {"colour: white", "kind: sofa"}
    assert turn.notes == ()


def test_another_kind_of_thing_begins_a_new_wish(shop):
    chat = talking(shop, Fake("silent"))
    chat.say("a red dress")
    turn = chat.say("A white sofa, rather")
    assert {known.label for known in turn.facets} == {"colour: white", "kind: sofa"}


def test_what_the_rules_recognise_is_not_asked(shop):
    door = proposing({"verb": "search", "words": "a white sofa"})
    chat = talking(shop, door)
    chat.say("a red dress")
    for words in ("why the first?", "add the first to my list", "cheaper", "I like the first one", "undo", "hello"):
        before = [wants for wants, _ in door.prompts].count("actions")
        chat.say(words)
        assert [wants for wants, _ in door.prompts].count("actions") == before
    assert chat.state.list


def test_a_model_learns_what_was_said_and_nothing_of_the_catalog(shop):
    door = proposing({"verb": "search", "words": "a red dress"}, words="")
    chat = talking(shop, door)
    chat.say("something for the opera")
    chat.say("rather festive")
    asked = [messages for wants, messages in door.prompts if wants == "actions"][-1][1].text
    assert '"said": "rather festive", "said_before": ["something for the opera"], "items_shown": 3' in asked
    assert "dress" not in asked
    worded = [messages for wants, messages in door.prompts if wants == "words"][-1][1].text
    assert '"title": "Red dress 0"' in worded


def test_what_cannot_be_carried_out_leaves_it_to_the_rules(shop):
    wish = {"name": "price", "op": "<", "value": "cheap"}
    plain = Assistant(shop, k=3, asker=None).say("a red dress")
    turn = talking(shop, proposing({"verb": "filter", "keep": [wish]})).say("a red dress")
    assert (turn.say, turn.items.ids) == (plain.say, plain.items.ids)
    assert turn.notes == ("the language model proposed what cannot be done; the rules answer",)


def test_words_are_heard_sentence_by_sentence(shop):
    heard = []
    words = "“Red dress 0” is red. “Red dress 0” is great. “Red dress 0” is linen. “Red dress 4” is mini."
    door = proposing({"verb": "search", "words": "a red dress"}, words=words)
    turn = talking(shop, door).say("a red dress", hear=heard.append)
    told = [each.say for each in heard]
    assert told[0] == "Here are 3: red, dress."
    assert told == sorted(told, key=len)
    assert told[1] == "Here are 3: red, dress. “Red dress 0” is red."
    assert turn.say.startswith(told[-1])
    assert turn.say.endswith("“Red dress 0” is linen. “Red dress 4” is mini.")


def test_who_hangs_up_leaves_the_conversation_as_it_was(shop):
    door = proposing({"verb": "search", "words": "a red dress"}, words="“Red dress 0” is red. It is linen. ")
    chat = talking(shop, door)
    chat.say("a blue shirt")
    before = chat.state

    def hear(turn):
        if "“" in turn.say:
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        chat.say("a red dress", hear=hear)
    assert chat.state == before
    assert chat.undo().say.startswith("Taken back")


def test_a_picture_is_looked_at_only_by_who_sees(shop, tmp_path):
    Image.new("RGB", (40, 40), "red").save(tmp_path / "red.png")
    for can, seen in ((("pictures",), 1), ((), 0)):
        door = Fake(lambda messages, wants: '{"actions": [{"verb": "search", "words": "a red dress"}]}', can=can)
        turn = talking(shop, door).say("that, for the opera", image=tmp_path / "red.png")
        assert len(door.prompts[0][1][1].pictures) == seen
        assert [action.words for action in turn.actions] == ["a red dress"]
    other = talking(shop, proposing({"verb": "recommend"})).say("a red dress", image=tmp_path / "red.png")
    assert [action.verb for action in other.actions] == ["search"]
    assert "proposed twice" in other.notes[-1]
    silent = Fake("silent")
    talking(shop, silent).say(image=tmp_path / "red.png")
    assert "actions" not in [wants for wants, _ in silent.prompts]


def test_one_that_was_not_there_rests(shop):
    now = [0.0]

    class Gone(Fake):
        def stream(self, messages, wants, budget):
            self.prompts.append((wants, tuple(messages)))
            raise Unreachable("the language model cannot be reached")
            yield

    door, chat = Gone(), talking(shop, "fake:silent")
    chat._advisor = Advisor(door, AssistantConfig(rest=60), clock=lambda: now[0])
    notes = []
    for at in (0.0, 59.0, 61.0):
        now[0] = at
        notes += chat.say("a red dress").notes
    assert len(door.prompts) == 2
    assert [note.split(";")[0] for note in notes] == [
        "the language model cannot be reached",
        "the language model did not answer a moment ago and is not asked for a while",
        "the language model cannot be reached",
    ]


@pytest.mark.parametrize("error", [KeyError("x"), OSError("x"), ValueError("x"), InputError("x"), RuntimeError("x")])
def test_a_door_that_breaks_is_no_end(error, shop):
    def broken(messages, wants):
        if wants == "actions":
            return '{"actions": [{"verb": "search", "words": "a red dress"}]}'
        raise error

    turn = talking(shop, Fake(broken)).say("a red dress")
    assert turn.items.ids
    assert turn.notes == ("the door to the language model broke; the rules answer",)


def test_what_was_heard_before_it_broke_stays(shop):
    class Breaking(Fake):
        def stream(self, messages, wants, budget):
            yield from super().stream(messages, wants, budget)
            if wants == "words":
                raise Unreachable("the language model cannot be reached")

    heard = []
    door = Breaking(
        ["{}", '{"actions": [{"verb": "search", "words": "a red dress"}]}', "“Red dress 0” is red. It is li"]
    )
    turn = talking(shop, door).say("a red dress", hear=heard.append)
    assert turn.say == heard[-1].say == "Here are 3: red, dress. “Red dress 0” is red."
    assert turn.notes == ("the language model cannot be reached; the rules answer",)


def test_a_prompt_has_a_length(tmp_path):
    with (tmp_path / "items.csv").open("w", encoding="utf-8") as stream:
        stream.write(",".join(["id", "title", "text", *(f"a{at}" for at in range(80))]) + "\n")
        for row in range(40):
            stream.write(
                ",".join([str(row), "t" * 5000, "x" * 50_000, *(f"{row} {'v' * 2000}" for _ in range(80))]) + "\n"
            )
    door = Fake("silent")
    with Shop(tmp_path) as big:
        assert Assistant(big, k=40, llm=door).say("what is there").items.ids
    assert len(door.prompts[-1][1][1].text) < 10 * 32 * 320


def test_a_budget_ends():
    now = [0.0]
    budget = Budget(10, 1, 2, clock=lambda: now[0])
    assert "".join(bounded(iter(["a" * 8, "b" * 8]), budget)) == "a" * 8 + "b" * 8
    with pytest.raises(DoorFailed, match="end"):
        list(bounded(iter(["a" * 8, "b" * 8, "c"]), budget))
    budget.call()
    with pytest.raises(DoorFailed, match="too often"):
        budget.call()
    now[0] = 10.0
    with pytest.raises(Unreachable, match="longer than 10 s"):
        budget.left()


def test_the_settings_of_a_shop_name_a_model(shop, tmp_path):
    (tmp_path / "items.csv").write_text("id,title,colour\na,Red hat,red\nb,Blue hat,blue\n")
    settings = tmp_path / "tastemaker.toml"
    settings.write_text('[assistant]\nllm = "fake:lying"\n')
    with Shop(tmp_path) as small:
        assert "left out" in str(Assistant(small).say("a hat").notes)
        assert Assistant(small, llm="").say("a hat").notes == ()
        assert Assistant(small, llm="fake:silent").say("a hat").notes == ()
    settings.write_text("[assistant]\nsecond = 3\n")
    with pytest.raises(ConfigError, match="second"):
        Shop(tmp_path)
    assert advisor_of(shop, None) is None


@pytest.mark.parametrize(("name", "error"), [("gpt", InputError), ("openai:", InputError), ("opena:x", UnknownName),
                                             ("fake:x", UnknownName), ("local:/nowhere", InputError)])  # fmt: skip
def test_names_that_open_no_door(name, error):
    with pytest.raises(error):
        opened(name)


def test_questions_are_still_asked(shop):
    chat = Assistant(shop, k=3, llm=proposing({"verb": "search", "words": "a dress"}))
    plain = Assistant(shop, k=3).say("a dress")
    turn = chat.say("a dress")
    assert turn.question == plain.question is not None
    assert replace(turn, say="", notes=()) == replace(plain, say="", notes=())
