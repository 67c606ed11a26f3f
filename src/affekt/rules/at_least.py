"""The paper's rule: keep an emotion when at least three of five felt it."""

from typing import Self

import polars as pl
from pydantic import Field, model_validator

from affekt.rank import rank_of
from affekt.rules import Rule
from affekt.tables import DECISIONS


class AtLeast(Rule):
    """Keep an emotion felt by at least ``yes`` of ``of`` workers.

    Votes beyond ``of`` are not counted: those whose ``sha256(question, worker)`` is smallest are,
    so that neither the order of votes nor a diligent worker decides. With fewer than ``of`` votes
    the decision stands as soon as the missing ones cannot change it, and is null until then.

    References:
        You, Luo, Jin and Yang (2016), Building a Large Scale Dataset for Image Emotion Recognition,
        AAAI, section on the crowd's task: five workers a picture, kept when at least three agree.
    """

    yes: int = Field(3, ge=1, le=999, description="votes that must have felt it")
    of: int = Field(5, ge=1, le=999, description="votes counted a question")

    @model_validator(mode="after")
    def _can_be_met(self) -> Self:
        if self.yes > self.of:
            raise ValueError(
                f"yes = {self.yes} is more than of = {self.of}, so nothing could ever be kept; "
                f"lower `yes` to at most {self.of} or raise `of` to at least {self.yes}"
            )
        return self

    def decide(self, votes: pl.DataFrame) -> pl.DataFrame:
        counts = (
            _at_most(votes, self.of)
            .group_by("question_id", "emotion")
            .agg(votes=pl.len(), votes_yes=pl.col("felt").sum())
        )
        still_to_come = self.of - pl.col("votes").cast(pl.Int64)
        decided = counts.with_columns(
            share=pl.col("votes_yes") / pl.col("votes"),
            is_label=pl.when(pl.col("votes_yes") >= self.yes)
            .then(True)
            .when(pl.col("votes_yes").cast(pl.Int64) + still_to_come < self.yes)
            .then(False),
        )
        return DECISIONS.conform(decided, "at_least")

    def needs(self) -> int | None:
        return self.of


def _at_most(votes: pl.DataFrame, of: int) -> pl.DataFrame:
    """Give the votes with no more than ``of`` a question and emotion, chosen by rank."""
    key = ["question_id", "emotion"]
    is_full = pl.len().over(key) > of
    crowded = votes.filter(is_full)
    ranks = [
        rank_of(f"{question}\n{worker}", seed=0, purpose="at_least")
        for question, worker in crowded.select("question_id", "worker").iter_rows()
    ]
    counted = (
        crowded.with_columns(rank=pl.Series(ranks, dtype=pl.Int64))
        .sort("rank", "worker")
        .group_by(key, maintain_order=True)
        .head(of)
        .select(votes.columns)
    )
    return pl.concat([votes.filter(~is_full), counted])
