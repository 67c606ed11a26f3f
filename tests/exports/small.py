"""A small campaign: two questions asked, one of gold, three workers."""

import polars as pl

from tests.quality.small import deed

CAMPAIGN = {
    "name": "pilot",
    "question": "Do you feel {emotion} seeing this image?",
    "consent": {"version": "2026-11", "sha256": "ab" * 32},
    "pay": {"currency": "USD", "per_batch": "0.10", "batch_size": 10, "floor_per_hour": "9.00"},
}


def events() -> pl.DataFrame:
    rows = [
        deed(0, "q1", "ann", felt=True, seconds=4.2),
        deed(1, "q1", "ben", felt=True, seconds=4.2),
        deed(2, "q1", "cem", felt=False, seconds=4.2),
        deed(3, "q2", "ann", felt=False),
        deed(4, "q2", "ben", felt=None, kind="skip"),
        deed(5, "q2", "cem", felt=True, state="late"),
        deed(6, "gold", "ann", felt=True, gold_felt=True),
    ]
    return pl.concat(rows, how="vertical_relaxed").with_columns(policy=pl.lit("curtailed 3 of 5"))


def item(question: str, **other: object) -> pl.DataFrame:
    row = {
        "question_id": question, "image_id": f"image of {question}", "emotion": "fear",
        "image": f"{question}.jpg", "decision": "keep", "posterior": 0.75,
        "policy": "curtailed 3 of 5", "is_gold": False,
    }  # fmt: skip
    return pl.DataFrame({name: [value] for name, value in (row | other).items()})


def items() -> pl.DataFrame:
    asked = [item("q1"), item("q2", decision="drop", posterior=0.125), item("gold", is_gold=True)]
    return pl.concat(asked)


def workers() -> pl.DataFrame:
    return pl.DataFrame(
        {"worker": ["ann", "ben", "cem"], "votes": [3, 1, 2], "note": ["", "=1+1", None]}
    )
