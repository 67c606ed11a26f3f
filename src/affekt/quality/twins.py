"""Workers who answer so alike that they may be one person."""

import numpy as np
import polars as pl
from scipy.special import ndtr

from affekt.measures.multiplicity import holm
from affekt.quality.apart import NORMAL_QUARTILE
from affekt.quality.events import UNIT
from affekt.tables import Column, Schema

SHARED_QUESTIONS = 20  # fewer say nothing about two people
TWINS = Schema(
    "twins",
    ("worker", "other"),
    {
        "worker": Column(pl.String, "pseudonym"),
        "other": Column(pl.String, "pseudonym, later in the alphabet"),
        "shared": Column(pl.Int64, "questions both answered"),
        "agreed": Column(pl.Int64, "questions both answered alike"),
        "expected": Column(pl.Float64, "answers alike that two people of their habits would have"),
        "p": Column(pl.Float64, "chance of so many alike if they are two people"),
        "p_adjusted": Column(pl.Float64, "p after Holm, over all pairs of this table"),
    },
)


def twins(votes: pl.DataFrame) -> pl.DataFrame:
    r"""Give the pairs of workers with enough questions in common, under `TWINS`.

    What two people agree on by chance depends on the question and on both: with
    :math:`q_{wc}` the YES share of worker w on questions of class c (by the YES share of everybody
    else on it, in fifths), they agree with :math:`q_{ac} q_{bc} + (1 - q_{ac})(1 - q_{bc})`. The
    sum over shared questions is held against the agreement by a normal approximation. Pictures
    differ inside a class too, so the deviations are scaled by how far pairs of this crowd
    stand apart (genomic control). Two who always say YES agree as expected.

    Args:
        votes: As `affekt.quality.events.counted` gives them; gold is among them.

    References:
        Devlin and Roeder (1999), Genomic control for association studies, Biometrics 55.
    """
    pairs = _pairs(votes)
    if not pairs.height:
        return TWINS.empty()
    z, expected = pairs["z"].to_numpy(), pairs["expected"]
    shift = max(0.0, float(np.median(z)))
    scale = max(1.0, (float(np.quantile(z, 0.75)) - float(np.median(z))) / NORMAL_QUARTILE)
    p = np.asarray(ndtr(-(z - shift) / scale), dtype=float)
    told = pairs.with_columns(expected=expected, p=p, p_adjusted=holm(p))
    return TWINS.conform(told, "quality")


def _pairs(votes: pl.DataFrame) -> pl.DataFrame:
    """Give each pair with what it agreed on, what is expected, and the standardised difference."""
    both = _beside(votes)
    habit = _habits(both)
    chance = both.join(habit, on=["worker", "class"]).join(
        habit.rename({"worker": "other", "yes": "other_yes"}), on=["other", "class"]
    )
    alike = pl.col("yes") * pl.col("other_yes") + (1 - pl.col("yes")) * (1 - pl.col("other_yes"))
    summed = (
        chance.with_columns(alike=alike)
        .group_by("worker", "other")
        .agg(
            shared=pl.len(),
            agreed=(pl.col("felt") == pl.col("other_felt")).sum(),
            expected=pl.col("alike").sum(),
            variance=(pl.col("alike") * (1 - pl.col("alike"))).sum(),
        )
    )
    # Half an answer is taken off since counts are whole.
    z = (pl.col("agreed") - 0.5 - pl.col("expected")) / pl.col("variance").sqrt()
    enough = summed.filter(pl.col("shared") >= SHARED_QUESTIONS)
    return enough.sort("worker", "other").with_columns(z=z)


def _beside(votes: pl.DataFrame) -> pl.DataFrame:
    """Give every two votes on one question, with the class of the question among the rest."""
    told = votes.select(*UNIT, "worker", "felt", "others", "others_yes")
    second = votes.select(*UNIT, other="worker", other_felt="felt")
    both = told.join(second, on=UNIT).filter(pl.col("worker") < pl.col("other"))
    shared = pl.len().over("worker", "other")
    rest = pl.col("others") - 1
    share = (pl.col("others_yes") - pl.col("other_felt").cast(pl.Int64)) / rest
    fifth = pl.when(rest > 0).then((share * 4.999).floor()).otherwise(-1)
    return both.with_columns(fifth.alias("class")).filter(shared >= SHARED_QUESTIONS)


def _habits(both: pl.DataFrame) -> pl.DataFrame:
    """Give the YES share of each worker in each class, as if one more answer were half YES."""
    sides = pl.concat([
        both.select("worker", "class", "felt"),
        both.select("class", worker="other", felt="other_felt").select("worker", "class", "felt"),
    ])  # fmt: skip
    softened = (pl.col("felt").sum() + 0.5) / (pl.len() + 1)
    return sides.group_by("worker", "class").agg(yes=softened)
