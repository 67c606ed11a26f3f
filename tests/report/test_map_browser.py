"""The page of a map in a real browser: walked by pointer and keyboard, without a request (M83)."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from affekt.taxonomy import VALENCE2
from tests.report import walked
from tests.report.test_browser import CHROMIUM, browser, opened

__all__ = ["browser"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]
DRAWN = "sides.map((side) => side.canvas.toDataURL())"
NAME = "document.getElementById('name').textContent"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return walked.pages(tmp_path_factory.mktemp("walked"))


def shown(browser: Any, page: Path, width: int = 1200, **options: Any) -> tuple[Any, list[str]]:
    """The page with all its pictures, and what the browser complains about."""
    one, requests, complaints = opened(browser, page, width, **options)
    assert [url for url in requests if not url.startswith("data:")] == [page.as_uri()]
    one.evaluate("Promise.all(sheets.map((sheet) => sheet.decode())).then(() => null)")
    one.evaluate("fitted()")
    return one, complaints


def said(one: Any) -> dict[str, str]:
    """What is told of the picked picture."""
    told: dict[str, str] = one.evaluate(
        "Object.fromEntries([...document.querySelectorAll('#picked dl div')]"
        ".map((line) => [...line.children].map((word) => word.textContent)))"
    )
    return {"name": one.evaluate(NAME), **told}


@pytest.mark.parametrize("width", [360, 1200])
def test_a_page_asks_for_nothing_and_never_scrolls_sideways(
    browser: Any, page: Path, width: int
) -> None:
    """P1, M83: both maps are drawn, as wide as there is room."""
    one, complaints = shown(browser, page, width)
    one.locator(".map").first.press("Home")
    assert one.evaluate("document.documentElement.scrollWidth") <= width
    assert one.evaluate("sides.map((side) => side.size > 250)") == [True, True]
    assert complaints == []


def test_a_picture_is_found_by_the_start_of_its_name_or_id(browser: Any, page: Path) -> None:
    """M83: it is moved to, marked on both maps, and shown even where its emotion was left out."""
    one, complaints = shown(browser, page)
    before = one.evaluate(DRAWN)
    one.click("#none")
    one.fill("#wanted", "IN/07")
    one.press("#wanted", "Enter")
    assert said(one)["name"] == "in/07.jpg"
    assert all(old != new for old, new in zip(before, one.evaluate(DRAWN), strict=True))
    inside = "sides.every((side) => isInside(side, place(side, state.row)))"
    assert one.evaluate(inside)
    assert one.locator(".emotion:checked").count() == 1
    row = one.evaluate("told.names.indexOf('in/11.jpg')")
    one.fill("#wanted", one.evaluate(f"idOf({row})") + "0" * 48)
    one.click("#find")
    assert said(one)["name"] == "in/11.jpg"
    one.fill("#wanted", "in/0")
    found = set()
    for _ in range(3):
        one.press("#wanted", "Enter")
        found.add(said(one)["name"])
    assert all(name.startswith("in/0") for name in found)
    assert len(found) == 3
    one.fill("#wanted", "n/07")
    one.press("#wanted", "Enter")
    assert one.text_content("#said") == "No picture's id or name begins so."
    one.fill("#wanted", "</script>")
    one.press("#wanted", "Enter")
    assert said(one)["name"] == walked.HOSTILE
    assert complaints == []


def test_emotions_are_left_out_and_nothing_of_them_is_reached(browser: Any, page: Path) -> None:
    """M83: checkboxes with counts."""
    one, complaints = shown(browser, page)
    whole = one.evaluate(DRAWN)
    first = one.locator("fieldset label").first
    assert " ".join(first.inner_text().split()) == f"{VALENCE2.names[0]} 12"
    first.locator("input").uncheck()
    assert one.text_content("#said") == "12 of 24 pictures are shown."
    assert one.evaluate(DRAWN)[0] != whole[0]
    assert set(reached(one)) == {VALENCE2.names[1]}
    one.click("#all")
    one.keyboard.press("Tab")
    one.locator(".map").first.press("Escape")
    assert one.evaluate(DRAWN) == whole
    assert complaints == []


def reached(one: Any) -> Counter[str]:
    """Labels of all pictures that Page down goes through."""
    found: list[dict[str, str]] = []
    ground = one.locator(".map").first
    ground.press("Home")
    while not found or found[-1] != said(one):
        found.append(said(one))
        ground.press("PageDown")
    return Counter(each["label"] for each in found)


def test_colours_are_of_labels_predictions_or_right_and_wrong(browser: Any, page: Path) -> None:
    """M83: of the entry that was tested here; the other is no choice."""
    one, complaints = shown(browser, page)
    assert one.locator("#answer option").all_text_contents() == ["net, kfold"]
    looks = {}
    for by in ("label", "answer", "verdict"):
        one.select_option("#by", by)
        looks[by] = one.evaluate("[...labels].map((_, row) => look(row))"), *one.evaluate(DRAWN)
        assert one.locator("#verdicts").is_visible() == (by == "verdict")
    assert len({drawn for _, drawn, _ in looks.values()}) == 3
    counts = one.locator("#verdicts .count").all_text_contents()
    assert counts == ["7", "13", "4"]  # of 20, every third; the last four were not tested
    assert Counter(looks["verdict"][0]) == {2: 7, 3: 13, 4: 4}
    assert Counter(looks["answer"][0])[4] == 4
    one.evaluate("void (window.turned = new Promise((does) => dark.onchange = () => does(1)))")
    one.emulate_media(color_scheme="dark")
    one.evaluate("turned")
    assert one.evaluate(DRAWN)[0] != looks["verdict"][1]
    assert complaints == []


def test_the_keyboard_reaches_and_tells_every_picture(browser: Any, page: Path) -> None:
    """M83, P5: a focus alone tells one; keys draw the map larger, move it, and draw it whole."""
    one, complaints = shown(browser, page)
    assert one.locator("#picked").get_attribute("aria-live") == "polite"
    one.focus("#none")
    one.keyboard.press("Tab")
    told = said(one)
    assert told["label"] in VALENCE2.names
    assert {"prediction of net, kfold", "part", "group", "id"} < set(told)
    assert reached(one) == dict.fromkeys(VALENCE2.names, 12)
    ground, names = one.locator(".map").first, set()
    for key in ("ArrowLeft", "ArrowUp", "ArrowRight", "ArrowDown", "End"):
        ground.press(key)
        names.add(said(one)["name"])
    assert len(names) > 1
    picked, whole = said(one), one.evaluate(DRAWN)
    for key in ("+", "+", "+", "+"):
        ground.press(key)
    larger = one.evaluate(DRAWN)
    assert (larger[0] != whole[0], larger[1] == whole[1]) == (True, True)
    one.evaluate("centred(sides[0], 0.5, 0.5)")
    centre = "[sides[0].across, sides[0].down]"
    across, down = one.evaluate(centre)
    ground.press("Shift+ArrowRight")
    ground.press("Shift+ArrowUp")
    moved = one.evaluate(centre)
    assert (moved[0] > across, moved[1] < down) == (True, True)
    ground.press("0")
    assert one.evaluate(DRAWN) == whole
    assert said(one) == picked
    ground.press("Escape")
    assert not one.locator("#picked").is_visible()
    assert complaints == []


def test_the_pointer_tells_keeps_drags_and_draws_larger(browser: Any, page: Path) -> None:
    """M83: what is picked on one map is marked on the other."""
    one, complaints = shown(browser, page)
    ground = one.locator(".map").first
    ground.scroll_into_view_if_needed()
    before = one.evaluate(DRAWN)
    x, y = one.evaluate("place(sides[0], 3)")
    ground.hover(position={"x": x + 2, "y": y})
    first = said(one)["name"]
    assert all(old != new for old, new in zip(before, one.evaluate(DRAWN), strict=True))
    ground.click(position={"x": x + 2, "y": y})
    ground.hover(position={"x": 2, "y": 2})
    assert said(one)["name"] == first
    box = ground.bounding_box()
    one.evaluate(
        "void (window.rolled = new Promise((does) => sides[0].canvas.onwheel = () => does(1)))"
    )
    one.mouse.wheel(0, -100)
    one.evaluate("rolled")
    assert one.evaluate("sides[0].zoom") == pytest.approx(1.25)
    one.evaluate("centred(sides[0], 0.5, 0.5, 4)")
    one.mouse.move(box["x"] + 100, box["y"] + 100)
    one.mouse.down()
    one.mouse.move(box["x"] + 160, box["y"] + 140, steps=3)
    one.mouse.up()
    assert one.evaluate("sides[0].across < 0.5 && sides[0].down < 0.5")
    assert said(one)["name"] == first
    buttons = one.locator(".zoom").first.locator("button")
    buttons.nth(0).click()
    assert one.evaluate("sides[0].zoom") == pytest.approx(6)
    buttons.nth(2).click()
    assert one.evaluate("sides[0].zoom") == 1
    assert complaints == []


def test_two_fingers_draw_a_map_larger_and_one_taps_or_drags(browser: Any, page: Path) -> None:
    """M83: on a screen that is touched."""
    one, complaints = shown(browser, page, 360, has_touch=True)
    wire = one.context.new_cdp_session(one)
    ground = one.locator(".map").first
    ground.scroll_into_view_if_needed()
    box = ground.bounding_box()

    def touched(kind: str, *points: tuple[float, float]) -> None:
        at = [
            {"x": box["x"] + x, "y": box["y"] + y, "id": finger}
            for finger, (x, y) in enumerate(points)
        ]
        wire.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    touched("touchStart", (100, 100), (200, 100))
    touched("touchMove", (50, 100), (250, 100))
    touched("touchEnd")
    assert one.evaluate("sides[0].zoom") == pytest.approx(2, abs=0.1)
    assert one.evaluate("state.row") == -1
    across = one.evaluate("sides[0].across")
    touched("touchStart", (200, 200))
    touched("touchMove", (150, 200))
    touched("touchEnd")
    assert one.evaluate("sides[0].across") > across
    one.evaluate("into(sides[0], 3, 1)")
    touched("touchStart", tuple(one.evaluate("place(sides[0], 3)")))
    touched("touchEnd")
    assert one.evaluate("state.row") >= 0
    assert complaints == []


def test_a_covered_picture_is_opened_by_key_and_button_one_by_one(browser: Any, page: Path) -> None:
    """M84, R22; pictures can stand on the map for markers."""
    one, complaints = shown(browser, page)
    tile = "find('tile').toDataURL()"
    for name in ("in/00", "in/01"):
        one.fill("#wanted", name)
        one.press("#wanted", "Enter")
        assert one.locator("#open").is_visible() == (name == "in/00")
    one.fill("#wanted", "in/00")
    one.press("#wanted", "Enter")
    assert said(one)["content warning"] == "gore"
    covered = one.evaluate(tile)
    one.locator(".map").first.press("Enter")
    clear = one.evaluate(tile)
    assert clear != covered
    assert one.text_content("#open") == "Cover the picture"
    one.click("#open")
    assert one.evaluate(tile) == covered
    one.click("#open")
    assert one.evaluate(tile) == clear
    one.fill("#wanted", "in/06")
    one.press("#wanted", "Enter")
    assert one.text_content("#open") != "Cover the picture"
    before = one.evaluate(DRAWN)
    one.check("#pictured")
    assert all(old != new for old, new in zip(before, one.evaluate(DRAWN), strict=True))
    assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Any, page: Path, scheme: str) -> None:
    """P5."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is missing")
    one, _ = shown(browser, page, color_scheme=scheme)
    one.select_option("#by", "verdict")
    one.fill("#wanted", "in/00")
    one.press("#wanted", "Enter")
    found = axe.Axe().run(one).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"][:200]) for each in found] == []


def test_without_script_the_page_leads_to_the_maps_that_stand_still(
    browser: Any, page: Path
) -> None:
    """P3."""
    still = browser.new_context(java_script_enabled=False).new_page()
    still.goto(page.as_uri())
    assert still.get_by_text("which does not run here").is_visible()
    assert not still.locator(".map").first.is_visible()
    still.get_by_text("as a drawing").click()
    assert still.url.endswith("/figures/g4-small-1.svg")
