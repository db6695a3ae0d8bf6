"""The conversation on the page, in a real browser, with a real shop that needed no training."""

import csv
import json
import sys
from pathlib import Path

import pytest

from tests.assistant.conftest import COLUMNS, rows
from tests.page.serving import listening
from tests.server.small_workspace import picture


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The server with its page, in a process of its own."""
    folder = tmp_path_factory.mktemp("chat") / "shop"
    (folder / "images").mkdir(parents=True)
    (folder / "images" / "red.png").write_bytes(picture("red"))
    with (folder / "items.csv").open("w", newline="", encoding="utf-8") as stream:
        lines = [(*row, "red.png" if row[5] == "red" else "") for row in rows()]
        csv.writer(stream).writerows([(*COLUMNS, "image"), *lines])
    (folder / "tastemaker.toml").write_text('currency = "€"\n', encoding="utf-8")
    command = [str(Path(sys.executable).parent / "tastemaker"), "serve", str(folder), "--port", "0"]
    with listening(command, "/readyz") as address:
        yield address


def say(page, words):
    page.fill("#chat-words", words)
    page.press("#chat-words", "Enter")
    page.wait_for_selector("#chat-turns .theirs:last-child:not(.waiting) .told")


def answered(page):
    page.wait_for_selector("#chat-turns .theirs:last-child:not(.waiting)")
    return page.text_content("#chat-turns .theirs:last-child")


def chips(page):
    return [chip.strip() for chip in page.locator("#chat-facets .chip > span").all_text_contents()]


def lose(page):
    """What a restart of the shop does to a conversation."""
    page.evaluate("fetch(`/chat/${tm.kept.all.session}`, { method: 'DELETE' })")


def saved(page):
    with page.expect_download() as file:
        page.click("[data-chat=transcript]")
    return Path(file.value.path()).read_text(encoding="utf-8")


def problem(detail, hint):
    told = json.dumps({"title": "input error", "status": 400, "detail": detail, "hint": hint})
    return f"event: problem\ndata: {told}\n\n"


def heard(page, words, body):
    """What the page makes of an answer."""
    page.route("**/chat", lambda route: route.fulfill(content_type="text/event-stream", body=body))
    page.fill("#chat-words", words)
    page.press("#chat-words", "Enter")
    text = answered(page)
    page.unroute("**/chat")
    return text


def hold_blue(page, folder):
    """Choose a picture to be sent with what is said next."""
    (folder / "mine.png").write_bytes(picture("blue"))
    page.set_input_files("#chat-file", folder / "mine.png")
    page.wait_for_selector("#chat-held img")


def test_a_conversation(visit):
    page = visit("/")
    assert page.is_hidden("#chat")
    page.click("#talk")
    say(page, "a red dress under 100")
    assert page.text_content("#chat-turns .mine:last-of-type p, .mine p") == "a red dress under 100"
    assert "red, dress, under 100" in page.text_content("#chat-turns .theirs:last-child .told")
    cards = page.locator("#chat-turns .theirs:last-child .card")
    assert cards.first.locator(".title").text_content() == "Red dress 0"
    assert cards.first.locator(".price").text_content() == "€40"
    assert page.locator("#chat-facets .chip").count() == 3
    cards.first.get_by_role("button", name="Why Red dress 0?").click()
    page.wait_for_selector("text=its colour is red")
    page.click("#chat-facets [aria-label='Remove price under 100']")
    page.wait_for_function("document.querySelectorAll('#chat-facets .chip').length === 2")


def test_it_is_still_there_on_the_next_page_and_can_be_saved(visit):
    page = visit("/")
    page.click("#talk")
    say(page, "a blue sofa")
    page.reload()
    page.wait_for_selector("#chat-turns .card")
    assert "Blue sofa 1" in page.text_content("#chat-turns .card .title")
    assert "> a blue sofa" in saved(page)
    page.click("[data-chat=afresh]")
    assert page.locator("#chat-turns .card").count() == 0


def test_names_are_text_and_no_commands(visit):
    page = visit("/")
    page.click("#talk")
    say(page, "a game")
    assert page.locator("#chat-turns .card .title").first.text_content() in ("undo", "show me more")
    page.click("#chat-turns .replies button >> nth=0")
    page.wait_for_function("document.querySelectorAll('#chat-turns .mine').length === 2")


def test_a_picture_is_shown_and_can_be_let_go(visit, tmp_path):
    page = visit("/")
    page.click("#talk")
    hold_blue(page, tmp_path)
    page.click("#chat-held button")
    assert page.is_hidden("#chat-held")
    page.set_input_files("#chat-file", tmp_path / "mine.png")
    page.wait_for_selector("#chat-held img")
    say(page, "a red dress")
    assert page.locator("#chat-turns .mine img").count() == 1


def test_on_a_phone_it_is_the_whole_screen(visit):
    page = visit("/", width=390, height=844)
    page.click("#talk")
    say(page, "a dress")
    box = page.locator("#chat").bounding_box()
    assert (box["x"], box["width"], box["height"]) == (0, 390, 844)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for button in page.locator("#chat .heading button, #chat .card .acts button").all()[:5]:
        assert button.bounding_box()["height"] >= 43
    page.keyboard.press("Escape")
    assert page.is_hidden("#chat")


def test_a_card_leads_to_where_the_item_can_be_seen(visit):
    page = visit("/?person=ada")
    page.click("#talk")
    say(page, "a red dress")
    card = page.locator("#chat-turns .theirs:last-child .card").first
    link = card.get_by_role("link", name="See it on you: Red dress 0")
    assert link.get_attribute("href") == f"/on-you/{card.get_attribute('data-item')}?person=ada"
    say(page, "a red sofa")
    card = page.locator("#chat-turns .theirs:last-child .card").first
    assert card.get_by_role("link", name="See it in your room").get_attribute("href").startswith("/in-room/")
    say(page, "a game")
    assert page.locator("#chat-turns .theirs:last-child .card").first.locator(".acts a").count() == 0


def test_there_is_one_list(visit):
    page = visit("/")
    page.click("#talk")
    say(page, "a red dress")
    cards = page.locator("#chat-turns .theirs:last-child .card")
    hearts = cards.locator(".heart")
    hearts.first.press("Enter")
    assert hearts.first.get_attribute("aria-pressed") == "true"
    say(page, "put the second on my list")
    assert page.locator(".ways a[href^='/list']").text_content() == "List 2"
    say(page, "what is on my list")
    assert cards.locator(".title").all_text_contents() == ["Red dress 4", "Red dress 0"]
    cards.first.locator(".heart").click()
    assert page.locator(".ways a[href^='/list']").text_content() == "List 1"
    say(page, "what is on my list")
    assert cards.locator(".title").all_text_contents() == ["Red dress 0"]


def test_what_was_put_on_the_list_in_words_is_taken_back(visit):
    page = visit("/")
    page.click("#talk")
    say(page, "a red dress")
    say(page, "put the second on my list")
    say(page, "undo")
    assert page.locator(".ways a[href^='/list']").text_content() == "List"


def test_the_picture_that_the_wish_starts_from_is_a_chip_and_goes(visit, tmp_path):
    page = visit("/")
    page.click("#talk")
    hold_blue(page, tmp_path)
    say(page, "a dress")
    say(page, "under 100")
    page.reload()
    assert chips(page) == ["your picture", "kind: dress", "price under 100"]
    assert page.locator("#chat-facets .chip img").count() == 1
    page.locator("#chat-facets").get_by_role("button", name="Remove your picture").press("Enter")
    answered(page)
    assert chips(page) == ["kind: dress", "price under 100"]
    assert page.evaluate("document.activeElement.id") == "chat-turns"
    say(page, "undo")
    say(page, "undo")
    assert chips(page) == ["your picture", "kind: dress", "price under 100"]


def test_what_the_wish_should_be_like_is_a_chip(visit):
    page = visit("/")
    page.click("#talk")
    say(page, "a red dress")
    page.click("#chat-turns .theirs:last-child .card button[aria-label^='More like Red dress 0']")
    answered(page)
    assert chips(page)[0] == "like Red dress 0"
    page.click("#chat-facets [aria-label='Remove like Red dress 0']")
    answered(page)
    assert not any(chip.startswith("like") for chip in chips(page))


def test_a_conversation_that_the_shop_lost_is_told_again(visit):
    page = visit("/")
    page.click("#talk")
    say(page, "a red dress")
    say(page, "under 100")
    lose(page)
    page.click("#chat-facets [aria-label='Remove colour: red']")
    assert "had lost this conversation" in answered(page)
    assert chips(page) == ["kind: dress", "price under 100"]
    lose(page)
    say(page, "in blue")
    assert chips(page) == ["kind: dress", "price under 100", "colour: blue"]
    assert "Blue dress" in page.locator("#chat-turns .theirs:last-child .card .title").first.text_content()
    assert page.locator("#chat-turns .mine").count() == 4


def test_what_cannot_be_told_again_is_said_and_forgotten(visit):
    page = visit("/")
    page.click("#talk")
    say(page, "a red dress")
    lose(page)

    def refuse(route):
        anew = '"session":null' in route.request.post_data
        route.fulfill(content_type="text/event-stream", body=problem("gone", "")) if anew else route.continue_()

    page.route("**/chat", refuse)
    page.fill("#chat-words", "cheaper")
    page.press("#chat-words", "Enter")
    assert "lost this conversation" in answered(page)
    assert "I begin anew" in answered(page)
    assert chips(page) == []
    page.unroute("**/chat")
    page.reload()
    assert chips(page) == []
    say(page, "a sofa")
    assert chips(page) == ["kind: sofa"]


def test_the_file_holds_the_whole_conversation(visit, tmp_path):
    page = visit("/")
    page.click("#talk")
    hold_blue(page, tmp_path)
    say(page, "like this in red")
    say(page, "draw a red dress")
    for _ in range(42):
        say(page, "hello")
    page.reload()
    text = saved(page)
    assert text.startswith("> (picture: mine.png) like this in red")
    assert text.count("> hello") == 42
    assert "not fitted" in text or "learned" in text
    assert page.locator("#chat-turns .mine").count() == 40
    page.get_by_role("button", name="Show 4 earlier").click()
    assert page.locator("#chat-turns .mine").count() == 44


def test_turns_for_which_there_was_no_room_are_counted(visit):
    page = visit("/")
    page.add_init_script("""const set = Storage.prototype.setItem;
        Storage.prototype.setItem = function (name, value) {
            if (value.length > 3000) throw new Error();
            set.call(this, name, value);
        };""")
    page.reload()
    page.click("#talk")
    say(page, "a red dress")
    for _ in range(12):
        say(page, "hello")
    assert saved(page).startswith("> a red dress")
    page.reload()
    text = saved(page)
    missing = 13 - text.count("\n> ")
    assert missing > 0
    assert text.startswith(f"({missing} earlier turn")


def test_what_goes_wrong_is_said_in_words_for_people(visit):
    page = visit("/")
    page.click("#talk")
    say(page, "a red dress")
    told = [
        ("nothing of it is sold", "try a shorter word", "Nothing of it is sold. Try a shorter word."),
        (
            "nothing of it is sold",
            "see chat.state.facets",
            "Nothing of it is sold. Say it in another way, or start over.",
        ),
        ("`turn.items` is None", "", "That did not work. Say it in another way, or start over."),
    ]
    for detail, hint, shown in told:
        assert heard(page, "nix", problem(detail, hint)) == shown
    assert heard(page, "nix", "") == "The answer broke off. Say it again."


def test_a_chip_that_counts_no_more_goes(visit):
    page = visit("/")
    page.click("#talk")
    say(page, "a red dress")
    page.evaluate("""fetch("/chat", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ session: tm.kept.all.session, remove: "colour: red" }),
    }).then((answer) => answer.text())""")
    page.click("#chat-facets [aria-label='Remove colour: red']")
    assert "does not count any more" in answered(page)
    page.wait_for_function("document.querySelectorAll('#chat-facets .chip').length === 1")
