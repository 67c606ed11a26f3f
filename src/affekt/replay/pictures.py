"""The pictures of a replay by name: the pool of the test, and the candidates of each emotion."""

from collections.abc import Mapping
from hashlib import sha256
from itertools import accumulate
from pathlib import Path

import numpy as np
import polars as pl

from affekt.rank import ranks_of
from affekt.simulation.items import SUBMITTED_KEPT
from affekt.tables import QUESTIONS

SUBMITTED = {name: submitted for name, (submitted, _) in SUBMITTED_KEPT.items()}
# Figure 2 of the paper shows no values; its text lets contentment have about 27,000 pictures and
# every other emotion at least 31,000, fear 33,000.
CANDIDATES = {name: {"contentment": 27_000, "fear": 33_000}.get(name, 31_000) for name in SUBMITTED}
# ArtPhoto by emotion: Table 1 of the paper.
ARTPHOTO = {
    "amusement": 101, "anger": 77, "awe": 102, "contentment": 70, "disgust": 70, "excitement": 105,
    "fear": 115, "sadness": 166,
}  # fmt: skip


def write_pool(path: Path, address: str) -> Path:
    """Write the table from which the test is drawn: stand-ins for ArtPhoto, as many an emotion."""
    lines = [
        f"{address}/pictures/{_named(name, number)[:16]}.png,{name}"
        for name, count in ARTPHOTO.items()
        for number in range(count)
    ]
    path.write_text("\n".join(["url,emotion", *lines, ""]), encoding="utf-8")
    return path


def _named(emotion: str, number: int) -> str:
    """Give a name that tells nothing of the emotion."""
    return sha256(f"artphoto/{emotion}/{number}".encode()).hexdigest()


def submitted(items: int) -> Mapping[str, int]:
    """Give emotion → pictures submitted: Table 2, or the same shares of fewer.

    >>> submitted(90_000)["fear"], sum(submitted(900).values())
    (13000, 900)
    """
    whole = sum(SUBMITTED.values())
    ends = [round(total * items / whole) for total in accumulate(SUBMITTED.values())]
    return {
        name: end - begin for name, begin, end in zip(SUBMITTED, [0, *ends], ends, strict=False)
    }


def drawn(items: int, seed: int) -> pl.DataFrame:
    """Give the questions (schema `affekt.tables.QUESTIONS`): drawn at random in each emotion.

    The rows of an emotion stand in the order in which they were drawn, so that the first 11,000 of
    fear are those of the paper's first round.
    """
    rows = [
        (image, name, at)
        for name, count in submitted(items).items()
        for at, image in enumerate(_images(name, count, seed))
    ]
    frame = pl.DataFrame(rows, schema=["image_id", "emotion", "place"], orient="row")
    asked = frame.with_columns(
        question_id=pl.concat_str(
            "image_id", "emotion", pl.lit("task"), separator="\n"
        ).map_elements(lambda text: sha256(text.encode()).hexdigest()[:32], return_dtype=pl.String),
        role=pl.lit("task"),
        group_id=pl.col("image_id"),
        truth=pl.lit(None, pl.String),
        source=pl.lit("replay"),
        source_id=pl.col("image_id"),
    )
    return asked.select(*QUESTIONS.columns)


def _images(emotion: str, count: int, seed: int) -> list[str]:
    names = [f"{emotion}/{number}" for number in range(CANDIDATES[emotion])]
    order = np.argsort(ranks_of(names, seed, "sample"), kind="stable")[:count]
    return [sha256(names[at].encode()).hexdigest() for at in order]
