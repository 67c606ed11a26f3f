"""How close each entry comes to the ratings that people gave, such as valence and arousal."""

from affekt.foreign import clean
from affekt.report.bench import Bench
from affekt.report.estimates import Rated
from affekt.report.exhibits import Column, Exhibit, Row, Table
from affekt.report.inputs import ReportInput
from affekt.report.text import slug

COLUMNS = (
    Column("scale", "text"),
    Column("entry", "text"),
    Column("n"),
    Column("r", "score"),
    Column("r 95 %", "score", "95 %"),
    Column("R²", "score"),
    Column("R² 95 %", "score", "95 %"),
    Column("concordance", "score"),
    Column("concordance 95 %", "score", "95 %"),
)


def exhibit(_: ReportInput, bench: Bench) -> Exhibit:
    """One table a data set and protocol with ratings; no block where none was estimated."""
    panels: dict[tuple[str, str], list[Rated]] = {}
    for one in bench.rated:
        panels.setdefault((one.dataset, one.protocol), []).append(one)
    return Exhibit(
        "R",
        "Ratings",
        "How close the estimates of each entry come to the mean ratings of people.",
        tuple(map(table, panels.values())),
    )


def table(rated: list[Rated]) -> Table:
    """Give one row a scale and entry."""
    first = rated[0]
    scales = list(dict.fromkeys(one.scale for one in rated))
    spread = ", ".join(
        f"{clean(one.scale)} {one.deviation:.2f}" for one in rated if one.entry == first.entry
    )
    return Table(
        name=f"r-{slug(first.dataset)}-{slug(first.protocol)}",
        title=f"Ratings estimated on {clean(first.dataset)}, {clean(first.protocol)}",
        columns=COLUMNS,
        rows=tuple(_row(one) for scale in scales for one in rated if one.scale == scale),
        notes=(
            "r: Pearson's correlation of estimates and mean ratings. R²: share of their squared "
            "error that is less than that of the mean. Concordance: Lin's, r that shifted or shy "
            "estimates lower. An entry that knows nothing comes to about 0 in all three, or a "
            "little below, as the mean of each fold's training rows leans away from its tests.",
            f"n = {first.n:,} pictures, each of its tests counting in part. Standard deviation of "
            f"the mean ratings: {spread} points. Intervals, 95 %: {first.method}.",
            *dict.fromkeys(sentence for one in rated for sentence in one.remarks),
        ),
    )


def _row(one: Rated) -> Row:
    scores = (one.correlation, one.determination, one.concordance)
    told = (value for score in scores for value in (score.value, score.interval))
    return (clean(one.scale), clean(one.entry), one.n, *told)
