"""How far a worker stands from the others, held against how far honest workers stand apart.

Honest workers differ among each other, so the question is not whether somebody differs from the
average but whether an honest worker of *this* crowd would come that far by chance.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from affekt.measures.chance import normal_below

Values = Float[np.ndarray, " worker"]
# Below, a crowd says little about how far honest people stand apart, and this is taken at least.
SMALL_CROWD = 10
SMALL_CROWD_SPREAD = 0.15
LEAST_SPREAD = 0.05  # nobody's crowd is more alike than this; guards against a lucky estimate
NORMAL_QUARTILE = 0.6745


class Crowd(NamedTuple):
    """Where the honest workers of a crowd stand."""

    centre: float
    spread: float  # standard deviation between honest workers, chance of sampling taken out
    judged: int  # workers it is estimated from


def honest(values: Values, chance: Values) -> Crowd:
    """Where the honest stand, from values of all and the deviation chance gives each of them.

    The centre is the median. The spread is taken from the upper half, since those who do not look
    at the pictures pull at the lower one. NaN values count for none.

    References:
        Efron (2004), Large-scale simultaneous hypothesis testing: the choice of a null hypothesis,
        Journal of the American Statistical Association 99.

    Differs:
        The null is estimated from one half, by its quartile, and sampling is taken out of it.
    """
    known = ~np.isnan(values)
    if not known.any():
        return Crowd(np.nan, np.nan, 0)
    told = values[known]
    centre = float(np.median(told))
    seen = (np.quantile(told[told >= centre], 0.5) - centre) / NORMAL_QUARTILE
    between = max(0.0, seen**2 - float(np.median(chance[known] ** 2)))
    least = LEAST_SPREAD if told.size >= SMALL_CROWD else SMALL_CROWD_SPREAD
    return Crowd(centre, max(least, float(np.sqrt(between))), int(told.size))


def lower_p(values: Values, chance: Values, crowd: Crowd) -> Values:
    """Chance that an honest worker of this crowd comes that low; NaN stays."""
    return normal_below((values - crowd.centre) / np.sqrt(crowd.spread**2 + chance**2))
