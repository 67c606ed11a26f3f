from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss
from sklearn.metrics import log_loss as known_log_loss

from affekt.measures import calibration
from affekt.measures.calibration import (
    brier,
    calibration_error,
    classwise_calibration_error,
    reliability,
    top_label,
)

answers = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=80)
Answers = list[tuple[float, bool]]


def columns(rows: Answers) -> tuple[np.ndarray, np.ndarray]:
    return np.array([said for said, _ in rows]), np.array([true for _, true in rows])


def test_bins_agree_with_scikit_learn_where_no_two_are_equal() -> None:
    rng = np.random.default_rng(1)
    said = rng.permutation(np.linspace(0.01, 0.99, 400))
    true = rng.random(400) < said
    diagram = reliability(said, true, bins=8)
    right, confidence = calibration_curve(true, said, n_bins=8, strategy="quantile")
    assert diagram.confidence == pytest.approx(confidence)
    assert diagram.right == pytest.approx(right)
    assert diagram.n.tolist() == [50] * 8


@given(answers, st.integers(1, 20), st.randoms())
def test_the_order_of_pictures_cannot_matter(rows: Answers, bins: int, random: Random) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)
    found = calibration_error(reliability(*columns(shuffled), bins))
    assert found == pytest.approx(calibration_error(reliability(*columns(rows), bins)))


@given(answers, st.integers(1, 20))
def test_every_picture_is_in_one_bin_and_the_error_is_a_share(rows: Answers, bins: int) -> None:
    diagram = reliability(*columns(rows), bins)
    assert diagram.n.sum() == len(rows)
    assert (diagram.n > 0).all()
    assert len(diagram.n) <= bins
    assert -1e-12 <= calibration_error(diagram) <= 1 + 1e-12


def test_the_error_is_worked_out_by_hand() -> None:
    said = np.array([0.2, 0.4, 0.6, 0.8])
    diagram = reliability(said, np.array([False, True, True, True]), bins=2)
    assert diagram.confidence == pytest.approx([0.3, 0.7])
    assert diagram.right == pytest.approx([0.5, 1.0])
    assert calibration_error(diagram) == pytest.approx((0.2 + 0.3) / 2)


def test_equal_probabilities_share_one_bin() -> None:
    diagram = reliability(np.full(10, 0.5), np.arange(10) < 5, bins=5)
    assert diagram.n.tolist() == [10]
    assert calibration_error(diagram) == 0.0


def test_the_top_label_counts_as_right_when_it_is_the_truth() -> None:
    probabilities = np.array([[0.7, 0.3], [0.4, 0.6], [0.5, 0.5]])
    diagram = top_label(probabilities, np.array([0, 0, 0]), bins=1)
    assert diagram.confidence == pytest.approx([0.6])
    assert diagram.right == pytest.approx([2 / 3])


def test_each_emotion_has_an_error_of_its_own() -> None:
    probabilities = np.array([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0]])
    found = classwise_calibration_error(probabilities, np.array([0, 0]), bins=1)
    assert found == pytest.approx([0.25, 0.25, 0.0])


@given(answers)
def test_brier_is_twice_the_binary_score_of_scikit_learn(rows: Answers) -> None:
    said, true = columns(rows)
    both = np.column_stack([1 - said, said])
    known = brier_score_loss(true, said, labels=[False, True])
    assert brier(both, true.astype(int)) == pytest.approx(2 * known)


def test_certain_answers_score_zero_or_two() -> None:
    assert brier(np.array([[1.0, 0.0]]), np.array([0])) == 0.0
    assert brier(np.array([[1.0, 0.0]]), np.array([1])) == 2.0


def test_no_pictures_have_no_calibration() -> None:
    nothing = np.zeros((0, 3)), np.zeros(0, dtype=int)
    assert np.isnan(brier(*nothing))
    assert np.isnan(calibration_error(top_label(*nothing)))
    assert np.isnan(classwise_calibration_error(*nothing)).all()


def test_the_log_loss_agrees_with_scikit_learn() -> None:
    """M73."""
    dice = np.random.default_rng(8)
    said, truth = dice.dirichlet(np.ones(3), 50), dice.integers(0, 3, 50)
    known = known_log_loss(truth, said, labels=range(3))
    assert calibration.log_loss(said, truth) == pytest.approx(known)
    assert np.isnan(calibration.log_loss(np.zeros((0, 3)), np.zeros(0, dtype=int)))


@pytest.mark.parametrize("true", [0.5, 1.0, 3.0])
def test_the_temperature_that_was_put_in_is_found(true: float) -> None:
    """M73: pictures drawn from known probabilities, which are then made bolder or shyer."""
    dice = np.random.default_rng(9)
    honest = dice.dirichlet(np.ones(4), 4000)
    truth = (honest.cumsum(axis=1) > dice.random((4000, 1))).argmax(axis=1)
    said = calibration.tempered(honest, 1 / true)
    found = calibration.temperature(said, truth)
    assert found == pytest.approx(true, rel=0.12)
    assert calibration.tempered(said, true) == pytest.approx(honest)


def test_no_other_temperature_has_a_smaller_loss() -> None:
    dice = np.random.default_rng(10)
    said = dice.dirichlet(np.ones(3), 60)
    truth = (said.cumsum(axis=1) > dice.random((60, 1))).argmax(axis=1)
    best = calibration.temperature(said, truth)
    losses = [
        calibration.log_loss(calibration.tempered(said, at), truth)
        for at in np.geomspace(0.02, 50, 200)
    ]
    found = calibration.log_loss(calibration.tempered(said, best), truth)
    assert found <= min(losses) + 1e-6
    known = optimize.minimize_scalar(
        lambda at: calibration.log_loss(calibration.tempered(said, at), truth),
        bounds=(0.02, 50),
        method="bounded",
        options={"xatol": 1e-8},
    )
    assert best == pytest.approx(known.x, rel=1e-4)


@pytest.mark.parametrize("wrong", [False, True])
def test_pictures_that_are_all_right_or_all_wrong_tell_no_temperature(wrong: bool) -> None:
    """M73, S4: the loss falls to the end of what is searched, which is known for one."""
    truth = np.array([0, 1, 0, 1])
    said = np.array([[0.6, 0.4], [0.3, 0.7], [0.51, 0.49], [0.2, 0.8]])
    found = calibration.temperature(said, 1 - truth if wrong else truth)
    assert found == pytest.approx(calibration.SHYEST if wrong else calibration.BOLDEST)
    assert not calibration.is_inside(found)
    assert calibration.is_inside(calibration.temperature(said, np.array([0, 1, 1, 1])))


def test_a_constant_needs_no_temperature_and_no_picture_has_none() -> None:
    assert calibration.temperature(np.full((4, 2), 0.5), np.array([0, 1, 1, 1])) == 1
    assert np.isnan(calibration.temperature(np.zeros((0, 2)), np.zeros(0, dtype=int)))


def test_shares_of_votes_are_calibrated_like_answers() -> None:
    said, felt = np.array([0.2, 0.8]), np.array([0.3, 0.8])
    found = calibration.calibration_error(calibration.reliability(said, felt, 2))
    assert found == pytest.approx(0.05)
