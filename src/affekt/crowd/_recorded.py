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
    answer, truth, seconds = pl.col("felt"), pl.col("truth"), pl.col("seconds")
    timed = [_from_zero(seconds)] if "seconds" in votes.columns else []
    understood = votes.select(
        "question_id",
        "worker",
        _answer(answer) > 0,
        pl.coalesce(_answer(truth), _from_zero(truth, 1.0)),
        *timed,
    )
    _check(path, votes["felt"], understood["felt"], "yes or no")
    _check(path, votes["truth"], understood["truth"], "yes, no or a number from 0 to 1")
    if timed:
        blank = votes["seconds"].fill_null("").str.strip_chars() == ""
        told = understood["seconds"].zip_with(~blank, pl.zeros(votes.height, eager=True))
        _check(path, votes["seconds"], told, "a number from 0, or nothing")
    return understood


def _answer(cells: pl.Expr) -> pl.Expr:
    """Give YES as 1 and NO as 0; null where it is neither."""
    plain = {**dict.fromkeys(YES, 1.0), **dict.fromkeys(NO, 0.0)}
    words = cells.str.strip_chars().str.to_lowercase()
    return words.replace_strict(plain, default=None, return_dtype=pl.Float64)


def _from_zero(cells: pl.Expr, most: float = 1e9) -> pl.Expr:
    """Give numbers from 0; null where it is none, or over ``most``."""
    number = cells.str.strip_chars().cast(pl.Float64, strict=False)
    return pl.when(number.is_between(0, most)).then(number).alias(cells.meta.output_name())


def _check(path: Place, given: pl.Series, understood: pl.Series, allowed: str) -> None:
    """Raise about the first cell that was not understood."""
    bad = understood.is_null().arg_true()
    if not bad.is_empty():
        at = int(bad[0])
        raise TableError(
            f"{path.path}: vote {at + 1:,}: {given.name} is {given[at]!r}; write {allowed}"
        )
