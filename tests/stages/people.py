"""Desks and tables for the tests of the stages on the people's side."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import polars as pl

from affekt.pictures.shelf import Shelf
from affekt.stage import Desk, Outcome, Stage
from affekt.store.rows import check_conserved, dropped_rows, in_polars
from affekt.tables import IMAGES, LABELS


def desk(folder: Path) -> Desk:
    """Give a desk whose folders are below one folder."""
    (folder / "scratch").mkdir(exist_ok=True)
    return Desk(Shelf(folder / "pictures"), folder / "journal", folder / "scratch")


def name(number: int) -> str:
    """Give the identity of an imagined picture."""
    return sha256(str(number).encode()).hexdigest()


def images(emotions: Sequence[str | None], groups: dict[int, int] | None = None) -> pl.DataFrame:
    """Give a table of pictures with these weak labels; ``groups`` puts a picture with another."""
    rows = {
        "image_id": [name(number) for number in range(len(emotions))],
        "emotion": emotions,
        "group_id": [name((groups or {}).get(at, at)) for at in range(len(emotions))],
    }
    rest = [
        pl.lit(None, dtype=kind).alias(word)
        for word, kind in IMAGES.types().items()
        if word not in rows
    ]
    frame = pl.DataFrame(rows, schema_overrides={"emotion": pl.String})
    return IMAGES.conform(frame.with_columns(rest), "test")


def labels(emotions: list[str]) -> pl.DataFrame:
    """Give strong labels of the pictures that `images` makes."""
    rows = [
        (name(at), f"question-{at}", emotion, 5, 3, None) for at, emotion in enumerate(emotions)
    ]
    return LABELS.conform(pl.DataFrame(rows, schema=LABELS.types(), orient="row"), "test")


def checked(stage: Stage, outcome: Outcome, came_in: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give table and dropped rows as the store would keep them, after its own checks."""
    table = stage.makes().conform(in_polars(outcome.table), stage.kind())
    dropped = dropped_rows(stage, outcome.dropped)
    check_conserved(stage, came_in, table.height, dropped.height)
    return table, dropped
