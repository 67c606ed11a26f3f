"""A worker's whole way in a real browser: by keyboard, by touch, at what pace."""

from pathlib import Path
from typing import Any

from affekt.campaign.settings import Care
from affekt.taxonomy import MIKELS8
from tests.site.scene import QUICK, link_of, site
from tests.site.screens import (
    MARKS,
    PAID,
    PHONE,
    STANDING,
    answer_all,
    begun,
    opened,
    pass_ms,
    press,
    say,
    seen,
    sign_in,
    stored,
    tab_to,
    take_test,
    until,
)  # fmt: skip
from tests.site.test_desk import Desk

pytestmark = MARKS
LOADED = r"performance.getEntriesByType('resource').filter((one) => /\/p\//.test(one.name))"


def test_the_whole_way_by_keyboard_alone(browser: Any, tmp_path: Path) -> None:
    """C55, C57, C58, C61: consent, feelings, test, batch, thanks."""
    with site(tmp_path / "site", PAID) as one, opened(browser) as (page, complaints):
        page.goto(f"{one.address}/w/{link_of(one.live, is_ready=False)}")
        press(page, "button[value=agree]")
        page.wait_for_url("**/feelings")
        choose_all(page)
        press(page, "button[type=submit]")
        page.wait_for_url("**/test")
        press(page, "button[type=submit]")
        take_test(page)
        press(page, "main a.button")
        page.wait_for_url("**/home")
        press(page, "form[action='/batch/begin'] button")
        page.wait_for_url("**/batch")
        say(page, "n")
        say(page, "z")
        page.wait_for_selector("text=Your answer was: No")
        say(page, "y")
        say(page, "s")
        answer_all(page)
        page.keyboard.press("Enter")
        page.wait_for_selector("text=You earned 0.96 USD")
        assert [felt for felt, _ in stored(one)] == [True] * 4
        assert complaints == []


def choose_all(page: Any) -> None:
    """Tick every feeling, by Tab and Space."""
    while page.locator("input[type=checkbox]:not(:checked)").count():
        tab_to(page, "input[type=checkbox]:not(:checked)")
        page.keyboard.press("Space")


def test_the_way_on_a_phone_by_touch(browser: Any, tmp_path: Path) -> None:
    """C55: two large targets at the bottom, nothing to scroll sideways."""
    with site(tmp_path / "site", PAID) as one, opened(browser, **PHONE) as (page, complaints):
        page.goto(f"{one.address}/w/{link_of(one.live, is_ready=False)}")
        page.tap("button[value=agree]")
        page.tap("button[type=submit]")
        page.tap("text=Start the test")
        for number in range(1, 5):
            page.wait_for_selector(f"img[alt='Image {number} of 4']")
            until(page, "document.querySelector('#picture img').naturalWidth > 0")
            page.tap("button[value=awe]")
        page.tap("main a.button")
        page.tap("text=Start a batch")
        page.wait_for_url("**/batch")
        seen(page)
        for name in ("yes", "no"):
            box = page.locator(f"[data-do={name}]").bounding_box()
            assert box["width"] >= 44
            assert box["height"] >= 44
            assert box["y"] > 740 / 2
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        while not page.locator("#batch.is-finished").count():
            seen(page)
            page.tap("[data-do=yes]")
        page.tap("#submit")
        page.wait_for_selector("text=You earned 1.20 USD")
        assert complaints == []


def test_a_look_too_short_and_a_key_held_down_do_not_count(browser: Any, tmp_path: Path) -> None:
    """C31."""
    slow = QUICK.model_copy(update={"min_view_ms": 1500})
    with site(tmp_path / "site", slow) as one, opened(browser) as (page, _):
        page.add_init_script(STANDING)
        begun(page, one, link_of(one.live))
        pass_ms(page, 1_499)
        page.keyboard.press("y")
        page.wait_for_selector("text=Look at the picture for a moment first")
        pass_ms(page, 1)
        page.keyboard.down("y")
        page.wait_for_selector("img[alt='Image 2 of 6']")
        seen(page)
        pass_ms(page, 1_700)
        for _ in range(5):
            page.keyboard.down("y")  # the browser repeats it
        page.keyboard.up("y")
        page.wait_for_selector("text=All saved")
        assert len(stored(one)) == 1


