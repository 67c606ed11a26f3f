"""One thing wrong with a release, and the many, told apart from the few."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

SHOWN = 100  # findings of one code that are listed; the rest is counted


class Finding(NamedTuple):
    """One thing wrong with a release.

    Attributes:
        code: Word for the kind of trouble.
        place: File, or file and row, where it is.
        text: What is wrong.
        advice: What to do about it.
    """

    code: str
    place: str
    text: str
    advice: str


def shortened(findings: Iterable[Finding]) -> list[Finding]:
    """Give the findings in order: at most `SHOWN` of one code, the others counted at the end."""
    counts: Counter[str] = Counter()
    shown = []
    for one in findings:
        counts[one.code] += 1
        if counts[one.code] <= SHOWN:
            shown.append(one)
    return shown + [
        Finding(code, ".", f"{n - SHOWN:,} more of the same kind", "correct the ones above first")
        for code, n in sorted(counts.items())
        if n > SHOWN
    ]
