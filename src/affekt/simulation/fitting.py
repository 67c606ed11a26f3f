"""How real people answered, as distributions that people who do not exist are drawn from."""

import math
from typing import NamedTuple

import numpy as np
import polars as pl
from jaxtyping import Float

from affekt.rank import rank_of
from affekt.simulation.kinds import Traits

MIN_OVERDISPERSION = 1e-4  # people who differ by chance alone: a Beta of 10,000 pseudo-votes
ROUNDS = 30  # of weights after estimates; the third decimal of real sets stands after ten


class Beta(NamedTuple):
    """A Beta distribution of a share."""

    a: float
    b: float

    @property
    def mean(self) -> float:
        """Give its mean."""
        return self.a / (self.a + self.b)


class LogNormal(NamedTuple):
    """A log-normal distribution of seconds."""

    mean: float  # s
    log_spread: float


class Fitted(NamedTuple):
    """What the votes of real people tell about people like them."""

    sensitivity: Beta
    specificity: Beta
    seconds: LogNormal | None  # None where no vote was timed
    yes: float  # share of YES among the votes
    felt: float  # share of felt among the questions
    workers: int
    votes: int

    def traits(self, kind: Traits, who: str, seed: int) -> Traits:
        """Give a kind with rates and time drawn for one person."""
        chance = np.random.default_rng(rank_of(who, seed, "fitted"))
        own = kind._replace(
            sensitivity=float(chance.beta(*self.sensitivity)),
            specificity=float(chance.beta(*self.specificity)),
        )
        if self.seconds is None:
            return own
        return own._replace(seconds=self.seconds.mean, log_spread=self.seconds.log_spread)


def fit(votes: pl.DataFrame) -> Fitted:
    """Give the distributions that recorded votes come from.

    Args:
        votes: One row a vote: ``question_id``, ``worker``, ``felt``, ``truth`` (probability that it
            is felt, 0 to 1: what is known, or a posterior) and, if it was measured, ``seconds``.

    Returns:
        Rates by the method of moments, see `beta_by_moments`. Without a vote on what is felt, or on
        what is not, the rate is Beta(1, 1), by convention: nothing is known.

    References:
        Kleinman (1973), Proportions with extraneous variance: single and independent samples,
        Journal of the American Statistical Association 68, the moment estimator.
    """
    truth, felt = pl.col("truth").cast(pl.Float64), pl.col("felt").cast(pl.Float64)
    by_worker = votes.group_by("worker", maintain_order=True).agg(
        felt_said_yes=(truth * felt).sum(),
        of_felt=truth.sum(),
        rest_said_no=((1 - truth) * (1 - felt)).sum(),
        of_rest=(1 - truth).sum(),
    )
    questions = votes.unique("question_id", maintain_order=True)
    return Fitted(
        beta_by_moments(by_worker["felt_said_yes"].to_numpy(), by_worker["of_felt"].to_numpy()),
        beta_by_moments(by_worker["rest_said_no"].to_numpy(), by_worker["of_rest"].to_numpy()),
        _log_normal(votes),
        _mean(votes["felt"]),
        _mean(questions["truth"]),
        by_worker.height,
        votes.height,
    )


def beta_by_moments(right: Float[np.ndarray, " worker"], of: Float[np.ndarray, " worker"]) -> Beta:
    r"""Give the Beta distribution of workers' rates from counts that are binomial about them.

    With weights :math:`w_i` that sum to 1, :math:`\hat p = \sum w_i p_i` and
    :math:`S = \sum w_i (p_i - \hat p)^2`, the overdispersion is

    .. math:: \gamma = \frac{S - \hat p \hat q \sum w_i (1 - w_i) / n_i}
        {\hat p \hat q \sum w_i (1 - w_i) (1 - 1 / n_i)}

    and :math:`a + b = 1/\gamma - 1`. The weights are those of the estimate before, in proportion to
    :math:`n_i / (1 + \gamma (n_i - 1))`, so that somebody with most of the votes does not stand for
    everybody. :math:`\gamma` is held between 0.0001 and 0.9999, and the mean half a vote from 0
    and 1. Workers with less than one vote do not count; without any, the distribution is
    Beta(1, 1).
    """
    there = of >= 1
    n, x = of[there], right[there]
    if not n.size:
        return Beta(1.0, 1.0)
    edge = 0.5 / (float(n.sum()) + 1)
    gamma = mean = 0.5
    for _ in range(ROUNDS):
        weight = n / (1 + gamma * (n - 1))
        weight = weight / weight.sum()
        mean = min(max(float((weight * x / n).sum()), edge), 1 - edge)
        gamma = _overdispersion(x / n, n, weight, mean)
    size = 1 / gamma - 1
    return Beta(mean * size, (1 - mean) * size)


def _overdispersion(
    rate: Float[np.ndarray, " worker"],
    n: Float[np.ndarray, " worker"],
    weight: Float[np.ndarray, " worker"],
    mean: float,
) -> float:
    noise, rest = mean * (1 - mean), weight * (1 - weight)
    spread = float((weight * (rate - mean) ** 2).sum())
    room = noise * float((rest * (1 - 1 / n)).sum())
    gamma = (spread - noise * float((rest / n).sum())) / room if room > 0 else 0.0
    return min(max(gamma, MIN_OVERDISPERSION), 1 - MIN_OVERDISPERSION)


def _log_normal(votes: pl.DataFrame) -> LogNormal | None:
    """Give the log-normal of the times over 0, by the moments of their logarithms."""
    if "seconds" not in votes.columns:
        return None
    logs = votes["seconds"].drop_nulls().cast(pl.Float64)
    logs = logs.filter(logs > 0).log()
    if logs.is_empty():
        return None
    spread = _mean((logs - _mean(logs)) ** 2) ** 0.5
    return LogNormal(math.exp(_mean(logs) + spread**2 / 2), spread)


def _mean(values: pl.Series) -> float:
    """Give the mean; NaN for none."""
    return float(values.cast(pl.Float64).sum() / len(values)) if len(values) else math.nan
