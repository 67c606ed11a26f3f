r"""How close estimates of a rating, such as valence, come to what people said.

All are read from sums over pictures: weight, :math:`t`, :math:`e`, :math:`t^2`, :math:`e^2`,
:math:`te` of truth and estimate. Sums of groups add up, so that a bootstrap draws sums. What takes
sums takes one row of them, or one of each round.
"""

import numpy as np
from jaxtyping import Float

Values = Float[np.ndarray, " image"]
Sums = Float[np.ndarray, "*round 6"]
Numbers = Float[np.ndarray, "*round"]
Inner = Float[np.ndarray, "..."] | np.floating  # arithmetic on arrays without axes gives scalars
TINY = 1e-12  # a variance below this share of the larger one is rounding


def parts(truth: Values, estimates: Values, weights: Values) -> Float[np.ndarray, "image 6"]:
    """Give what each picture brings to the sums.

    Both are taken from the mean of the truth first, which moves no measure and keeps digits.
    """
    middle = truth.mean() if truth.size else 0.0
    t, e = truth - middle, estimates - middle
    columns = [np.ones_like(t), t, e, t * t, e * e, t * e]
    brought: Float[np.ndarray, "image 6"] = np.column_stack(columns) * weights[:, None]
    return brought


def correlation(sums: Sums) -> Numbers:
    r"""Pearson's :math:`r = s_{te} / (s_t s_e)`, from -1 to 1; NaN when either is constant.

    Chance, and the mean of the training rows as estimate, give about 0. What is estimated in folds
    without any knowledge comes out a little below 0: each fold's mean leans away from its own
    pictures.
    """
    _, _, var_t, var_e, cov = _moments(sums)
    return _ratio(cov, np.sqrt(var_t * var_e))


def determination(sums: Sums) -> Numbers:
    r""":math:`R^2 = 1 - \sum (t - e)^2 / \sum (t - \bar t)^2`.

    1 for perfect estimates, 0 for always the mean, below 0 for worse; NaN when the truth is
    constant.
    """
    mean_t, mean_e, var_t, var_e, cov = _moments(sums)
    error = var_t + var_e - 2 * cov + (mean_t - mean_e) ** 2
    return np.asarray(1 - _ratio(error, var_t))


def concordance(sums: Sums) -> Numbers:
    r"""Lin's :math:`\rho_c = 2 s_{te} / (s_t^2 + s_e^2 + (\bar t - \bar e)^2)`, from -1 to 1.

    As the correlation, but estimates that are shifted, or too bold or too shy, lose. 0 when one of
    them is constant, NaN when both are the same constant.

    References:
        Lin (1989), A concordance correlation coefficient to evaluate reproducibility, Biometrics
        45, eq. 2.
    """
    mean_t, mean_e, var_t, var_e, cov = _moments(sums)
    return _ratio(2 * cov, var_t + var_e + (mean_t - mean_e) ** 2)


def _moments(sums: Sums) -> tuple[Inner, Inner, Inner, Inner, Inner]:
    """Means, variances and covariance of truth and estimate; NaN without weight."""
    n, t, e, tt, ee, te = np.moveaxis(sums, -1, 0)
    means = [_ratio(one, n) for one in (t, e, tt, ee, te)]
    mean_t, mean_e, square_t, square_e, product = means
    var_t = _cut(square_t - mean_t**2, square_t)
    var_e = _cut(square_e - mean_e**2, square_e)
    return mean_t, mean_e, var_t, var_e, product - mean_t * mean_e


def _cut(variance: Inner, square: Inner) -> Inner:
    """Give 0 for a variance that is nothing but rounding of its mean square."""
    return np.where(variance > TINY * square, variance, np.where(np.isnan(variance), np.nan, 0.0))


def _ratio(part: Inner, whole: Inner) -> Numbers:
    whole = np.asarray(whole, dtype=float)
    ratio: Numbers = np.full(whole.shape, np.nan)
    np.divide(part, whole, out=ratio, where=whole > 0)
    return ratio
