"""Table 2: what the crowd was asked about each emotion, what it confirmed, and at which rate."""

from affekt.measures.intervals import wilson
from affekt.report.exhibits import Column, Exhibit, Gap, Row, Table
from affekt.report.inputs import ReportInput
from affekt.report.numbers import Asked, acceptance, is_simulated

COLUMNS = (
    Column("emotion", "text"),
    Column("asked"),
    Column("kept"),
    Column("acceptance", "percent"),
    Column("95 %", "percent"),
    Column("share of kept", "percent"),
)


def exhibit(given: ReportInput) -> Exhibit:
    """The acceptance table, or a box that tells which stage is missing."""
    rows = acceptance(given)
    lost = given.lost("sample", "decide")
    gap = Gap("Acceptance by emotion", lost, given.build_command)
    lead = "Pictures put to the crowd with their weak label, and those its votes confirmed."
    return Exhibit("T2", "Acceptance", lead, (gap if lost else table(rows, is_simulated(given)),))


def table(asked: list[Asked], simulated: bool) -> Table:
    """Give one row an emotion and the total."""
    total = Asked("total", sum(one.asked for one in asked), sum(one.kept for one in asked))
    notes = ["Intervals: Wilson, 95 %, n = pictures asked about."]
    if simulated:
        notes.append("The votes come from a simulated crowd: these rates say nothing about people.")
    return Table(
        name="t2",
        title="Asked, kept and accepted",
        columns=COLUMNS,
        rows=tuple(_row(one, total.kept) for one in (*asked, total)),
        notes=tuple(notes),
        strong=frozenset({len(asked)}),
    )


def _row(one: Asked, all_kept: int) -> Row:
    return (
        one.emotion,
        one.asked,
        one.kept,
        one.kept / one.asked if one.asked else None,
        wilson(one.kept, one.asked) if one.asked else None,
        one.kept / all_kept if all_kept else None,
    )
