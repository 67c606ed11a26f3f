"""What a person does on a screen, for the tests with a real browser."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from affekt.campaign import settings
from affekt.campaign.settings import Asking, Care, Pay
from affekt.journal.schema import votes
from tests import patience
from tests.site.scene import Site

CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update",
]  # fmt: skip
MARKS = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]
IS_SEEN = """() => {
  const image = document.querySelector("#batch.is-ready figure:not(.loading) img");
  return Boolean(image && image.naturalWidth > 0) && !document.querySelector("#warn-dialog[open]");
}"""
PATIENCE_MS = 1_000 * patience.SECONDS
# The clock of a page that a test moves by hand, as the same look must be long or short anywhere.
STANDING = "window.clockMs = 0; performance.now = () => window.clockMs;"
FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
PAID = Asking(
    batch=5, gold_rate=0, min_view_ms=50, pay=Pay(per_batch=Decimal("1.20")),
    test=settings.Test(n_questions=4, pass_at=0), care=Care(warn_of=("fear", "sadness")),
)  # fmt: skip
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


@contextmanager
def opened(browser: Any, **options: Any) -> Iterator[tuple[Any, list[str]]]:
    """A page of a new browser profile, and what the browser complained about."""
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.extend([said.text] * (said.type == "error")))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    try:
        yield page, complaints
    finally:
        context.close()


def until(page: Any, claim: str) -> None:
    """Wait until something is so; asked from outside, for the page's policy forbids `eval`."""
    for _ in range(PATIENCE_MS // 20):
        if page.evaluate(claim):
            return
        page.wait_for_timeout(20)
    raise AssertionError(f"{claim} did not come true")


def pass_ms(page: Any, milliseconds: int) -> None:
    """Move the standing clock of a page."""
    page.evaluate(f"window.clockMs += {milliseconds}")


def begun(page: Any, one: Site, secret: str) -> None:
    """Open a link and begin a batch."""
    page.goto(f"{one.address}/w/{secret}")
    page.click("form[action='/batch/begin'] button")
    page.wait_for_url("**/batch")
    seen(page)


def seen(page: Any) -> None:
    """Go on where a warning stands before the picture, and look at it for long enough."""
    page.wait_for_selector("#warn-dialog[open], #batch.is-ready figure:not(.loading) img")
    if page.locator("#warn-dialog[open]").count():
        page.keyboard.press("Enter")
    until(page, IS_SEEN)
    page.evaluate(FRAMES)  # its time begins with the frame that shows it
    page.wait_for_timeout(150)


def answer_all(page: Any, key: str = "y") -> None:
    """Answer what is left of a batch by one key."""
    while not page.locator("#batch.is-finished").count():
        say(page, key)


def stored(one: Site) -> list[tuple[bool, str]]:
    with one.live.database.read() as connection:
        found = connection.execute(select(votes.c.felt, votes.c.state).order_by(votes.c.seq))
        return [(bool(felt), state) for felt, state in found]


def tab_to(page: Any, selector: str) -> None:
    """Reach a control by the tabulator alone."""
    for _ in range(60):
        if page.evaluate(f"document.activeElement.matches({selector!r})"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached by Tab")


def take_test(page: Any, count: int = 4) -> None:
    """Answer every picture of the test by the first key."""
    for number in range(1, count + 1):
        page.wait_for_selector(f"img[alt='Image {number} of {count}']")
        until(page, "document.querySelector('#picture img').naturalWidth > 0")
        page.keyboard.press("1")
    page.wait_for_selector("text=You passed")


def press(page: Any, selector: str) -> None:
    """Reach a control by the tabulator alone, and press Enter."""
    tab_to(page, selector)
    page.keyboard.press("Enter")


def say(page: Any, key: str) -> None:
    """Look at the picture, and press a key."""
    seen(page)
    page.keyboard.press(key)


def sign_in(page: Any, one: Site, desk: Any) -> None:
    """Give the browser the session of a member of the staff."""
    cookie = {"name": "affekt_staff", "value": desk.client.cookies["affekt_staff"]}
    page.context.add_cookies([{**cookie, "url": one.address}])
