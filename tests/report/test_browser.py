"""The page in a real browser: no request, no complaint, every mark reached by keyboard."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from affekt import report
from affekt.taxonomy import VALENCE2
from tests.report import made

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
    const marks = [...figure.querySelectorAll(".marks > *, .grid td[class]")];
    const key = (mark, name) => mark.dispatchEvent(new KeyboardEvent("keydown", {key: name}));
    const seen = new Set(), queue = marks.slice(0, 1);
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
    stops = ":is(.marks > *, .grid td)[tabindex='0']"
    assert shown.evaluate(f'document.querySelectorAll("{stops}").length') == 14
    assert shown.evaluate(REACHED) == [0] * 15


def test_focus_is_seen_and_said(browser: Any, page: Path) -> None:
    shown, _, _ = opened(browser, page)
    shown.focus("#exhibit-g14 details summary")
    shown.keyboard.press("Shift+Tab")
    shown.keyboard.press("Shift+Tab")
    shown.keyboard.press("Shift+Tab")
    shown.keyboard.press("ArrowRight")
    said = shown.evaluate("document.querySelector('#exhibit-g14 .readout').textContent")
    assert re.match(r"\w+: said \d+\.\d %, right \d+\.\d % of \d+", said)
    assert shown.evaluate("getComputedStyle(document.activeElement).strokeWidth") == "3px"


def test_a_cell_of_a_matrix_is_reached_and_said_with_its_row_and_column(
    browser: Any, page: Path
) -> None:
    """P5, G3."""
    shown, _, _ = opened(browser, page)
    shown.focus("#exhibit-g3 .grids")
    shown.keyboard.press("Tab")
    shown.keyboard.press("ArrowRight")
    said = shown.evaluate("document.querySelector('#exhibit-g3 .readout').textContent")
    assert re.match(r"\w+: amusement answered as awe, \d+ %, \d+ of 12$", said)
    assert shown.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"


def test_dark_style_changes_the_ground_and_print_is_light(browser: Any, page: Path) -> None:
    """P5, P22."""
    shown, _, _ = opened(browser, page, color_scheme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    assert shown.evaluate(ground) == "rgb(20, 23, 27)"
    shown.emulate_media(media="print", color_scheme="dark")
    assert shown.evaluate(ground) == "rgb(255, 255, 255)"


def test_a_page_without_script_is_whole(browser: Any, page: Path) -> None:
    """P3: all marks and all tables are there, and nobody has to step through all marks."""
    context = browser.new_context(java_script_enabled=False)
    shown = context.new_page()
    shown.goto(page.as_uri())
    text = shown.content()
    assert text.count("<title>") > 100
    assert shown.locator(".marks [tabindex]").count() == 0
    assert shown.locator("figure details table").count() == 14
    assert shown.locator("#exhibit-g3 .grid").count() == 2
    assert shown.locator("#exhibit-g4 .ground").first.is_visible()
    assert shown.locator("#exhibit-g1 .marks > *").first.is_visible()


GO_ROUND = """() => {
  const figure = document.querySelector("#exhibit-g4 figure");
  const ground = figure.querySelector(".ground"), readout = figure.querySelector(".readout");
  const press = (name) => ground.dispatchEvent(new KeyboardEvent("keydown", {key: name}));
  const seen = new Set();
  for (const start of ["Home", "End"]) {
    press(start);
    for (const name of ["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"]) {
      for (let step = 0; step < 60; step++) { press(name); seen.add(readout.textContent); }
    }
  }
  return [...seen];
}"""


def test_a_picture_of_a_map_is_ringed_in_both_shown_and_told(browser: Any, page: Path) -> None:
    """G4, P3: by the pointer."""
    shown, _, complaints = opened(browser, page)
    first = shown.locator("#exhibit-g4 .plot").first
    ground = first.locator(".ground")
    ground.scroll_into_view_if_needed()
    inside = first.evaluate(
        "one => { const g = one.querySelector('.ground').getBBox(), p = "
        "one.querySelector('.cloud').points[0]; return [p.x - g.x, p.y - g.y]; }"
    )
    ground.hover(position={"x": inside[0], "y": inside[1]})
    rings = shown.locator("#exhibit-g4 .ring")
    assert rings.count() == 2
    assert shown.locator("#exhibit-g4 .peek use").count() == 1
    said = shown.evaluate("document.querySelector('#exhibit-g4 .readout').textContent")
    assert re.match(r"\w+: ", said)
    ground.hover(position={"x": 1, "y": 1})
    assert rings.count() == 0
    assert complaints == []


def test_pictures_of_a_map_are_reached_by_arrow_keys(browser: Any, page: Path) -> None:
    """P5: one tab stop a map, told to those who do not see it."""
    shown, _, _ = opened(browser, page)
    readout = shown.locator("#exhibit-g4 figure .readout").first
    assert readout.get_attribute("aria-live") == "polite"
    assert len(shown.evaluate(GO_ROUND)) > 10
    shown.keyboard.press("Tab")
    shown.focus("#exhibit-g4 .ground")
    shown.keyboard.press("ArrowRight")
    shown.keyboard.press("Escape")
    assert readout.text_content() == ""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Any, page: Path, scheme: str) -> None:
    """P5."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is missing")
    shown, _, _ = opened(browser, page, color_scheme=scheme)
    shown.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    found = axe.Axe().run(shown).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == []


