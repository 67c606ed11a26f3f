"""The replay of the paper's crowd step, at a hundredth of its size (C2, I14)."""

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from affekt.errors import UsageError
from affekt.replay import compare, pictures
from affekt.replay.paper import Replay, replay_paper

ITEMS, CANDIDATES = 160, 80


def replayed(folder: Path) -> Replay:
    return replay_paper(folder, items=ITEMS, candidates=CANDIDATES, seed=7, watch=lambda text: None)


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> tuple[Replay, Replay]:
    return replayed(tmp_path_factory.mktemp("one")), replayed(tmp_path_factory.mktemp("two"))


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bytes(twice: tuple[Replay, Replay]) -> None:
    """I14."""
    first, second = ([path.read_bytes() for path in one.files] for one in twice)
    assert first == second


@pytest.mark.slow
def test_every_number_of_the_three_sections_stands_beside_the_papers(
    twice: tuple[Replay, Replay],
) -> None:
    """Issue 4, item 6: D, E and F of the checklist, each marked."""
    rows = twice[0].rows
    assert {one.id[0] for one in rows} == {"D", "E", "F"}
    assert {one.mark for one in rows} == {"stated", "derived", "left open"}
    assert all(len(one.replayed) == 2 for one in rows)
    told = {one.what: one for one in rows}
    assert told["fear: kept"].paper == "1,032"
    assert told["votes"].replayed[0] == "800"


@pytest.mark.slow
def test_stopping_early_buys_fewer_votes_and_decides_everything(
    twice: tuple[Replay, Replay],
) -> None:
    """C16, C17."""
    fixed, curtailed = twice[0].runs
    assert curtailed.votes < 0.9 * fixed.votes
    assert curtailed.spent < fixed.spent
    assert not curtailed.labels["is_label"].is_null().any()
    assert curtailed.labels["votes"].max() == 5
    assert curtailed.waves[0] > curtailed.waves[1]


@pytest.mark.slow
def test_only_those_who_passed_voted(twice: tuple[Replay, Replay]) -> None:
    """E3."""
    assert all(one.voters <= one.passed < one.tested <= CANDIDATES for one in twice[0].runs)
    assert all(one.strangers == 0 for one in twice[0].runs)


@pytest.mark.slow
def test_page_table_and_document_say_the_same(twice: tuple[Replay, Replay]) -> None:
    made = twice[0]
    page, table, document = (path.read_text(encoding="utf-8") for path in made.files)
    listed = list(csv.reader(table.splitlines()))
    assert len(listed) == 1 + len(made.rows)
    assert [one["what"] for one in json.loads(document)["rows"]] == [row[1] for row in listed[1:]]
    assert page.count("\n| ") == 2 + len(made.rows)
    assert "Nobody took part" in page


@pytest.mark.slow
def test_the_paper_submitted_90000_pictures_in_these_shares() -> None:
    """E4, E5, F."""
    assert dict(pictures.submitted(90_000)) == pictures.SUBMITTED
    asked = pictures.drawn(800, seed=1)
    assert asked["question_id"].n_unique() == asked.height
    assert asked["emotion"].n_unique() == 8


@pytest.mark.slow
def test_a_larger_draw_contains_the_smaller() -> None:
    """C14: the first 11,000 of fear are those of the first round."""
    small, large = pictures.drawn(400, seed=1), pictures.drawn(800, seed=1)
    assert set(small["image_id"]) < set(large["image_id"])
    fear = pictures.submitted(800)["fear"]
    assert compare.first_round(large, 800).len() == round(fear * 11 / 13)


@given(st.integers(80, 90_000))
def test_the_pictures_of_all_emotions_are_as_many_as_asked_for(items: int) -> None:
    counts = pictures.submitted(items)
    assert sum(counts.values()) == items
    assert min(counts.values()) > 0


@pytest.mark.parametrize("items", [0, 79, 90_001])
def test_too_few_and_too_many_pictures_are_refused(items: int, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="allowed"):
        replay_paper(tmp_path, items=items, candidates=10, seed=1, watch=lambda text: None)
