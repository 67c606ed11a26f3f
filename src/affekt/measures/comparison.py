"""Whether one entry is better than another on the same pictures, or only luckier."""

import math

import numpy as np
from jaxtyping import Float
from scipy.special import bdtr, stdtr

FLIPS = 20_000  # rounds: a p-value of 0.0005 is then told within 60 % of itself
CHUNK = 500  # rounds flipped at once; 500 × 20,000 groups are 80 MB


def mcnemar(only_first: int, only_second: int) -> float:
    r"""Two-sided exact p-value that two entries are right equally often.

    Of the pictures that only one of them gets right each is a toss:
    :math:`\min(1, 2 \sum_{i \le \min(b, c)} \binom{b + c}{i} 2^{-(b + c)})`.

    >>> round(mcnemar(1, 9), 4)
    0.0215

    Returns:
        1 when there is no such picture.

    References:
        McNemar (1947), Note on the sampling error of the difference between correlated proportions
        or percentages, Psychometrika 12; exact as in Fay (2010), Two-sided exact tests and matching
        confidence intervals for discrete data, R Journal 2.
    """
    n = only_first + only_second
    return min(1.0, 2 * float(bdtr(min(only_first, only_second), n, 0.5))) if n else 1.0


def sign_flips(
    differences: Float[np.ndarray, " group"],
    generator: np.random.Generator,
    rounds: int = FLIPS,
) -> float:
    r"""Two-sided p-value of a sum of differences whose signs are exchangeable under equality.

    Whole groups are flipped, so that pictures that belong together stay together:
    :math:`(1 + \#\{|\sum_g \pm d_g| \ge |\sum_g d_g|\}) / (1 + \text{rounds})`.
    Where every group is one picture and every difference -1, 0 or 1 this estimates `mcnemar`.

    Returns:
        1 / (rounds + 1) to 1; the latter when all differences are 0.

    References:
        Pitman (1937), Significance tests which may be applied to samples from any populations,
        Journal of the Royal Statistical Society, Supplement 4; Phipson and Smyth (2010),
        Permutation p-values should never be zero, Statistical Applications in Genetics and
        Molecular Biology 9.
    """
    differences = differences[differences != 0]  # 0 stays 0, whatever its sign
    whole = differences.sum()
    reached = 0
    for start in range(0, rounds, CHUNK):
        size = (min(CHUNK, rounds - start), len(differences))
        bits = np.frombuffer(generator.bytes(-(-size[0] * size[1] // 8)), dtype=np.uint8)
        stays = np.unpackbits(bits, count=size[0] * size[1]).reshape(size).astype(float)
        flipped = np.abs(2 * (stays @ differences) - whole)
        # Sums of the same numbers in another order differ in their last digits.
        reached += (flipped >= np.abs(whole) * (1 - 1e-9) - 1e-12).sum()
    return float((1 + reached) / (1 + rounds))


def corrected_t(differences: Float[np.ndarray, " round"], test_by_train: float) -> float:
    r"""Two-sided p-value of the mean difference over rounds of training and testing.

    :math:`t = \bar d \,/ \sqrt{(1/J + n_\text{test} / n_\text{train}) s^2}` with J - 1 degrees of
    freedom for the differences of J rounds, which share most of their training pictures: the plain
    t-test would take them for independent and find too much.

    Args:
        differences: One a round: each fold of each repeat.
        test_by_train: Test pictures for each training picture; 1 / (k - 1) for k folds.

    Returns:
        NaN with fewer than two rounds; where all differences are equal 1 when they are 0, else 0.

    References:
        Nadeau and Bengio (2003), Inference for the generalization error, Machine Learning
        52; for repeats of k folds Bouckaert and Frank (2004), Evaluating the replicability
        of significance tests for comparing learning algorithms, PAKDD.
    """
    rounds = differences.size
    if rounds < 2:
        return math.nan
    mean, variance = float(differences.mean()), float(differences.var(ddof=1))
    if variance <= 1e-24:
        return 1.0 if abs(mean) <= 1e-12 else 0.0
    t = mean / math.sqrt((1 / rounds + test_by_train) * variance)
    return 2 * float(stdtr(rounds - 1, -abs(t)))
