"""A list of pictures that people are to be asked about once more, such as likely wrong labels."""

import hashlib

import polars as pl

from affekt.errors import UsageError
from affekt.parts import Place, did_you_mean

NEEDED, BEFORE, LABEL = "image_id", "original_id", "label"


def listed(place: Place, emotions: tuple[str, ...]) -> pl.DataFrame:
    """Give one row a picture: ``image_id``, and ``asked``, the number of the emotion to ask about.

    The table is CSV with the column ``image_id``. Where ``original_id`` is filled in, the picture
    goes by that name. Where there is no ``label``, ``asked`` is null: the weak label counts.

    Raises:
        UsageError: There is no such table, or a row of it cannot be asked about.
    """
    rows = _read(place)
    names = rows.select(
        image_id=pl.coalesce(_filled(rows, BEFORE), _filled(rows, NEEDED)),
        label=_filled(rows, LABEL),
    ).unique(maintain_order=True)
    strange = names.filter(pl.col("label").is_not_null() & ~pl.col("label").is_in(emotions))
    if strange.height:
        word = strange["label"][0]
        raise UsageError(
            f"sample.again: {place.written!r} has the label {word!r}; "
            f"{did_you_mean(word, list(emotions))}"
        )
    twice = names.filter(pl.col("image_id").is_duplicated())
    if names["image_id"].null_count() or twice.height:
        what = (
            "an empty image_id" if not twice.height else f"two labels of {twice['image_id'][0]!r}"
        )
        raise UsageError(
            f"sample.again: {place.written!r} has {what}; one row with one label a picture is "
            "needed"
        )
    number = pl.col("label").replace_strict(emotions, range(len(emotions)), return_dtype=pl.Int8)
    return names.select("image_id", asked=number)


def witness(place: Place | None) -> str:
    """Digest of the list, ``""`` for none; that a list is missing is found out by reading it."""
    if place is None or not place.path.is_file():
        return ""
    return hashlib.sha256(place.path.read_bytes()).hexdigest()


def _read(place: Place) -> pl.DataFrame:
    try:
        rows = pl.read_csv(place.path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as trouble:
        raise UsageError(
            f"sample.again: {place.written!r} cannot be read ({trouble}); give a CSV file with the "
            "column 'image_id', such as tables/g17-….csv of the report"
        ) from trouble
    if NEEDED not in rows.columns:
        raise UsageError(
            f"sample.again: {place.written!r} has the columns {rows.columns}; 'image_id' is needed"
        )
    return rows


def _filled(rows: pl.DataFrame, name: str) -> pl.Expr:
    """Give a column of text, null where it is empty or missing."""
    if name not in rows.columns:
        return pl.lit(None, dtype=pl.String)
    return pl.when(pl.col(name) != "").then(pl.col(name))
