"""Questions and answers for the tests of a journal, in a few words."""

from pathlib import Path

import polars as pl

from affekt.journal.votes import Votes
from affekt.tables import QUESTIONS, VOTES


def asked(*names: str) -> pl.DataFrame:
    rows = [
        (name, f"image-{name}", "awe", "task", f"image-{name}", None, "folder", name)
        for name in names
    ]
    return pl.DataFrame(rows, schema=QUESTIONS.types(), orient="row")


def answers(*rows: tuple[str, str, bool], emotion: str = "awe") -> pl.DataFrame:
    full = [(question, worker, emotion, felt, 4.5) for question, worker, felt in rows]
    return pl.DataFrame(full, schema=VOTES.types(), orient="row")


def fill(place: Path | str) -> None:
    """Ask two questions, of which one has two answers."""
    with Votes(place, "campaign") as journal:
        journal.ask(asked("q1", "q2"))
        journal.record(answers(("q1", "ann", True), ("q1", "bob", False)))


def read(place: Path | str) -> pl.DataFrame:
    with Votes(place, "campaign") as journal:
        return journal.votes()
