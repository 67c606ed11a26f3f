"""More felt it than did not, whatever the number of votes."""

from typing import Literal

import polars as pl
from pydantic import Field

from affekt.rank import rank_of
from affekt.rules import Rule
from affekt.tables import DECISIONS


class Majority(Rule):
    """Keep an emotion that more than half of its votes felt; a tie is no majority by default.

    With ``ties = "random"`` the rank of the question decides, so that neither the order of votes
    nor another question matters.
    """

    ties: Literal["no", "yes", "random"] = Field("no", description="what as many YES as NO decide")

    def decide(self, votes: pl.DataFrame) -> pl.DataFrame:
        yes = pl.col("votes_yes").cast(pl.Int64)
        no = pl.col("votes").cast(pl.Int64) - yes
        counts = votes.group_by("question_id", "emotion").agg(
            votes=pl.len(), votes_yes=pl.col("felt").sum()
        )
        decided = counts.with_columns(
            share=pl.col("votes_yes") / pl.col("votes"),
            is_label=pl.when(yes == no).then(self._of_ties(counts)).otherwise(yes > no),
        )
        return DECISIONS.conform(decided, "majority")

    def _of_ties(self, counts: pl.DataFrame) -> pl.Series:
        """Give what each question decides if it is tied."""
        if self.ties != "random":
            return pl.Series([self.ties == "yes"] * counts.height, dtype=pl.Boolean)
        names = counts.select("question_id", "emotion").iter_rows()
        heads = [rank_of("\n".join(name), seed=0, purpose="majority") % 2 == 1 for name in names]
        return pl.Series(heads, dtype=pl.Boolean)
