"""Emotions with too few pictures for folds: left out of the means, out of the data, or kept."""

from collections import Counter
from collections.abc import Sequence
from typing import Literal, NamedTuple

Scarce = Literal["unreported", "dropped", "kept"]


class Verdict(NamedTuple):
    """What becomes of scarce emotions.

    Attributes:
        dropped: Their pictures are neither trained on nor tested.
        unreported: Their pictures are trained on and tested as those of any other emotion, so that
            they count against wrong answers; they have no scores of their own and no part in means.
        told: One sentence, or ``""``.
    """

    dropped: tuple[str, ...]
    unreported: tuple[str, ...]
    told: str


def judged(
    emotions: Sequence[str], scarce: Scarce, *, below: int, named: tuple[str, ...]
) -> Verdict:
    """Judge the emotions of all pictures; scarce are those with fewer than ``below``, and named."""
    counts = Counter(emotions)
    few = {name for name, n in counts.items() if n < below or name in named}
    strange = sorted(set(named) - set(counts))
    told = [f"{name!r} is named as scarce and no picture has it" for name in strange]
    if scarce == "kept":
        return Verdict((), (), "; ".join(told))
    found = tuple(sorted(few))
    words = [f"{name} ({counts[name]} pictures)" for name in found]
    if words and scarce == "dropped":
        told.append(f"{', '.join(words)} dropped: neither trained on nor tested")
        return Verdict(found, (), "; ".join(told))
    if words and len(found) == len(counts):
        told.append(f"every emotion is scarce ({', '.join(words)}), so means are over all of them")
    elif words:
        told.append(f"{', '.join(words)} kept among the others and left out of the means")
    return Verdict((), found, "; ".join(told))
