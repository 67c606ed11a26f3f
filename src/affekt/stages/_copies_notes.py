"""What is counted about copies, for the manifest."""

from typing import Any

import numpy as np
import polars as pl

from affekt.stages._copies import DISAGREES, EXACT, NEAR, REASONS, STAYS, Verdicts

UNLABELLED = "unlabelled"  # the word for pictures without emotion


def told(verdicts: Verdicts) -> dict[str, Any]:
    """Count copies by emotion and source, and near copies found for another emotion (K16)."""
    rows = verdicts.pictures.rows
    gone = np.flatnonzero(verdicts.code != STAYS)
    about = rows.select("emotion", "source")[gone].select(
        emotion=pl.col("emotion").cast(pl.String).fill_null(UNLABELLED),
        source=pl.col("source").cast(pl.String),
    )
    about = about.with_columns(code=pl.Series(verdicts.code[gone]))
    counts = {name: int((verdicts.code == code).sum()) for name, code in _CODES}
    return {
        "copies": {
            **counts,
            "by_emotion": _counted(about, "emotion"),
            "by_source": _counted(about, "source"),
            "near_across_emotions": _crossing(verdicts),
            "relabelled": verdicts.relabelled().height,
        }
    }


_CODES = [(str(REASONS[code]), code) for code in (EXACT, NEAR, DISAGREES)]


def _counted(about: pl.DataFrame, by: str) -> dict[str, dict[str, int]]:
    """Give word → reason → rows, sorted."""
    found: dict[str, dict[str, int]] = {}
    counted = about.group_by(by, "code").len().sort(by, "code")
    for word, code, n in counted.iter_rows():
        found.setdefault(word, {})[str(REASONS[code])] = n
    return found


def _crossing(verdicts: Verdicts) -> int:
    """Count the near copies found for another emotion than their keeper."""
    emotion = verdicts.pictures.codes("emotion")[verdicts.pictures.shown]
    keepers = emotion[verdicts.keeper]
    return int(((emotion != keepers) & (emotion >= 0) & (keepers >= 0)).sum())
