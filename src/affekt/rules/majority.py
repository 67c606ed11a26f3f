"""More felt it than did not, whatever the number of votes."""

from typing import Literal

import polars as pl
from pydantic import Field

from affekt.rules import Rule
from affekt.tables import DECISIONS


class Majority(Rule):
    """Keep an emotion that more than half of its votes felt; a tie is no majority by default."""

    ties: Literal["no", "yes"] = Field("no", description="what as many YES as NO decide")

    def decide(self, votes: pl.DataFrame) -> pl.DataFrame:
        yes = pl.col("votes_yes").cast(pl.Int64)
        no = pl.col("votes").cast(pl.Int64) - yes
        decided = (
            votes.group_by("question_id", "emotion")
            .agg(votes=pl.len(), votes_yes=pl.col("felt").sum())
            .with_columns(
                share=pl.col("votes_yes") / pl.col("votes"),
                is_label=(yes >= no) if self.ties == "yes" else (yes > no),
            )
        )
        return DECISIONS.conform(decided, "majority")
