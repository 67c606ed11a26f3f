"""The rows of the web's side of the line, piece by piece, the emotion beside every dropped one.

A table is never in memory as a whole. Tables rest in order of their key, and so do dropped rows,
which are rows of the table before: both are read side by side, as far as each has come.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pyarrow.parquet as pq

from affekt.store import Product
from affekt.tables import CLEAN, FOUND, IMAGES, QUESTIONS

SCHEMAS = {"collect": FOUND, "clean": CLEAN, "dedupe": IMAGES, "sample": QUESTIONS}
CAME_FROM = {"clean": "collect", "dedupe": "clean", "sample": "dedupe"}
STEPS = tuple(SCHEMAS)
KEPT = "kept"
ROWS = 65_536  # of a piece; as many as a product has in a row group


class Standing(NamedTuple):
    """The files of the steps that stand: what each kept, and what it dropped."""

    kept: Mapping[str, Path]
    dropped: Mapping[str, Path]


def standing(steps: Mapping[str, Product]) -> Standing:
    """Give the files of all steps, each held against its checksum, once for all that is counted.

    Raises:
        Damaged: A file is missing or not what was written.
    """
    made = {step: steps[step] for step in STEPS if step in steps}
    return Standing(
        {step: one.whole("table") for step, one in made.items()},
        {step: one.whole("dropped") for step, one in made.items()},
    )


def kept(steps: Standing, step: str, *columns: str) -> Iterator[pl.DataFrame]:
    """Give some columns of what a step kept; the first piece is empty, the only one if it lacks."""
    types = SCHEMAS[step].types()
    yield pl.DataFrame(schema={name: types[name] for name in columns})
    if step in steps.kept:
        yield from _read(steps.kept[step], columns)


def dropped(steps: Standing, step: str, *columns: str) -> Iterator[pl.DataFrame]:
    """Give ``reason`` and some columns, of the table that came in, for what a step dropped.

    The first piece is empty, and the only one while the step, or the one before it, does not
    stand. A row dropped at the first step was never in a table: all it has is the name of its
    source.
    """
    before = CAME_FROM.get(step, step)
    types = SCHEMAS[before].types()
    yield pl.DataFrame(schema={"reason": pl.String, **{name: types[name] for name in columns}})
    if step not in steps.dropped or before not in steps.kept:
        return
    names = pq.read_schema(steps.dropped[step]).names
    key = [name for name in names if name not in ("reason", "detail")]
    wanted = [name for name in columns if name not in key]
    lost = _read(steps.dropped[step], [*key, "reason"])
    if step in CAME_FROM and wanted:
        lost = _beside(lost, _read(steps.kept[before], [*key, *wanted]), key)
    for rows in lost:
        absent = {name: pl.lit(None, types[name]) for name in columns if name not in rows.columns}
        yield rows.with_columns(**absent).select("reason", *columns)


def _beside(
    lost: Iterator[pl.DataFrame], table: Iterator[pl.DataFrame], key: Sequence[str]
) -> Iterator[pl.DataFrame]:
    """Give dropped rows with the other columns of the table they were in.

    Both rise by the key, so of the dropped rows that are left, those of a piece of the table come
    first, and are no more than the piece has rows.
    """
    rest = next(lost, None)
    if rest is None:
        return
    for rows in table:
        while rest.height < rows.height and (more := next(lost, None)) is not None:
            rest = pl.concat([rest, more])
        near = rest.head(rows.height).join(
            rows.with_columns(is_here=pl.lit(True)), on=key, how="left", maintain_order="left"
        )
        yield near.filter("is_here").drop("is_here")
        others = near.filter(pl.col("is_here").is_null()).select(rest.columns)
        rest = pl.concat([others, rest.slice(rows.height)])


def _read(path: Path, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(ROWS, columns=list(columns)):
            rows = pl.from_arrow(batch)
            assert isinstance(rows, pl.DataFrame)
            yield rows.select(columns)
