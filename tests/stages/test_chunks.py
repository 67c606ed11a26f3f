"""Chunks: every one done, whoever dies, and nothing done twice."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from affekt.errors import AffektError, DiskTrouble
from affekt.stages import _chunks
from affekt.stages._chunks import each_chunk
from tests.stages.chores import Chore, River

# Daft leaves the pipes of the processes in which it runs functions to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file <_io:ResourceWarning")
WHOLE = {number * 2: None for number in range(12)}
IN_PROCESSES = pytest.param(2, marks=pytest.mark.slow)


def chunks(n_rows: int = 12, size: int = 4) -> Iterator[tuple[str, pl.DataFrame]]:
    rows = pl.DataFrame({"number": range(n_rows)})
    for at, part in enumerate(rows.iter_slices(size)):
        yield f"chunk-{at:02d}", part


@pytest.mark.parametrize("processes", [1, IN_PROCESSES])
def test_every_chunk_is_done_once_and_named_when_it_is(tmp_path: Path, processes: int) -> None:
    work = Chore(tmp_path)
    names = list(each_chunk(work, chunks(), processes=processes))
    assert sorted(names) == ["chunk-00", "chunk-01", "chunk-02"]
    assert sorted(work.asked()) == sorted(names)
    assert work.made(names) == WHOLE


def test_one_process_is_this_one(tmp_path: Path) -> None:
    work = Chore(tmp_path)
    list(each_chunk(work, chunks()))
    assert work.pids() == {os.getpid()}


@pytest.mark.slow
def test_several_processes_share_the_work(tmp_path: Path) -> None:
    work = Chore(tmp_path, seconds=0.3)
    list(each_chunk(work, chunks(size=2), processes=2))
    assert len(work.pids()) == 2
    assert os.getpid() not in work.pids()


@pytest.mark.parametrize("processes", [1, IN_PROCESSES])
def test_what_is_done_is_not_asked_again(tmp_path: Path, processes: int) -> None:
    """B11."""
    work = Chore(tmp_path)
    first = list(each_chunk(work, list(chunks())[:2], processes=processes))
    names = list(each_chunk(work, chunks(), processes=processes))
    assert sorted(work.asked()) == sorted(names)
    assert names[:2] == ["chunk-00", "chunk-01"] == sorted(first)
    assert work.made(names) == WHOLE


@pytest.mark.parametrize("processes", [1, IN_PROCESSES])
def test_no_chunks_are_no_work(tmp_path: Path, processes: int) -> None:
    assert list(each_chunk(Chore(tmp_path), [], processes=processes)) == []


def test_chunks_are_taken_as_they_are_needed(tmp_path: Path) -> None:
    """D8: what comes later does not wait in memory."""
    taken: list[str] = []

    def counted() -> Iterator[tuple[str, pl.DataFrame]]:
        for name, rows in chunks():
            taken.append(name)
            yield name, rows

    next(each_chunk(Chore(tmp_path), counted()))
    assert taken == ["chunk-00"]


@pytest.mark.slow
@pytest.mark.parametrize("n_deaths", [1, 3])
def test_a_process_that_dies_costs_nothing(tmp_path: Path, n_deaths: int) -> None:
    """D3: the same rows under the same names, however often."""
    work = Chore(tmp_path, dies_on=5, spares=n_deaths)
    names = list(each_chunk(work, chunks(), processes=2))
    assert sorted(names) == ["chunk-00", "chunk-01", "chunk-02"]
    assert work.made(names) == WHOLE


@pytest.mark.slow
def test_a_row_that_kills_every_process_is_marked_alone(tmp_path: Path) -> None:
    """Section 6: split until the bad row stands alone."""
    work = Chore(tmp_path, dies_on=5)
    names = list(each_chunk(work, chunks(), processes=2))
    assert work.made(names) == WHOLE | {10: "internal-error"}
    assert {"chunk-00", "chunk-01.0.1", "chunk-01.1", "chunk-02"} <= set(names)
    assert "chunk-01" not in names


@pytest.mark.parametrize("processes", [1, IN_PROCESSES])
def test_a_row_that_raises_is_marked_alone(tmp_path: Path, processes: int) -> None:
    """D5: an error in one item never stops the others."""
    work = Chore(tmp_path, raises_on=7)
    names = list(each_chunk(work, chunks(), processes=processes))
    assert work.made(names) == WHOLE | {14: "internal-error"}


def test_a_chunk_is_tried_three_times_before_it_is_split(tmp_path: Path) -> None:
    work = Chore(tmp_path, raises_on=7, spares=2)
    names = list(each_chunk(work, chunks()))
    assert work.asked().count("chunk-01") == 3
    assert work.made(names) == WHOLE
    assert "chunk-01" in names


def test_a_row_is_tried_three_times_before_it_is_given_up(tmp_path: Path) -> None:
    work = Chore(tmp_path, raises_on=0)
    list(each_chunk(work, chunks()))
    tries = [work.asked().count(name) for name in ("chunk-00", "chunk-00.0", "chunk-00.0.0")]
    assert tries == [3, 1, 3]


def test_what_was_split_is_not_tried_whole_again(tmp_path: Path) -> None:
    work = Chore(tmp_path, raises_on=7)
    names = list(each_chunk(work, chunks()))
    n_asked = len(work.asked())
    (tmp_path / "chunk-01.1.1.parquet").unlink()
    assert list(each_chunk(work, chunks())) == names
    assert set(work.asked()[n_asked:]) == {"chunk-01.1.1"}


@pytest.mark.parametrize("processes", [1, IN_PROCESSES])
def test_an_error_of_ours_ends_the_run_as_what_it_is(tmp_path: Path, processes: int) -> None:
    work = Chore(tmp_path, stops_on=1)
    with pytest.raises(DiskTrouble, match=r"^stopped on 1$"):
        list(each_chunk(work, chunks(), processes=processes))
    assert work.asked().count("chunk-00") == 1


@pytest.mark.parametrize("processes", [1, IN_PROCESSES])
def test_a_full_disk_ends_the_run_as_the_system_told_it(tmp_path: Path, processes: int) -> None:
    """B10."""
    with pytest.raises(OSError, match="No space left") as trouble:
        list(each_chunk(Chore(tmp_path, fills_on=1), chunks(), processes=processes))
    assert (trouble.value.errno, trouble.value.filename) == (28, "a/file")


def test_when_nothing_can_be_worked_on_the_run_ends(tmp_path: Path) -> None:
    """D5: an error in all of them stops early."""

    class Hopeless(Chore):
        def do(self, name: str, rows: pl.DataFrame) -> None:
            raise TypeError("no such thing")

    with pytest.raises(AffektError, match="none could be worked on, the last because of 'TypeEr"):
        list(each_chunk(Hopeless(tmp_path), chunks(40)))


def test_work_that_leaves_no_file_is_not_believed(tmp_path: Path) -> None:
    class Elsewhere(Chore):
        def do(self, name: str, rows: pl.DataFrame) -> None:
            """Write on a disk that nobody here sees."""

    with pytest.raises(AffektError, match="chunk-00: was done, but its file is not here"):
        list(each_chunk(Elsewhere(tmp_path), chunks()))


@pytest.mark.slow
def test_nobody_works_on_when_nobody_waits(tmp_path: Path) -> None:
    work = Chore(tmp_path, seconds=0.2)
    running = each_chunk(work, chunks(60, size=1), processes=2)
    next(running)
    running.close()
    list(each_chunk(Chore(tmp_path / "."), [("other", pl.DataFrame({"number": [1]}))], processes=2))
    assert len(work.asked()) < 20


def test_a_failure_is_told_once_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger=_chunks.__name__):
        list(each_chunk(Chore(tmp_path, raises_on=7, spares=1), chunks()))
    assert [record.getMessage().split()[0] for record in caplog.records] == ["chunk-01"]
    assert "ZeroDivisionError: number 7" in caplog.text


def test_work_that_flows_is_given_the_next_chunk_before_one_is_done(tmp_path: Path) -> None:
    taken: list[str] = []

    def counted() -> Iterator[tuple[str, pl.DataFrame]]:
        for name, rows in chunks():
            taken.append(name)
            yield name, rows

    work = River(tmp_path)
    running = each_chunk(work, counted())
    assert next(running) == "chunk-00"
    assert taken == ["chunk-00", "chunk-01"]
    assert work.made(["chunk-00", *running]) == WHOLE


@pytest.mark.parametrize("standing", [[0], [1], [2], [0, 2], [0, 1, 2]])
def test_chunks_that_stand_are_named_and_not_flowed_through(
    tmp_path: Path, standing: list[int]
) -> None:
    """B11: an earlier chunk may have waited while a later one was done."""
    work, everything = River(tmp_path), list(chunks())
    list(each_chunk(work, [everything[at] for at in standing]))
    names = list(each_chunk(work, everything))
    assert sorted(names) == sorted(work.asked()) == ["chunk-00", "chunk-01", "chunk-02"]


def test_a_row_that_stops_the_flow_is_marked_alone(tmp_path: Path) -> None:
    """D5."""
    work = River(tmp_path, raises_on=7)
    names = list(each_chunk(work, chunks(20)))
    assert work.made(names) == {number * 2: None for number in range(20)} | {14: "internal-error"}


def test_what_was_split_waits_until_the_flow_is_over(tmp_path: Path) -> None:
    work = River(tmp_path, raises_on=7)
    names = list(each_chunk(work, chunks()))
    (tmp_path / "chunk-00.parquet").unlink()
    (tmp_path / "chunk-01.1.1.parquet").unlink()
    n_asked = len(work.asked())
    again = list(each_chunk(work, chunks()))
    assert sorted(again) == sorted(names)
    assert work.asked()[n_asked] == "chunk-00"
    assert set(work.asked()[n_asked + 1 :]) == {"chunk-01.1.1"}


@pytest.mark.parametrize("trouble", [DiskTrouble("full"), OSError(28, "No space"), KeyError("a")])
def test_what_the_chunks_themselves_raise_ends_the_run(tmp_path: Path, trouble: Exception) -> None:
    def broken() -> Iterator[tuple[str, pl.DataFrame]]:
        yield from list(chunks())[:2]
        raise trouble

    with pytest.raises(type(trouble)) as raised:
        list(each_chunk(River(tmp_path), broken()))
    assert raised.value is trouble


def test_a_full_disk_ends_the_flow(tmp_path: Path) -> None:
    """B10."""
    with pytest.raises(OSError, match="No space left"):
        list(each_chunk(River(tmp_path, fills_on=5), chunks()))
