"""`crowd bias`: one emotion asked about alone, beside a choice among all of them."""

from pathlib import Path
from typing import Any

import polars as pl

from affekt.cli import voice
from affekt.exports import read_export
from affekt.quality.candidates import candidate_bias


def bias(*, alone: str, among: str, as_json: bool, **_: Any) -> None:
    """Compare the counted votes of two exports on the pictures that are in both."""
    found = candidate_bias(_votes(alone), _votes(among))
    if as_json:
        voice.document(found.to_dicts())
        return
    if found.is_empty():
        voice.line("no picture was asked about the same emotion in both")
        return
    told = found.with_columns(pl.col(pl.Float64).round(3))
    voice.table(told.rows(), told.columns)


def _votes(folder: str) -> pl.DataFrame:
    votes = read_export(Path(folder)).votes
    said = votes.filter(pl.col("kind") == "vote", pl.col("state") == "counted")
    return said.select("image_id", "emotion", "felt")
