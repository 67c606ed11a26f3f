"""Distributions fitted to votes are those that the votes were drawn from."""

import math
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.stats import betabinom

from affekt.simulation import KINDS, Beta, Known, LogNormal, crowd_of, fit, mean_yes, population
from affekt.simulation.fitting import beta_by_moments


@pytest.mark.parametrize(("a", "b"), [(9.0, 1.0), (8.0, 2.0), (30.0, 20.0), (1.5, 1.5)])
def test_a_known_beta_is_recovered(a: float, b: float) -> None:
    chance = np.random.default_rng(1)
    n = chance.integers(20, 200, 2_000)
    x = chance.binomial(n, chance.beta(a, b, 2_000))
    fitted = beta_by_moments(x.astype(float), n.astype(float))
    assert fitted.mean == pytest.approx(a / (a + b), abs=0.01)
    assert sum(fitted) == pytest.approx(a + b, rel=0.15)


def test_people_who_differ_by_chance_alone_get_a_narrow_beta() -> None:
    chance = np.random.default_rng(1)
    n = np.full(500, 100.0)
    fitted = beta_by_moments(chance.binomial(100, 0.8, 500).astype(float), n)
    assert sum(fitted) > 300


@given(counts=st.lists(st.tuples(st.floats(0, 1), st.floats(0, 50)), max_size=8))
def test_a_fit_is_a_distribution_whatever_is_counted(counts: list[tuple[float, float]]) -> None:
    of = np.array([n for _, n in counts], float)
    right = np.array([share * n for share, n in counts], float)
    a, b = beta_by_moments(right, of)
    assert 0 < a < math.inf
    assert 0 < b < math.inf


def test_nothing_counted_is_nothing_known() -> None:
    assert beta_by_moments(np.zeros(0), np.zeros(0)) == Beta(1.0, 1.0)


def recorded(known: Known) -> pl.DataFrame:
    """Give votes with what is true beside them."""
    truth = known.truth.select("question_id", truth="felt")
    return known.votes.join(truth, on="question_id")


def test_the_traits_of_a_crowd_come_back_from_its_votes() -> None:
    known = crowd_of(1, {"honest": 1.0}, people=60, votes_each=150, prevalence=0.4)
    fitted = fit(recorded(known))
    assert fitted.sensitivity.mean == pytest.approx(KINDS["honest"].sensitivity, abs=0.015)
    assert fitted.specificity.mean == pytest.approx(KINDS["honest"].specificity, abs=0.015)
    assert fitted.seconds is not None
    assert fitted.seconds == pytest.approx((4.2, 0.5), abs=0.1)
    assert fitted.yes == known.votes["felt"].mean()
    assert fitted.felt == known.truth["felt"].mean()
    assert (fitted.workers, fitted.votes) == (60, 60 * 162)


def test_people_drawn_from_a_fit_are_as_those_it_was_made_from() -> None:
    known = crowd_of(1, {"honest": 0.7, "random": 0.3}, people=60, votes_each=150)
    fitted = fit(recorded(known))
    drawn = population(9, {"honest": 1.0}, 2_000, fitted={"honest": fitted})
    assert mean_yes(drawn, "awe", True) == pytest.approx(fitted.sensitivity.mean, abs=0.02)
    rates = np.array([one.traits.sensitivity for one in drawn])
    seen = known.people["sensitivity"].to_numpy()
    assert rates.std() == pytest.approx(seen.std(), rel=0.3)
    assert fitted.seconds is not None
    assert {one.traits.seconds for one in drawn} == {fitted.seconds.mean}


def test_a_posterior_may_stand_for_the_truth() -> None:
    known = crowd_of(1, {"honest": 1.0}, people=60, votes_each=150)
    soft = pl.when("truth").then(0.97).otherwise(0.03).alias("truth")
    fitted = fit(recorded(known).with_columns(soft))
    assert fitted.sensitivity.mean == pytest.approx(0.9, abs=0.06)


def test_votes_that_were_not_timed_tell_no_time() -> None:
    untimed = recorded(crowd_of(1, {"honest": 1.0}, people=10, votes_each=5)).drop("seconds")
    fitted = fit(untimed)
    assert fitted.seconds is None
    drawn = population(1, {"honest": 1.0}, 1, fitted={"honest": fitted})
    assert drawn[0].traits.seconds == KINDS["honest"].seconds


def test_equal_times_have_no_spread() -> None:
    known = recorded(crowd_of(1, {"honest": 1.0}, people=10, votes_each=5))
    fitted = fit(known.with_columns(seconds=pl.lit(3.0)))
    assert fitted.seconds is not None
    assert fitted.seconds == pytest.approx(LogNormal(3.0, 0.0))


def likeliest(right: np.ndarray, of: np.ndarray) -> Beta:
    """Give the Beta distribution under which binomial counts are likeliest."""
    best = minimize(
        lambda logs: -betabinom.logpmf(right, of, *np.exp(logs)).sum(), [1.0, 0.0], method="BFGS"
    )
    return Beta(*np.exp(best.x))


@pytest.mark.parametrize("felt", [True, False])
@pytest.mark.parametrize(
    ("name", "yes"), [("rte", "1"), ("face-sentiment", "happy"), ("face-sentiment", "sad")]
)
def test_moments_of_real_votes_are_near_the_likeliest(
    shared_data: Path, name: str, yes: str, felt: bool
) -> None:
    folder = shared_data / "crowd-votes" / name
    votes = pl.read_csv(folder / "votes.csv", infer_schema=False)
    truth = pl.read_csv(folder / "truth.csv", infer_schema=False)
    both = votes.join(truth, on="task", suffix="_true").select(
        "worker", question_id="task", felt=pl.col("label") == yes, truth=pl.col("label_true") == yes
    )
    counts = both.filter(pl.col("truth") == felt).group_by("worker").agg(
        (pl.col("felt") == felt).sum(), n=pl.len()
    )  # fmt: skip
    expected = likeliest(counts["felt"].to_numpy(), counts["n"].to_numpy())
    fitted = fit(both).sensitivity if felt else fit(both).specificity
    assert fitted.mean == pytest.approx(expected.mean, abs=0.01)
    assert deviation(fitted) == pytest.approx(deviation(expected), rel=0.25)


def deviation(beta: Beta) -> float:
    return math.sqrt(beta.mean * (1 - beta.mean) / (sum(beta) + 1))