def test_the_next_three_pictures_were_loaded_before_the_key(browser: Any, tmp_path: Path) -> None:
    """C55: nobody waits for the network between a key and the next picture."""
    with site(tmp_path / "site") as one, opened(browser) as (page, _):
        begun(page, one, link_of(one.live))
        until(page, f"{LOADED}.length === 4")
        page.route("**/p/**", lambda route: route.abort())
        for number in (2, 3, 4):
            page.keyboard.press("y")
            page.wait_for_selector(f"img[alt='Image {number} of 6']")
            seen(page)


def test_every_emotion_that_is_felt_is_ticked_by_number(browser: Any, tmp_path: Path) -> None:
    ticking = QUICK.model_copy(update={"answers": "tick_all", "batch": 2})
    with site(tmp_path / "site", ticking) as one, opened(browser) as (page, complaints):
        begun(page, one, link_of(one.live))
        page.keyboard.press("Enter")
        page.wait_for_selector("text=Tick a feeling first")
        page.keyboard.press("1")
        page.keyboard.press("3")
        page.keyboard.press("Enter")
        seen(page)
        page.keyboard.press("0")
        page.wait_for_selector("#batch.is-finished")
        page.wait_for_selector("text=All saved")
        names = len(MIKELS8.names)
        felt = [one for one, _ in stored(one)]
        assert len(felt) == 2 * names
        assert sum(felt) == 2
        assert complaints == []


def test_a_covered_picture_is_answered_after_a_reveal_alone(browser: Any, tmp_path: Path) -> None:
    """C58: the time begins with the reveal; the next picture is covered again.

    What is said of it stays, though the reveal is saved meanwhile.
    """
    covered = QUICK.model_copy(
        update={"batch": 2, "min_view_ms": 400, "care": Care(warn_of=(), cover=True)}
    )
    with site(tmp_path / "site", covered) as one, opened(browser) as (page, complaints):
        page.add_init_script(STANDING)
        begun(page, one, link_of(one.live))
        pass_ms(page, 500)
        page.keyboard.press("y")
        page.wait_for_selector("text=Show the picture first")
        held: list[Any] = []
        page.route("**/batch/reveal", lambda route: held.append(route))
        page.keyboard.press(" ")
        page.wait_for_selector("#batch:not(.is-covered)")
        page.keyboard.press("y")
        page.wait_for_selector("text=Look at the picture for a moment first")
        while not held:
            page.wait_for_timeout(20)
        held[0].continue_()
        until(page, "localStorage.getItem('affekt.waiting') === '[]'")
        assert page.locator("text=Look at the picture for a moment first").count() == 1
        pass_ms(page, 400)
        page.keyboard.press("y")
        page.wait_for_selector("text=1 of 2")
        page.wait_for_selector("#batch.is-covered")
        page.wait_for_selector("text=All saved")
        assert stored(one) == [(True, "draft")]
        assert complaints == []


def test_keys_can_be_chosen_and_are_off_while_somebody_writes(browser: Any, tmp_path: Path) -> None:
    """C55."""
    with site(tmp_path / "site") as one, opened(browser) as (page, _):
        page.goto(f"{one.address}/w/{link_of(one.live)}")
        page.click("summary")
        page.fill("#key-yes", "j")
        page.click("form[action='/keys'] button")
        page.wait_for_selector("text=Saved.")
        page.click("form[action='/batch/begin'] button")
        page.wait_for_url("**/batch")
        seen(page)
        assert "J" in page.inner_text("[data-do=yes]")
        page.evaluate("document.body.append(document.createElement('input'))")
        page.focus("body > input")
        page.keyboard.press("j")
        assert stored(one) == []
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("j")
        until(page, "localStorage.getItem('affekt.waiting') === '[]'")
        assert stored(one) == [(True, "draft")]


def test_the_board_is_live_and_nothing_is_refused(browser: Any, tmp_path: Path) -> None:
    """C62, C69: the policy of the site refuses nothing that the page needs."""
    with site(tmp_path / "site") as one, opened(browser) as (page, complaints):
        page.goto(f"{one.address}/desk/sign-in")
        sign_in(page, one, Desk(one))
        page.goto(f"{one.address}/desk")
        with page.expect_response("**/desk/board"):
            pass
        assert "Votes counted" in page.inner_text("#board")
        assert complaints == []
