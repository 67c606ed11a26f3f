"""What a person should look at, each with its evidence; nothing here decides anything."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, NamedTuple

import polars as pl

from affekt.quality.gold import Standing, gold_errors, standing
from affekt.quality.informed import LEVEL, USELESS
from affekt.quality.signs import Findings

ALWAYS = 0.97  # share of one answer that is called always
HURRIED = 1 / 3  # share of the middling time under which somebody is called hurried
LOST = -0.2  # change of agreement with what is known, second half less first


class Deed(StrEnum):
    """What a rule may propose; a person confirms or drops it (C30)."""

    LOOK = "look"
    EXCLUDE = "exclude votes"
    SUSPEND = "suspend"


class Proposal(NamedTuple):
    """One thing to look at, why, and how sure."""

    worker: str
    sign: str
    deed: Deed
    evidence: str
    p: float  # chance that an honest worker shows the sign as strongly
    p_adjusted: float  # the same after all workers were tested for it


class _Said(NamedTuple):
    deed: Deed
    evidence: str


_Row = dict[str, Any]


def propose(found: Findings) -> list[Proposal]:
    """Give what the signs suggest, by worker, then by sign; skips never count against anybody.

    A sign is proposed when chance hardly explains it (adjusted p at most 0.05) *and* it is large
    enough to matter; with many votes a harmless habit is significant too.
    """
    people = {row["worker"]: row for row in found.workers.iter_rows(named=True)}
    proposals = _same_person(found.twins)
    for row in found.signs.filter(pl.col("p_adjusted") <= LEVEL).iter_rows(named=True):
        said = _RULES[row["sign"]](row, people[row["worker"]])
        if said:
            proposals.append(Proposal(row["worker"], row["sign"], *said, *_chances(row)))
    return sorted(proposals)


def _about_informedness(sign: _Row, person: _Row) -> _Said | None:
    if sign["value"] >= USELESS * sign["expected"]:
        return None
    is_reversed = sign["high"] < 0
    how = "answers against what is known" if is_reversed else "answers hardly depend on the picture"
    return _Said(
        Deed.SUSPEND if is_reversed else Deed.EXCLUDE,
        f"{how}: sensitivity + specificity - 1 is {sign['value']:.2f} "
        f"[{sign['low']:.2f}, {sign['high']:.2f}], where a middling worker has "
        f"{sign['expected']:.2f}; {_rarity(sign)}",
    )


def _about_yes(sign: _Row, person: _Row) -> _Said | None:
    if 1 - ALWAYS < sign["value"] < ALWAYS:
        return None
    return _Said(
        Deed.EXCLUDE,
        f"said YES to {sign['value']:.0%} of {person['votes']} questions, where "
        f"{sign['expected']:.0%} are expected on the same; {_rarity(sign)}",
    )


def _about_gold(sign: _Row, person: _Row) -> _Said | None:
    yes, no = person["gold_sensitivity_n"], person["gold_specificity_n"]
    yes_right = round(yes * (person["gold_sensitivity"] or 0))
    no_right = round(no * (person["gold_specificity"] or 0))
    if standing(yes_right, yes, no_right, no) is not Standing.FAILS:
        return None
    errors = gold_errors(yes + no)
    return _Said(
        Deed.LOOK,
        f"{yes_right} of {yes} known-YES and {no_right} of {no} known-NO gold questions right, "
        f"the mark is {errors.pass_at} of {errors.n} (missed by {errors.good_fail:.1%} of good "
        f"workers, reached by {errors.spammers_pass:.1%} of coins); {_rarity(sign)}",
    )


def _about_speed(sign: _Row, person: _Row) -> _Said | None:
    if sign["value"] >= HURRIED * sign["expected"]:
        return None
    return _Said(
        Deed.LOOK,
        f"median time {sign['value']:.1f} s, 5th percentile {person['fast_seconds']:.1f} s, where "
        f"a middling worker takes {sign['expected']:.1f} s; {_rarity(sign)}",
    )


def _about_drift(sign: _Row, person: _Row) -> _Said | None:
    if sign["value"] > LOST:
        return None
    return _Said(
        Deed.LOOK,
        f"agreement with what is known falls by {-sign['value']:.0%} from the first half of the "
        f"work to the second; {_rarity(sign)}",
    )


_RULES: dict[str, Callable[[_Row, _Row], _Said | None]] = {
    "informedness": _about_informedness,
    "yes share": _about_yes,
    "gold": _about_gold,
    "speed": _about_speed,
    "drift": _about_drift,
}


def _same_person(twins: pl.DataFrame) -> list[Proposal]:
    """Give a proposal for each of both in a pair that agrees too often."""
    proposals = []
    for row in twins.filter(pl.col("p_adjusted") <= LEVEL).iter_rows(named=True):
        for worker, other in ((row["worker"], row["other"]), (row["other"], row["worker"])):
            sentence = (
                f"may be one person with {other}: {row['agreed']} of {row['shared']} shared "
                f"questions answered alike, where {row['expected']:.0f} are expected of two people"
                f"; {_rarity(row)}"
            )
            proposals.append(Proposal(worker, "same person", Deed.LOOK, sentence, *_chances(row)))
    return proposals


def _rarity(row: _Row) -> str:
    return f"p = {row['p']:.2g}, {row['p_adjusted']:.2g} after all tests of this kind"


def _chances(row: _Row) -> tuple[float, float]:
    return row["p"], row["p_adjusted"]
