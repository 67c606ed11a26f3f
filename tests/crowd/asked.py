"""Questions for the tests of crowds and stages: no picture is needed to ask about one."""

from hashlib import sha256

import polars as pl

from affekt.tables import QUESTIONS


def questions(emotion: str, count: int, truth: str | None = None) -> pl.DataFrame:
    """Give questions about pictures that differ by emotion and number only."""
    names = [sha256(f"{emotion} {number}".encode()).hexdigest() for number in range(count)]
    rows = [
        (sha256(f"{name}\n{emotion}\ntask".encode()).hexdigest()[:32], name, emotion, "task", name)
        for name in names
    ]
    schema = {name: kind for name, kind in QUESTIONS.types().items() if name != "truth"}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.with_columns(truth=pl.lit(truth, dtype=pl.String))
