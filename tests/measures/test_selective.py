"""Risk against coverage, held against plain loops (Geifman and El-Yaniv 2017)."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from affekt.measures.selective import area, areas, least_area, risk_coverage

answers = st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=1, max_size=40)


@given(answers)
@settings(max_examples=50)
def test_the_area_is_the_mean_risk_over_all_prefixes(rows: list[tuple[int, bool]]) -> None:
    sure, wrong = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    curve = risk_coverage(sure, wrong, np.ones(sure.size))
    naive = [wrong[sure >= one].mean() for one in sure]
    assert area(curve) == pytest.approx(np.mean(naive))
    assert curve.risk[-1] == pytest.approx(wrong.mean())
    assert curve.coverage[-1] == pytest.approx(1)


@given(answers)
@settings(max_examples=30)
def test_a_weight_is_so_many_pictures(rows: list[tuple[int, bool]]) -> None:
    sure, wrong = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    often = np.arange(sure.size) % 3 + 1
    by_weight = area(risk_coverage(sure, wrong, often.astype(float)))
    again = np.repeat(np.arange(sure.size), often)
    assert by_weight == pytest.approx(
        area(risk_coverage(sure[again], wrong[again], np.ones(again.size)))
    )


def test_the_best_order_has_the_least_area() -> None:
    wrong = np.repeat([0.0, 1.0], [6000, 4000])
    best = area(risk_coverage(-wrong, wrong, np.ones(wrong.size)))
    order = np.arange(wrong.size, 0, -1, dtype=float)
    apart = area(risk_coverage(order, wrong, np.ones(wrong.size)))
    assert apart == pytest.approx(least_area(0.4), abs=1e-3)
    assert best > apart  # one confidence for all wrong ones answers them all at once
    assert area(risk_coverage(-order, wrong, np.ones(wrong.size))) > 0.4


def test_nothing_has_no_area_and_always_wrong_costs_all() -> None:
    nothing = np.zeros(0)
    assert math.isnan(area(risk_coverage(nothing, nothing, nothing)))
    assert least_area(1.0) == 1.0
    assert least_area(0.0) == 0.0


def test_many_rounds_at_once_are_each_alone() -> None:
    dice = np.random.default_rng(3)
    sure, wrong = dice.integers(0, 9, 40).astype(float), (dice.random(40) < 0.4).astype(float)
    weights = dice.integers(0, 3, (5, 40)).astype(float)
    naive = []
    for one in weights:
        rows = np.repeat(np.arange(40), one.astype(int))
        naive.append(area(risk_coverage(sure[rows], wrong[rows], np.ones(rows.size))))
    assert areas(sure, wrong, weights) == pytest.approx(naive)
    assert np.isnan(areas(sure, wrong, np.zeros((1, 40)))).all()
    assert areas(np.zeros(0), np.zeros(0), np.zeros((2, 0))).shape == (2,)
