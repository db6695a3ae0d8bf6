"""What people do on the page, in a real browser."""

import base64
import json
import re
import time
import urllib.request
from urllib.parse import urlencode

import pytest

from tests.page.serving import serving
from tests.page.stand_in import ATTACK, BREAKS, drawn

pytestmark = pytest.mark.browser


def titles(page):
    return page.locator("#main .card:visible .title").all_inner_texts()


def events(address):
    with urllib.request.urlopen(f"{address}/seen-events") as answer:
        return [tuple(event) for event in json.load(answer)]


def until(happened, seconds=15):
    """Wait for something that the server does in its own time."""
    for _ in range(seconds * 20):
        if happened():
            return True
        time.sleep(0.05)
    return False


def give_a_picture(page, colour):
    page.set_input_files("#file", {"name": "mine.jpg", "mimeType": "image/jpeg", "buffer": drawn(colour, "Oak chair")})
    page.locator(".held img").wait_for()


def test_find_by_words_and_go_back(visit):
    page = visit("/")
    page.fill("#words", "oak chair")
    page.click(".go")
    page.wait_for_url("**/?q=oak+chair")
    assert titles(page)[0].startswith("Oak chair")
    assert page.title() == "“oak chair” · Tastemaker"
    page.go_back()
    page.get_by_role("heading", name="Popular now").wait_for()
    assert page.input_value("#words") == ""


def test_find_by_a_picture_then_change_it_then_take_the_change_back(visit):
    page = visit("/")
    assert not page.is_visible("#change")
    give_a_picture(page, "green")
    page.click(".go")
    page.wait_for_url("**/?picture=*")
    assert all("in green" in title for title in titles(page)[:3])
    page.fill("#change", "in red")
    page.press("#change", "Enter")
    page.wait_for_url("**change=in+red*")
    assert all("in red" in title for title in titles(page)[:3])
    page.get_by_role("link", name="Remove colour: red").click()
    page.wait_for_url("**ignore=colour*")
    assert all("in green" in title for title in titles(page)[:3])
    page.get_by_role("link", name="Put back colour: red").click()
    page.wait_for_url(lambda url: "ignore" not in url)
    assert all("in red" in title for title in titles(page)[:3])


def test_a_picture_can_be_dropped_pasted_and_let_go(visit):
    page = visit("/")
    transfer = page.evaluate_handle(
        """(data) => {
            const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
            const transfer = new DataTransfer();
            transfer.items.add(new File([bytes], "mine.jpg", { type: "image/jpeg" }));
            return transfer;
        }""",
        base64.b64encode(drawn("blue", "Oak chair")).decode(),
    )
    page.dispatch_event("#main", "dragenter", {"dataTransfer": transfer})
    assert page.is_visible("#drop")
    page.dispatch_event("#main", "drop", {"dataTransfer": transfer})
    page.locator(".held img").wait_for()
    assert page.is_hidden("#drop")
    page.get_by_role("button", name="Remove your picture").click()
    assert page.locator(".held").count() == 0
    page.evaluate(
        "(data) => document.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }))",
        transfer,
    )
    page.locator(".held img").wait_for()


def test_what_is_no_picture_is_said(visit):
    page = visit("/")
    page.set_input_files("#file", {"name": "mine.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"})
    page.get_by_text("not a picture that can be read").wait_for()


def test_not_for_me_is_recorded_for_the_person_and_can_be_taken_back(visit, address):
    page = visit("/?person=person-2")
    first, second = page.locator("#main .shelf").first.locator(".card").all()[:2]
    kept, gone = first.get_attribute("data-item"), second.get_attribute("data-item")
    first.get_by_role("button", name=re.compile("Not for me")).click()
    first.wait_for(state="hidden")
    page.get_by_role("button", name="Undo").click()
    first.wait_for(state="visible")
    second.get_by_role("button", name=re.compile("Not for me")).click()
    second.wait_for(state="hidden")
    page.reload()
    page.locator("#main .card").first.wait_for()
    assert until(lambda: ("person-2", gone, "dislike") in events(address))
    assert ("person-2", kept, "dislike") not in events(address)
    assert page.locator(f'#main .card[data-item="{gone}"]:visible').count() == 0


