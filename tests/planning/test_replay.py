"""Recorded votes under another policy."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from affekt.errors import UsageError
from affekt.planning.chances import Rates
from affekt.planning.recorded import Columns, Recorded, read_recorded
from affekt.planning.replay import NONE, Outcome, Wish, beside, lay_out, play, replay
from affekt.policies import KEEP, UNDECIDED, Policy
from affekt.policies.bayes import Bayes
from affekt.policies.curtailed import Curtailed
from affekt.policies.fixed import Fixed
from tests.policies.tallies import Ballot, walk

LDL = "image,amusement,awe,contentment,excitement,anger,disgust,fear,sadness"


def recorded(**answers: str) -> Recorded:
    """One task a word; its letters are the labels, in order."""
    rows = [(task, label) for task, word in enumerate(answers.values()) for label in word]
    labels = sorted({label for _, label in rows})
    return Recorded(
        tasks=tuple(answers),
        kinds=("",) * len(answers),
        labels=tuple(labels),
        task=np.array([task for task, _ in rows], np.int64),
        label=np.array([labels.index(label) for _, label in rows], np.int64),
        voters=tuple(str(at) for at in range(len(rows))),
        repeated=0,
    )


def test_votes_saved_and_labels_are_told() -> None:
    """C20: three of five in order; two are saved of the first, none of the second."""
    (told,) = replay(recorded(a="yyynn", b="ynynn"), Wish(Curtailed(), yes="y"))
    assert told == Outcome("y", 2, 0, 10, 8, 1 - 8 / 10, 1, 1, 0)


def test_every_label_is_a_class_where_none_is_named() -> None:
    told = replay(recorded(a="xxxyz"), Wish(Curtailed()))
    assert [(one.name, one.kept) for one in told] == [("x", 1), ("y", 0), ("z", 0), ("all", 1)]


def test_a_class_of_its_own_is_told_by_its_name() -> None:
    named = Recorded(**{**vars(recorded(a="yyyyy", b="nnnnn")), "kinds": ("fear", "awe")})
    told = replay(named, Wish(Curtailed(), yes="y"))
    assert [(one.name, one.kept) for one in told] == [("awe", 0), ("fear", 1), ("all", 1)]


def test_ratings_are_cut() -> None:
    (told,) = replay(recorded(a="77511", b="44444"), Wish(Curtailed(), cut=5))
    assert (told.name, told.kept) == ("5 or more", 1)


def test_questions_whose_votes_ran_out_are_told_and_not_compared() -> None:
    """The second is settled early, but what five would have said was never asked."""
    (told,) = replay(recorded(a="yyyyy", b="yyy", c="yn"), Wish(Curtailed(), yes="y"))
    assert (told.questions, told.too_few, told.votes_fixed) == (1, 2, 5)


def test_a_draw_depends_on_who_voted_and_not_on_the_order() -> None:
    one = recorded(a="ynynyynn")
    back = Recorded(**{**vars(one), "label": one.label[::-1], "voters": one.voters[::-1]})
    assert lay_out(one, draw=3, seed=4).tolist() == lay_out(back, draw=3, seed=4).tolist()


def test_another_seed_is_another_draw() -> None:
    some = recorded(a="yn" * 50)
    assert lay_out(some, draw=20).tolist() != lay_out(some, draw=20, seed=1).tolist()


def test_a_short_task_is_filled_up_with_nothing() -> None:
    assert lay_out(recorded(a="yy", b="y")).tolist() == [[0, 0], [0, NONE]]


def test_no_votes_are_no_questions() -> None:
    assert replay(recorded(), Wish(Curtailed())) == []


@pytest.mark.parametrize(
    "policy", [Fixed(votes=3), Curtailed(), Bayes(max_votes=7)], ids=lambda one: one.kind()
)
@given(answers=st.lists(st.booleans(), min_size=9, max_size=9))
def test_a_question_is_asked_as_the_policy_asks(policy: Policy, answers: list[bool]) -> None:
    """C19, C20: one by one, and nothing behind the end."""
    rates = Rates(0.8, 0.7)
    laid = np.array([answers]).astype(int)
    played = play(policy, laid, np.array([False, True]), rates=rates, emotion="awe")
    walked = walk(policy, [Ballot(felt, *rates) for felt in answers])
    assert (played.votes[0], played.verdicts[0]) == (walked.votes, walked.verdict)


def test_votes_that_run_out_decide_nothing() -> None:
    played = play(
        Curtailed(), np.array([[1, 1, NONE]]), np.array([False, True]),
        rates=Rates(0.8, 0.8), emotion="",
    )  # fmt: skip
    assert (played.votes[0], played.verdicts[0]) == (2, UNDECIDED)


def test_a_policy_is_held_against_its_own_number_of_votes() -> None:
    assert beside(Curtailed(votes=7, keep_at=6)) == Fixed(votes=7, keep_at=6)
    assert beside(Bayes()) == Fixed()


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (Wish(Curtailed(), yes="maybe"), "no vote says 'maybe'; the labels are n, y"),
        (Wish(Curtailed(), cut=5), "is no rating"),
    ],
)
def test_a_label_that_is_not_there_is_told(wish: Wish, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        replay(recorded(a="yn"), wish)


@pytest.mark.parametrize(
    ("name", "yes", "percent"),
    [("face-sentiment", "", 33), ("dogs", "", 33), ("rte", "1", 24)],
)
def test_a_quarter_to_a_third_of_real_votes_is_saved_at_equal_labels(
    name: str, yes: str, percent: int, shared_data: Path
) -> None:
    """C16, C20, I7 and the figure of section 16, on draws of five."""
    votes = read_recorded([shared_data / "crowd-votes" / name / "votes.csv"], Columns())
    told = replay(votes, Wish(Curtailed(), yes=yes, draw=5))[-1]
    assert round(100 * told.saved) == percent
    assert (told.unequal, told.too_few) == (0, 0)
    assert told.kept == told.kept_fixed


@pytest.mark.slow
def test_ratings_of_beauty_save_a_quarter_at_equal_labels(shared_data: Path) -> None:
    """C20."""
    path = shared_data / "oasis_beauty_votes" / "ratings.csv"
    (told,) = replay(read_recorded([path], Columns()), Wish(Curtailed(), cut=5, draw=5))
    assert (told.questions, told.unequal, round(100 * told.saved)) == (559, 0, 25)


@pytest.mark.slow
def test_votes_over_the_papers_emotions_save_a_third_at_equal_labels(shared_data: Path) -> None:
    """C20."""
    paths = sorted((shared_data / "flickr_ldl_votes").glob("fold*.txt"))
    columns = Columns(is_counts=True, header=tuple(LDL.split(",")))
    told = replay(read_recorded(paths, columns), Wish(Curtailed(), draw=5))[-1]
    assert (told.questions, told.unequal, round(100 * told.saved)) == (89_200, 0, 34)


def test_a_kept_question_is_kept() -> None:
    played = play(
        Fixed(), np.array([[1, 1, 1, 0, 0]]), np.array([False, True]),
        rates=Rates(0.8, 0.8), emotion="",
    )  # fmt: skip
    assert played.verdicts[0] == KEEP
