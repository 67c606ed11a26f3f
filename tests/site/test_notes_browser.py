"""A picture with a content note in a real browser: covered until somebody shows it (R22)."""

from pathlib import Path
from typing import Any

from affekt.campaign import settings
from tests.site.scene import QUICK, TESTED, link_of, site
from tests.site.screens import MARKS, begun, opened, seen, sign_in, stored, until
from tests.site.test_desk import Desk

pytestmark = MARKS
GORE = {0: ("gore",)}  # the first of the pictures asked about
NOTE = "Content note: gore"


def as_shown(page: Any) -> str:
    """The note on the cover, ``""`` where the picture is not covered."""
    return (
        str(page.inner_text("#content-note")) if page.locator("#batch.is-covered").count() else ""
    )


def answered_as_shown(page: Any) -> str:
    """Answer the picture, which a covered one takes after its reveal alone; give its note."""
    seen(page)
    note = as_shown(page)
    if note:
        page.keyboard.press("y")
        page.wait_for_selector("text=Show the picture first")
        assert f"{note}." in page.inner_text("#announce")
        page.keyboard.press(" ")
        page.wait_for_selector("#batch:not(.is-covered)")
        seen(page)
    page.keyboard.press("y")
    until(page, "localStorage.getItem('affekt.waiting') === '[]'")
    return note


def test_one_picture_of_a_batch_is_covered_and_one_is_not(browser: Any, tmp_path: Path) -> None:
    pair = QUICK.model_copy(update={"batch": 2})
    with (
        site(tmp_path / "site", pair, n_pictures=2, notes=GORE) as one,
        opened(browser) as (page, complaints),
    ):
        begun(page, one, link_of(one.live))
        notes = {answered_as_shown(page), answered_as_shown(page)}
        page.wait_for_selector("#batch.is-finished")
        assert notes == {NOTE, ""}
        assert [felt for felt, _ in stored(one)] == [True, True]
        assert complaints == []


def test_a_picture_of_the_test_is_revealed_by_the_same_key(browser: Any, tmp_path: Path) -> None:
    """No answer is taken before; the picture itself is not shown before."""
    asking = TESTED.model_copy(update={"test": settings.Test(n_questions=2, pass_at=0)})
    all_noted = dict.fromkeys(range(1000, 1032), ("nudity",))
    with (
        site(tmp_path / "site", asking, notes=all_noted) as one,
        opened(browser) as (page, complaints),
    ):
        page.goto(f"{one.address}/w/{link_of(one.live)}")
        page.goto(f"{one.address}/test")
        page.click("form[action='/test/begin'] button")
        page.wait_for_selector("text=Content note: nudity")
        image = page.locator("#picture img")
        assert not image.is_visible()
        page.keyboard.press("1")
        page.keyboard.press(" ")
        image.wait_for(state="visible")
        until(page, "document.querySelector('#picture img').naturalWidth > 0")
        assert page.locator("img[alt='Image 1 of 2']").count() == 1
        page.keyboard.press("1")
        page.wait_for_selector("img[alt='Image 2 of 2']", state="attached")
        assert complaints == []


def test_a_covered_picture_of_the_desk_opens_by_keyboard(browser: Any, tmp_path: Path) -> None:
    with site(tmp_path / "site", notes=GORE) as one, opened(browser) as (page, complaints):
        page.goto(f"{one.address}/desk/sign-in")
        sign_in(page, one, Desk(one))
        page.goto(f"{one.address}/desk/items/q000")
        image = page.locator(".beside img")
        assert not image.is_visible()
        page.focus(".noted summary")
        page.keyboard.press("Enter")
        image.wait_for(state="visible")
        assert complaints == []