def test_without_a_person_a_dislike_stays_in_the_window(visit, address):
    before = len(events(address))
    page = visit("/")
    card = page.locator("#main .card").first
    item = card.get_attribute("data-item")
    card.get_by_role("button", name=re.compile("Not for me")).click()
    page.get_by_text("Hidden in this window").wait_for()
    page.reload()
    page.get_by_role("heading", name="Popular now").wait_for()
    assert page.locator(f'#main .card[data-item="{item}"]:visible').count() == 0
    assert len(events(address)) == before


def test_more_like_this(visit):
    page = visit("/?person=person-1")
    card = page.locator("#main .card").first
    title = card.get_attribute("data-title")
    card.get_by_role("link", name=f"More like this: {title}").click()
    page.wait_for_url("**/?like=*person=person-1")
    assert page.get_by_role("heading", level=1).inner_text() == f"More like {title}"
    assert title not in titles(page)
    colour = title.rpartition(" ")[2]
    assert all(found.endswith(colour) for found in titles(page))


def test_an_item_says_what_it_is_and_why_and_looking_at_it_counts(visit, address):
    page = visit("/?person=person-1")
    card = page.locator("#main .card").first
    item, title = card.get_attribute("data-item"), card.get_attribute("data-title")
    card.locator(".see").click()
    page.wait_for_url("**/item/*")
    assert page.get_by_role("heading", level=1).inner_text() == title
    assert page.locator(".product .cost").inner_text().startswith("€")
    assert page.get_by_role("row", name="Colour").is_visible()
    assert page.get_by_role("heading", name="Why this?").is_visible()
    assert page.locator(".large img").evaluate("image => image.complete && image.naturalWidth > 0")
    assert until(lambda: ("person-1", item, "view") in events(address))


def test_choose_a_person_and_nobody(visit):
    page = visit("/?q=chair")
    page.click("#person")
    page.locator("#people .names a").first.wait_for()
    page.fill("#people input", "person-4")
    page.wait_for_function("document.querySelectorAll('#people .names a').length === 1")
    page.get_by_role("link", name="person-4").click()
    page.wait_for_url("**/?q=chair&person=person-4")
    page.wait_for_function("window.did_handshake === true")
    page.click("#person")
    page.get_by_role("link", name="Nobody").click()
    page.wait_for_url("**/?q=chair")


def test_titles_that_look_like_markup_are_text(visit):
    page = visit("/item/item-7")
    assert page.get_by_role("heading", level=1).inner_text() == ATTACK
    assert page.title().startswith("<script>")
    assert page.locator("#main b").count() == 0


@pytest.mark.parametrize("width", [1280, 390])
def test_the_picture_of_an_item_covers_nothing(visit, width):
    page = visit("/item/item-3")
    page.set_viewport_size({"width": width, "height": 900})
    picture, facts = (page.locator(part).bounding_box() for part in (".large", ".product .facts"))
    if width > 900:
        assert abs(picture["y"] - facts["y"]) < 8  # side by side
    else:
        assert picture["y"] + picture["height"] <= facts["y"]


def test_everything_goes_by_keyboard(visit):
    page = visit("/")
    page.keyboard.press("/")
    page.keyboard.type("red chair")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=red+chair")
    seen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        name = page.evaluate("document.activeElement.getAttribute('aria-label') || document.activeElement.innerText")
        ring = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        seen.append(name)
        if name.startswith("More like this"):
            assert ring == "solid"
            break
    order = [
        place
        for place, name in enumerate(seen)
        if name.startswith(("Skip", "Tastemaker", "Search", "Remove", "Everything"))
    ]
    assert order == sorted(order)
    assert seen.index("Remove colour: red") < seen.index("Everything") < len(seen) - 1
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # not for me
    page.get_by_text("Hidden in this window").wait_for()
    assert page.evaluate("document.activeElement.className") == "see"  # the next card
    page.keyboard.press("Enter")
    page.wait_for_url("**/item/*")


