"""What many tests at once leave of each p-value; a test that was not made is NaN."""

import numpy as np
from jaxtyping import Float

P = Float[np.ndarray, " test"]


def holm(p: P) -> P:
    r"""p-values adjusted so that any false alarm at all is as rare as promised.

    :math:`\tilde p_{(i)} = \max_{j \le i} \min(1, (m - j + 1)\, p_{(j)})` over the m numbers among
    them.

    >>> holm(np.array([0.01, 0.04, 0.03])).round(2).tolist()
    [0.03, 0.06, 0.06]

    Returns:
        As many as came, NaN where NaN came.

    References:
        Holm (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal
        of Statistics 6.
    """
    order, m = _order(p)
    adjusted = np.full(p.shape, np.nan)
    adjusted[order] = np.maximum.accumulate(p[order] * (m - np.arange(m))).clip(max=1.0)
    return adjusted


def benjamini_hochberg(p: P) -> P:
    r"""p-values adjusted so that false alarms stay a small share of all alarms.

    :math:`\tilde p_{(i)} = \min_{j \ge i} \min(1, p_{(j)}\, m / j)` over the m numbers among them.

    >>> benjamini_hochberg(np.array([0.01, 0.04, 0.03])).round(2).tolist()
    [0.03, 0.04, 0.04]

    Returns:
        As many as came, NaN where NaN came.

    References:
        Benjamini and Hochberg (1995), Controlling the false discovery rate, Journal of the Royal
        Statistical Society B 57.
    """
    order, m = _order(p)
    adjusted = np.full(p.shape, np.nan)
    stepped = p[order] * m / np.arange(1, m + 1)
    adjusted[order] = np.minimum.accumulate(stepped[::-1])[::-1].clip(max=1.0)
    return adjusted


def _order(p: P) -> tuple[np.ndarray, int]:
    known = np.flatnonzero(~np.isnan(p))
    return known[np.argsort(p[known], kind="stable")], known.size
