"""axe-core finds nothing serious on any page, by day on a desk and by night on a phone."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from tastemaker.page.pages import PAGES

pytestmark = pytest.mark.browser
PATHS = [
    "/?person=person-1", "/?q=red+dress", "/?q=nothing+like+this&under=1", "/item/tee-1?person=person-1",
    "/on-you/tee-1", "/in-room/box-1", "/draw", "/list", "/history", "/rules?kind=pin&what=d-07",
    *(f"{page.path}?person=person-1" for page in PAGES),
]  # fmt: skip
RULES = """async () => (await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }))
    .violations.filter((one) => ["serious", "critical"].includes(one.impact))
    .map((one) => `${one.id}: ${one.nodes.map((node) => node.target).join(" | ").slice(0, 300)}`)"""


@pytest.fixture(scope="module")
def address(small_shop):
    return small_shop


@pytest.fixture(scope="module")
def axe():
    """The script, as the package axe-playwright-python ships it."""
    found = find_spec("axe_playwright_python")
    if found is None or not found.submodule_search_locations:
        pytest.skip("axe-playwright-python is not installed")
    return (Path(found.submodule_search_locations[0]) / "axe.min.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", PATHS)
def test_nothing_serious(visit, axe, path):
    page = visit(path)
    page.wait_for_function("!document.querySelector('[aria-busy=true], [data-list]')", timeout=60_000)
    if path == "/item/tee-1?person=person-1":
        page.click("#talk")
    page.evaluate(axe)
    assert page.evaluate(RULES) == []
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(RULES) == []


def test_nothing_serious_in_a_conversation(visit, axe):
    page = visit("/")
    page.click("#talk")
    for said in ("a red dress", "like the first but in blue", "put the first on my list", "what is on my list"):
        page.fill("#chat-words", said)
        page.press("#chat-words", "Enter")
        page.wait_for_selector("#chat-turns .theirs:last-child:not(.waiting) .told")
    page.evaluate(axe)
    assert page.evaluate(RULES) == []
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(RULES) == []
