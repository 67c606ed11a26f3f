"""Asking the crowd over as many runs as it takes."""

from pathlib import Path

import polars as pl
import pytest

from affekt.crowd.csvfile import TO_ASK, Csvfile
from affekt.crowd.simulated import Simulated
from affekt.errors import NotYet, TableError
from affekt.journal.votes import FILE, Votes
from affekt.parts import Place
from affekt.policies.fixed import Fixed
from affekt.stage import Progress
from affekt.stages.verify import Verify
from affekt.store.rows import in_polars
from affekt.tables import VOTES
from affekt.taxonomy import MIKELS8
from tests.crowd.asked import questions
from tests.stages.people import checked, desk

ASKED = pl.concat([questions("awe", 8), questions("fear", 4)])


def simulated(**settings: object) -> Verify:
    crowd = Simulated.model_validate(
        {"seed": 1, "taxonomy": MIKELS8, "candidates": 200, **settings}
    )
    return Verify(crowd=crowd, until=Fixed())


def from_file(folder: Path, votes: int, *, answer: str = "yes") -> Verify:
    """Give a stage whose file holds the first so many of the 60 votes."""
    lines = [
        f"{image},{emotion},person {worker},{answer}"
        for image, emotion in ASKED.select("image_id", "emotion").iter_rows()
        for worker in range(5)
    ]
    path = folder / "votes.csv"
    path.write_text("\n".join(["image_id,emotion,worker,answer", *lines[:votes]]))
    return Verify(crowd=Csvfile(seed=1, path=Place(written=str(path))), until=Fixed())


def voted(stage: Verify, folder: Path, asked: pl.DataFrame = ASKED) -> pl.DataFrame:
    return in_polars(stage.run(desk(folder), asked).table)


def test_every_question_gets_five_votes(tmp_path: Path) -> None:
    """E2."""
    stage = simulated()
    votes, _ = checked(stage, stage.run(desk(tmp_path), ASKED), ASKED.height)
    assert votes.group_by("question_id").len()["len"].to_list() == [5] * ASKED.height


def test_running_again_asks_nobody_and_gives_the_same(tmp_path: Path) -> None:
    first = simulated().run(desk(tmp_path), ASKED)
    again = simulated().run(desk(tmp_path), ASKED)
    assert in_polars(again.table).equals(in_polars(first.table))
    assert again.notes == first.notes


def test_a_longer_sample_keeps_the_votes_that_are_there(tmp_path: Path) -> None:
    part = voted(simulated(), tmp_path, ASKED.head(5))
    whole = voted(simulated(), tmp_path)
    assert part.join(whole, on=part.columns, how="anti").is_empty()
    assert whole.height == 5 * ASKED.height


def test_a_shorter_sample_waits_for_its_own_votes_only(tmp_path: Path) -> None:
    """What another plan asked of the same crowd is neither counted nor asked again."""
    stage = from_file(tmp_path, votes=3)
    with pytest.raises(NotYet, match="lacks at least 57 votes"):
        stage.run(desk(tmp_path), ASKED)
    with pytest.raises(NotYet, match=r"0 of 2 questions have .*lacks at least 7 votes"):
        stage.run(desk(tmp_path), ASKED.head(2))
    to_ask = pl.read_csv(desk(tmp_path).journal / TO_ASK)
    assert sorted(to_ask["image_id"]) == sorted(ASKED.head(2)["image_id"])
    with pytest.raises(NotYet, match="lacks at least 57 votes"):
        stage.run(desk(tmp_path), ASKED)


def test_only_votes_on_what_is_asked_now_are_given(tmp_path: Path) -> None:
    simulated().run(desk(tmp_path), ASKED)
    fewer = voted(simulated(), tmp_path, ASKED.head(3))
    assert set(fewer["question_id"]) == set(ASKED.head(3)["question_id"])


def test_missing_votes_stop_the_line_with_what_to_do(tmp_path: Path) -> None:
    stage = from_file(tmp_path, votes=23)
    with pytest.raises(
        NotYet, match=r"verify: 4 of 12 questions have enough votes; .*lacks at least 37 votes"
    ) as wait:
        stage.run(desk(tmp_path), ASKED)
    assert wait.value.exit_code == 3


