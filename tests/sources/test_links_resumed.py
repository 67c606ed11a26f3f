"""Collecting from tables of links: through the journal, cut off and gone on with."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from affekt.parts import Place
from affekt.sources.links import Links
from affekt.stage import Outcome
from affekt.stages.collect import Collect
from affekt.tables import FOUND
from affekt.taxonomy import MIKELS8
from tests.servers.links import MANNERS, rows, write_csv, write_parquet
from tests.stages.test_collect import desk_at

BASE = "http://example.org"


def outcome(table: Path, project: Path, per_page: int = 50) -> Outcome:
    source = Links(path=Place(written=str(table)), per_page=per_page)
    return Collect(sources=(source,), taxonomy=MIKELS8, fetch=MANNERS).run(desk_at(project))


def found(made: Outcome) -> pl.DataFrame:
    assert isinstance(made.table, pl.DataFrame)
    return FOUND.conform(made.table, "test")


def dropped(made: Outcome) -> pl.DataFrame:
    assert isinstance(made.dropped, pl.DataFrame)
    return made.dropped


def test_csv_and_parquet_of_the_same_rows_give_the_same_table(tmp_path: Path) -> None:
    made = list(rows(BASE, 300))
    csv = found(outcome(write_csv(tmp_path / "a.csv", made), tmp_path / "one"))
    parquet = found(outcome(write_parquet(tmp_path / "a.parquet", made, 70), tmp_path / "two"))
    assert csv.height == 300
    assert csv.equals(parquet)


def test_rows_are_labelled_by_their_own_emotion(tmp_path: Path) -> None:
    table = found(outcome(write_csv(tmp_path / "a.csv", list(rows(BASE, 90))), tmp_path))
    counts = dict(table.group_by("emotion").len().iter_rows())
    assert counts == dict.fromkeys((None, *MIKELS8.names), 10)
    assert table.filter(pl.col("query") != pl.col("emotion").fill_null("")).is_empty()


def test_every_row_is_kept_or_dropped_with_its_line(tmp_path: Path) -> None:
    """Conservation: rows of the table = rows found + rows dropped."""
    made = list(rows(BASE, 100))
    path = write_csv(tmp_path / "a.csv", [*made, *made[:7], ("no link", "", "", "", "", "")])
    told = outcome(path, tmp_path)
    assert found(told).height == 100
    assert dropped(told)["source_id"].to_list() == [f"a.csv:{n}" for n in range(102, 110)]
    assert dropped(told)["reason"].to_list() == [*["duplicate"] * 7, "bad-row"]
    assert dropped(told)["detail"][-1].startswith("'no link' is no http or https link")


def test_a_changed_table_is_read_again_by_itself(tmp_path: Path) -> None:
    made = list(rows(BASE, 20))
    before = found(outcome(write_csv(tmp_path / "a.csv", made), tmp_path))
    after = found(outcome(write_csv(tmp_path / "a.csv", made[::2]), tmp_path))
    assert (before.height, after.height) == (20, 10)


SCRIPT = """
import sys
from pathlib import Path
from tests.sources.test_links_resumed import outcome
print("ready", flush=True)
outcome(Path(sys.argv[1]), Path(sys.argv[2]))
"""


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize("pages_before_the_kill", [1, 40, 150])
def test_a_killed_process_ends_as_an_undisturbed_one(
    tmp_path: Path, ending: str, pages_before_the_kill: int
) -> None:
    """B11, D3."""
    made = list(rows(BASE, 10_000))
    path = tmp_path / f"a.{ending}"
    write = write_csv if ending == "csv" else write_parquet
    write(path, [*made, *made[:100]])
    killed = tmp_path / "killed"
    script = [sys.executable, "-c", SCRIPT, str(path), str(killed)]
    child = subprocess.Popen(script, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    while child.poll() is None and n_lines(killed) < pages_before_the_kill:
        time.sleep(0.001)
    os.kill(child.pid, signal.SIGKILL)
    child.communicate()
    resumed, whole = outcome(path, killed), outcome(path, tmp_path / "whole")
    assert found(resumed).equals(found(whole))
    assert dropped(resumed).equals(dropped(whole))
    assert n_lines(killed) == n_lines(tmp_path / "whole"), "no page is stored twice"


def n_lines(project: Path) -> int:
    return sum(
        path.read_bytes().count(b"\n") for path in sorted(project.glob("journal/pages/*.jsonl"))
    )
