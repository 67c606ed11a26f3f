"""Mistakes that workers share: where they agree with each other, but not with gold."""

import math
from typing import NamedTuple

import numpy as np
import polars as pl
from scipy.special import ndtr

from affekt.measures.chance import poisson_binomial
from affekt.measures.multiplicity import holm
from affekt.quality.events import UNIT, counted
from affekt.tables import Column, Schema

LEVEL = 0.05
MIN_VOTES = 3  # fewer make no majority that could be wrong together
MATTERS = 0.1  # agreement beyond chance that is worth a sentence

GOLD = Schema(
    "gold",
    ("question_id", "emotion"),
    {
        "question_id": Column(pl.String, "gold question"),
        "image_id": Column(pl.String, "its picture"),
        "emotion": Column(pl.String, "emotion asked about"),
        "gold_felt": Column(pl.Boolean, "the answer that is held to be right"),
        "votes": Column(pl.Int64, "counted votes"),
        "wrong": Column(pl.Int64, "votes against the answer held to be right"),
        "expected": Column(pl.Float64, "wrong votes if everybody erred apart from the others"),
        "p": Column(pl.Float64, "chance of so many wrong if everybody erred apart"),
        "p_adjusted": Column(pl.Float64, "p after Holm, over the gold questions"),
        "is_shared": Column(pl.Boolean, "most are wrong, and chance hardly explains it"),
    },
)


class SharedMistakes(NamedTuple):
    """What gold says of mistakes that workers have in common."""

    questions: pl.DataFrame  # `GOLD`, those with at least three votes
    accuracy: float  # share of gold votes that are right; NaN without any
    agreement: float  # share of pairs of votes on one gold question that are alike
    expected: float  # the same if everybody erred apart from the others
    p: float  # chance of so much agreement if everybody erred apart

    def sentences(self) -> list[str]:
        """Give what must be said beside every label; empty when there is nothing to say (C32)."""
        told = []
        shared = self.questions.filter("is_shared")
        if shared.height:
            emotions = ", ".join(sorted(set(shared["emotion"])))
            told.append(
                f"on {shared.height} of {self.questions.height} gold questions most workers give "
                f"the same answer against gold ({emotions}): either the known answer is wrong or "
                f"the crowd shares a mistake, which no number of further votes will show"
            )
        if self.p <= LEVEL and self.agreement - self.expected >= MATTERS:
            told.append(
                f"on gold {self.accuracy:.0%} of answers are right but {self.agreement:.0%} of "
                f"pairs agree, where {self.expected:.0%} would if everybody erred apart "
                f"(p = {self.p:.2g}): agreement and posteriors look surer than they are"
            )
        return told


def shared_mistakes(events: pl.DataFrame) -> SharedMistakes:
    r"""Hold agreement on gold questions against what independent mistakes would give (C32).

    A worker errs on a question with the rate of their own mistakes on all *other* gold questions,
    as if there were one more, half wrong. If workers err apart, the number wrong on a question is
    Poisson-binomial; with k of n wrong, :math:`\binom k2 + \binom{n-k}2` pairs agree. The p of all
    questions together is by a normal approximation with exact mean and variance.

    Args:
        events: Checked events.

    Returns:
        NaN throughout and no question when no gold question has three counted votes.
    """
    votes = _gold_votes(counted(events))
    groups = [group for _, group in votes.group_by(UNIT, maintain_order=True)]
    if not groups:
        return SharedMistakes(GOLD.empty(), *[math.nan] * 4)
    tested = [_tested(group) for group in groups]
    frame = pl.DataFrame([one.row for one in tested])
    adjusted = holm(frame["p"].to_numpy())
    is_shared = (2 * pl.col("wrong") > pl.col("votes")) & (pl.col("p_adjusted") <= LEVEL)
    questions = frame.with_columns(p_adjusted=adjusted).with_columns(is_shared=is_shared)
    seen, mean, variance, pairs = np.sum([one.pairs for one in tested], axis=0)
    z = (seen - mean) / math.sqrt(variance)
    right = 1 - int(votes["is_wrong"].sum()) / votes.height
    whole = GOLD.conform(questions, "quality")
    return SharedMistakes(whole, right, seen / pairs, mean / pairs, float(ndtr(-z)))


def _gold_votes(votes: pl.DataFrame) -> pl.DataFrame:
    """Give the votes on gold questions with enough of them, each with its worker's other rate."""
    is_wrong = (pl.col("felt") != pl.col("gold_felt")).cast(pl.Int64)
    told = votes.filter("is_gold").with_columns(is_wrong=is_wrong)
    elsewhere = pl.col("is_wrong").sum().over("worker") - pl.col("is_wrong")
    rate = (elsewhere + 0.5) / pl.len().over("worker")
    enough = pl.len().over(UNIT) >= MIN_VOTES
    return told.with_columns(rate=rate).filter(enough).sort(*UNIT, "worker")


class _Tested(NamedTuple):
    row: dict[str, object]
    pairs: tuple[float, float, float, float]  # that agree: seen, mean, variance; and all


def _tested(group: pl.DataFrame) -> _Tested:
    """Hold the votes on one gold question against independent mistakes."""
    mass, wrong = poisson_binomial(group["rate"].to_numpy()), int(group["is_wrong"].sum())
    n = group.height
    count = np.arange(n + 1)
    agree = (count * (count - 1) + (n - count) * (n - count - 1)) / 2
    mean = float(mass @ agree)
    first = group.row(0, named=True)
    row = {name: first[name] for name in ("question_id", "image_id", "emotion", "gold_felt")}
    row |= {
        "votes": n, "wrong": wrong, "expected": float(mass @ count),
        "p": min(1.0, float(mass[wrong:].sum())),
    }  # fmt: skip
    spread = float(mass @ (agree - mean) ** 2)
    return _Tested(row, (float(agree[wrong]), mean, spread, n * (n - 1) / 2))
