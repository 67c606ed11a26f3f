"""Reads pictures whose emotion is known from a table, for a campaign to put among the others."""

from hashlib import sha256
from pathlib import Path

import polars as pl

from affekt.campaign.gold import add_gold
from affekt.campaign.live import Live
from affekt.errors import DiskTrouble, UsageError
from affekt.tables import QUESTIONS

COLUMNS = ("emotion", "truth")
PICTURE = ("image_id", "file")


def add_known(live: Live, path: Path, pictures: pl.Series) -> int:
    """Add the gold of a CSV file, and give the number of its rows; the same again adds nothing.

    Args:
        live: The campaign.
        path: Has ``image_id``, or ``file`` beside the table; ``emotion``, which is asked about; and
            ``truth``, the emotion that is known.
        pictures: Image ids that can be shown.

    Raises:
        UsageError: A column is missing, a word is no emotion, or a picture cannot be shown.
        DiskTrouble: A file cannot be read.
    """
    table = _read(path)
    for name in COLUMNS:
        _refuse(path, table, ~pl.col(name).is_in(live.emotions), name, f"one of {live.emotions}")
    if "image_id" not in table.columns:
        ids = [_image_id(path.parent / name) for name in table["file"].fill_null("")]
        table = table.with_columns(image_id=pl.Series(ids, dtype=pl.String))
    _refuse(path, table, ~pl.col("image_id").is_in(pictures.implode()), "image_id",
            "a picture that this plan has cleaned and kept")  # fmt: skip
    rows = table.with_columns(
        question_id=pl.format("gold-{}-{}", pl.col("image_id").str.head(16), "emotion"),
        role=pl.lit("gold"),
        group_id="image_id",
        source=pl.lit("gold"),
        source_id="image_id",
    )
    add_gold(live, QUESTIONS.conform(rows, str(path)))
    return rows.height


def _read(path: Path) -> pl.DataFrame:
    try:
        table = pl.read_csv(path, infer_schema=False)
    except OSError as trouble:
        raise DiskTrouble(
            f"{path}: cannot be read ({trouble.strerror or trouble}); name another file"
        ) from trouble
    except pl.exceptions.PolarsError as trouble:
        raise UsageError(f"{path}: is no CSV table ({trouble}); write one line a picture") from None
    missing = [name for name in COLUMNS if name not in table.columns]
    if missing or not set(PICTURE) & set(table.columns):
        raise UsageError(
            f"{path}: has the columns {table.columns}; emotion, truth, and image_id or file are "
            "needed"
        )
    return table


def _image_id(path: Path) -> str:
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError as trouble:
        raise DiskTrouble(
            f"{path}: cannot be read ({trouble.strerror}); correct its line of the table"
        ) from trouble


def _refuse(path: Path, table: pl.DataFrame, wrong: pl.Expr, name: str, allowed: str) -> None:
    bad = table.with_row_index("line", offset=2).filter(wrong.fill_null(value=True))
    if bad.height:
        row = bad.row(0, named=True)
        raise UsageError(
            f"{path}, line {row['line']}: {name} is {row[name]!r}; {allowed} is allowed"
        )
