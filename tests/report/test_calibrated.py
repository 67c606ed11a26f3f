"""Calibration against labels and votes, and the temperature (M73, G14)."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import log_loss

from affekt.measures import calibration, distances
from affekt.report import calibrated, reliability, voted
from affekt.report.remarks import Remarks
from tests.report.made import World
from tests.report.scored import NO, YES, column, panel, scored

DICE = np.random.default_rng(6)
SAID = DICE.random(60)
TRUTH = [YES if one else NO for one in DICE.random(60) < SAID]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_sums_agree_with_scikit_learn(world: World) -> None:
    one = scored(world, TRUTH, SAID)
    known = log_loss([word == YES for word in TRUTH], SAID)
    assert calibrated.log_loss(one).value == pytest.approx(known)
    table = calibrated.table(panel(one))
    assert column(table, "log loss") == [pytest.approx(known)]
    assert [head.name for head in table.columns] == [head.name for head in calibrated.COLUMNS]


def test_votes_give_columns_of_their_own(world: World) -> None:
    """Calibration against vote shares: an entry that says the shares has no error."""
    known = [{"shares": [float(one), 1 - float(one)]} for one in SAID]
    one = scored(world, TRUTH, SAID, known=known)
    table = calibrated.table(panel(one))
    assert column(table, "Brier, votes") == [pytest.approx(0)]
    assert column(table, "class-wise, votes") == [pytest.approx(0)]


def test_a_picture_asked_about_one_emotion_has_no_distribution(world: World) -> None:
    known = [
        {"shares": [0.8, None]},
        {"shares": None},
        {"shares": [2.0, 2.0]},
        {"shares": [0, 0]},
        {"shares": [2, -1]},
    ]
    rows, votes = voted.voted(scored(world, [YES] * 5, [0.5] * 5, known=known))
    assert rows.sum() == 1
    assert votes.tolist() == [[0.5, 0.5]]


def test_distances_are_means_over_the_pictures_with_votes(world: World) -> None:
    known = [{"shares": [0.75, 0.25]} if at % 2 else {"shares": None} for at in range(60)]
    one = scored(world, TRUTH, SAID, known=known)
    table = voted.table(panel(one))
    rows, votes = voted.voted(one)
    assert column(table, "n") == [30]
    wanted = distances.clark(votes, one.tested.probabilities[rows]).mean()
    assert column(table, "Clark") == [pytest.approx(wanted)]
    low, high = column(table, "Clark 95 %")[0]
    assert low < wanted < high


def test_the_temperature_is_fitted_on_validation_pictures_alone(world: World) -> None:
    """M73: with the labels of all other pictures turned round it stays the same."""
    known = [{"part": "validate" if at < 30 else "test"} for at in range(60)]
    other = [*TRUTH[:30], *(NO if word == YES else YES for word in TRUTH[30:])]
    cells = [scored(world, t, SAID, known=known) for t in (TRUTH, other)]
    one, turned = (cell.cooled for cell in cells)
    assert one is not None
    assert turned is not None
    assert one.temperature == turned.temperature
    assert (one.n, turned.n) == (30, 30)
    changed, changed_too = (calibrated.change(cell) for cell in cells)
    assert changed is not None
    assert changed != changed_too
    others = [word == YES for word in TRUTH[30:]]
    assert changed.loss[0] == pytest.approx(log_loss(others, SAID[30:]))
    said = np.column_stack([SAID[:30], 1 - SAID[:30]])
    truth = np.array([0 if word == YES else 1 for word in TRUTH[:30]])
    assert one.temperature == pytest.approx(calibration.temperature(said, truth), rel=1e-6)


def test_a_temperature_fitted_with_the_predictions_is_held_against_every_test(
    world: World,
) -> None:
    """M73, G14: both readings stand in the table, the figure and its words."""
    plain = scored(world, TRUTH, SAID)
    about = plain.about._replace(remarks=Remarks(temperature=2.0, validated=7))
    one = replace(plain, about=about)
    cooled, found = one.cooled, calibrated.change(one)
    assert cooled is not None
    assert found is not None
    assert (cooled.temperature, cooled.n) == (2.0, 7)
    assert cooled.rest.all()
    roots = np.sqrt(one.tested.probabilities)
    flat = roots / roots.sum(axis=1, keepdims=True)
    wanted = np.eye(2)[one.tested.truth]
    assert found.brier[0] == pytest.approx(calibrated.brier(one).value)
    assert found.brier[1] == pytest.approx(((flat - wanted) ** 2).sum(axis=1).mean())
    assert column(calibrated.table(panel(one)), "Brier after") == [found.brier[1]]
    points = reliability.cooled_bins(one)
    assert sum(n for n, _, _ in points) == pytest.approx(60)
    assert sum(n * right for n, _, right in points) == pytest.approx(one.correct)
    assert max(said for _, said, _ in points) < max(said for _, said, _ in reliability.bins(one))
    drawn, bare = (reliability.figure(panel(cell)) for cell in (one, plain))
    assert len(drawn.scene.marks) == len(bare.scene.marks) + len(points)
    assert "A temperature of 2.00, fitted on 7 other pictures" in drawn.text
    assert "temperature" not in bare.text
    assert [len(note) for note in (drawn.notes, bare.notes)] == [2, 1]


def test_each_fold_has_its_temperature_from_the_others(world: World) -> None:
    """M73: no label of a fold, nor of a picture in one of its groups, has a part in its own."""
    groups = [str(at // 2) if at < 8 else str(at) for at in range(60)]
    one = scored(world, TRUTH, np.stack([SAID, 1 - SAID]), folds=3, groups=groups)
    cooled, tests = one.cooled, one.tested
    assert cooled is not None
    assert cooled.rest.all()
    found = []
    for turn in range(6):
        own = tests.turn == turn
        others = (tests.turn // 3 == turn // 3) & ~np.isin(tests.group, tests.group[own])
        assert 0 < others.sum() < 40
        found.append(calibration.temperature(tests.probabilities[others], tests.truth[others]))
        wanted = calibration.tempered(tests.probabilities[own], found[-1])
        assert cooled.said[own] == pytest.approx(wanted)
    assert cooled.temperature == pytest.approx(np.mean(found))
    assert cooled.n < 40


@pytest.mark.parametrize("part", ["validate", "test", None])
def test_without_both_kinds_of_pictures_there_is_no_temperature(
    world: World, part: str | None
) -> None:
    one = scored(world, TRUTH, SAID, known=[{"part": part}] * 60)
    assert (one.cooled, calibrated.change(one)) == (None, None)


def test_bins_hold_every_picture_once_and_come_true_as_counted(world: World) -> None:
    one = scored(world, TRUTH, np.stack([SAID, SAID]))
    found = reliability.bins(one)
    assert sum(n for n, _, _ in found) == pytest.approx(60)
    assert sum(n * right for n, _, right in found) == pytest.approx(one.correct)
    drawn = reliability.figure(panel(one))
    assert len(drawn.scene.marks) == len(found)
    assert "on average and is right in" in drawn.text


@pytest.mark.parametrize(("pictures", "points"), [(60, 5), (200, 8), (300, 12), (900, 15)])
def test_a_point_stands_for_25_pictures_where_there_are_enough(
    world: World, pictures: int, points: int
) -> None:
    said = np.linspace(0.5, 0.9, pictures)
    one = scored(world, [YES] * pictures, np.stack([said, said]))
    assert len(reliability.bins(one)) == points


def test_the_text_says_on_which_side_an_entry_errs(world: World) -> None:
    sure, unsure = (
        reliability.figure(panel(scored(world, truth, [0.6] * 4))).text
        for truth in ([NO] * 4, [YES] * 4)
    )
    assert "right in 0.0 %, too sure by 60.0 points" in sure
    assert "right in 100.0 %, too unsure by 40.0 points" in unsure


def test_nothing_tested_draws_nothing(world: World) -> None:
    one = scored(world, [], [])
    assert reliability.figure(panel(one)).scene.marks == ()
    assert calibrated.table(panel(one)).rows[0][1] is not None
