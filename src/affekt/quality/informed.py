"""Whether answers depend on the picture at all: the number that finds those who do not look."""

from typing import NamedTuple

import numpy as np
import polars as pl
from jaxtyping import Bool

from affekt.measures.multiplicity import benjamini_hochberg
from affekt.quality.apart import Crowd, Values, honest, lower_p
from affekt.quality.events import counted

# A worker of whom less is known cannot be told from chance; see docs/quality-control.md.
KNOWN_VOTES = 30
KNOWN_EACH = 5
LEVEL = 0.05  # of adjusted p-values
USELESS = 0.5  # share of the middling informedness under which answers are of little use


class Informedness(NamedTuple):
    """How much answers depend on the picture: sensitivity + specificity - 1, one a worker."""

    value: Values  # -1 reversed, 0 no dependence, 1 perfect; NaN when too little is known
    low: Values  # 95 % interval
    high: Values
    crowd: Crowd
    p: Values  # that an honest worker of this crowd comes that low
    p_adjusted: Values

    def is_doubtful(self) -> Bool[np.ndarray, " worker"]:
        """Tell who is too low for chance, and so low that it matters."""
        doubtful: Bool[np.ndarray, " worker"] = (self.p_adjusted <= LEVEL) & (
            self.value < USELESS * self.crowd.centre
        )
        return doubtful


def informedness(events: pl.DataFrame, workers: list[str]) -> Informedness:
    r"""Hold answers against what is known of each picture: gold, else the settled label of others.

    :math:`J = \text{sensitivity} + \text{specificity} - 1` does not depend on how many pictures
    are felt, and is 0 for random answers, always YES and always NO alike. Who is doubtful in a
    first pass is heard in no label, and in no estimate of the honest, in the second.

    Args:
        events: Checked events.
        workers: Whose numbers are wanted, in this order.

    References:
        Youden (1950), Index for rating diagnostic tests, Cancer 3.
    """
    heard = np.ones(len(workers), dtype=bool)
    first = _judged(counted(events), workers, heard)
    heard = ~first.is_doubtful()
    unheard = [name for name, is_heard in zip(workers, heard, strict=True) if not is_heard]
    return _judged(counted(events, unheard), workers, heard)


def _judged(
    votes: pl.DataFrame, workers: list[str], heard: Bool[np.ndarray, " worker"]
) -> Informedness:
    yes, no = (_outcomes(votes, workers, known=known) for known in (True, False))
    enough = (yes.n + no.n >= KNOWN_VOTES) & (np.minimum(yes.n, no.n) >= KNOWN_EACH)
    value = np.where(enough, yes.share() - (1 - no.share()), np.nan)
    # Chance is taken at the rates of a middling worker, not at the own ones: somebody who always
    # says YES has no own variance, but an honest worker in that place would.
    told = enough & heard
    typical = [float(np.median(one.share()[told])) if told.any() else 0.5 for one in (yes, no)]
    chance = np.sqrt(yes.variance(typical[0]) + no.variance(typical[1]))
    crowd = honest(np.where(heard, value, np.nan), chance)
    own = 1.96 * np.sqrt(yes.variance(yes.share()) + no.variance(no.share()))
    p = lower_p(value, chance, crowd)
    ends = (value - own).clip(-1, 1), (value + own).clip(-1, 1)
    return Informedness(value, *ends, crowd, p, benjamini_hochberg(p))


class _Outcomes(NamedTuple):
    """Successes of n among the pictures that are known as one thing, one number a worker."""

    right: Values
    n: Values

    def share(self) -> Values:
        """Give the share of successes; 0.5 where there is no trial."""
        return np.where(self.n > 0, self.right / np.maximum(self.n, 1), 0.5)

    def variance(self, share: Values | float) -> Values:
        """Give the variance of such a share, never zero: as if one more success and failure."""
        softened = (share * self.n + 1) / (self.n + 2)
        return np.asarray(softened * (1 - softened) / np.maximum(self.n, 1))


def _outcomes(votes: pl.DataFrame, workers: list[str], *, known: bool) -> _Outcomes:
    counts = (
        votes.filter(pl.col("known") == known)
        .group_by("worker")
        .agg(right=(pl.col("felt") == known).sum(), n=pl.len())
    )
    row = pl.DataFrame({"worker": workers}, schema={"worker": pl.String}).join(
        counts, on="worker", how="left", maintain_order="left"
    )
    right, n = (row[name].fill_null(0).cast(pl.Float64).to_numpy() for name in ("right", "n"))
    return _Outcomes(right, n)