def test_a_file_that_is_not_there_yet_waits(tmp_path: Path) -> None:
    stage = from_file(tmp_path, votes=0)
    (tmp_path / "votes.csv").unlink()
    with pytest.raises(NotYet, match=r"0 of 12 questions have enough votes; .*does not exist"):
        stage.run(desk(tmp_path), ASKED)


def test_the_line_goes_on_when_the_file_is_complete(tmp_path: Path) -> None:
    with pytest.raises(NotYet):
        from_file(tmp_path, votes=23).run(desk(tmp_path), ASKED)
    assert voted(from_file(tmp_path, votes=60), tmp_path).height == 60


def test_a_corrected_file_counts_as_corrected(tmp_path: Path) -> None:
    from_file(tmp_path, votes=60).run(desk(tmp_path), ASKED)
    corrected = voted(from_file(tmp_path, votes=60, answer="no"), tmp_path)
    assert not corrected["felt"].any()


def test_a_file_with_findings_changes_no_vote(tmp_path: Path) -> None:
    """B59."""
    stage = from_file(tmp_path, votes=60, answer="perhaps")
    with pytest.raises(TableError, match="60 bad lines, nothing was imported"):
        stage.run(desk(tmp_path), ASKED)
    with Votes(desk(tmp_path).journal / FILE, stage.campaign()) as journal:
        assert journal.count() == 0


def test_new_votes_leave_a_backup_beside_the_journal(tmp_path: Path) -> None:
    """B19."""
    simulated().run(desk(tmp_path), ASKED)
    copy = desk(tmp_path).journal / f"{FILE}.backup"
    with Votes(copy, simulated().campaign()) as journal:
        assert journal.count() == 5 * ASKED.height


def test_fewer_workers_than_votes_wait_with_advice(tmp_path: Path) -> None:
    with pytest.raises(NotYet, match="raise `candidates`"):
        simulated(candidates=3, pass_at=0).run(desk(tmp_path), ASKED)


def test_the_stopping_rule_is_a_setting_and_another_campaign(tmp_path: Path) -> None:
    five = simulated()
    three = Verify(crowd=five.crowd, until=Fixed(votes=3))
    five.run(desk(tmp_path), ASKED)
    assert voted(three, tmp_path).height == 3 * ASKED.height
    assert five.campaign() != three.campaign()


@pytest.mark.parametrize("changed", [{"seed": 2}, {"candidates": 201}, {"pass_at": 9}])
def test_another_seed_or_crowd_votes_anew_and_back_again_as_before(
    tmp_path: Path, changed: dict[str, int]
) -> None:
    first = voted(simulated(), tmp_path)
    other = voted(simulated(**changed), tmp_path)
    assert other.height == first.height
    assert not other.sort(VOTES.key).equals(first.sort(VOTES.key))
    assert voted(simulated(), tmp_path).equals(first)


def test_progress_counts_decided_questions(tmp_path: Path) -> None:
    told: list[Progress] = []
    at = desk(tmp_path)
    simulated().run(type(at)(at.shelf, at.journal, at.scratch, watch=told.append), ASKED)
    assert told[0] == Progress("verify", 0, 12)
    assert told[-1] == Progress("verify", 12, 12)


def test_the_notes_say_that_nobody_was_asked(tmp_path: Path) -> None:
    notes = simulated().run(desk(tmp_path), ASKED).notes
    assert notes["is_simulated"] is True
    assert notes["crowd"]["passed"] <= notes["crowd"]["tested"] == 200


def test_nothing_asked_needs_no_votes(tmp_path: Path) -> None:
    assert voted(simulated(), tmp_path, ASKED.clear()).is_empty()


def test_the_witness_is_that_of_the_crowd(tmp_path: Path) -> None:
    stage = from_file(tmp_path, votes=3)
    assert stage.witness() == stage.crowd.witness() != ""


def test_its_example_can_be_asked(tmp_path: Path) -> None:
    """C16: three to five votes settle every question."""
    votes = voted(Verify.example(), tmp_path).group_by("question_id").agg(pl.len())
    assert votes.height == ASKED.height
    assert set(votes["len"]) <= {3, 4, 5}
