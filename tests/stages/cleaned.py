"""Tables for the tests of the stages on the web's side."""

from hashlib import sha256
from typing import Any

import daft
import polars as pl

from affekt.stage import Desk, Stage
from affekt.tables import CLEAN, FOUND, Schema
from tests.stages.people import checked


def _table(schema: Schema, rows: list[dict[str, Any]], absent: dict[str, Any]) -> pl.DataFrame:
    whole = [{**dict.fromkeys(schema.columns), **absent, **row} for row in rows]
    return schema.conform(pl.DataFrame(whole, schema=schema.types(), orient="row"), "test")


def found(*rows: dict[str, Any]) -> pl.DataFrame:
    """Give hits; what a row leaves open is a folder's; the address is the picture's name."""
    named = [{"url": row["source_id"], **row} for row in rows]
    return _table(FOUND, named, {"source": "folder", "query": "", "is_generated": False})


def name(text: str) -> str:
    """Give the identity of an imagined picture."""
    return sha256(text.encode()).hexdigest()


def clean(*rows: dict[str, Any]) -> pl.DataFrame:
    """Give pictures, named by a text ``is``; each has its own hash unless told.

    The difference hash is like the perceptual one unless told.
    """
    whole = []
    for row in rows:
        image_id = name(row["is"])
        about = {
            "image_id": image_id,
            "source_id": row["is"],
            "phash": int(image_id[:16], 16),
            **{key: value for key, value in row.items() if key != "is"},
        }
        about = {"dhash": about["phash"], **about}
        whole.append(about)
    size = {"width_px": 100, "height_px": 80, "n_bytes": 1000, "format": "JPEG"}
    return _table(CLEAN, whole, {"source": "folder", "query": "", "is_generated": False, **size})


def run(stage: Stage, desk: Desk, table: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give what a stage keeps and drops, as the store would keep it, after its own checks."""
    outcome = stage.run(desk, daft.from_arrow(table.to_arrow()))
    return checked(stage, outcome, table.height)


def reasons(dropped: pl.DataFrame) -> dict[str, str]:
    """Give the reason for each name at the source."""
    return dict(dropped.select("source_id", "reason").iter_rows())
