"""How much more often people affirm an emotion asked alone than choose it among all of them."""

from hashlib import sha256

import numpy as np
import polars as pl
from jaxtyping import Float

from affekt.errors import TableError
from affekt.measures.intervals import bootstrap

NEEDED = ("image_id", "emotion", "felt")
ROUNDS = 2000
SCHEMA = {
    "emotion": pl.String,
    "pictures": pl.Int64,
    "share_alone": pl.Float64,
    "share_among": pl.Float64,
    "difference": pl.Float64,
    "difference_low": pl.Float64,
    "difference_high": pl.Float64,
    "kept_alone": pl.Float64,
    "first_among": pl.Float64,
}


def candidate_bias(alone: pl.DataFrame, among: pl.DataFrame) -> pl.DataFrame:
    """Compare votes on one emotion at a time with votes on all of them, on the same pictures.

    People asked "do you feel awe?" say YES to pictures for which, asked what they feel, they name
    another emotion, or none. Only pictures that both tables ask about the emotion count.

    Args:
        alone: One row a vote: ``image_id``, ``emotion`` (the one asked), ``felt``.
        among: The same columns, one row for each emotion that a worker could tick.

    Returns:
        One row an emotion, sorted: ``pictures`` in both; ``share_alone`` and ``share_among``, mean
        shares of workers who felt it (0–1); their ``difference`` with a 95 % bootstrap interval
        over pictures; ``kept_alone``, share of pictures that more than half affirm when asked
        alone; ``first_among``, share of pictures on which no emotion is ticked by more people. No
        rows where no picture is in both.

    Raises:
        TableError: A column is missing.
    """
    for name, votes in (("alone", alone), ("among", among)):
        missing = [column for column in NEEDED if column not in votes.columns]
        if missing:
            raise TableError(
                f"votes {name}: the columns {missing} are missing; found {votes.columns}, needed "
                f"are {list(NEEDED)}"
            )
    both = _shares(alone).join(_ranked(_shares(among)), on=["image_id", "emotion"])
    rows = [_compared(emotion, some) for (emotion,), some in both.sort("image_id").group_by(
        "emotion", maintain_order=True)]  # fmt: skip
    return pl.DataFrame(rows, schema=SCHEMA).sort("emotion")


def _shares(votes: pl.DataFrame) -> pl.DataFrame:
    return votes.group_by("image_id", "emotion").agg(share=pl.col("felt").mean())


def _ranked(shares: pl.DataFrame) -> pl.DataFrame:
    """Tell of each emotion of a picture whether no other is ticked by more people."""
    first = (pl.col("share") == pl.col("share").max().over("image_id")) & (pl.col("share") > 0)
    return shares.select("image_id", "emotion", among="share", is_first=first)


def _compared(emotion: object, pictures: pl.DataFrame) -> dict[str, object]:
    gap: Float[np.ndarray, " image"] = (pictures["share"] - pictures["among"]).to_numpy()
    seed = int.from_bytes(sha256(str(emotion).encode()).digest()[:4], "big")
    low, high = bootstrap(
        lambda rows: float(gap[rows].mean()),
        pictures["image_id"].to_list(),
        np.random.default_rng(seed),
        rounds=ROUNDS,
    )
    return {
        "emotion": emotion,
        "pictures": pictures.height,
        "share_alone": pictures["share"].mean(),
        "share_among": pictures["among"].mean(),
        "difference": float(gap.mean()),
        "difference_low": low,
        "difference_high": high,
        "kept_alone": (pictures["share"] > 0.5).mean(),
        "first_among": pictures["is_first"].mean(),
    }
