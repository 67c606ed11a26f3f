"""From any table of votes to codes, with a stated answer for everything that can be wrong."""

from random import Random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from affekt.errors import TableError
from affekt.rules._coding import ballot, code
from affekt.tables import VOTES

Rows = list[tuple[str | None, str | None, str | None]]


def table(rows: Rows) -> pl.DataFrame:
    return pl.DataFrame(
        rows, schema={"task": pl.String, "worker": pl.String, "label": pl.String}, orient="row"
    )


def counted(frame: pl.DataFrame, **how: object) -> set[tuple[str, str, str]]:
    """The votes that count, by name."""
    found = code(frame, **how)  # type: ignore[arg-type]
    votes = found.votes
    return {
        (found.tasks["task"][int(task)], found.workers[worker], found.labels[label])
        for task, worker, label in zip(votes.task, votes.worker, votes.label, strict=True)
    }


def test_codes_follow_the_order_of_names() -> None:
    """C33."""
    found = code(table([("b", "w2", "x"), ("a", "w1", "y")]))
    assert found.tasks["task"].to_list() == ["a", "b"]
    assert (found.workers, found.labels) == (["w1", "w2"], ["x", "y"])
    assert found.votes.task.tolist() == [0, 1]
    assert found.votes.label.tolist() == [1, 0]


@given(st.lists(st.tuples(*[st.sampled_from(["a", "b", "c", ""])] * 3)), st.randoms())
def test_the_order_of_rows_cannot_matter(rows: Rows, random: Random) -> None:
    """C33."""
    shuffled = random.sample(rows, len(rows))
    one, other = code(table(rows)), code(table(shuffled))
    assert counted(table(rows)) == counted(table(shuffled))
    assert one.left_out == other.left_out
    assert one.votes.task.size + sum(one.left_out.values()) == len(rows)


def test_equal_votes_by_one_worker_count_once() -> None:
    """C33."""
    found = code(table([("a", "w", "x"), ("a", "w", "x")]))
    assert found.votes.task.size == 1
    assert found.left_out == {"repeated": 1}


def test_a_worker_who_contradicts_themself_has_no_vote_on_that_task() -> None:
    """C33."""
    found = code(table([("a", "w", "x"), ("a", "w", "y"), ("a", "v", "y")]))
    assert found.votes.task.size == 1
    assert found.left_out == {"contradicts itself": 2}


@pytest.mark.parametrize("times", [["9", "10"], ["2026-01-02T00:00:09Z", "2026-01-02T00:00:10Z"]])
def test_of_several_votes_the_latest_counts_where_times_are_known(times: list[str]) -> None:
    """C33."""
    frame = table([("a", "w", "x"), ("a", "w", "y")]).with_columns(time=pl.Series(times))
    assert counted(frame) == {("a", "w", "y")}
    assert code(frame).left_out == {"replaced by a later one": 1}


def test_a_label_that_is_not_known_does_not_count() -> None:
    """C33."""
    frame = table([("a", "w", "x"), ("b", "w", "?")])
    found = code(frame, labels=["y", "x"])
    assert found.left_out == {"unknown label": 1}
    assert found.votes.label.tolist() == [1]


def test_a_task_of_which_nothing_counts_stays_without_votes() -> None:
    """C33."""
    found = code(table([("a", "w", "x"), ("b", "w", None)]))
    assert found.tasks["task"].to_list() == ["a", "b"]
    assert found.left_out == {"blank": 1}


def test_tasks_that_are_known_otherwise_are_there_without_votes() -> None:
    """C33."""
    found = code(table([("b", "w", "x")]), also=[pl.DataFrame({"task": ["a", "b"]})])
    assert found.tasks["task"].to_list() == ["a", "b"]
    assert found.votes.task.tolist() == [1]


def test_one_picture_asked_about_two_emotions_is_two_tasks() -> None:
    frame = table([("a", "w", "x"), ("a", "w", "y")]).with_columns(
        question=pl.Series(["fear", "awe"])
    )
    found = code(frame)
    assert found.tasks.rows() == [("a", "awe"), ("a", "fear")]
    assert found.group.tolist() == [0, 1]
    assert found.left_out == {}


def test_our_own_votes_are_read_as_no_and_yes() -> None:
    votes = pl.DataFrame([("q", "w", "awe", True, None)], schema=VOTES.types(), orient="row")
    found = ballot(votes)
    assert (found.labels, found.votes.label.tolist()) == (["false", "true"], [1])
    assert found.questions == ["awe"]


def test_a_missing_column_is_named_with_what_is_there() -> None:
    with pytest.raises(TableError, match=r"lacks the columns \['worker'\].*needed are task"):
        code(pl.DataFrame({"task": ["a"], "label": ["x"]}))


def test_known_labels_get_their_codes_and_others_none() -> None:
    found = code(table([("a", "w", "x"), ("b", "w", "y")]))
    known = pl.DataFrame({"task": ["b", "elsewhere"], "label": ["y", "x"]})
    assert found.codes_of(known).tolist() == [-1, 1]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({"task": ["a", "a"], "label": ["x", "y"]}, "'a' has more than one known label"),
        ({"task": ["a"], "label": ["z"]}, "'z' is not among those of the votes: x, y"),
        ({"task": ["a"]}, r"lacks the columns \['label'\]"),
    ],
)
def test_known_labels_that_cannot_be_are_refused(rows: dict[str, list[str]], said: str) -> None:
    found = code(table([("a", "w", "x"), ("b", "w", "y")]))
    with pytest.raises(TableError, match=said):
        found.codes_of(pl.DataFrame(rows))
