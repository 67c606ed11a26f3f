r"""How far a predicted distribution over emotions lies from that of people's votes.

Both give one number an emotion that sum to 1 over a picture's row: :math:`d` of the votes,
:math:`e` of the model. Every function gives one number a picture, so that pictures can be drawn;
their mean is what is reported.

References:
    Geng (2016), Label Distribution Learning, IEEE Transactions on Knowledge and Data Engineering
    28, chose six of them; Jensen-Shannon stands beside them because Kullback-Leibler has
    no bound.
"""

import numpy as np
from jaxtyping import Float

Shares = Float[np.ndarray, "image emotion"]
PerImage = Float[np.ndarray, " image"]

LEAST = 1e-12  # a probability of 0 is taken for this; else one such answer would be infinitely far


def chebyshev(votes: Shares, said: Shares) -> PerImage:
    r"""Largest gap of any emotion, :math:`\max_j |d_j - e_j|`, 0 to 1."""
    return np.asarray(np.abs(votes - said).max(axis=1, initial=0.0))


def clark(votes: Shares, said: Shares) -> PerImage:
    r""":math:`\sqrt{\sum_j (d_j - e_j)^2 / (d_j + e_j)^2}`, 0 to :math:`\sqrt k`.

    An emotion that both call impossible adds 0.
    """
    return np.asarray(np.sqrt((_relative(votes, said) ** 2).sum(axis=1)))


def canberra(votes: Shares, said: Shares) -> PerImage:
    r""":math:`\sum_j |d_j - e_j| / (d_j + e_j)`, 0 to :math:`k`; both impossible adds 0."""
    return np.asarray(np.abs(_relative(votes, said)).sum(axis=1))


def kullback_leibler(votes: Shares, said: Shares) -> PerImage:
    r""":math:`\sum_j d_j \ln (d_j / e_j)` in nats, from 0.

    Differs:
        A probability below 10⁻¹² is taken for that, so that the largest value is 27.6.
    """
    gap = np.log(np.maximum(votes, LEAST)) - np.log(np.maximum(said, LEAST))
    return np.asarray((votes * gap).sum(axis=1))


def jensen_shannon(votes: Shares, said: Shares) -> PerImage:
    r"""Mean divergence in bits of both from their middle, 0 to 1.

    :math:`\frac12 \sum_j d_j \log_2 \frac{d_j}{m_j} + \frac12 \sum_j e_j \log_2 \frac{e_j}{m_j}`
    with :math:`m_j = (d_j + e_j) / 2`.

    References:
        Lin (1991), Divergence measures based on the Shannon entropy, IEEE Transactions on
        Information Theory 37.
    """
    middle = (votes + said) / 2
    halves = kullback_leibler(votes, middle) + kullback_leibler(said, middle)
    return np.asarray(np.clip(halves / (2 * np.log(2)), 0.0, 1.0))


def cosine(votes: Shares, said: Shares) -> PerImage:
    r"""Likeness :math:`\sum_j d_j e_j / (\lVert d \rVert \lVert e \rVert)`, 0 to 1."""
    lengths = np.linalg.norm(votes, axis=1) * np.linalg.norm(said, axis=1)
    return np.asarray((votes * said).sum(axis=1) / lengths)


def intersection(votes: Shares, said: Shares) -> PerImage:
    r"""Likeness :math:`\sum_j \min(d_j, e_j)`, 0 to 1."""
    return np.asarray(np.minimum(votes, said).sum(axis=1))


def _relative(votes: Shares, said: Shares) -> Shares:
    total = votes + said
    relative: Shares = np.zeros_like(total)
    np.divide(votes - said, total, out=relative, where=total > 0)
    return relative
