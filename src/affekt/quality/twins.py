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
    else on it, in fifths), they agree with :math:`q_{ac} q_{bc} + (1 - q_{ac})(1 - q_{bc}) + k_c
    J_a J_b`. The last term is what both see in the picture beyond its class: J is the informedness
    of each, and :math:`k_c \ge 0` is fitted to all pairs. The sum over shared questions is held
    against the agreement by a normal approximation, and the deviations are scaled by how far
    pairs of this crowd stand apart (genomic control). Two who always say YES agree as expected.

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
    told = _with_chance(_beside(votes), _leaning(votes))
    variance = pl.col("shared") * pl.col("chance") * (1 - pl.col("chance"))
    summed = told.group_by("worker", "other").agg(
        pl.col("shared", "agreed").sum(),
        expected=(pl.col("shared") * pl.col("chance")).sum(),
        variance=variance.sum(),
    )
    # Half an answer is taken off since counts are whole.
    z = (pl.col("agreed") - 0.5 - pl.col("expected")) / pl.col("variance").sqrt()
    enough = summed.filter(pl.col("shared") >= SHARED_QUESTIONS)
    return enough.sort("worker", "other").with_columns(z=z)


def _beside(votes: pl.DataFrame) -> pl.DataFrame:
    """Give each two workers, by class of question among the rest: shared, agreed, YES of each."""
    told = votes.select(*UNIT, "worker", "felt", "others", "others_yes")
    second = votes.select(*UNIT, other="worker", other_felt="felt")
    both = told.join(second, on=UNIT).filter(pl.col("worker") < pl.col("other"))
    rest = pl.col("others") - 1
    share = (pl.col("others_yes") - pl.col("other_felt").cast(pl.Int64)) / rest
    fifth = pl.when(rest > 0).then((share * 4.999).floor()).otherwise(-1)
    return both.group_by("worker", "other", fifth.alias("class")).agg(
        shared=pl.len().cast(pl.Int64),
        agreed=(pl.col("felt") == pl.col("other_felt")).sum().cast(pl.Int64),
        yes=pl.col("felt").sum().cast(pl.Int64),
        other_yes=pl.col("other_felt").sum().cast(pl.Int64),
    )


def _with_chance(both: pl.DataFrame, leaning: pl.DataFrame) -> pl.DataFrame:
    """Give each two workers, by class, the chance that two people answer alike.

    Habits and the common term are taken from everybody's other pairs, or one person's two accounts
    would be what is expected of them.
    """
    habit = _habits(both).join(leaning, on="worker", how="left").fill_null(0.0)
    swapped = {"worker": "other", "other": "worker", "rate": "other_rate", "leans": "other_leans"}
    told = both.join(habit, on=["worker", "other", "class"]).join(
        habit.rename(swapped), on=["worker", "other", "class"]
    )
    rate, other = pl.col("rate"), pl.col("other_rate")
    told = told.with_columns(
        apart=rate * other + (1 - rate) * (1 - other),
        leans=pl.col("leans") * pl.col("other_leans"),
    )
    above = (pl.col("agreed") - pl.col("shared") * pl.col("apart")) * pl.col("leans")
    weight = pl.col("shared") * pl.col("leans") ** 2
    elsewhere = weight.sum().over("class") - weight
    slope = (above.sum().over("class") - above) / elsewhere
    common = pl.when(elsewhere > 1).then(slope.clip(lower_bound=0.0) * pl.col("leans")).otherwise(0)
    return told.with_columns(chance=(pl.col("apart") + common).clip(1e-6, 1 - 1e-6))


def _habits(both: pl.DataFrame) -> pl.DataFrame:
    """Give each worker's YES share in each class with all but the other, softened by one answer."""
    sides = pl.concat([
        both.select("worker", "other", "class", "shared", "yes"),
        both.select("class", "shared", worker="other", other="worker", yes="other_yes").select(
            "worker", "other", "class", "shared", "yes"
        ),
    ])  # fmt: skip
    yes = pl.col("yes").sum().over("worker", "class") - pl.col("yes")
    n = pl.col("shared").sum().over("worker", "class") - pl.col("shared")
    return sides.select("worker", "other", "class", rate=(yes + 0.5) / (n + 1))


def _leaning(votes: pl.DataFrame) -> pl.DataFrame:
    """Give how much each worker's answers depend on the picture, softened by one answer."""
    known, felt = pl.col("known"), pl.col("felt")
    hits, alarms = (known & felt).sum() + 0.5, (~known & felt).sum() + 0.5
    return (
        votes.drop_nulls("known")
        .group_by("worker")
        .agg(leans=hits / (known.sum() + 1) - alarms / ((~known).sum() + 1))
    )
