"""Distances of distributions, held against scipy (issue 6, item 5; Geng 2016)."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.spatial import distance
from scipy.special import rel_entr

from affekt.measures import distances

Measure = Callable[[np.ndarray, np.ndarray], np.ndarray]
DICE = np.random.default_rng(7)
VOTES = np.vstack([DICE.dirichlet(np.ones(5) / 2, 30), np.eye(5)])
SAID = np.vstack([DICE.dirichlet(np.ones(5), 30), np.full((5, 5), 0.2)])
ORACLES: dict[Measure, Callable[[np.ndarray, np.ndarray], float]] = {
    distances.chebyshev: distance.chebyshev,
    distances.canberra: distance.canberra,
    distances.kullback_leibler: lambda d, e: float(rel_entr(d, e).sum()),
    distances.jensen_shannon: lambda d, e: float(distance.jensenshannon(d, e, base=2)) ** 2,
    distances.cosine: lambda d, e: 1 - float(distance.cosine(d, e)),
    distances.intersection: lambda d, e: 1 - float(distance.cityblock(d, e)) / 2,
    distances.clark: lambda d, e: float(np.sqrt(np.sum(((d - e) / (d + e)) ** 2))),
}


@pytest.mark.parametrize("measure", ORACLES, ids=lambda one: one.__name__)
def test_a_distance_agrees_with_scipy(measure: Measure) -> None:
    known = [ORACLES[measure](d, e) for d, e in zip(VOTES, SAID, strict=True)]
    assert measure(VOTES, SAID) == pytest.approx(known, abs=1e-9)


@pytest.mark.parametrize("measure", ORACLES, ids=lambda one: one.__name__)
def test_the_same_distribution_is_at_no_distance(measure: Measure) -> None:
    same = 1.0 if measure in (distances.cosine, distances.intersection) else 0.0
    assert measure(VOTES, VOTES) == pytest.approx(np.full(len(VOTES), same), abs=1e-9)


@pytest.mark.parametrize("measure", ORACLES, ids=lambda one: one.__name__)
def test_the_impossible_that_came_true_is_a_number_and_no_picture_is_none(
    measure: Measure,
) -> None:
    (found,) = measure(np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]]))
    assert np.isfinite(found)
    assert measure(np.zeros((0, 3)), np.zeros((0, 3))).shape == (0,)
