"""What two label models say of the votes of an export: the paper's, and the recommended one."""

import polars as pl

from affekt.rules.at_least import AtLeast
from affekt.rules.two_sided import TwoSided
from affekt.tables import VOTES

UNIT = ["question_id", "emotion"]
DIGITS = 6  # beyond these, sums of logarithms differ from machine to machine


def modelled(votes: pl.DataFrame) -> pl.DataFrame:
    """Give `UNIT`, ``at_least`` and ``two_sided`` of every question with a counted vote.

    Args:
        votes: Counted votes with ``question_id``, ``emotion``, ``worker`` and ``answer``, whose
            words are yes and no.
    """
    felt = pl.col("answer") == "yes"
    told = VOTES.conform(votes.with_columns(felt=felt, seconds=pl.lit(None)), "export")
    paper = AtLeast().decide(told).select(*UNIT, at_least="is_label")
    chance = pl.col("share").cast(pl.Float64).round(DIGITS)
    return paper.join(TwoSided().decide(told).select(*UNIT, two_sided=chance), on=UNIT)