def test_one_emotion_of_a_map_is_shown_alone_and_a_picture_is_found(
    browser: Any, page: Path
) -> None:
    """M83: the others can neither be pointed at nor reached; a word finds the next picture."""
    shown, _, complaints = opened(browser, page)
    figure = shown.locator("#exhibit-g4 figure").first
    choice, readout = figure.locator("select"), figure.locator(".readout")
    labels = choice.locator("option").all_text_contents()
    choice.select_option(labels[1])
    bright = figure.locator(".cloud:not(.dim)").evaluate_all("all => all.map(o => o.dataset.label)")
    assert set(bright) == {labels[1]} != set(labels[1:])
    assert all(said.startswith(f"{labels[1]}: ") for said in shown.evaluate(GO_ROUND))
    choice.select_option(labels[0])
    assert figure.locator(".dim").count() == 0
    figure.locator("input").fill("PAINTER")
    found = set()
    for _ in range(3):
        figure.locator("input").press("Enter")
        found.add(readout.text_content())
    assert len(found) == 3
    assert all("A. Painter" in one for one in found)
    figure.locator("input").fill("nobody")
    figure.locator("input").press("Enter")
    assert readout.text_content() == "no picture is told so"
    assert complaints == []


PLACES = "all => all.map(one => [...one.points].map(p => [p.x, p.y]))"


def test_a_map_is_drawn_larger_around_a_picture_dragged_and_drawn_as_before(
    browser: Any, page: Path
) -> None:
    """M83: by keys and pointer; what is outside the square can neither be seen nor reached."""
    shown, _, complaints = opened(browser, page)
    plots = shown.locator("#exhibit-g4 .plot")
    ground, clouds = plots.first.locator(".ground"), plots.first.locator(".cloud")
    before, other = clouds.evaluate_all(PLACES), plots.last.locator(".cloud").evaluate_all(PLACES)
    ground.focus()
    shown.keyboard.press("End")
    ring = plots.first.locator(".ring")
    place = [float(ring.get_attribute(name)) for name in ("cx", "cy")]
    for _ in range(3):
        shown.keyboard.press("+")
    stayed = [float(ring.get_attribute(name)) for name in ("cx", "cy")]
    assert stayed == pytest.approx(place, abs=0.01)
    larger = clouds.evaluate_all(PLACES)
    assert larger != before
    assert plots.last.locator(".cloud").evaluate_all(PLACES) == other
    reached = len(shown.evaluate(GO_ROUND))
    box = ground.bounding_box()
    shown.mouse.move(box["x"] + 200, box["y"] + 200)
    shown.mouse.down()
    shown.mouse.move(box["x"] + 240, box["y"] + 230, steps=3)
    shown.mouse.up()
    assert clouds.evaluate_all(PLACES) != larger
    ground.focus()
    shown.keyboard.press("0")
    assert clouds.evaluate_all(PLACES) == before
    assert reached < len(shown.evaluate(GO_ROUND))
    assert complaints == []


def test_covered_pictures_open_by_key_and_click_and_never_in_print_or_without_script(
    browser: Any, tmp_path: Path
) -> None:
    """R22."""
    world = made.World(tmp_path / "work")
    build = made.build(world, VALENCE2, each=4)
    words = {"other": ("art",)}  # the tag of all
    given = made.whole(world, taxonomy=VALENCE2, build=build, warning_words=words)
    page = report.write(given, tmp_path / "out", only="G1")
    clear = "getComputedStyle(document.querySelector('.covered .clear')).display"
    shown, _, complaints = opened(browser, page)
    tile = shown.locator(".covered").first
    assert shown.evaluate(clear) == "none"
    tile.focus()
    shown.keyboard.press("Enter")
    assert shown.evaluate(clear) == "inline"
    assert tile.get_attribute("aria-pressed") == "true"
    shown.emulate_media(media="print")
    assert shown.evaluate(clear) == "none"
    shown.emulate_media(media="screen")
    middle = tile.locator(".edge").bounding_box()
    shown.mouse.click(middle["x"] + 48, middle["y"] + 48)
    assert shown.evaluate(clear) == "none"
    assert complaints == []
    still = browser.new_context(java_script_enabled=False).new_page()
    still.goto(page.as_uri())
    still.locator(".covered .band").first.click()
    assert not still.locator(".covered .clear").first.is_visible()
