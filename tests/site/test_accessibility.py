"""Every page with axe, in both themes and on the narrowest screen."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from tests.site.scene import Site, link_of, site
from tests.site.screens import MARKS, PAID, answer_all, opened, seen, sign_in, take_test
from tests.site.test_desk import Desk

pytestmark = MARKS


def test_no_page_has_a_barrier(browser: Any, tmp_path: Path) -> None:
    """C56: axe finds nothing in either theme, and at 320 pixels nothing scrolls sideways."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    with site(tmp_path / "site", PAID) as one, opened(browser) as (page, _):
        pages = chain(worker_pages(one, page), desk_pages(one, page))
        found = [one for name in pages for one in barriers(page, axe, name)]
    assert found == []


def barriers(page: Any, axe: Any, name: str) -> list[str]:
    """Give what keeps somebody from using the page that is shown."""
    found = []
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        violations = axe.run(page).response["violations"]
        found += [f"{name}, {scheme}: {one['id']}: {one['nodes'][0]['html']}" for one in violations]
    page.set_viewport_size({"width": 320, "height": 640})
    if page.evaluate("document.documentElement.scrollWidth") > 320:
        found.append(f"{name}: wider than the screen")
    page.set_viewport_size({"width": 1200, "height": 800})
    return found


def worker_pages(one: Site, page: Any) -> Iterator[str]:
    """Go the way of a worker, and give the name of each page that is shown."""
    page.goto(one.address)
    yield "landing"
    page.goto(f"{one.address}/w/nobody")
    yield "unknown link"
    page.goto(f"{one.address}/w/{link_of(one.live, is_ready=False)}")
    yield "consent"
    page.click("button[value=agree]")
    yield "feelings"
    page.click("button[type=submit]")
    yield "test start"
    page.click("text=Start the test")
    yield "test"
    take_test(page)
    yield "test end"
    page.goto(f"{one.address}/home")
    yield "home"
    page.click("form[action='/batch/begin'] button")
    page.wait_for_url("**/batch")
    yield from batch_pages(page)
    page.goto(f"{one.address}/help")
    page.fill("#message", "What <b>now</b>?")
    page.click("form[action='/help'] button")
    yield "help"


def batch_pages(page: Any) -> Iterator[str]:
    """Go through a batch, its dialogs and its end."""
    seen(page)
    yield "batch"
    for key, name in (("?", "help"), ("Escape", "pause")):
        page.keyboard.press(key)
        page.wait_for_selector(f"#{name}-dialog[open]")
        yield f"{name} dialog"
        page.keyboard.press("Escape")
    answer_all(page)
    yield "end of batch"
    page.click("#submit")
    page.wait_for_selector("text=Thank you")
    yield "thanks"


def desk_pages(one: Site, page: Any) -> Iterator[str]:
    """Sign in, and give the name of each page of the staff that is shown."""
    desk = Desk(one)
    page.goto(f"{one.address}/desk/sign-in")
    yield "sign in"
    sign_in(page, one, desk)
    worker = desk.get("/workers").text.split("/desk/workers/")[1].split('"')[0]
    for address in (
        "", "/plan", "/plan?votes=no&items.awe=x", "/items", "/items/q000", "/workers",
        f"/workers/{worker}", "/messages", "/test",
        "/payments", "/invitations", "/exports", "/audit", "/staff", "/second-factor",
    ):  # fmt: skip
        page.goto(f"{one.address}/desk{address}")
        yield f"desk{address}"
    page.goto(f"{one.address}/api/v1")
    yield "api"
