"""Counts read from the tables of the build line: the funnel, the acceptance, what is not real."""

from collections.abc import Mapping
from typing import NamedTuple

import polars as pl

from affekt.report.inputs import ReportInput
from affekt.store import Product

# Which table each stage of the funnel took its rows from; verify makes votes and split keeps all.
CAME_FROM = {
    "clean": "collect",
    "dedupe": "clean",
    "sample": "dedupe",
    "decide": "sample",
    "release": "decide",
}
UNLABELLED = "no emotion"  # rows of an unlabelled folder

Counts = Mapping[str, int]


class Step(NamedTuple):
    """One stage of the funnel, counted by emotion; kept + dropped = came in."""

    stage: str
    came_in: Counts
    dropped: Mapping[str, Counts]
    kept: Counts


class Asked(NamedTuple):
    """What the crowd was asked about one emotion and what was kept."""

    emotion: str
    asked: int
    kept: int


def by_emotion(table: pl.DataFrame) -> dict[str, int]:
    """Count the rows by the column ``emotion``."""
    counted = table.group_by(pl.col("emotion").fill_null(UNLABELLED)).len().sort("emotion")
    return dict(counted.iter_rows())


def funnel(given: ReportInput) -> list[Step]:
    """Give the steps that stand, from the first to the last without a hole."""
    first = given.made("collect")
    if first is None:
        return []
    steps = [_collected(first)]
    for stage, before in CAME_FROM.items():
        made, source = given.made(stage), given.made(before)
        if made is None or source is None:
            break
        steps.append(_step(stage, source, made.dropped()))
    return steps


def _collected(product: Product) -> Step:
    kept, reasons = (
        by_emotion(_columns(product, "emotion")),
        product.dropped()["reason"].value_counts(),
    )
    dropped = {reason: {UNLABELLED: n} for reason, n in sorted(reasons.iter_rows())}
    lost = sum(count[UNLABELLED] for count in dropped.values())
    came_in = {**kept, UNLABELLED: kept.get(UNLABELLED, 0) + lost} if lost else kept
    return Step("collect", came_in, dropped, kept)


def _columns(product: Product, *names: str) -> pl.DataFrame:
    """Give some columns of a table; its others may not fit in memory."""
    return pl.scan_parquet(product.whole("table")).select(names).collect()


def _step(stage: str, source: Product, dropped: pl.DataFrame) -> Step:
    key = [name for name in dropped.columns if name not in ("reason", "detail")]
    before = _columns(source, *dict.fromkeys([*key, "emotion"]))
    lost = dropped.join(before, on=key, how="left", nulls_equal=True)
    reasons = {str(reason): by_emotion(rows) for (reason,), rows in lost.group_by("reason")}
    came_in = by_emotion(before)
    kept = {
        emotion: n - sum(counts.get(emotion, 0) for counts in reasons.values())
        for emotion, n in came_in.items()
    }
    return Step(stage, came_in, dict(sorted(reasons.items())), kept)


def acceptance(given: ReportInput) -> list[Asked]:
    """Give what was asked and kept by emotion, in taxonomy order; empty when a stage is missing."""
    sample, decide = given.made("sample"), given.made("decide")
    if sample is None or decide is None:
        return []
    asked = sample.table().filter(pl.col("role") == "task")
    kept = asked.join(decide.table(), on="question_id", how="semi")
    n_asked, n_kept = by_emotion(asked), by_emotion(kept)
    return [
        Asked(emotion, n_asked.get(emotion, 0), n_kept.get(emotion, 0))
        for emotion in given.taxonomy.names
    ]


def is_generated(given: ReportInput) -> bool:
    """Whether any picture behind the page was painted by a program."""
    tables = [made for stage in ("collect", "clean", "dedupe") if (made := given.made(stage))]
    tables += [result.pictures for result in given.results if isinstance(result.pictures, Product)]
    return any(bool(_columns(product, "is_generated").to_series().any()) for product in tables)


def is_simulated(given: ReportInput) -> bool:
    """Whether the votes were made by a simulated crowd."""
    verify = given.made("verify")
    crowd = verify.manifest.get("recipe", {}).get("crowd", {}) if verify else {}
    return isinstance(crowd, Mapping) and crowd.get("kind") == "simulated"
