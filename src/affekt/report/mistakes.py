"""Where an entry goes wrong: confused pairs, confident mistakes, and quarrels with the crowd."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from affekt.foreign import clean
from affekt.measures import distances
from affekt.report import doubts as found_by
from affekt.report.bench import Panel
from affekt.report.doubts import Doubts
from affekt.report.exhibits import Column, Row, Table
from affekt.report.inputs import ReportInput
from affekt.report.voted import voted

MOST_PAIRS, MOST = 8, 12  # rows on the page; the files have all
ID = Column("image_id", "text")  # 64 digits, for the file


def pairs(panel: Panel, found: Doubts) -> Table:
    """Give how often each label was answered as each other emotion, the most frequent first."""
    cell = found.cell
    wrong, of_label = cell.matrix * (1 - np.eye(len(cell.emotions))), cell.matrix.sum(axis=1)
    drawn = cell.drawn.sum(axis=2)
    rows: list[Row] = []
    for at in np.argsort(-wrong, axis=None, kind="stable"):
        label, answer = divmod(int(at), len(cell.emotions))
        n, hits = float(of_label[label]), float(wrong[label, answer])
        if not hits:
            break
        size = drawn[:, label]
        rounds = cell.drawn[:, label, answer] / np.where(size > 0, size, np.nan)
        names = (clean(cell.emotions[label]), clean(cell.emotions[answer]))
        rows.append((*names, hits, hits / n, cell.share(hits, n, rounds)))
    return Table(
        name=f"g17-pairs-{panel.slug}",
        title=f"Most confused pairs on {panel.name}",
        columns=(
            Column("label", "text"),
            Column("answer", "text"),
            Column("pictures"),
            Column("of the label", "percent"),
            Column("of the label 95 %", "percent", "95 %"),
        ),
        rows=tuple(rows),
        notes=(f"{_by(found)} 95 %: {cell.share_method}.",),
        shown=MOST_PAIRS,
    )


def confident(given: ReportInput, found: Doubts) -> pl.DataFrame:
    """Give one row a picture answered wrongly, the most probable wrong answer first.

    Columns are those of `affekt.report.doubts.told`; ``suggested`` is the answer. A label that is
    as probable as the answer is no mistake.
    """
    said, labels = found.probabilities, found.labels
    own = said[np.arange(len(labels)), labels]
    top = said.max(axis=1, initial=0.0)
    rows = np.flatnonzero(own < top)
    rows = rows[np.lexsort((own[rows], -top[rows]))]
    return found_by.told(given, found, rows, said.argmax(axis=1)[rows])


def table(panel: Panel, found: Doubts, listed: pl.DataFrame) -> Table:
    """Give the mistakes as `confident` lists them, with the votes for the label where known."""
    code = {name: at for at, name in enumerate(found.cell.emotions)}
    shares = dict(found.cell.pictures.select("image_id", "shares").iter_rows())
    rows: list[Row] = []
    for one in listed.with_columns(name=found_by.SHORT).iter_rows(named=True):
        votes = shares[one["image_id"]]
        words = tuple(clean(one[name]) for name in ("name", "emotion", "suggested"))
        chances = (one["probability_suggested"], one["probability"])
        is_told = votes is not None and len(votes) == len(code)
        rows.append((*words, *chances, votes[code[one["emotion"]]] if is_told else None))
    is_voted = any(row[-1] is not None for row in rows)
    end = None if is_voted else -1
    columns = (
        Column("picture", "text"),
        Column("label", "text"),
        Column("answer", "text"),
        Column("p, answer", "chance"),
        Column("p, label", "chance"),
        Column("votes for label", "percent"),
    )[:end]
    return Table(
        name=f"g17-mistakes-table-{panel.slug}",
        title=f"Most confident mistakes on {panel.name}",
        columns=(*columns, ID),
        rows=tuple(
            (*row[:end], image_id) for row, image_id in zip(rows, listed["image_id"], strict=True)
        ),
        notes=(
            f"{_by(found)} {len(rows):,} of {found.cell.n:,} pictures are answered wrongly by mean "
            "probability over the tests; in order of p, answer.",
        ),
        shown=MOST,
        across=len(columns),
    )


def disagreed(panel: Panel, found: Doubts) -> Iterator[Table]:
    """Give the pictures whose probabilities lie farthest from people's votes; none without."""
    cell = found.cell
    rows, shares = voted(cell)
    if not rows.any():
        return
    # A picture's votes are the same in each of its tests.
    at, first = np.unique(cell.tested.image[rows], return_index=True)
    votes, said = shares[first], found.probabilities[at]
    apart = 1 - distances.intersection(votes, said)
    order = np.argsort(-apart, kind="stable")
    some = cell.pictures.select("image_id", "name", "emotion", short=found_by.SHORT)[at[order]]
    names = [clean(name) for name in cell.emotions]
    yield Table(
        name=f"g17-votes-{panel.slug}",
        title=f"Where crowd and model disagree on {panel.name}",
        columns=(
            Column("picture", "text"),
            Column("label", "text"),
            Column("crowd", "text"),
            Column("share", "percent"),
            Column("model", "text"),
            Column("p, model", "chance"),
            Column("distance", "score"),
            ID,
        ),
        rows=tuple(
            (clean(row["short"]), clean(row["emotion"]), *_most(names, votes[one]),
             *_most(names, said[one]), float(apart[one]), row["image_id"])
            for one, row in zip(order, some.iter_rows(named=True), strict=True)
        ),
        notes=(
            f"{_by(found)} Distance: total variation of probabilities and shares of votes, half "
            f"the sum of their gaps, 0 to 1; of {len(at):,} pictures with votes on every emotion. "
            "Crowd, model: the emotion that each gives most.",
        ),
        shown=MOST,
        across=7,
    )  # fmt: skip


def _most(names: list[str], chances: np.ndarray) -> tuple[str, float]:
    most = int(chances.argmax())
    return names[most], float(chances[most])


def _by(found: Doubts) -> str:
    return f"Answers of {clean(found.cell.entry)}, the entry that is right most often."
