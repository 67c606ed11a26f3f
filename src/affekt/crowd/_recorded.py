"""Reads recorded votes with their truth from a CSV file: what simulated people are drawn from."""

import polars as pl

from affekt.crowd._ballot import NO, YES
from affekt.errors import TableError
from affekt.parts import Place

NEEDED = ("question_id", "worker", "felt", "truth")


def recorded(path: Place, data: bytes) -> pl.DataFrame:
    """Give the votes as `affekt.simulation.fit` takes them.

    Raises:
        TableError: It is no CSV file, has no vote, lacks a column, or has a cell that cannot be
            understood.
    """
    try:
        votes = pl.read_csv(data, infer_schema=False)
    except pl.exceptions.PolarsError as trouble:
        raise TableError(f"{path.path}: cannot be read as CSV ({trouble})") from trouble
    missing = [name for name in NEEDED if name not in votes.columns]
    if missing or votes.is_empty():
        what = f"lacks the columns {missing}" if missing else "has no votes"
        raise TableError(
            f"{path.path}: {what}; needed are {', '.join(NEEDED)}, and seconds if known, one line "
            "a vote, where truth is yes, no or the probability that it is felt"
        )
    given = votes.with_columns(
        _number(votes["felt"], path, fractions=False) > 0, _number(votes["truth"], path)
    )
    if "seconds" in given.columns:
        given = given.with_columns(pl.col("seconds").cast(pl.Float64, strict=False))
    return given


def _number(cells: pl.Series, path: Place, *, fractions: bool = True) -> pl.Series:
    """Give YES and NO as 1 and 0, and where they are allowed what lies between."""
    words = cells.fill_null("").str.strip_chars().str.to_lowercase()
    plain = {**dict.fromkeys(YES, 1.0), **dict.fromkeys(NO, 0.0)}
    numbers = words.replace_strict(plain, default=None, return_dtype=pl.Float64)
    if fractions:
        between = words.cast(pl.Float64, strict=False)
        numbers = numbers.fill_null(between.set(~between.is_between(0, 1).fill_null(False), None))
    bad = numbers.is_null().arg_true()
    if not bad.is_empty():
        allowed = "yes, no or a number from 0 to 1" if fractions else "yes or no"
        raise TableError(
            f"{path.path}: vote {bad[0] + 1:,}: {cells.name} is {cells[int(bad[0])]!r}; write "
            f"{allowed}"
        )
    return numbers
