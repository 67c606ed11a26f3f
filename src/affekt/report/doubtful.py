"""Errors, and labels that are likely wrong: tables, pictures, and a list for the crowd."""

from collections.abc import Iterator

import numpy as np
import polars as pl
from jaxtyping import Float

from affekt.foreign import clean
from affekt.report import doubted_pictures, mistakes
from affekt.report import doubts as found_by
from affekt.report.bench import Bench, Panel, gaps
from affekt.report.doubted_pictures import DOUBTED, MISTAKEN
from affekt.report.doubts import Doubts
from affekt.report.exhibits import Column, Exhibit, Figure, Row, Table
from affekt.report.inputs import ReportInput
from affekt.report.text import percent

TITLE = "Errors and likely wrong labels"
SHOWN = 24  # doubtful labels on the page; the file has them all
IDS = (Column("image_id", "text"), Column("original_id", "text"))  # 64 digits each
COLUMNS = (
    Column("picture", "text"),
    Column("label", "text"),
    Column("suggested", "text"),
    Column("p, label", "chance"),
    Column("p, suggested", "chance"),
    *IDS,
)


def exhibit(given: ReportInput, bench: Bench) -> Exhibit:
    """Tables a data set and protocol, and the pictures themselves where they may be shown."""
    return Exhibit(
        "G17",
        TITLE,
        "Where the best entry, which never saw the pictures, goes wrong, and where labels may.",
        (*_blocks(given, bench), *gaps(given, bench, TITLE)),
    )


def _blocks(given: ReportInput, bench: Bench) -> Iterator[Table | Figure]:
    for panel in bench.panels:
        found = found_by.doubts(panel)
        listed = found_by.listed(given, found)
        yield from _errors(given, panel, found)
        yield sums(panel, found)
        drawn = doubted_pictures.figure(given, panel, listed.head(SHOWN), DOUBTED)
        if drawn is not None:
            yield drawn
        yield table(panel, found, listed)


def _errors(given: ReportInput, panel: Panel, found: Doubts) -> Iterator[Table | Figure]:
    yield mistakes.pairs(panel, found)
    wrong = mistakes.confident(given, found)
    drawn = doubted_pictures.figure(given, panel, wrong.head(mistakes.MOST), MISTAKEN)
    if drawn is not None:
        yield drawn
    if wrong.height:
        yield mistakes.table(panel, found, wrong)
    yield from mistakes.disagreed(panel, found)


def sums(panel: Panel, found: Doubts) -> Table:
    """Give how many labels of each emotion are doubted, and the share estimated to be wrong."""
    k, n = len(panel.emotions), len(found.rows)
    have = np.bincount(found.labels, minlength=k).astype(float)
    doubted = np.bincount(found.labels[found.rows], minlength=k)
    to = np.bincount(found.suggested[found.rows], minlength=k)
    rows: list[Row] = [
        (clean(name), have[at], int(doubted[at]), float(found.share[at]), int(to[at]))
        for at, name in enumerate(panel.emotions)
    ]
    whole = float((have * found.share).sum() / have.sum()) if have.sum() else None
    rows.append(("all", have.sum(), n, whole, n))
    return Table(
        name=f"g17-sums-{panel.slug}",
        title=f"Doubted labels on {panel.name}",
        columns=(
            Column("label", "text"),
            Column("pictures"),
            Column("doubted"),
            Column("estimated wrong", "percent"),
            Column("suggested instead"),
        ),
        rows=tuple(rows),
        notes=(
            f"By the probabilities of {clean(found.cell.entry)}, the entry that is right most "
            "often, each from a model that was not trained on the picture. Confident learning "
            "(Northcutt et al. 2021): a picture is confidently of an emotion when its probability "
            "reaches what pictures with that label have on average. A model that is often wrong "
            "doubts too much: people must look.",
            *_warned(found, have),
        ),
        strong=frozenset({k}),
    )


def _warned(found: Doubts, have: Float[np.ndarray, " emotion"]) -> Iterator[str]:
    """Warn where the entry knows no more than which label is most frequent."""
    low, n = found.cell.accuracy.interval.low, have.sum()
    if n and not low > have.max() / n:
        yield (
            f"{clean(found.cell.entry)} is not shown to be better than naming the most frequent "
            f"label, {percent(float(have.max() / n))}: its doubts say little."
        )


def table(panel: Panel, found: Doubts, listed: pl.DataFrame) -> Table:
    """Give the doubtful labels, the most doubtful first."""
    order = ("name", "emotion", "suggested", "probability", "probability_suggested")
    rows = [
        (*(clean(one) if isinstance(one, str) else one for one in row[:5]), *row[5:])
        for row in listed.with_columns(name=found_by.SHORT)
        .select(*order, "image_id", "original_id")
        .iter_rows()
    ]
    return Table(
        name=f"g17-{panel.slug}",
        title=f"Likely wrong labels on {panel.name}",
        columns=COLUMNS,
        rows=tuple(rows),
        notes=(
            f"{len(rows):,} of {found.cell.n:,} labels, in order of p, label: the probability that "
            f"{clean(found.cell.entry)} gives the label. To ask people again, name a copy "
            "of the CSV as again in [sample] of the plan that built the set.",
        ),
        shown=SHOWN,
        across=len(COLUMNS) - len(IDS),
    )
