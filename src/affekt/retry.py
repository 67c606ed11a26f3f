"""Which losses a build asks for again when it is told to, and what a user is told of them."""

import shlex
from collections.abc import Mapping
from pathlib import Path

from affekt.errors import UsageError
from affekt.fetch.reasons import PASSING
from affekt.fetch.reasons import REASONS as NOT_FETCHED
from affekt.parts import did_you_mean
from affekt.pictures.reasons import REASONS as NOT_DECODED
from affekt.stages.clean import Clean
from affekt.stages.load import Load

NEVER = "too-small"  # a rule about pictures that are here
OF_LINKS = tuple(word for word in NOT_FETCHED | NOT_DECODED if word != NEVER)
EVERY = frozenset(Clean.reasons)


def chosen(*, passing: bool = False, words: str = "") -> frozenset[str]:
    """Give the reasons to ask again for: those that may pass, and words with commas between.

    Raises:
        UsageError: A word is no reason for which a link is lost.
    """
    reasons = {word.strip() for word in words.split(",") if word.strip()}
    for word in sorted(reasons.difference(OF_LINKS)):
        raise UsageError(
            f"--retry-only: {word!r} is no reason for which a link is lost; "
            f"{did_you_mean(word, list(OF_LINKS))}"
        )
    return frozenset(reasons | (PASSING.keys() if passing else set()))


def anew(reasons: frozenset[str], *, final: bool) -> dict[str, frozenset[str]]:
    """Give the stages, by kind, that are made anew, and the reasons of theirs that are meant."""
    if final:
        return {"clean": EVERY, "load": frozenset(Load.reasons)}
    return {"clean": reasons} if reasons else {}


def passing(reasons: Mapping[str, int]) -> dict[str, int]:
    """Give the counts of those reasons for losing a picture that may pass."""
    return {word: count for word, count in reasons.items() if word in PASSING}


def told(reasons: Mapping[str, int], plan: Path) -> str:
    """Say how many pictures may come another time, and how; ``""`` where there are none.

    >>> told({"busy": 4, "gone": 2, "dns": 1}, Path("plan.toml"))
    '5 pictures may come another time (busy 4, dns 1): affekt build plan.toml --retry'
    """
    counts = passing(reasons)
    if not counts:
        return ""
    total = sum(counts.values())
    listed = ", ".join(f"{word} {count:,}" for word, count in counts.items())
    return (
        f"{total:,} picture{'s' if total > 1 else ''} may come another time ({listed}): "
        f"affekt build {shlex.quote(str(plan))} --retry"
    )


def nothing(reasons: frozenset[str]) -> str:
    """Say that nothing was asked for again, because nothing was lost for these reasons.

    >>> nothing(frozenset({"dns", "busy"}))
    'nothing was asked for again: no picture was lost for busy, dns'
    """
    named = ", ".join(sorted(reasons))
    if reasons == PASSING.keys():
        named = "a reason that may pass"
    if reasons == EVERY:
        named = "any reason"
    return f"nothing was asked for again: no picture was lost for {named}"
