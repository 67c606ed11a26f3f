"""Scores by hand, against plain loops, and at every edge (M70, M72, P10, P12, B70)."""

from pathlib import Path

import numpy as np
import pytest

from affekt.measures.calibration import calibration_error, places, reliability
from affekt.measures.intervals import wilson
from affekt.report import datasets, leaks, rates, resample, tested
from affekt.report.bench import Panel
from affekt.store import Failure
from affekt.taxonomy import MIKELS8
from tests.report import made
from tests.report.made import World
from tests.report.scored import NO, YES, cell, scored


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_counts_are_those_made_by_hand(world: World) -> None:
    one = scored(world, [YES, YES, NO, NO], [0.9, 0.2, 0.4, 0.3])
    assert one.matrix.tolist() == [[1, 1], [0, 2]]
    assert (one.correct, one.n, one.accuracy.value) == (3, 4, 0.75)
    assert one.macro_recall.value == 0.75


def test_a_share_of_pictures_tested_once_has_wilsons_interval(world: World) -> None:
    one = scored(world, [YES, YES, NO, NO], [0.9, 0.2, 0.4, 0.3])
    assert one.accuracy.interval == wilson(3, 4)
    assert one.of_emotion("recalls")[0].interval == wilson(1, 2)


def test_a_tie_counts_in_part_for_each(world: World) -> None:
    one = scored(world, [YES, NO], [0.5, 0.5])
    assert one.matrix.tolist() == [[0.5, 0.5], [0.5, 0.5]]
    assert one.correct == 1


def test_the_order_of_rows_does_not_matter(world: World) -> None:
    groups = ["a", "a", "b", "c"]
    one = scored(world, [YES, YES, NO, NO], [0.9, 0.2, 0.4, 0.3], groups=groups)
    again = scored(world, [YES, YES, NO, NO], [0.9, 0.2, 0.4, 0.3], groups=groups)
    assert one.accuracy == again.accuracy
    assert one.macro_f1 == again.macro_f1


def test_repeats_are_averaged_before_anything_else(world: World) -> None:
    """M72: the outcome of a picture is its mean over the repeats; n stays the pictures."""
    one = scored(world, [YES, NO], np.array([[0.9, 0.1], [0.1, 0.1], [0.1, 0.1], [0.9, 0.1]]))
    assert (one.repeats, one.n) == (4, 2)
    assert one.matrix.tolist() == [[0.5, 0.5], [0, 1]]
    assert "bootstrap" in one.share_method


def test_groups_are_drawn_whole(world: World) -> None:
    """M72: two pictures of one group stand and fall together: two units, not four."""
    together = scored(world, [YES, YES, NO, NO], [0.9, 0.9, 0.9, 0.9], groups=["a", "a", "b", "b"])
    assert together.accuracy.interval == (0, 1)
    assert together.method == "bootstrap (2,000 draws of 2 groups)"


def test_the_bootstrap_agrees_with_plain_loops(world: World) -> None:
    dice = np.random.default_rng(3)
    truth = [YES if one else NO for one in dice.random(60) < 0.6]
    groups = [f"g{at // 2}" for at in range(60)]
    one = scored(world, truth, dice.random(60), groups=groups)
    rounds = np.random.default_rng(9)
    drawn = []
    for _ in range(2000):
        parts = [one.by_group[at] for at in rounds.integers(30, size=30)]
        whole = np.sum(parts, axis=0)
        drawn.append(np.trace(whole) / whole.sum())
    assert one.accuracy.interval == pytest.approx(np.quantile(drawn, [0.025, 0.975]), abs=0.02)


def test_the_same_seed_gives_the_same_interval_and_another_another(world: World) -> None:
    assert np.array_equal(resample.draw(7, 1).weights, resample.draw(7, 1).weights)
    assert not np.array_equal(resample.draw(7, 1).weights, resample.draw(7, 2).weights)
    assert (resample.draw(7, 1).weights.sum(axis=1) == 7).all()


def test_calibration_error_is_that_of_the_measure(world: World) -> None:
    dice = np.random.default_rng(5)
    said = dice.random(50)
    truth = [YES if one else NO for one in dice.random(50) < said]
    one = scored(world, truth, said)
    top = one.tested.probabilities.max(axis=1)
    right = one.tested.probabilities.argmax(axis=1) == one.tested.truth
    assert one.calibration.value == pytest.approx(calibration_error(reliability(top, right)))
    low, high = one.calibration.interval
    assert 0 <= low < one.calibration.value < high <= 1
    assert (low + high) / 2 == pytest.approx(one.calibration.value, abs=0.02)


def test_both_readings_of_the_true_positive_rate_are_there(world: World) -> None:
    """M70: guessing scores a half in the two-sided reading, however many emotions."""
    truth = list(MIKELS8.names) * 2
    result = made.cell(world, truth, np.full((1, 16, 8), 1 / 8))
    one = cell(result)
    assert [score.value for score in one.of_emotion("recalls")] == [1 / 8] * 8
    assert [score.value for score in one.of_emotion("two_sided_recalls")] == pytest.approx(
        [0.5] * 8
    )


