"""Worst emotion, MCC, average precision, first two and polarity, beside the floor (issue 6)."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn import metrics

from affekt.report import classes, overall
from affekt.report.remarks import Remarks
from affekt.report.scores import Cell
from affekt.taxonomy import MIKELS8
from tests.report import made
from tests.report.made import World
from tests.report.scored import NO, YES, cell, column, panel, scored


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def eight(world: World, repeats: int = 1) -> Cell:
    truth = [name for name in MIKELS8.names for _ in range(5)]
    said = made.guessed(truth, MIKELS8, 2, 3, repeats)
    return cell(made.cell(world, truth, said))


def test_all_numbers_agree_with_scikit_learn(world: World) -> None:
    one = eight(world)
    said, truth = one.tested.probabilities, one.tested.truth
    answers = said.argmax(axis=1)
    recalls = metrics.recall_score(truth, answers, average=None)
    assert overall.worst(one).value == pytest.approx(recalls.min())
    assert overall.correlation(one).value == pytest.approx(
        metrics.matthews_corrcoef(truth, answers)
    )
    known = metrics.average_precision_score(np.eye(8)[truth], said, average=None)
    assert overall.mean_ap(one).value == pytest.approx(known.mean())
    assert [score.value for score in one.of_order()] == pytest.approx(known.tolist())
    assert overall.first_two(one).value == pytest.approx(
        metrics.top_k_accuracy_score(truth, said, k=2)
    )
    pleasant = said[:, :4].sum(axis=1) > 0.5
    assert overall.polarity(one).value == pytest.approx(((truth < 4) == pleasant).mean())


def test_every_number_has_an_interval_around_it(world: World) -> None:
    """M72."""
    one = eight(world, repeats=3)
    for make in (overall.correlation, overall.mean_ap, overall.first_two, overall.polarity):
        low, high = make(one).interval
        assert low < make(one).value < high


def test_the_intervals_of_average_precision_agree_with_drawing_rows(world: World) -> None:
    one = eight(world)
    dice = np.random.default_rng(4)
    drawn = []
    for _ in range(400):
        rows = dice.integers(40, size=40)
        truth, said = one.tested.truth[rows], one.tested.probabilities[rows]
        met = np.unique(truth)
        drawn.append(
            np.mean([metrics.average_precision_score(truth == at, said[:, at]) for at in met])
        )
    found = overall.mean_ap(one).interval
    assert found == pytest.approx(np.quantile(drawn, [0.025, 0.975]), abs=0.05)


def test_the_floor_stands_below_the_contenders(world: World) -> None:
    """M70: numbers are always beside the majority."""
    net = scored(world, [YES, NO] * 10, [0.9, 0.2] * 10, entry="net")
    floor = scored(world, [YES, NO] * 10, [0.6] * 20, entry="majority")
    table = overall.table(panel(net, floor))
    assert column(table, "entry") == ["net", "majority"]
    assert table.apart == frozenset({1})
    assert column(table, "worst recall") == [1, 0]
    assert column(table, "MCC") == [1, 0]
    assert column(table, "mean AP") == [1, 0.5]


def test_fewer_rounds_are_drawn_of_many_rows(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    one = scored(world, [YES, NO] * 10, [0.9, 0.2] * 10)
    assert one.thinned == 2000
    monkeypatch.setattr("affekt.report.scores.ROWS_IN_ALL", 6000)
    assert one.thinned == 300
    assert sum(len(rows) for rows in one.row_weights()) == 300


def test_an_emotion_that_is_not_reported_has_no_part_in_the_mean(world: World) -> None:
    """M68."""
    one = eight(world)
    told = Remarks(unreported=frozenset(MIKELS8.names[:3]))
    out = replace(one, about=one.about._replace(remarks=told))
    assert overall.mean_ap(out).value == pytest.approx(one.average_precisions.values[3:].mean())


def test_scores_of_every_emotion_have_average_precision(world: World) -> None:
    one = eight(world)
    assert "average precision" in [head.name for head in classes.COLUMNS]
    silent = classes.table(panel(one)).rows[0]
    assert len(silent) == len(classes.COLUMNS)
