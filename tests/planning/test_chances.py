"""How asking ends, exactly."""

from itertools import product
from math import isnan, prod

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import betabinom, binom

from affekt.planning.chances import Rates, always, at_least, ends, outlook, urn
from affekt.policies import KEEP, Policy
from affekt.policies.bayes import Bayes
from affekt.policies.curtailed import Curtailed
from affekt.policies.fixed import Fixed
from tests.policies.tallies import Ballot, walk

COIN = Rates(0.5, 0.5)
shares = st.floats(0.05, 0.95)


def naive(policy: Policy, yes: float, rates: Rates) -> tuple[float, float]:
    """Mean votes and chance to be kept over every row of answers."""
    rows = list(product((True, False), repeat=policy.most()))
    chances = [prod(yes if felt else 1 - yes for felt in row) for row in rows]
    walks = [walk(policy, [Ballot(felt, *rates) for felt in row]) for row in rows]
    return (
        sum(chance * one.votes for chance, one in zip(chances, walks, strict=True)),
        sum(c for c, one in zip(chances, walks, strict=True) if one.verdict == KEEP),
    )


@pytest.mark.parametrize(
    "policy",
    [Fixed(votes=4), Curtailed(), Curtailed(votes=4, keep_at=1), Bayes(max_votes=5, prior=0.4)],
    ids=str,
)
@pytest.mark.parametrize("yes", [0.0, 0.1, 0.5, 0.83])
def test_walking_through_counts_is_walking_through_every_row(policy: Policy, yes: float) -> None:
    rates = Rates(0.81, 0.77)
    assert tuple(ends(policy, always(yes), rates=rates)) == pytest.approx(naive(policy, yes, rates))


@given(shares)
def test_the_mean_votes_of_curtailed_are_the_formula(p: float) -> None:
    """C16."""
    q = 1 - p
    votes = ends(Curtailed(), always(p), rates=COIN).votes
    assert votes == pytest.approx(3 + 3 * p * q + 6 * (p * q) ** 2)


@pytest.mark.parametrize(
    ("delta", "accuracy", "votes", "right"),
    [
        (0.05, 0.70, 6.29, 0.910),
        (0.05, 0.80, 3.47, 0.967),
        (0.05, 0.90, 1.44, 0.963),
        (0.02, 0.80, 5.02, 0.979),
        (0.02, 0.90, 2.79, 0.99548),
    ],
)
def test_bayes_asks_and_is_right_as_the_requirements_say(
    delta: float, accuracy: float, votes: float, right: float
) -> None:
    """C18, C20; the last accuracy is printed there as 0.996."""
    policy = Bayes(delta=delta, min_votes=1, prior=0.26)
    told = outlook(policy, Rates(accuracy, accuracy), 0.26)
    assert told.votes == pytest.approx(votes, abs=0.005)
    assert told.accuracy == pytest.approx(right, abs=0.0005)


@pytest.mark.parametrize(("accuracy", "right"), [(0.7, 0.837), (0.8, 0.942), (0.9, 0.991)])
def test_a_majority_of_five_is_right_as_the_requirements_say(accuracy: float, right: float) -> None:
    """C18, C20."""
    told = outlook(Fixed(), Rates(accuracy, accuracy), 0.26)
    assert told.accuracy == pytest.approx(right, abs=0.0005)


@given(shares, shares, shares)
def test_stopping_early_changes_nothing_but_the_votes(
    sensitivity: float, specificity: float, prevalence: float
) -> None:
    """I7."""
    rates = Rates(sensitivity, specificity)
    early, full = (outlook(policy, rates, prevalence) for policy in (Curtailed(), Fixed()))
    assert early[1:] == pytest.approx(full[1:])
    assert 3 <= early.votes < full.votes == pytest.approx(5)


@given(shares, st.floats(0.01, 0.9))
def test_an_urn_gives_beta_binomial_counts(mean: float, rho: float) -> None:
    kept = ends(Fixed(), urn(mean, rho), rates=COIN).kept
    size = (1 - rho) / rho
    assert kept == pytest.approx(betabinom(5, mean * size, (1 - mean) * size).sf(2))


@given(shares)
def test_an_urn_without_correlation_is_a_coin(mean: float) -> None:
    one, other = (ends(Curtailed(), way, rates=COIN) for way in (urn(mean, 0.0), always(mean)))
    assert one == pytest.approx(other)


@given(st.integers(0, 20), shares)
def test_a_tail_is_that_of_the_binomial_distribution(least: int, chance: float) -> None:
    assert at_least(least, 20, chance) == pytest.approx(binom(20, chance).sf(least - 1))


def test_where_nothing_is_kept_there_is_no_precision() -> None:
    told = outlook(Fixed(), Rates(0.0, 1.0), 0.5)
    assert isnan(told.precision)
    assert told.accuracy == 0.5


def test_where_nothing_is_felt_there_is_no_recall() -> None:
    assert isnan(outlook(Fixed(), Rates(0.8, 0.8), 0.0).recall)