def test_an_emotion_too_small_says_so(world: World) -> None:
    one = scored(world, [YES] * 20 + [NO] * 3, [0.9] * 23)
    assert one.silence(0) == ""
    assert one.silence(1) == "not reported (n = 3)"


def test_an_emotion_without_pictures_says_so_and_spoils_no_mean(world: World) -> None:
    """B70: the mean runs over the emotions that are there."""
    one = scored(world, [YES] * 12, [0.9] * 12)
    assert one.silence(1) == "not reported (no picture)"
    assert one.macro_recall.value == 1


def test_an_emotion_all_of_whose_pictures_are_in_one_fold_was_never_trained(world: World) -> None:
    """B70: ten or more pictures do not help when none was left to learn from."""
    truth = [YES if at % 2 else NO for at in range(40)]
    one = scored(world, truth, [0.9] * 40, folds=2)
    assert one.silence(0) == "not reported (never trained)"


def test_nan_probabilities_are_left_out_and_counted(world: World) -> None:
    one = scored(world, [YES, YES, NO], [0.9, np.nan, 0.2])
    assert (one.n, one.unusable, one.accuracy.value) == (2, 1, 1)


def test_labels_outside_the_taxonomy_are_left_out_and_counted(world: World) -> None:
    one = scored(world, [YES, "surprise"], [0.9, 0.9])
    assert (one.n, one.unusable) == (1, 1)


@pytest.mark.parametrize("truth", [[], [YES]])
def test_nothing_and_one_picture_are_answered(world: World, truth: list[str]) -> None:
    one = scored(world, truth, [0.9] * len(truth))
    assert one.n == len(truth)
    assert one.macro_f1.interval is not None
    assert one.calibration.interval is not None


def test_a_failed_cell_stays_a_failure() -> None:
    assert isinstance(tested.rows(made.failed(), leaks.Memory()), Failure)


def test_places_share_a_bin_where_values_tie() -> None:
    assert len(set(places(np.array([0.5] * 9)))) == 1
    assert places(np.zeros(0)).tolist() == []


def test_guessing_is_among_the_emotions_that_occur() -> None:
    two_of_three = datasets.table(("awe", "anger", "fear"), [("mine", {"awe": 3, "fear": 1})])
    chance = [column.name for column in two_of_three.columns].index("chance")
    assert two_of_three.rows[0][chance] == 1 / 2


CLAIMS = [[True, False], [False, False], [True, True], [False, True]]


def test_claims_are_scored_beside_choices(world: World) -> None:
    """I10: the sign of each machine, by hand; the choice of the same rows is another number."""
    claims = np.array([CLAIMS])
    one = scored(world, [YES, YES, NO, NO], [0.9, 0.6, 0.4, 0.3], claims=claims)
    assert one.has_claims
    assert [score.value for score in one.of_claims("recalls")] == [0.5, 1.0]
    assert [score.value for score in one.of_claims("two_sided_recalls")] == [0.5, 1.0]
    assert [score.value for score in one.of_emotion("recalls")] == [1.0, 1.0]
    assert one.of_claims("recalls")[0].interval == wilson(1, 2)


def test_claims_of_repeats_are_averaged_and_groups_drawn_whole(world: World) -> None:
    """M72"""
    claims = np.array([CLAIMS, np.logical_not(CLAIMS)])
    rows = np.full((2, 4), 0.5)
    one = scored(world, [YES, YES, NO, NO], rows, claims=claims, groups=["a", "a", "b", "b"])
    recall, _ = one.of_claims("recalls")
    assert (recall.value, recall.n) == (0.5, 2)
    assert recall.interval == (0.5, 0.5)


def test_a_model_that_only_chooses_has_no_claims(world: World) -> None:
    assert not scored(world, [YES, NO], [0.9, 0.1]).has_claims


def test_the_mean_leaves_out_what_is_not_reported(world: World) -> None:
    """M68: an emotion of fewer than ten pictures."""
    truth = [YES] * 12 + [NO] * 3
    one = scored(world, truth, [0.9] * 9 + [0.1] * 6)
    assert one.mean_of("recalls").value == pytest.approx(9 / 12)


def test_the_table_of_rates_has_the_claims_of_those_that_make_them(world: World) -> None:
    """I6, I10, M70: both readings, of the choice and of each machine."""
    truth = [YES, NO] * 10
    rows = [0.9, 0.1] * 10
    claims = np.array([[[True, False], [False, False]] * 10])
    machine = scored(world, truth, rows, claims=claims, entry="machines")
    chooser = scored(world, truth, rows, entry="chooser")
    (found,) = [
        rates.figure(Panel("small", "kfold", (machine, chooser))).table,
    ]
    told = {(str(row[0]), str(row[1])): [row[at] for at in (3, 5, 7, 9)] for row in found.rows}
    assert told["positive", "machines"] == [1.0, 1.0, 1.0, 1.0]
    assert told["negative", "machines"] == [1.0, 1.0, 0.0, 0.5]
    assert told["mean", "machines"] == [1.0, 1.0, 0.5, 0.75]
    assert told["mean", "chooser"] == [1.0, 1.0, None, None]
