"""Figure G13: how much each worker answered, how often YES, and how far in line with the others."""

import math
from collections.abc import Iterator

import polars as pl

from affekt.measures.intervals import UNKNOWN, Interval
from affekt.report import crowd, squares
from affekt.report.crowd import Answers
from affekt.report.exhibits import Column, Exhibit, Figure, Gap, Row, Table
from affekt.report.inputs import ReportInput
from affekt.report.scene import Item, Scene
from affekt.report.squares import Square
from affekt.report.text import count, percent

MOST = 500  # points that are drawn, so that the page stays small
SHOWN = 20  # rows on the page
LEAD = "Single workers by the number of their votes. Numbers stand for people; nobody is named."


def exhibit(given: ReportInput) -> Exhibit:
    """One point a worker, or a box that tells which stage is missing."""
    found = crowd.answers(given)
    if found is None:
        reason = given.lost("sample", "verify") or "nobody has voted on a picture of the sample"
        return Exhibit("G13", "Workers", LEAD, (Gap("Workers", reason, given.build_command),))
    return Exhibit("G13", "Workers", LEAD, (figure(found),))


def workers(found: Answers) -> pl.DataFrame:
    """Give one row a worker, those with the most votes first.

    Columns ``n`` (votes), ``yes`` (share of YES), ``expected`` (share of YES of the others on the
    same questions), ``agreement`` (mean share of the others who gave the same answer), ``spread``
    (half its 95 % interval), ``seconds`` (median). A number that cannot be told is null.
    """
    others, yes = pl.col("votes") - 1, pl.col("yes") - pl.col("felt").cast(pl.Int64)
    share = pl.when(others > 0).then(yes / others)
    agreed = pl.when("felt").then(share).otherwise(1 - share)
    told = found.votes.select("worker", "felt", "seconds", share=share, agreed=agreed)
    by_worker = told.group_by("worker").agg(
        n=pl.len(),
        yes=pl.col("felt").mean(),
        expected=pl.col("share").mean(),
        agreement=pl.col("agreed").mean(),
        spread=1.96 * pl.col("agreed").std() / pl.col("agreed").count().sqrt(),
        seconds=pl.col("seconds").cast(pl.Float64).median(),
    )
    return by_worker.sort("n", "worker", descending=[True, False])


def figure(found: Answers) -> Figure:
    """Draw agreement with the others against the share of YES."""
    rows = workers(found)
    drawn = rows.head(MOST)
    sampled = (
        (f"Drawn: the {MOST:,} workers with the most votes, of {rows.height:,}.",)
        if rows.height > MOST
        else ()
    )
    square = Square(squares.LEFT, squares.TOP, side=2 * squares.SIDE)
    items: list[Item] = [*squares.scales(square, "votes that are YES", "agreement with others")]
    items += _points(drawn, square)
    return Figure(
        name="g13",
        title="Agreement and share of YES of every worker",
        text=_text(rows),
        scene=Scene(square.left + square.side + 28, square.top + square.side + 44, tuple(items)),
        table=_table(rows),
        notes=(
            "Agreement: mean share of the others who gave the same answer, over the worker's "
            "questions that others answered too. Seconds: the median of a worker's answers.",
            *sampled,
            *found.notes,
        ),
    )


def _points(rows: pl.DataFrame, square: Square) -> Iterator[Item]:
    """Give a mark a place, which tells of every worker there; most workers give few votes."""
    told: dict[tuple[float, float], list[str]] = {}
    for number, one in enumerate(rows.iter_rows(named=True), 1):
        if one["agreement"] is not None:
            votes = f"{count(one['n'])} {'vote' if one['n'] == 1 else 'votes'}"
            says = f"worker {number}, {votes}{_pace(one['seconds'])}"
            told.setdefault((one["yes"], one["agreement"]), []).append(says)
    for (yes, agreement), those in sorted(told.items(), reverse=True):
        says = f"{percent(yes)} YES: agreement {percent(agreement)}, {'; '.join(those)}"
        yield square.point((yes, agreement), says)


def _pace(seconds: float | None) -> str:
    return "" if seconds is None else f", {seconds:.1f} s"


def _text(rows: pl.DataFrame) -> str:
    n = rows["n"]
    most = rows.head(max(1, rows.height // 10))
    told = (
        f"{rows.height:,} workers gave {count(int(n.sum()))} votes, in the median "
        f"{n.quantile(0.5):,.0f}; the tenth who answered most gave "
        f"{percent(int(most['n'].sum()) / int(n.sum()))} of them."
    )
    agreement = rows["agreement"].drop_nulls()
    if agreement.is_empty():
        return told
    low, middle, high = (percent(agreement.quantile(at) or 0.0) for at in (0.1, 0.5, 0.9))
    return (
        f"{told} Agreement with the others: {middle} in the median, 10th to 90th percentile "
        f"{low} to {high}."
    )


def _table(rows: pl.DataFrame) -> Table:
    lines: list[Row] = [
        (
            number,
            one["n"],
            one["agreement"],
            _ends(one),
            one["yes"],
            one["expected"],
            one["seconds"],
        )
        for number, one in enumerate(rows.iter_rows(named=True), 1)
    ]
    return Table(
        name="g13",
        title="Workers",
        columns=(
            Column("worker"),
            Column("votes"),
            Column("agreement", "percent"),
            Column("agreement 95 %", "percent", "95 %"),
            Column("YES", "percent"),
            Column("YES of others", "percent"),
            Column("median seconds", "score"),
        ),
        rows=tuple(lines),
        notes=("Intervals: 95 %, normal over the worker's questions.",),
        shown=SHOWN,
    )


def _ends(one: dict[str, float | None]) -> Interval:
    middle, spread = one["agreement"], one["spread"]
    if middle is None or spread is None or not math.isfinite(spread):
        return UNKNOWN
    return Interval(max(0.0, middle - spread), min(1.0, middle + spread))
