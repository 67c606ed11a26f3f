"""Foreign text is shown and nothing more, in tables, sheets, LaTeX and file names (B60, B75)."""

import csv
import io
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from affekt.foreign import clean
from affekt.measures.intervals import Interval
from affekt.report import latex, sheet
from affekt.report.exhibits import Column, Table
from affekt.report.text import listed, show, slug

NASTY = [
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "[/]",
    "$x_1 100% ~^{}\\input{secret}",
    "\x1b[31mred\x07",
    "\u202egnp.exe",
    "=cmd|'/c calc'!A0",
    "{{ 7 * 7 }}",
    "a\ud800b",
    "",
]


def one(text: str) -> Table:
    return Table("t", text, (Column(text, "text"), Column("n")), ((text, 3),), (text,))


@given(st.text())
def test_a_slug_is_a_safe_file_name(text: str) -> None:
    assert slug(text)
    assert set(slug(text)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


@given(st.lists(st.text(), unique=True, min_size=2, max_size=2))
def test_different_texts_have_different_slugs(texts: list[str]) -> None:
    assert slug(texts[0]) != slug(texts[1])


@pytest.mark.parametrize("text", NASTY)
def test_a_sheet_opens_as_text_and_gives_it_back(text: str) -> None:
    """B60: taking one leading apostrophe off gives the original."""
    cell = next(iter(list(csv.reader(io.StringIO(sheet.table(one(text)))))[1:]))[0]
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert (cell[1:] if cell.startswith("'") else cell) == clean(text)


@pytest.mark.parametrize("text", NASTY)
def test_latex_finds_no_command_in_foreign_text(text: str) -> None:
    bare = latex.escaped(clean(text))
    for known in sorted(latex.SPECIAL.values(), key=len, reverse=True):
        bare = bare.replace(known, "")
    assert not set(bare) & set("\\{}$&#%_^~<>[]")


def test_latex_is_given_greek_letters_by_name() -> None:
    """P6: the heads of G12 and G22, for which no plain font of LaTeX has a letter."""
    assert latex.escaped("α, ε² 95 %") == r"$\alpha$, $\varepsilon$² 95 \%"


def test_latex_has_a_rule_above_rows_of_another_kind() -> None:
    table = Table("t", "T", (Column("a", "text"),), (("x",), ("sum",)), strong=frozenset({1}))
    assert r"x \\" + "\n" + r"\midrule" + "\n" + r"sum \\" in latex.table(table)


def test_a_sheet_holds_raw_numbers_and_both_ends_of_an_interval() -> None:
    table = Table(
        "t",
        "T",
        (Column("accuracy", "percent"), Column("95 %", "percent"), Column("n")),
        ((1 / 3, Interval(0.25, 0.5), 3490), (math.nan, None, None)),
    )
    assert sheet.table(table) == "accuracy,95 % low,95 % high,n\n0.333333,0.25,0.5,3490\n,,,\n"


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        (0.3209, "percent", "32.1 %"),
        (1120.25, "count", "1,120.2"),
        (Interval(0.306, 0.337), "percent", "30.6 – 33.7"),
        (Interval(0.5, 1), "score", "0.500 – 1.000"),
        (-0.0861, "points", "−8.6"),
        (-0.0001, "points", "0.0"),
        (Interval(-0.137, -0.034), "points", "−13.7 to −3.4"),
        (Interval(-0.1, 0.2), "score", "−0.100 to 0.200"),
        (0.0004, "chance", "< 0.001"),
        (math.nan, "score", "–"),
        (math.inf, "count", "–"),
        (Interval(math.nan, math.nan), "percent", "–"),
        (None, "count", "–"),
        ("not reported (n = 3)", "score", "not reported (n = 3)"),
    ],
)
def test_numbers_are_shown_as_readers_expect(value: object, kind: str, shown: str) -> None:
    assert show(value, kind) == shown  # type: ignore[arg-type]


def test_words_are_joined_as_in_a_sentence() -> None:
    assert [listed([]), listed(["a"]), listed(["a", "b"])] == ["", "a", "a and b"]
