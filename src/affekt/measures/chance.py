"""What chance alone would do: tails of the distributions that counts of answers follow."""

import math

import numpy as np
from jaxtyping import Float
from scipy.special import bdtr, bdtrc, chdtrc, ndtr

Numbers = Float[np.ndarray, " test"]


def at_most(right: int, n: int, chance: float) -> float:
    """Probability of at most so many right of n, each by the same chance; 1 when n is 0.

    >>> round(at_most(6, 10, 0.85), 2)
    0.05
    """
    return 1.0 if right >= n else float(bdtr(right, n, chance))


def at_least(right: int, n: int, chance: float) -> float:
    """Probability of at least so many right of n, each by the same chance; 1 for none.

    >>> f"{at_least(10, 20, 1 / 8):.1e}"
    '5.2e-05'
    """
    if right > n:
        return 0.0
    return 1.0 if right <= 0 else float(bdtrc(right - 1, n, chance))


def normal_below(z: Numbers) -> Numbers:
    """Probability that a standard normal falls below each z; NaN stays."""
    return np.asarray(ndtr(z), dtype=float)


def chi_square_above(statistic: float, freedom: int) -> float:
    """Probability that chi-square of so many degrees of freedom exceeds the statistic."""
    return float(chdtrc(freedom, statistic))


def poisson_binomial(chances: Float[np.ndarray, " trial"]) -> Float[np.ndarray, " count"]:
    """Probability of 0, 1, … n successes of independent trials, each with its own chance.

    >>> poisson_binomial(np.array([0.5, 0.5])).tolist()
    [0.25, 0.5, 0.25]

    Returns:
        n + 1 probabilities that sum to 1; for no trial, 1 for none.
    """
    mass = np.ones(1)
    for chance in chances:
        mass = np.append(mass * (1 - chance), 0.0) + np.append(0.0, mass * chance)
    return mass


def run_at_least(length: int, n: int, chance: float) -> float:
    r"""Probability of a run of successes of at least this length somewhere in n equal trials.

    With :math:`f(m)` that m trials hold none: :math:`f(m) = f(m-1) - (1-p)\,p^k f(m-k-1)`,
    :math:`f(k) = 1 - p^k`.

    >>> run_at_least(2, 3, 0.5)
    0.375

    Returns:
        1 for a length of 0 or less, 0 for a length over n.

    References:
        Feller (1968), An Introduction to Probability Theory, vol. 1, 3rd ed., XIII.7.
    """
    if length <= 0:
        return 1.0
    if length > n:
        return 0.0
    step = (1 - chance) * chance**length
    none = [1.0] * length + [1 - chance**length]
    for m in range(length + 1, n + 1):
        none.append(none[-1] - step * none[m - length - 1])
    return min(1.0, max(0.0, 1 - none[n]))


def trend(outcome: Numbers, along: Float[np.ndarray, "test axis"]) -> float:
    r"""p-value of no linear relation between outcomes and what they are held along.

    :math:`n R^2` of the regression on the axes and a constant follows chi-square with as many
    degrees of freedom as axes when there is none; for 0/1 outcomes and one axis this is the test of
    Cochran and Armitage.

    Returns:
        NaN with fewer than ten outcomes more than axes, where the approximation is poor; 1 by
        convention when all outcomes are equal or the axes are constant.

    References:
        Armitage (1955), Tests for linear trends in proportions and frequencies, Biometrics 11.
    """
    n, freedom = along.shape
    if n < 10 + freedom:
        return math.nan
    centred, axes = outcome - outcome.mean(), along - along.mean(axis=0)
    total = float(centred @ centred)
    if math.isclose(total, 0, abs_tol=1e-12):
        return 1.0
    fitted = axes @ np.linalg.lstsq(axes, centred, rcond=None)[0]
    return chi_square_above(n * float(fitted @ fitted) / total, freedom)
