"""Pictures with a content note are covered wherever the site shows them (R22)."""

from pathlib import Path

import polars as pl
import pytest

from affekt.site.gallery import notes_of
from affekt.site.words import languages, words
from affekt.stages._warnings import WORDS
from tests.site.scene import QUICK, TESTED, site
from tests.site.test_desk import Desk
from tests.site.test_exams import taken
from tests.site.visits import Visit

GORE = {0: ("gore",)}  # the first of the pictures asked about
PAIR = QUICK.model_copy(update={"batch": 2})
NOTE = "Content note: gore"


def test_notes_come_from_tags_and_without_tags_none_is_known() -> None:
    images = pl.DataFrame(
        {"image_id": ["a", "b", "c"], "tags": [["Blood", "nude"], ["tree"], None]},
        schema={"image_id": pl.String, "tags": pl.List(pl.String)},
    )
    assert notes_of(images, WORDS) == {"a": ("gore", "nudity")}
    assert notes_of(images, {"other": ("tree",)}) == {"b": ("other",)}


@pytest.mark.parametrize("language", languages())
def test_every_note_has_words_in_every_language(language: str) -> None:
    """C60."""
    own = words(language)
    assert set(own.notes) == set(WORDS)
    assert own.notes["gore"] in own.note(["gore"])
    assert own.note([]) == ""


@pytest.mark.slow
def test_the_server_takes_no_answer_to_a_covered_picture_and_tells_which_were(
    tmp_path: Path,
) -> None:
    """The other picture of the batch is answered as ever; covers are told in the events."""
    with site(tmp_path / "site", PAIR, n_pictures=2, notes=GORE) as one:
        visit = Visit(one)
        cards = {card["note"]: card for card in visit.batch()["cards"]}
        assert set(cards) == {"", NOTE}
        refusal = visit.answer(cards[NOTE], key="1" * 32)
        assert (refusal.status_code, refusal.json()["reason"]) == (409, "covered")
        assert visit.answer(cards[""], key="2" * 32).json()["state"] == "kept"
        visit.say("/batch/reveal", {"card": cards[NOTE]["token"], "key": "3" * 32})
        assert visit.answer(cards[NOTE], key="4" * 32).json()["state"] == "kept"


@pytest.mark.slow
def test_pages_of_researchers_cover_what_is_noted_and_nothing_else(tmp_path: Path) -> None:
    with site(tmp_path / "site", notes=GORE) as one:
        desk = Desk(one)
        noted, plain = (desk.get(f"/items/q{at:03}").text for at in (0, 1))
        assert f"<summary>{NOTE}<span" in noted
        assert '</summary><img src="/desk/p/' in noted
        assert "<summary>Content note" not in plain
        assert '<img src="/desk/p/' in plain


@pytest.mark.slow
def test_pictures_of_the_test_are_covered_on_the_page_that_judges_them(tmp_path: Path) -> None:
    noted = dict.fromkeys(range(1000, 1032), ("gore", "other"))
    with site(tmp_path / "site", TESTED, notes=noted) as one:
        taken(Visit(one), one, 4)
        shown = Desk(one).get("/test").text
        covers = shown.count("<summary>Content note: gore, other<")
        assert covers == shown.count('class="thumb"') == 8
