"""Every sign a worker is tested for, with the chance that somebody honest shows it as strongly."""

from typing import NamedTuple

import numpy as np
import polars as pl

from affekt.measures.chance import at_most
from affekt.measures.multiplicity import holm
from affekt.quality.apart import Values, honest, lower_p
from affekt.quality.events import counted
from affekt.quality.gold import FIRST_JUDGEMENT, GOOD
from affekt.quality.informed import KNOWN_VOTES, informedness
from affekt.quality.twins import twins
from affekt.quality.workers import evidence
from affekt.tables import Column, Schema

SIGNS = Schema(
    "signs",
    ("sign", "worker"),
    {
        "worker": Column(pl.String, "pseudonym"),
        "sign": Column(pl.String, "informedness, yes share, gold, speed or drift"),
        "value": Column(pl.Float64, "what was observed"),
        "low": Column(pl.Float64, "lower end of its 95 % interval; null where none is known"),
        "high": Column(pl.Float64, "upper end of its 95 % interval; null where none is known"),
        "expected": Column(pl.Float64, "what a middling worker of this crowd would show"),
        "spread": Column(pl.Float64, "how far honest workers stand apart, standard deviation"),
        "p": Column(pl.Float64, "chance that an honest worker shows it as strongly"),
        "p_adjusted": Column(pl.Float64, "p after all workers were tested for this sign"),
    },
)


class Findings(NamedTuple):
    """All that the statistics say of the workers of a campaign."""

    workers: pl.DataFrame  # `affekt.quality.workers.WORKERS`
    signs: pl.DataFrame  # `SIGNS`
    twins: pl.DataFrame  # `affekt.quality.twins.TWINS`


def findings(events: pl.DataFrame) -> Findings:
    """Give evidence, signs and likely twins from checked events."""
    votes, workers = counted(events), evidence(events)
    signs = pl.concat([
        _informedness(events, workers), _yes_share(workers), _gold(workers), _speed(workers),
        _drift(workers),
    ])  # fmt: skip
    told = SIGNS.conform(signs.fill_nan(None).drop_nulls("p"), "quality")
    return Findings(workers, told, twins(votes))


def _informedness(events: pl.DataFrame, workers: pl.DataFrame) -> pl.DataFrame:
    """Low: answers that do not depend on the picture, or are reversed.

    The share of false alarms among alarms is what is held down here, for there may be many to find.
    """
    found = informedness(events, workers["worker"].to_list())
    return _signs(
        workers, "informedness", found.value, p=found.p, adjusted=found.p_adjusted
    ).with_columns(
        low=found.low, high=found.high,
        expected=pl.lit(found.crowd.centre), spread=pl.lit(found.crowd.spread),
    )  # fmt: skip


def _yes_share(workers: pl.DataFrame) -> pl.DataFrame:
    """Far from what others said of the same questions, to either side."""
    votes, expected = _numbers(workers, "votes"), _numbers(workers, "yes_expected")
    apart = np.where(votes >= KNOWN_VOTES, _numbers(workers, "yes_share") - expected, np.nan)
    chance = np.sqrt(expected * (1 - expected) / votes.clip(min=1))
    crowd = honest(apart, chance)
    low = lower_p(apart, chance, crowd)
    p = 2 * np.minimum(low, 1 - low)
    return _signs(workers, "yes share", expected + apart, p=p, adjusted=holm(p)).with_columns(
        expected=expected + crowd.centre, spread=pl.lit(crowd.spread)
    )


def _gold(workers: pl.DataFrame) -> pl.DataFrame:
    """Fewer right than somebody of accuracy 0.85, or the median worker if that is less."""
    n, share = _numbers(workers, "gold_n"), _numbers(workers, "gold")
    told = n >= FIRST_JUDGEMENT
    middling = min(GOOD, float(np.median(share[told]))) if told.any() else GOOD
    p = np.full(n.shape, np.nan)
    for row in np.flatnonzero(told):
        p[row] = at_most(round(share[row] * n[row]), int(n[row]), middling)
    return _signs(workers, "gold", share, p=p, adjusted=holm(p)).with_columns(
        low=workers["gold_low"], high=workers["gold_high"], expected=pl.lit(middling)
    )


def _speed(workers: pl.DataFrame) -> pl.DataFrame:
    """Faster than others, by the logarithm of the median time."""
    seconds = _numbers(workers, "median_seconds")
    told = (_numbers(workers, "votes") >= KNOWN_VOTES) & (seconds > 0)
    log = np.where(told, np.log(np.where(told, seconds, 1)), np.nan)
    crowd = honest(log, np.zeros(log.shape))
    p = lower_p(log, np.zeros(log.shape), crowd)
    return _signs(workers, "speed", seconds, p=p, adjusted=holm(p)).with_columns(
        expected=pl.lit(float(np.exp(crowd.centre))), spread=pl.lit(crowd.spread)
    )


def _drift(workers: pl.DataFrame) -> pl.DataFrame:
    """A share agreeing with what is known that changes along the work."""
    p = _numbers(workers, "work_drift_p")
    value = _numbers(workers, "work_drift")
    return _signs(workers, "drift", value, p=p, adjusted=holm(p)).with_columns(expected=pl.lit(0.0))


def _signs(
    workers: pl.DataFrame, sign: str, value: Values, *, p: Values, adjusted: Values
) -> pl.DataFrame:
    return workers.select(
        "worker", sign=pl.lit(sign), value=value, low=pl.lit(None, pl.Float64),
        high=pl.lit(None, pl.Float64), expected=pl.lit(None, pl.Float64),
        spread=pl.lit(None, pl.Float64), p=p, p_adjusted=adjusted,
    )  # fmt: skip


def _numbers(workers: pl.DataFrame, name: str) -> Values:
    return workers[name].cast(pl.Float64).fill_null(np.nan).to_numpy()
