"""Engines: one a process, named in the plan, refused with a sentence."""

import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from affekt import engine
from affekt.errors import MissingExtra, UsageError
from affekt.files import Files
from affekt.store.rows import in_polars


def said(program: str) -> str:
    """Run a program in a process of its own, free of settings, and give what it printed."""
    names = ("DAFT_ANALYTICS_ENABLED", "DO_NOT_TRACK", "SCARF_NO_ANALYTICS")
    return subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        text=True,
        env={name: value for name, value in os.environ.items() if name not in names},
    ).stdout.strip()


@pytest.mark.parametrize("name", ["native", "ray", "ray://head:10001", "ray://10.0.0.7:10001"])
def test_known_engines_are_known(name: str) -> None:
    assert engine.is_known(name)


@pytest.mark.parametrize("name", ["", "Ray", "ray:", "ray://head", "ray://a b:1", None, 1, ["ray"]])
def test_everything_else_is_not(name: object) -> None:
    assert not engine.is_known(name)


def test_an_unknown_engine_is_told_with_those_that_are() -> None:
    with pytest.raises(UsageError, match=r"engine: 'spark' is not known; 'native', 'ray' or"):
        engine.use("spark")


def test_without_ray_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """B18."""
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingExtra, match=r"pip install 'affekt\[cluster\]'"):
        engine.use("ray")


@pytest.mark.slow
def test_one_process_keeps_one_engine() -> None:
    program = """
from affekt import engine, errors
engine.use("native"); engine.use("native")
print(engine.is_cluster(), engine.places() > 0)
engine._check_ray = lambda: None
try:
    engine.use("ray")
except errors.UsageError as refusal:
    print(refusal)
"""
    first, second = said(program).splitlines()
    assert first == "False True"
    assert second.startswith("engine: 'ray' was asked for, but this process runs on 'native'")


@pytest.mark.slow
def test_nobody_is_told_that_it_runs() -> None:
    """X1: the libraries beneath would send a note to their makers."""
    program = "import affekt.stages.sample, daft.scarf_telemetry as t; print(t.opted_out())"
    assert said(program) == "True"


def test_a_file_is_read_in_parts_that_hold_all_its_rows(tmp_path: Path) -> None:
    """D8: read in one go, a file lies in memory whole, however little is asked of it at a time."""
    rows = pl.DataFrame({"number": range(1_000)})
    rows.write_parquet(tmp_path / "table.parquet", row_group_size=10)
    read = engine.read(Files(tmp_path), [tmp_path / "table.parquet"])
    assert in_polars(read).sort("number").equals(rows)
    assert engine.parts_of(tmp_path / "table.parquet") == [
        [one, one + 1] for one in range(0, 100, 2)
    ]


def test_no_file_is_read_in_more_parts_than_its_footer_is_worth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "MOST_PARTS", 7)
    rows = pl.DataFrame({"number": range(1_000)})
    rows.write_parquet(tmp_path / "table.parquet", row_group_size=10)
    read = engine.read(Files(tmp_path), [tmp_path / "table.parquet"])
    assert in_polars(read).sort("number").equals(rows)
    parts = engine.parts_of(tmp_path / "table.parquet")
    assert parts is not None
    assert [len(part) for part in parts] == [15, 15, 15, 15, 15, 15, 10]
    assert [group for part in parts for group in part] == list(range(100))


@pytest.mark.parametrize("n_rows", [0, 1])
def test_small_files_are_read_whole(tmp_path: Path, n_rows: int) -> None:
    rows = pl.DataFrame({"number": range(n_rows)})
    rows.write_parquet(tmp_path / "table.parquet")
    read = engine.read(Files(tmp_path), [tmp_path / "table.parquet"])
    assert in_polars(read).equals(rows)
    assert engine.parts_of(tmp_path / "table.parquet") is None
