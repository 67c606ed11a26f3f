"""The journal of votes: nothing twice, nothing lost, nothing changed; in a file and on a server."""

import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest

from affekt.errors import UsageError
from affekt.journal.blanked import blank
from affekt.journal.votes import Recorded, Votes
from affekt.policies.fixed import Fixed
from affekt.tables import QUESTIONS
from tests import patience
from tests.journal.asked import answers, asked, fill, read

Place = Path | str


@pytest.fixture
def place(journal_place: Place) -> Place:
    return journal_place


def test_votes_come_back_as_they_were_recorded(place: Place) -> None:
    fill(place)
    assert read(place).equals(answers(("q1", "ann", True), ("q1", "bob", False)))


def test_the_same_vote_again_changes_nothing(place: Place) -> None:
    """I5."""
    fill(place)
    with Votes(place, "campaign") as journal:
        again = journal.record(answers(("q1", "ann", True)))
    assert again == Recorded(new=0, known=1, refused=0)
    assert read(place).height == 2


def test_another_answer_by_the_same_worker_is_refused_and_the_first_stays(place: Place) -> None:
    """I2, I5."""
    fill(place)
    with Votes(place, "campaign") as journal:
        changed = journal.record(answers(("q1", "ann", False)))
    assert changed == Recorded(new=0, known=0, refused=1)
    assert read(place)["felt"].to_list() == [True, False]


def test_of_two_opposite_answers_in_one_batch_the_first_stays(place: Place) -> None:
    with Votes(place, "campaign") as journal:
        journal.ask(asked("q1"))
        both = journal.record(answers(("q1", "ann", True), ("q1", "ann", False)))
    assert both == Recorded(new=1, known=0, refused=1)


def test_a_question_never_takes_more_workers_than_its_quota(place: Place) -> None:
    """I3, B53."""
    with Votes(place, "campaign", policy=Fixed(votes=2)) as journal:
        journal.ask(asked("q1"))
        first = journal.record(
            answers(("q1", "ann", True), ("q1", "bob", True), ("q1", "cy", True))
        )
        later = journal.record(answers(("q1", "dot", True), ("q1", "ann", True)))
        assert journal.votes()["worker"].to_list() == ["ann", "bob"]
    assert first == Recorded(new=2, known=0, refused=1)
    assert later == Recorded(new=0, known=1, refused=1)


def test_several_emotions_of_one_worker_take_one_place(place: Place) -> None:
    with Votes(place, "campaign", policy=Fixed(votes=1)) as journal:
        journal.ask(asked("q1"))
        journal.record(answers(("q1", "ann", True)))
        more = journal.record(answers(("q1", "ann", False), emotion="fear"))
        assert journal.open_questions()["votes"].to_list() == [1]
    assert more.new == 1


def test_a_closed_question_takes_no_vote_and_is_no_longer_open(place: Place) -> None:
    fill(place)
    with Votes(place, "campaign") as journal:
        journal.close(pl.Series(["q1", "never asked"]))
        journal.close(pl.Series(["q1"]))
        assert journal.record(answers(("q1", "cy", True))) == Recorded(0, 0, 1)
        assert journal.record(answers(("q1", "ann", True))) == Recorded(0, 1, 0)
        assert journal.open_questions()["question_id"].to_list() == ["q2"]


def test_asking_twice_asks_once_and_counts_votes(place: Place) -> None:
    fill(place)
    with Votes(place, "campaign") as journal:
        journal.ask(asked("q2", "q1"))
        assert journal.open_questions().select("question_id", "votes").rows() == [
            ("q1", 2),
            ("q2", 0),
        ]


def test_questions_come_back_as_they_were_asked(place: Place) -> None:
    with Votes(place, "campaign") as journal:
        journal.ask(asked("q2", "q1"))
        back = journal.open_questions()
    assert back.select(*QUESTIONS.columns).equals(asked("q1", "q2"))


def test_a_vote_on_a_question_nobody_asked_is_refused_with_all_its_batch(place: Place) -> None:
    """B52."""
    fill(place)
    with Votes(place, "campaign") as journal:
        with pytest.raises(UsageError, match="'q9', which was never asked"):
            journal.record(answers(("q2", "ann", True), ("q9", "ann", True)))
        assert journal.votes().height == 2


def test_campaigns_in_one_file_do_not_see_each_other(place: Place) -> None:
    fill(place)
    with Votes(place, "another") as journal:
        assert journal.open_questions().is_empty()
        assert journal.votes().is_empty()


def test_votes_that_come_by_two_at_once_take_no_place_twice(place: Place) -> None:
    """I2, I3: two servers bring in the same table."""
    many = answers(*((f"q{at % 2 + 1}", f"worker-{at}", True) for at in range(12)))
    with Votes(place, "campaign", policy=Fixed(votes=3)) as journal:
        journal.ask(asked("q1", "q2"))

    def bring(_: int) -> Recorded:
        with Votes(place, "campaign", policy=Fixed(votes=3)) as journal:
            return journal.record(many)

    with ThreadPoolExecutor(4) as pool:
        came = list(pool.map(bring, range(4)))
    assert sum(one.new for one in came) == read(place).height == 6
    assert {(one.new + one.known, one.refused) for one in came} == {(6, 6)}


BRING = """
    import sys
    from pathlib import Path
    from affekt.journal.votes import Votes
    from affekt.policies.fixed import Fixed
    from tests.journal.asked import answers

    place, name = sys.argv[1:]
    where = place if "://" in place else Path(place)
    with Votes(where, "campaign", policy=Fixed(votes=40)) as journal:
        for at in range(20):
            journal.record(answers(("q2", f"{name}-{at}", True)))
"""


@pytest.mark.slow
def test_two_processes_at_once_lose_nothing(place: Place) -> None:
    """I1, D7."""
    fill(place)
    call = [sys.executable, "-c", textwrap.dedent(BRING), str(place)]
    runs = [subprocess.Popen([*call, name], cwd=Path(__file__).parents[2]) for name in "cd"]
    assert [run.wait(patience.SECONDS) for run in runs] == [0, 0]
    found = read(place)["worker"].to_list()
    assert sorted(found) == sorted(["ann", "bob", *(f"{n}-{at}" for n in "cd" for at in range(20))])


@pytest.mark.parametrize("is_dry", [True, False])
def test_a_picture_that_is_removed_leaves_its_votes_and_no_name(place: Place, is_dry: bool) -> None:
    fill(place)
    n = blank(place, lambda rows: rows["image_id"] == "image-q1", dry=is_dry)
    with Votes(place, "campaign") as journal:
        told = journal.questions().filter(question_id="q1").select("image_id", "source_id").row(0)
    assert n == 1
    assert told == (("image-q1", "q1") if is_dry else ("", None))
    assert read(place).height == 2
