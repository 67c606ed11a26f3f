"""Answers as text and as Parquet, whatever stands in a name."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from affekt.cells import from_csv
from affekt.foreign import spelled
from affekt.predicting import table
from affekt.predicting.work import Answer

EMOTIONS = ("awe", "fear")
SURE = Answer("a.png", np.array([0.125, 0.875]))
BAD = Answer("=1+1\n.png", None, "truncated", "has no\x1bend")
TIED = Answer("tied", np.array([0.5, 0.5]))


@pytest.mark.parametrize("answers", [[SURE, BAD, TIED], []], ids=["some", "none"])
def test_all_three_forms_hold_the_same(
    answers: list[Answer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S3: with row groups of two rows."""
    monkeypatch.setattr(table, "ROW_GROUP", 2)
    with table.parquet_file(tmp_path / "t.parquet", EMOTIONS) as add:
        for one in answers:
            add(one)
    for form in ("csv", "jsonl"):
        with table.text_file(tmp_path / f"t.{form}", form, EMOTIONS) as add:
            for one in answers:
                add(one)
    rows = pl.read_parquet(tmp_path / "t.parquet")
    assert rows.columns == table.columns(EMOTIONS)
    header, cells = from_csv((tmp_path / "t.csv").read_bytes().decode())
    assert header == rows.columns
    as_text = [[None if one is None else str(one) for one in row] for row in rows.rows()]
    assert [list(row.values()) for row in cells] == as_text
    told = [json.loads(line) for line in (tmp_path / "t.jsonl").read_text().splitlines()]
    for one, row in zip(told, rows.rows(named=True), strict=True):
        shares = one.pop("probabilities") or dict.fromkeys(EMOTIONS)
        flat = {f"probability_{name}": share for name, share in shares.items()}
        assert one | flat == pytest.approx(row)


def test_numbers_are_short_and_of_equal_ones_the_first_is_the_label() -> None:
    head, line = table.lines("csv", EMOTIONS)
    assert head == "path,label,probability_awe,probability_fear,reason,detail\n"
    assert line(Answer("a.png", np.array([0.1, 0.9]))) == "a.png,fear,0.1,0.9,,\n"
    assert line(TIED) == "tied,awe,0.5,0.5,,\n"


@settings(max_examples=20)
@given(st.text(st.characters(codec="utf-8")))
def test_any_name_reads_back(name: str) -> None:
    """B50, B60"""
    answer = Answer(name, None, "empty")
    head, line = table.lines("csv", EMOTIONS)
    _, (row,) = from_csv(head + line(answer))
    assert (row["path"] or "") == name
    told = table.lines("jsonl", EMOTIONS).line(answer)
    assert told.isascii()
    assert json.loads(told)["path"] == name


def test_on_a_console_nothing_steers_it() -> None:
    """B75"""
    line = table.lines("csv", EMOTIONS, spelled).line(BAD)
    assert "\x1b" not in line
    assert line == "'=1+1\\n.png,,,,truncated,has no\\x1bend\n"
