"""Numbers and words against emotions, held against SciPy and naive counts (G22)."""

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from affekt.measures.association import above_rest, cramers_v, explained


class Parts(NamedTuple):
    counts: np.ndarray
    sums: np.ndarray
    squares: np.ndarray


def parts(numbers: list[float], codes: list[int], k: int) -> Parts:
    """Counts, sums and squares of mid-ranks."""
    ranks = stats.rankdata(numbers)[:, None]
    is_it = np.eye(k)[codes]
    return Parts(is_it.sum(axis=0), is_it.T @ ranks, (ranks**2).sum(axis=0))


some = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3)), min_size=8, max_size=40)


@settings(max_examples=40, deadline=None)
@given(some)
def test_it_is_kruskal_and_wallis_less_chance(rows: list[tuple[int, int]]) -> None:
    """G22."""
    numbers, codes = [float(one) for one, _ in rows], [code for _, code in rows]
    groups = [[x for x, code in zip(numbers, codes, strict=True) if code == e] for e in range(4)]
    there = [group for group in groups if group]
    (share,) = explained(*parts(numbers, codes, 4))
    n, k = len(rows), len(there)
    is_told = k > 1 and len(set(numbers)) > 1
    h = stats.kruskal(*there).statistic if is_told else np.nan
    assert share == pytest.approx((h - k + 1) / (n - k), abs=1e-9, nan_ok=True)


@settings(max_examples=40, deadline=None)
@given(some)
def test_it_counts_how_often_the_emotion_has_the_larger_number(rows: list[tuple[int, int]]) -> None:
    """G22: ties count half."""
    numbers, codes = [float(one) for one, _ in rows], [code for _, code in rows]
    given = parts(numbers, codes, 4)
    said = above_rest(given.counts, given.sums, len(rows))[:, 0]
    own = [x for x, code in zip(numbers, codes, strict=True) if code == 2]
    rest = [x for x, code in zip(numbers, codes, strict=True) if code != 2]
    won = [(x > y) + (x == y) / 2 for x in own for y in rest]
    assert said[2] == pytest.approx(np.mean(won) if won else np.nan, nan_ok=True)


def test_what_cannot_be_told_is_no_number() -> None:
    """P12: one emotion, a constant, nothing at all."""
    assert np.isnan(explained(*parts([1, 2, 3], [0, 0, 0], 2))).all()
    assert np.isnan(explained(*parts([5, 5, 5, 5], [0, 1, 0, 1], 2))).all()
    nothing = np.zeros(2), np.zeros((2, 1)), np.zeros(1)
    assert np.isnan(explained(*nothing)).all()
    assert np.isnan(above_rest(*nothing[:2], 0)).all()
    assert np.isnan(cramers_v(np.zeros((2, 2))))
    assert np.isnan(cramers_v(np.array([[3.0, 4.0]])))


def test_a_draw_is_never_above_all() -> None:
    """G22: ranks are kept from all pictures, so that the lowest of the rest drawn twice adds up."""
    counts, sums = np.array([1.0, 2.0]), np.array([[3.0], [2.0]])  # ranks 3, and 1 twice
    assert above_rest(counts, sums, 3).tolist() == [[1.0], [0.0]]


def test_rounds_are_answered_one_by_one() -> None:
    """G22."""
    one, two = parts([1, 2, 3, 4], [0, 0, 1, 1], 2), parts([4, 1, 3, 2], [0, 0, 1, 1], 2)
    both = [np.stack(pair) for pair in zip(one, two, strict=True)]
    assert explained(*both).tolist() == [explained(*one).tolist(), explained(*two).tolist()]


def test_cramers_v_is_one_where_a_word_tells_the_other_and_naught_by_chance() -> None:
    """G22: 2 × 2 of 5 and 5: phi² = 1, less 1/9; k̃ - 1 = 1 - 1/9."""
    assert cramers_v(np.diag([5.0, 5.0])) == pytest.approx(1.0)
    assert cramers_v(np.array([[5.0, 5.0], [5.0, 5.0]])) == 0.0
    uneven = np.array([[30.0, 10.0, 0.0], [12.0, 28.0, 0.0]])
    n, phi2 = 80, stats.chi2_contingency(uneven[:, :2], correction=False).statistic / 80
    expected = np.sqrt((phi2 - 1 / (n - 1)) / (1 - 1 / (n - 1)))
    assert cramers_v(uneven) == pytest.approx(expected)
