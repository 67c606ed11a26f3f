"""Integrated Weibull densities, against the generalised normal of SciPy and known answers."""

import numpy as np
import pytest
import scipy.optimize
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage import data

from affekt.blocks import weibull
from affekt.blocks.gaussian_colour import gaussian_colour
from affekt.blocks.wiccest import edges
from tests.blocks.pictures import Picture

shapes = pytest.mark.parametrize("shape", [0.3, 0.6, 1.0, 2.0, 4.0])


def drawn(shape: float, n: int = 4_000) -> np.ndarray:
    responses: np.ndarray = scipy.stats.gennorm.rvs(shape, scale=0.02, size=n, random_state=1)
    return responses[None]


def by_scipy(responses: np.ndarray) -> tuple[float, float]:
    shape, _, scale = scipy.stats.gennorm.fit(responses - np.median(responses), floc=0)
    return scale / shape ** (1 / shape), shape


@shapes
def test_the_fit_is_that_of_a_generalised_normal(shape: float) -> None:
    responses = drawn(shape)
    found = weibull.fitted(responses)
    beta, gamma = by_scipy(responses)
    assert found.beta[0] == pytest.approx(beta, rel=0.01)
    assert found.gamma[0] == pytest.approx(gamma, rel=0.005)


@pytest.mark.parametrize("scale", [1.0, 3.0])
def test_so_it_is_on_a_photograph(scale: float) -> None:
    """Bins stay within 1 %."""
    photo: Picture = data.chelsea()[100:180, 100:200]
    responses = edges(gaussian_colour(photo), scale).reshape(6, -1).astype(float)
    found = weibull.fitted(responses)
    expected = np.array([by_scipy(row) for row in responses])
    np.testing.assert_allclose(np.stack(found, axis=1), expected, rtol=0.01)


@pytest.mark.parametrize(("name", "shape"), [("normal", 2.0), ("laplace", 1.0)])
def test_normal_responses_have_shape_2_and_laplacian_ones_shape_1(name: str, shape: float) -> None:
    responses = getattr(np.random.default_rng(1), name)(0, 0.25, (1, 100_000))
    found = weibull.fitted(responses)
    assert found.gamma[0] == pytest.approx(shape, rel=0.03)
    assert found.beta[0] == pytest.approx(0.25, rel=0.03)


@shapes
def test_the_search_ends_at_the_root_to_a_millionth(shape: float) -> None:
    counts = weibull.binned(drawn(shape))
    samples = np.repeat(np.exp(weibull.LOGS), counts[0, 1:])

    def slope(g: float) -> float:
        w = samples**g / np.mean(samples**g)
        return float(np.mean(w * np.log(w)) - g - np.log(g) - scipy.special.psi(1 / g))

    root = scipy.optimize.brentq(slope, 0.05, 20, xtol=1e-12)
    assert weibull.fitted_bins(counts).gamma[0] == pytest.approx(root, rel=1e-6)


@given(st.floats(0.01, 100), st.integers(0, 100))
@settings(max_examples=20, deadline=None)
def test_the_width_grows_with_the_responses_and_the_shape_stays(factor: float, seed: int) -> None:
    """Nearly: other responses fall into one bin, and a bin is 2 % wide."""
    responses = np.random.default_rng(seed).laplace(0, 0.1, (1, 2_000))
    one, other = weibull.fitted(responses), weibull.fitted(factor * responses)
    assert other.beta[0] == pytest.approx(factor * one.beta[0], rel=0.01)
    assert other.gamma[0] == pytest.approx(one.gamma[0], rel=0.01)


@pytest.mark.parametrize("factor", [0.25, 2.0, 1024.0])
def test_a_power_of_two_leaves_all_in_its_bin(factor: float) -> None:
    responses = np.random.default_rng(3).laplace(0, 0.1, (1, 2_000))
    one, other = weibull.fitted(responses), weibull.fitted(factor * responses)
    assert other.beta[0] == pytest.approx(factor * one.beta[0], rel=1e-6)
    assert other.gamma[0] == pytest.approx(one.gamma[0], rel=1e-6)


def test_where_zero_lies_does_not_matter_nor_which_way_is_up() -> None:
    responses = drawn(0.7)
    one = np.stack(weibull.fitted(responses))
    np.testing.assert_array_equal(np.stack(weibull.fitted(-responses)), one)
    np.testing.assert_allclose(np.stack(weibull.fitted(responses + 0.5)), one, rtol=0.002)


@pytest.mark.parametrize(
    "responses",
    [[0.0] * 9, [0.3] * 9, [0.5], [0.0, 9e-8, -9e-8]],
    ids=["zeros", "one", "few", "tiny"],
)
def test_no_texture_has_width_0_and_shape_2(responses: list[float]) -> None:
    found = weibull.fitted(np.array([responses]))
    assert (found.beta[0], found.gamma[0]) == (0.0, 2.0)


def test_responses_of_one_size_have_the_greatest_shape() -> None:
    found = weibull.fitted(np.array([[-1.0, 1.0] * 10]))
    assert found.gamma[0] == pytest.approx(20, rel=1e-5)
    assert found.beta[0] == pytest.approx(1, rel=0.02)


def test_a_lone_edge_in_an_even_region_has_the_least_shape() -> None:
    """Zeros count as samples, though they have no logarithm."""
    found = weibull.fitted(np.array([[0.0] * 999 + [0.2]]))
    assert found.gamma[0] == pytest.approx(0.05, rel=1e-5)
    assert found.beta[0] == pytest.approx(0.2 * 0.001**20, rel=0.1)


def test_each_row_is_fitted_by_itself() -> None:
    rows = np.concatenate([drawn(0.5), drawn(2.0), np.zeros((1, 4_000))])
    together = np.stack(weibull.fitted(rows), axis=1)
    alone = [np.stack(weibull.fitted(row[None]), axis=1)[0] for row in rows]
    np.testing.assert_array_equal(together, alone)


def test_huge_and_tiny_responses_stay_numbers() -> None:
    found = np.stack(weibull.fitted(np.array([[1e-7, 1e3, -1e3, 1e9, 0.0]])))
    assert np.isfinite(found).all()
