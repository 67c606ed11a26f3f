"""Tables of pictures, as small as a test of folds wants them."""

import polars as pl

from affekt.tables import PICTURES


def pictures(
    emotions: list[str], groups: list[str] | None = None, parts: list[str | None] | None = None
) -> pl.DataFrame:
    """One row an emotion, named in order; each its own group, without parts, unless told."""
    names = [f"image-{row:03d}" for row in range(len(emotions))]
    frame = pl.DataFrame(
        {
            "image_id": names,
            "name": names,
            "emotion": emotions,
            "group_id": groups or names,
            "part": parts or [None] * len(names),
        },
        schema_overrides={"part": pl.String, "emotion": pl.String},
    )
    empty = PICTURES.empty().clear()
    return pl.concat([empty, frame], how="diagonal")
