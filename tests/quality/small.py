"""A few events, written down by hand."""

from datetime import UTC, datetime, timedelta

import polars as pl

START = datetime(2026, 11, 2, 9, tzinfo=UTC)


def deed(
    sequence: int, question: str, worker: str, felt: bool | None, **other: object
) -> pl.DataFrame:
    """Give one event: a counted vote of 3 s without a known answer, if not told else."""
    row = {
        "question_id": question, "image_id": f"image of {question}", "worker": worker,
        "emotion": "fear", "felt": felt, "seconds": 3.0, "at": START + timedelta(seconds=sequence),
        "sequence": sequence, "is_gold": other.get("gold_felt") is not None, "gold_felt": None,
        "kind": "vote", "state": "counted",
    }  # fmt: skip
    return pl.DataFrame({name: [value] for name, value in (row | other).items()})


def votes(**answers: str) -> pl.DataFrame:
    """Give votes: for each worker a letter a question, Y, N, or . for none."""
    told = [
        (worker, f"q{number}", letter == "Y")
        for worker, letters in answers.items()
        for number, letter in enumerate(letters)
        if letter != "."
    ]
    return pl.concat(
        [deed(at, question, who, felt) for at, (who, question, felt) in enumerate(told)]
    )


def one(frame: pl.DataFrame, worker: str) -> dict[str, object]:
    """Give the row of one worker."""
    return frame.row(by_predicate=pl.col("worker") == worker, named=True)
