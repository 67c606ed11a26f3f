"""The page in a real browser: no request, no complaint, every mark reached by keyboard."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]
REACHED = """() => {
  const missed = [];
  for (const figure of document.querySelectorAll("figure")) {
    const marks = [...figure.querySelectorAll(".mark")];
    const key = (mark, name) => mark.dispatchEvent(new KeyboardEvent("keydown", {key: name}));
    const seen = new Set(), queue = [marks[0]];
    while (queue.length) {
      const mark = queue.pop();
      if (seen.has(mark)) continue;
      seen.add(mark);
      for (const name of ["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", "End"]) {
        mark.focus(); key(mark, name); queue.push(document.activeElement);
      }
    }
    missed.push(marks.filter((mark) => !seen.has(mark)).length);
  }
  return missed;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as tools:
        yield tools.chromium.launch(executable_path=CHROMIUM, args=QUIET)


def opened(
    browser: Any, file: Path, width: int = 1200, **options: Any
) -> tuple[Any, list[str], list[str]]:
    """The page, what it asked for and what the browser complained about."""
    page = browser.new_page(viewport={"width": width, "height": 800}, **options)
    requests: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(file.as_uri())
    return page, requests, complaints


def test_a_page_asks_for_nothing_but_itself_and_nothing_is_refused(
    browser: Any, page: Path
) -> None:
    """P1; a style or script that the policy refuses would be a complaint."""
    shown, requests, complaints = opened(browser, page)
    assert [url for url in requests if not url.startswith("data:")] == [page.as_uri()]
    assert complaints == []
    assert (
        shown.evaluate("getComputedStyle(document.querySelector('.s1')).fill")
        == "rgb(59, 107, 141)"
    )


@pytest.mark.parametrize("width", [360, 1200])
def test_a_page_never_scrolls_sideways(browser: Any, page: Path, width: int) -> None:
    shown, _, _ = opened(browser, page, width)
    assert shown.evaluate("document.documentElement.scrollWidth") <= width


def test_every_mark_is_reached_by_arrow_keys_and_each_figure_is_one_tab_stop(
    browser: Any, page: Path
) -> None:
    """P5."""
    shown, _, _ = opened(browser, page)
    assert shown.evaluate("document.querySelectorAll('.mark[tabindex=\"0\"]').length") == 10
    assert shown.evaluate(REACHED) == [0] * 10


def test_focus_is_seen_and_said(browser: Any, page: Path) -> None:
    shown, _, _ = opened(browser, page)
    shown.focus("#exhibit-g3 details summary")
    shown.keyboard.press("Shift+Tab")
    shown.keyboard.press("Shift+Tab")
    shown.keyboard.press("Shift+Tab")
    shown.keyboard.press("ArrowRight")
    said = shown.evaluate("document.querySelector('#exhibit-g3 .readout').textContent")
    assert re.match(r"net: amusement answered as awe, \d+\.\d %", said)
    assert shown.evaluate("getComputedStyle(document.activeElement).strokeWidth") == "3px"


def test_dark_style_changes_the_ground_and_print_is_light(browser: Any, page: Path) -> None:
    """P5, P22."""
    shown, _, _ = opened(browser, page, color_scheme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    assert shown.evaluate(ground) == "rgb(20, 23, 27)"
    shown.emulate_media(media="print", color_scheme="dark")
    assert shown.evaluate(ground) == "rgb(255, 255, 255)"


def test_a_page_without_script_is_whole(browser: Any, page: Path) -> None:
    """P3: all marks and all tables are there."""
    context = browser.new_context(java_script_enabled=False)
    shown = context.new_page()
    shown.goto(page.as_uri())
    text = shown.content()
    assert text.count('tabindex="0" role="img"') > 100
    assert shown.locator("figure table").count() == 10
    assert shown.locator("#exhibit-g1 svg.tile").first.is_visible()
