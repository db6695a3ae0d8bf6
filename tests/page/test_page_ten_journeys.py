"""The ten things that people come for, walked from end to end on a desk and on a phone, with a real shop."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from tests.page.small_shop import drawn
from tests.studio.scenes import mannequin

pytestmark = pytest.mark.browser
SIZES = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}


@pytest.fixture(scope="module")
def address(small_shop):
    return small_shop


@pytest.fixture(params=SIZES)
def at(request, visit):
    """Opens a path on a desk or on a phone; whatever was walked must not have needed sideways scrolling."""
    pages = []

    def opened(path):
        pages.append(visit(path, **SIZES[request.param]))
        return pages[-1]

    yield opened
    for page in pages:
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[request.param]["width"]


def file(image, name="photo.png"):
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": stream.getvalue()}


def titles(page):
    return page.locator("#main .card:visible .title").all_inner_texts()


def ready(page, pattern):
    """Wait for an address and for the page behind it to be alive."""
    page.wait_for_url(re.compile(pattern))
    page.wait_for_function("window.did_handshake === true && !document.querySelector('.waiting')")


def test_search_by_words(at):
    page = at("/")
    page.fill("#words", "red dress")
    page.press("#words", "Enter")
    ready(page, r"q=red\+dress")
    assert all(title.startswith("Red dress") for title in titles(page)[:3])
    assert page.get_by_role("link", name="Remove colour: red").is_visible()


def test_search_by_a_picture_and_with_a_change(at):
    page = at("/")
    page.set_input_files("#file", file(drawn("blue", "dress")))
    page.locator(".held img").wait_for()
    page.get_by_role("button", name="Search", exact=True).click()
    ready(page, "picture=")
    assert titles(page)[0].startswith("Blue dress")
    page.fill("#change", "in red")
    page.press("#change", "Enter")
    ready(page, r"change=in\+red")
    assert all(title.startswith("Red dress") for title in titles(page)[:2])


def test_remove_what_was_misunderstood(at):
    page = at("/?q=red+dress")
    page.get_by_role("link", name="Remove colour: red").click()
    ready(page, "ignore=colour")
    page.get_by_role("link", name="Put back colour: red").wait_for()
    assert not all(title.startswith("Red") for title in titles(page)[:6])


def test_not_for_me_counts_and_can_be_forgotten(at):
    page = at("/?person=person-1")
    card = page.locator("#main .card").first
    title = card.get_attribute("data-title")
    card.get_by_role("button", name="Not for me").click()
    page.get_by_role("button", name="Undo", exact=True).wait_for()
    page.get_by_role("link", name="History", exact=True).click()
    ready(page, "/history")
    line = page.locator(".past li", has_text=title).first
    assert "Not for me" in line.inner_text()
    before = page.locator(".past li").count()
    line.get_by_role("button", name=f"Forget {title}").click()
    page.locator(".past li", has_text=title).first.wait_for(state="detached")
    assert page.locator(".past li").count() == before - 1


def test_talk_with_a_question_back(at):
    page = at("/")
    page.click("#talk")
    page.fill("#chat-words", "a dress")
    page.press("#chat-words", "Enter")
    page.get_by_text("Which colour").wait_for()
    page.locator("#chat-turns .replies button", has_text="red").click()
    page.get_by_role("button", name="Remove colour: red").or_(page.get_by_role("button", name="Remove red")).wait_for()
    found = page.locator("#chat-turns .theirs").last.locator(".card .title").all_inner_texts()
    assert [title.startswith("Red dress") for title in found[:3]] == [True] * 3


def test_see_it_on_you_and_correct_it(at):
    page = at("/item/tee-1")
    page.get_by_role("link", name="See it on you").click()
    ready(page, "/on-you/tee-1")
    page.set_input_files("[data-show-photo]", file(Image.fromarray(mannequin())))
    page.locator(".show img.before").wait_for()
    page.get_by_role("button", name="Show it").click()
    page.get_by_text("Tick that the photo may be used").wait_for()
    page.check("[data-show-consent]")
    page.get_by_role("button", name="Show it").click()
    page.locator(".show img.after").wait_for()
    page.get_by_text("A preview, not a fit.").wait_for()
    page.get_by_text("Correct it").click()
    page.check("[data-show-points]")
    shoulder = page.get_by_role("button", name="left shoulder")
    before = shoulder.bounding_box()["x"]
    shoulder.focus()
    page.keyboard.press("ArrowLeft")
    assert shoulder.bounding_box()["x"] < before
    with page.expect_request("**/try-on") as sent:
        page.get_by_role("button", name="Show it").click()
    assert set(sent.value.post_data_json["points"]) >= {"left shoulder", "right shoulder"}
    page.get_by_role("button", name="Delete my photo").click()
    assert page.locator(".show .photo img").count() == 0


def test_see_it_in_your_room_turned_and_painted(at):
    page = at("/item/box-1")
    page.get_by_role("link", name="See it in your room").click()
    ready(page, "/in-room/box-1")
    room = Image.fromarray(np.full((300, 400, 3), (205, 200, 190), np.uint8))
    page.set_input_files("[data-show-photo]", file(room))
    page.locator(".show img.before").wait_for()
    page.get_by_text("Correct it").click()
    page.check("[data-show-mark]")
    page.fill("[data-show-turn]", "15")
    page.check("[data-show-brush]")
    page.fill("[data-show-width]", "20")
    page.locator(".show canvas.brush").scroll_into_view_if_needed()
    box = page.locator(".show canvas.brush").bounding_box()
    for row in (0.4, 0.55, 0.7, 0.85):
        page.mouse.move(box["x"] + 8, box["y"] + row * box["height"])
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] - 8, box["y"] + row * box["height"], steps=3)
        page.mouse.up()
    with page.expect_request("**/place") as sent:
        page.get_by_role("button", name="Show it").click()
    asked = sent.value.post_data_json
    assert (asked["turn"], asked["scale"], len(asked["floor"])) == (15, 1, 4)
    brush = np.asarray(Image.open(io.BytesIO(base64.b64decode(asked["brush"]))).convert("L"))
    assert brush.shape == (300, 400)
    assert brush[200, 200] == 255
    assert brush[:60].max() == 0
    page.get_by_text(re.compile("cm large|Not shown")).wait_for()


def test_approve_a_creative(at):
    page = at("/creatives?state=waiting")
    page.fill("#who", "Anna")
    card = page.locator(".creative").first
    name = card.get_attribute("data-name")
    card.get_by_role("button", name="Approve", exact=True).click()
    page.locator(f'.creative[data-name="{name}"]', has_text="Approved by Anna").wait_for()
    page.locator(f'.creative[data-name="{name}"]').get_by_role("button", name="Undo").click()
    page.locator(f'.creative[data-name="{name}"]').get_by_role("button", name="Approve").wait_for()


def test_stop_a_job(at):
    page = at("/running")
    page.select_option("select[name=part]", "space")
    page.get_by_role("button", name="Begin a fit").click()
    page.locator(".job.running [role=progressbar]").first.wait_for()
    page.get_by_role("button", name=re.compile("Stop Fit|Stop fit")).click()
    page.locator(".job").first.get_by_text("Stopped").wait_for(timeout=20_000)
    assert page.locator(".job.running").count() == 0


def test_a_list_for_somebody_and_for_nobody(visit):
    for path in ("/?q=dress&person=person-3", "/?q=dress"):
        page = visit(path)
        card = page.locator("#main .card").nth(1)
        title = card.get_attribute("data-title")
        card.get_by_role("button", name=f"On your list: {title}").click()
        page.get_by_role("link", name="List 1").click()
        ready(page, "/list")
        page.locator(".listed .card").wait_for()
        assert page.locator(".listed .title").all_inner_texts() == [title]
        heart = page.locator(".listed .heart")
        assert heart.get_attribute("aria-pressed") == "true"
        heart.click()
        page.wait_for_function("!document.querySelector('.listed .heart[aria-pressed=true]')")
        page.wait_for_timeout(1_000)  # what was clicked is on its way
        page.reload()
        page.get_by_role("heading", name="Your list is empty").wait_for()


def test_a_rule_is_tried_put_in_force_and_taken_out(visit):
    page = visit("/rules")
    page.select_option("select[name=kind]", "pin")
    page.fill("input[name=what]", "d-07")
    page.get_by_role("button", name="Try it").click()
    ready(page, "what=d-07")
    assert page.locator(".sides-by-side ol").nth(1).locator("li").first.inner_text().startswith("White dress 7")
    page.get_by_role("button", name="Put it in force").click()
    page.get_by_role("row", name=re.compile("Put d-07 at place 1")).wait_for()
    page.get_by_role("button", name="Take out: put d-07 at place 1").click()
    page.get_by_text("There are none").wait_for()


def test_a_table_sorts_by_its_headings(visit):
    page = visit("/health")
    table = page.locator("table", has_text="Such as")
    table.get_by_role("button", name="Values").click()
    counts = [int(cell) for cell in table.locator("tbody td:nth-child(4)").all_inner_texts()]
    assert counts == sorted(counts)
    table.get_by_role("button", name="Values").click()
    assert [int(cell) for cell in table.locator("tbody td:nth-child(4)").all_inner_texts()] == counts[::-1]
    assert table.locator("th").nth(3).get_attribute("aria-sort") == "descending"
