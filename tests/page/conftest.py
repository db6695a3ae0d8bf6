"""A server with the stand-in shop, in a process of its own, and a browser that looks at it."""

import sys
from pathlib import Path

import pytest

from tests.page.serving import listening, serving

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
    --disable-component-update --disable-sync""".split()  # noqa: SIM905


@pytest.fixture(scope="module")
def browser():
    """Debian's chromium."""
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def address():
    """A stand-in shop for all journeys of a file."""
    with serving() as found:
        yield found


@pytest.fixture(scope="session")
def small_shop(tmp_path_factory):
    """The address of a real shop, for all journeys that need one."""
    folder = tmp_path_factory.mktemp("small-shop") / "shop"
    with listening([sys.executable, "-m", "tests.page.small_shop", str(folder), "0"], "/readyz") as found:
        yield found


@pytest.fixture
def visit(browser, address):
    """A function that opens a path in a fresh window; the test fails when the page throws or asks another host."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(60_000)
    wrong = []

    def opened(path, **size):
        page = context.new_page()
        if size:
            page.set_viewport_size(size)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "request",
            lambda request: request.url.startswith(("http://127.0.0.1", "blob:", "data:")) or wrong.append(request.url),
        )
        page.goto(address + path)
        page.wait_for_function("window.did_handshake === true")
        return page

    yield opened
    context.close()
    assert wrong == []
