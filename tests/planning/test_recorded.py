"""Reads votes that somebody recorded."""

import gzip
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from affekt.errors import AffektError
from affekt.planning.recorded import Columns, Recorded, read_recorded


def read(folder: Path, text: str, name: str = "votes.csv", **columns: Any) -> Recorded:
    path = folder / name
    data = text.encode()
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return read_recorded([path], Columns(**columns))


def told(recorded: Recorded) -> list[str]:
    """Task and label of each vote, in order."""
    return [
        f"{recorded.tasks[task]} {recorded.labels[label]}"
        for task, label in zip(recorded.task, recorded.label, strict=True)
    ]


@pytest.mark.parametrize("head", ["task,worker,label", "image_id,rater,rating"])
def test_votes_come_in_the_order_of_the_file(head: str, tmp_path: Path) -> None:
    found = read(tmp_path, f"{head}\nb,w1,7\na,w2,1\nb,w2,1\n")
    assert told(found) == ["b 7", "a 1", "b 1"]
    assert found.labels == ("1", "7")


def test_a_time_orders_the_votes_numbers_by_size(tmp_path: Path) -> None:
    found = read(tmp_path, "task,worker,label,at\nb,w1,y,10\na,w2,n,9\n", time="at")
    assert told(found) == ["a n", "b y"]


def test_times_in_iso_order_the_votes_too(tmp_path: Path) -> None:
    head, early, late = "task,worker,label,at", "2026-11-01T09:00:00Z", "2026-11-01T10:00:00Z"
    found = read(tmp_path, f"{head}\nb,w1,y,{late}\na,w2,n,{early}\n", time="at")
    assert told(found) == ["a n", "b y"]


def test_a_column_of_numbers_is_no_label_where_it_names_the_task(tmp_path: Path) -> None:
    found = read(tmp_path, "id,joy\n7,2\n", "c.csv", is_counts=True, task="id")
    assert told(found) == ["c.csv:1 joy", "c.csv:1 joy"]


def test_no_counts_are_no_votes(tmp_path: Path) -> None:
    assert told(read(tmp_path, "id,joy\n", is_counts=True)) == []


def test_a_second_vote_of_a_worker_on_a_task_is_left_out_and_counted(tmp_path: Path) -> None:
    """C33."""
    found = read(tmp_path, "task,worker,label\na,w1,y\na,w1,n\nb,w1,n\n")
    assert (told(found), found.repeated) == (["a y", "b n"], 1)


def test_a_vote_without_label_is_none(tmp_path: Path) -> None:
    """C33."""
    assert told(read(tmp_path, "task,worker,label\na,w1,\na,w2,y\n")) == ["a y"]


def test_columns_may_have_any_name(tmp_path: Path) -> None:
    found = read(tmp_path, "x,y,z\na,w1,1\n", task="x", worker="y", label="z")
    assert told(found) == ["a 1"]


def test_one_task_of_two_classes_is_two(tmp_path: Path) -> None:
    found = read(tmp_path, "task,emotion,worker,label\na,awe,w,y\na,fear,w,n\n", kind="emotion")
    assert (found.tasks, found.kinds) == (("a", "a"), ("awe", "fear"))


def test_counts_are_taken_apart_into_votes(tmp_path: Path) -> None:
    found = read(
        tmp_path, "usage,name,joy,fear\nTest,,2,1\nTest,,0,1\n", "c.csv.gz", is_counts=True
    )
    assert told(found) == [
        "c.csv.gz:1 joy", "c.csv.gz:1 joy", "c.csv.gz:1 fear", "c.csv.gz:2 fear"
    ]  # fmt: skip


def test_a_file_without_header_is_given_one(tmp_path: Path) -> None:
    found = read(tmp_path, "7.jpg 1 1 \n", "c.txt", is_counts=True, header=("name", "awe", "joy"))
    assert told(found) == ["c.txt:1 awe", "c.txt:1 joy"]


def test_a_release_is_read_from_its_parquet(tmp_path: Path) -> None:
    path = tmp_path / "votes.parquet"
    pl.DataFrame({"question_id": ["q"], "worker": ["w"], "felt": [True]}).write_parquet(path)
    assert told(read_recorded([path], Columns())) == ["q true"]


@pytest.mark.parametrize("text", ["", "task,worker,label\n"])
def test_no_votes_are_no_votes(text: str, tmp_path: Path) -> None:
    assert told(read(tmp_path, text)) == []


@pytest.mark.parametrize(
    ("text", "columns", "said"),
    [
        ("a,b\n1,2\n", {}, "no column for the task among a, b; name it by --task"),
        ("task,b\n1,2\n", {"label": "x"}, "no column 'x' for the label; its columns are task, b"),
        ("task,worker,label\n1,2\n", {}, "line 2: 2 cells, but 3 columns"),
    ],
)
def test_what_is_not_understood_is_told(
    text: str, columns: dict[str, Any], said: str, tmp_path: Path
) -> None:
    with pytest.raises(AffektError, match=said):
        read(tmp_path, text, **columns)


@pytest.mark.parametrize("name", ["none.csv", "none.parquet"])
def test_a_missing_file_is_told(name: str, tmp_path: Path) -> None:
    with pytest.raises(AffektError, match="cannot be read"):
        read_recorded([tmp_path / name], Columns())


@pytest.mark.parametrize("name", ["broken.csv.gz", "broken.parquet"])
def test_a_broken_file_is_told(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"\xff\x00 no such thing")
    with pytest.raises(AffektError, match="cannot be read"):
        read_recorded([tmp_path / name], Columns())
