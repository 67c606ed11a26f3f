"""Cells of a CSV: text to a spreadsheet, and the same text again when read back (B60)."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from affekt import cells

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


@pytest.mark.parametrize("risky", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_cell_begins_as_a_formula_does(risky: str) -> None:
    """B60."""
    assert cells.shown(f"{risky}1") == f"'{risky}1"


def test_a_quote_that_was_there_is_not_taken_for_ours() -> None:
    """B60."""
    assert cells.read_back(cells.shown("'=1")) == "'=1"


@given(st.lists(st.tuples(TEXT, TEXT), max_size=5))
def test_any_table_of_texts_reads_back(rows: list[tuple[str, str]]) -> None:
    """B60."""
    header, read = cells.from_csv(cells.to_csv(["a", "b"], rows))
    assert header == ["a", "b"]
    assert [tuple(row.values()) for row in read] == rows


def test_missing_is_an_empty_cell_and_numbers_are_no_text() -> None:
    text = cells.to_csv(["a", "b", "c"], [(None, -1.5, True)])
    assert list(csv.reader(io.StringIO(text)))[1] == ["", "-1.5", "true"]
    assert cells.from_csv(text)[1] == [{"a": None, "b": "-1.5", "c": "true"}]


@pytest.mark.parametrize("text", ["", "a,b\n1\n", 'a\n"x"y\n'])
def test_what_is_no_table_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"no header|row 1 has 1 cells|expected after"):
        cells.from_csv(text)