def test_the_person_chooser_goes_by_keyboard(visit):
    page = visit("/")
    page.focus("#person")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelectorAll('#people .names a').length > 1")
    page.keyboard.type("person-3")
    page.wait_for_function("document.querySelectorAll('#people .names a').length === 1")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?person=person-3")
    page.wait_for_function("window.did_handshake === true")
    page.focus("#person")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "person"


@pytest.mark.parametrize(
    "path", ["/?person=person-1", "/?q=sofa+in+red", "/item/item-3?person=person-1", "/draw?q=red+sofa"]
)
def test_a_phone_needs_no_sideways_scrolling_and_has_room_for_a_thumb(visit, path):
    page = visit(path, width=390, height=844)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    small = page.evaluate(
        """() => [...document.querySelectorAll("#page button, #page a, #page input[type=search]")]
            .filter((one) => one.checkVisibility() && !one.matches(".skip, .arrow, .thumbs a"))
            .filter((one) => one.getBoundingClientRect().height < 40)
            .map((one) => one.outerHTML.slice(0, 90))"""
    )
    assert small == []
    bar = page.locator("#search").bounding_box()
    assert bar["y"] > 844 / 2  # within the thumb's reach


def test_pictures_keep_their_place_before_they_arrive(visit):
    page = visit("/?q=chair")
    page.route("**/pictures/**", lambda route: route.abort())
    page.reload()
    boxes = page.locator("#main .card .picture").evaluate_all(
        "all => all.map((one) => one.getBoundingClientRect()).map((box) => box.width / box.height)"
    )
    assert boxes
    assert all(abs(ratio - 0.75) < 0.01 for ratio in boxes)
    page.locator(".picture.bare .cover", has_text="Oak chair in red").wait_for()  # the title stands in


def test_a_slow_answer_shows_its_places_first_then_fills_them_or_says_what_went_wrong(browser):
    with serving(delay=2.5) as address:
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"{address}/?q=chair", wait_until="commit")
        page.locator(".waiting .blank").first.wait_for()
        page.get_by_text("Looking for chair").wait_for()
        page.get_by_role("heading", name="“chair”").wait_for(timeout=15000)
        assert len(titles(page)) == 5
        assert page.title() == "“chair” · Tastemaker"
        page.goto(f"{address}/?{urlencode({'q': BREAKS})}", wait_until="commit")
        page.locator(".waiting .blank").first.wait_for()
        page.get_by_role("heading", name="That did not work").wait_for(timeout=15000)
        page.get_by_role("link", name="Back to the start").wait_for()
        context.close()


def test_what_is_not_there_is_drawn_beside_what_can_be_bought(visit):
    page = visit("/?q=sofa+in+red&person=person-1")
    page.get_by_role("link", name="Draw it").click()
    page.wait_for_url("**/draw?*")
    drawings = page.locator(".drawn img")
    assert drawings.count() == 4
    assert page.get_by_text("Generated", exact=True).count() == 4
    assert drawings.first.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    assert page.get_by_text("Repeats a photo of the shop.").count() == 1
    assert page.locator(".beside").first.locator(".card").count() == 4
    page.get_by_role("link", name="Draw others").click()
    page.wait_for_url("**seed=1")
    page.get_by_role("textbox", name="What should it be?").fill("green chair")
    page.get_by_role("button", name="Draw").click()
    page.wait_for_url("**/draw?q=green+chair&person=person-1")


def test_the_map_is_zoomed_walked_and_opened(visit):
    page = visit("/map?by=kind")
    side = "document.querySelector('#map').viewBox.baseVal.width"
    assert page.evaluate(side) == 1000
    page.click("[data-zoom=in]")
    assert page.evaluate(side) == 600
    page.click("[data-zoom=whole]")
    assert page.evaluate(side) == 1000
    page.focus("#map")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.classList.contains('dot')")
    assert page.locator("#spot").is_visible()
    href = page.evaluate("document.activeElement.getAttribute('href')")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{href}")


def test_the_map_fits_a_phone(visit):
    page = visit("/map", width=390, height=844)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("#map").bounding_box()["width"] > 300
