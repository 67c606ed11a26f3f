"""From votes to labels, with a reason for every question that has none."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from affekt.errors import TableError
from affekt.rules.at_least import AtLeast
from affekt.rules.majority import Majority
from affekt.stages.decide import Decide
from affekt.tables import VOTES
from affekt.taxonomy import MIKELS8
from tests.crowd.asked import questions
from tests.stages.people import checked, desk

ASKED = questions("awe", 4)
FIRST, SECOND, THIRD, FOURTH = ASKED["question_id"]
DECIDE = Decide(taxonomy=MIKELS8, rule=AtLeast())


def ballot(question: str, yes: int, no: int, emotion: str = "awe") -> pl.DataFrame:
    felt = [True] * yes + [False] * no
    rows = [(question, f"worker-{at}", emotion, one, None) for at, one in enumerate(felt)]
    return pl.DataFrame(rows, schema=VOTES.types(), orient="row")


def decided(
    folder: Path, *votes: pl.DataFrame, stage: Decide = DECIDE
) -> tuple[pl.DataFrame, pl.DataFrame]:
    table = pl.concat([VOTES.empty(), *votes])
    return checked(stage, stage.run(desk(folder), ASKED, table), ASKED.height)


def test_three_yes_keep_and_the_rest_has_reasons(tmp_path: Path) -> None:
    """E6, E7."""
    votes = (ballot(FIRST, 3, 2), ballot(SECOND, 2, 3), ballot(THIRD, 2, 1))
    labels, dropped = decided(tmp_path, *votes)
    assert labels.select("question_id", "emotion", "votes", "votes_yes").rows() == [
        (FIRST, "awe", 5, 3)
    ]
    assert dict(dropped.select("question_id", "reason").iter_rows()) == {
        SECOND: "too-few-yes",
        THIRD: "too-few-votes",
        FOURTH: "too-few-votes",
    }
    details = dict(dropped.select("question_id", "detail").iter_rows())
    assert details == {SECOND: "2 of 5 YES", THIRD: "2 of 3 YES", FOURTH: "no votes"}


def test_shares_are_null_where_nobody_was_asked(tmp_path: Path) -> None:
    labels, _ = decided(tmp_path, ballot(FIRST, 4, 1))
    place = MIKELS8.names.index("awe")
    expected = [0.8 if at == place else None for at in range(8)]
    assert labels["shares"].to_list() == [expected]


def test_of_several_emotions_the_highest_share_is_the_label(tmp_path: Path) -> None:
    labels, _ = decided(tmp_path, ballot(FIRST, 3, 2), ballot(FIRST, 4, 1, "fear"))
    assert labels["emotion"].to_list() == ["fear"]
    shares = dict(zip(MIKELS8.names, labels["shares"].item(), strict=True))
    assert (shares["awe"], shares["fear"], shares["anger"]) == (0.6, 0.8, None)


def test_of_equal_shares_the_first_emotion_of_the_taxonomy_wins(tmp_path: Path) -> None:
    labels, _ = decided(tmp_path, ballot(FIRST, 4, 1, "fear"), ballot(FIRST, 4, 1, "amusement"))
    assert labels["emotion"].to_list() == ["amusement"]


def test_no_votes_at_all_drop_everything_with_a_reason(tmp_path: Path) -> None:
    labels, dropped = decided(tmp_path)
    assert labels.is_empty()
    assert set(dropped["reason"]) == {"too-few-votes"}


def test_votes_on_other_questions_do_not_count(tmp_path: Path) -> None:
    labels, _ = decided(tmp_path, ballot("0" * 32, 5, 0))
    assert labels.is_empty()


def test_another_rule_decides_otherwise(tmp_path: Path) -> None:
    lenient = Decide(taxonomy=MIKELS8, rule=Majority(ties="yes"))
    labels, _ = decided(tmp_path, ballot(FIRST, 2, 2), stage=lenient)
    assert labels["question_id"].to_list() == [FIRST]


def test_votes_of_another_taxonomy_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"votes speak of \['boredom'\], the taxonomy 'mikels8'"):
        decided(tmp_path, ballot(FIRST, 5, 0, "boredom"))


counts = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=4, max_size=4)


@given(counts)
def test_every_question_is_kept_or_dropped_once(
    tmp_path_factory: pytest.TempPathFactory, counts: list[tuple[int, int]]
) -> None:
    """D4."""
    votes = [ballot(one, *count) for one, count in zip(ASKED["question_id"], counts, strict=True)]
    labels, dropped = decided(tmp_path_factory.mktemp("decide"), *votes)
    both = [*labels["question_id"], *dropped["question_id"]]
    assert sorted(both) == sorted(ASKED["question_id"])


def test_its_example_decides_as_the_paper(tmp_path: Path) -> None:
    assert decided(tmp_path, ballot(FIRST, 3, 2), stage=Decide.example())[0].height == 1
