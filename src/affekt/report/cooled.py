"""The temperature of an entry, fitted on other pictures than those it is then held against."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool

from affekt.measures.calibration import Probabilities, temperature, tempered
from affekt.report.remarks import Remarks
from affekt.report.tested import Tested

Rows = Bool[np.ndarray, " row"]


class Cooled(NamedTuple):
    """What a temperature makes of the tests that it was not fitted on.

    Attributes:
        temperature: Above 1 where probabilities were too bold; the mean where folds have their own.
        n: Pictures it was fitted on; the fewest where folds have their own.
        rest: Which tests are of other pictures.
        said: Probabilities of these at the temperature.
    """

    temperature: float
    n: int
    rest: Rows
    said: Probabilities


def cool(tests: Tested, is_validation: Rows, told: Remarks) -> Cooled | None:
    """Give what a temperature makes of an entry; None where there is nothing to fit it on.

    It was fitted when the predictions were made, on pictures that a protocol leaves for choices; or
    else it is on tests of the part `validate`; or else for each fold on those of the other folds of
    its repeat, without pictures of its groups.

    Args:
        tests: All tests of the entry.
        is_validation: Which of them are of that part.
        told: What was noted of the predictions.
    """
    if told.temperature is not None:
        every = np.ones(tests.truth.size, dtype=bool)
        said = tempered(tests.probabilities, told.temperature)
        return Cooled(told.temperature, told.validated, every, said)
    if not is_validation.any():
        return _across_folds(tests)
    if is_validation.all():
        return None
    found = _fitted(tests, is_validation)
    said = tempered(tests.probabilities[~is_validation], found)
    return Cooled(found, _images(tests, is_validation), ~is_validation, said)


def _across_folds(tests: Tested) -> Cooled | None:
    said, found, counts = tests.probabilities.copy(), [], []
    for turn in np.unique(tests.turn):
        own = tests.turn == turn
        others = np.isin(tests.repeat, tests.repeat[own]) & ~np.isin(tests.group, tests.group[own])
        if not others.any():
            return None
        found.append(_fitted(tests, others))
        counts.append(_images(tests, others))
        said[own] = tempered(tests.probabilities[own], found[-1])
    if not found:
        return None
    return Cooled(float(np.mean(found)), min(counts), np.ones(len(said), dtype=bool), said)


def _fitted(tests: Tested, rows: Rows) -> float:
    return temperature(tests.probabilities[rows], tests.truth[rows])


def _images(tests: Tested, rows: Rows) -> int:
    return int(np.unique(tests.image[rows]).size)
