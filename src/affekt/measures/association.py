r"""How strongly a number, or a word, of a picture goes with its emotion, without any model.

All are functions of sums over pictures, so that drawing whole groups is a product of matrices:
:math:`n_e` pictures of each emotion, sums :math:`S_e` of their ranks, and sums of squared ranks.
Leading axes, such as the rounds of a bootstrap, are kept.
"""

import numpy as np
from jaxtyping import Float

Counts = Float[np.ndarray, "*round emotion"]
Sums = Float[np.ndarray, "*round emotion number"]
Squares = Float[np.ndarray, "*round number"]
Table = Float[np.ndarray, "*round source emotion"]


def explained(counts: Counts, sums: Sums, squares: Squares) -> Squares:
    r"""Share of the variance of each number that the emotions explain, less what chance explains.

    :math:`\varepsilon^2 = 1 - (1 - \eta^2)\frac{n - 1}{n - k}` with
    :math:`\eta^2 = SS_{between} / SS_{total}` over the k emotions that occur. Of mid-ranks it is
    :math:`(H - k + 1) / (n - k)` with H of Kruskal and Wallis, ties corrected.

    Returns:
        At most 1; about 0, below it by luck, where emotions do not differ; NaN for a constant, and
        where fewer than two emotions or no more pictures than emotions are there.

    References:
        Kelley (1935), An unbiased correlation ratio measure, PNAS 21.
        Kruskal and Wallis (1952), Use of ranks in one-criterion variance analysis, JASA 47.
    """
    n, k = counts.sum(axis=-1)[..., None], (counts > 0).sum(axis=-1)[..., None]
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = sums.sum(axis=-2) ** 2 / n
        between = np.where(counts > 0, 1 / counts, 0.0)[..., None] * sums**2
        total = squares - middle
        varies = total > 1e-9 * squares  # else a constant, to the last digits
        eta2 = np.where(varies, (between.sum(axis=-2) - middle) / total, np.nan)
        share = 1 - (1 - eta2) * (n - 1) / (n - k)
    return np.asarray(np.where((k > 1) & (n > k), share, np.nan))


def above_rest(counts: Counts, sums: Sums, among: int) -> Sums:
    """Give how often a picture of the emotion has the larger number than one of another emotion.

    The area under the ROC curve of the number as a sign of the emotion: 0.5 tells nothing, 0 that
    the emotion's are always smaller. ``sums`` are of mid-ranks ``among`` so many pictures. For
    draws whose ranks are kept from all pictures it is an approximation, cut off at 0 and 1.

    Returns:
        0 to 1; NaN where there is no picture of the emotion, or none of another.

    References:
        Hanley and McNeil (1982), The meaning and use of the area under a ROC curve, Radiology 143.
    """
    rest = counts.sum(axis=-1, keepdims=True) - counts
    others = sums.sum(axis=-2, keepdims=True) - sums
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = sums / counts[..., None] - others / rest[..., None]
    is_told = (counts > 0) & (rest > 0)
    above = np.clip(0.5 + gap / max(1, among), 0.0, 1.0)
    return np.asarray(np.where(is_told[..., None], above, np.nan))


def cramers_v(table: Table) -> Float[np.ndarray, "*round"]:
    r"""How strongly two words of a picture go together, less what chance brings.

    :math:`\tilde V = \sqrt{\tilde\varphi^2 / \min(\tilde k - 1, \tilde r - 1)}`, each corrected for
    bias; rows and columns without pictures are left out.

    Returns:
        0 for independent words, 1 where one word tells the other; NaN with fewer than two rows or
        columns.

    References:
        Bergsma (2013), A bias-correction for Cramér's V and Tschuprow's T, Journal of the Korean
        Statistical Society 42, eq. 6 to 8.
    """
    n = table.sum(axis=(-2, -1))
    rows, columns = table.sum(axis=-1), table.sum(axis=-2)
    r, k = (rows > 0).sum(axis=-1), (columns > 0).sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = rows[..., :, None] * columns[..., None, :] / n[..., None, None]
        phi2 = np.where(expected > 0, table**2 / expected, 0.0).sum(axis=(-2, -1)) / n - 1
        phi2 = np.maximum(0, phi2 - (k - 1) * (r - 1) / (n - 1))
        free = np.minimum(k - (k - 1) ** 2 / (n - 1), r - (r - 1) ** 2 / (n - 1)) - 1
        v = np.sqrt(phi2 / free)
    return np.asarray(np.where((r > 1) & (k > 1) & (free > 0), np.minimum(v, 1.0), np.nan))
