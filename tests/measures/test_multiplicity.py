import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from affekt.measures.multiplicity import benjamini_hochberg, holm


def naive_holm(p: np.ndarray) -> list[float]:
    """Give each the largest penalised p-value among those that are not larger."""
    place = {float(one): at for at, one in reversed(list(enumerate(sorted(p))))}
    return [
        max(min(1.0, one * (len(p) - at)) for one, at in place.items() if one <= own) for own in p
    ]


chances = st.lists(st.floats(0, 1), min_size=1, max_size=40).map(np.array)


@given(chances)
def test_holm_agrees_with_an_independent_one(p: np.ndarray) -> None:
    assert holm(p) == pytest.approx(naive_holm(p))


@given(chances)
def test_benjamini_hochberg_agrees_with_an_independent_one(p: np.ndarray) -> None:
    assert benjamini_hochberg(p) == pytest.approx(false_discovery_control(p))


def test_a_test_that_could_not_be_made_counts_for_none() -> None:
    assert holm(np.array([0.02, np.nan, 0.03]))[[0, 2]].tolist() == [0.04, 0.04]
    assert np.isnan(benjamini_hochberg(np.array([np.nan, 0.03]))[0])


def test_no_tests_give_no_numbers() -> None:
    assert holm(np.empty(0)).size == benjamini_hochberg(np.empty(0)).size == 0
