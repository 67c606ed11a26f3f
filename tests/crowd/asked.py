"""Questions for the tests of crowds and stages: no picture is needed to ask about one."""

from hashlib import sha256

import polars as pl

from affekt.tables import QUESTIONS


def questions(emotion: str, count: int, truth: str | None = None) -> pl.DataFrame:
    """Give questions about pictures that differ by emotion and number only."""
    names = [sha256(f"{emotion} {number}".encode()).hexdigest() for number in range(count)]
    rows = [
        {
            "question_id": sha256(f"{name}\n{emotion}\ntask".encode()).hexdigest()[:32],
            "image_id": name,
            "emotion": emotion,
            "role": "task",
            "group_id": name,
            "truth": truth,
            "source": "folder",
            "source_id": f"{emotion}/{number}.jpg",
        }
        for number, name in enumerate(names)
    ]
    return pl.DataFrame(rows, schema=QUESTIONS.types())
