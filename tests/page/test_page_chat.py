"""The conversation on the page, in a real browser, with a real shop that needed no training."""

import csv
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
    with page.expect_download() as saved:
        page.click("[data-chat=transcript]")
    assert "> a blue sofa" in Path(saved.value.path()).read_text(encoding="utf-8")
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
    (tmp_path / "mine.png").write_bytes(picture("blue"))
    page.set_input_files("#chat-file", tmp_path / "mine.png")
    page.wait_for_selector("#chat-held img")
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
