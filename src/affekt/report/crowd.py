"""What the crowd answered about the sample, for the exhibits about votes, agreement and workers."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import polars as pl
from jaxtyping import Int

from affekt.report.inputs import ReportInput
from affekt.report.numbers import is_simulated

SIMULATED = "The votes come from a simulated crowd: these numbers say nothing about people."


class Answers(NamedTuple):
    """Votes on tasks; what was asked to test workers is left out.

    Attributes:
        questions: One row a question and emotion: ``emotion``, ``group_id``, ``votes``, ``yes``.
        votes: One row a vote: ``worker``, ``felt``, ``seconds``, and ``votes`` and ``yes`` of its
            question.
        of: Votes a question is meant to get.
        emotions: Those asked about, in the order of the taxonomy.
        notes: What a reader must know of all these numbers.
    """

    questions: pl.DataFrame
    votes: pl.DataFrame
    of: int
    emotions: tuple[str, ...]
    notes: tuple[str, ...]

    def of_emotion(self, name: str) -> pl.DataFrame:
        """Give the questions about one emotion."""
        return self.questions.filter(pl.col("emotion") == name)


def answers(given: ReportInput) -> Answers | None:
    """Read the votes; None where a stage is missing or nobody has voted."""
    sample, verify = given.made("sample"), given.made("verify")
    if sample is None or verify is None:
        return None
    tasks = sample.table().filter(pl.col("role") == "task")
    tasks = tasks.select("question_id", group_id=pl.coalesce("group_id", "image_id"))
    by_question = ("question_id", "emotion")
    votes = verify.table().join(tasks, on="question_id").sort(*by_question, "worker")
    if votes.is_empty():
        return None
    votes = votes.with_columns(
        votes=pl.len().over(by_question), yes=pl.col("felt").sum().over(by_question)
    )
    columns = (*by_question, "group_id", "votes", "yes")
    questions = votes.select(columns).unique(by_question, maintain_order=True)
    names = set(questions["emotion"])
    told = (
        f"n = {questions.height:,} questions and {votes.height:,} votes of "
        f"{votes['worker'].n_unique():,} workers; questions that test workers are left out.",
        *((SIMULATED,) if is_simulated(given) else ()),
    )
    order = tuple(name for name in given.taxonomy.names if name in names)
    return Answers(questions, votes, _meant(given, questions), order, told)


def _meant(given: ReportInput, questions: pl.DataFrame) -> int:
    """Votes that the rule counts a question; the most any question got where it does not say."""
    decide = given.made("decide")
    recipe = decide.manifest.get("recipe", {}) if decide else {}
    rule = recipe.get("rule", {}) if isinstance(recipe, Mapping) else {}
    of = rule.get("of") if isinstance(rule, Mapping) else None
    return of if isinstance(of, int) else int(questions["votes"].to_numpy().max())


def counts(questions: pl.DataFrame) -> Int[np.ndarray, "question 2"]:
    """Give how often each question was answered NO and YES."""
    yes = questions["yes"].to_numpy().astype(int)
    return np.column_stack([questions["votes"].to_numpy().astype(int) - yes, yes])
