"""Estimates of ratings by hand, against plain loops, and on the page."""

from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import r2_score

from affekt import report
from affekt.report import resample
from affekt.report.estimates import Rated, rated
from affekt.store import Failure
from tests.report import made
from tests.report.made import World

TRUTH = [1.0, 2.0, 3.0, 5.0, 6.0, 6.5]
GROUPS = ["a", "a", "b", "c", "d", "d"]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "work")


def said(repeats: int = 1, seed: int = 1) -> np.ndarray:
    return np.array(TRUTH) + np.random.default_rng(seed).normal(size=(repeats, len(TRUTH)))


def measured(world: World, values: np.ndarray, groups: list[str] | None = None) -> Rated:
    found = rated(
        made.estimated(world, {"valence": TRUTH}, {"valence": values}, groups=groups), seed=1
    )
    assert not isinstance(found, Failure)
    (one,) = found
    return one


def test_the_correlation_is_the_one_of_scipy(world: World) -> None:
    values = said()
    found = measured(world, values)
    assert found.correlation.value == pytest.approx(stats.pearsonr(TRUTH, values[0]).statistic)
    assert (found.n, found.scale) == (6, "valence")
    assert found.deviation == pytest.approx(np.std(TRUTH))


def test_repeats_weigh_in_part_and_add_no_pictures(world: World) -> None:
    """M72"""
    once = measured(world, said())
    thrice = measured(world, np.repeat(said(), 3, axis=0))
    assert thrice.n == 6
    assert thrice.correlation.value == pytest.approx(once.correlation.value)
    assert thrice.correlation.interval == pytest.approx(once.correlation.interval)


def slow_determination(estimates: np.ndarray, drawn: np.ndarray) -> float:
    """R² of the pictures of the drawn groups, each as often as drawn; NaN when all are alike."""
    rows = np.repeat(np.arange(6), drawn[np.unique(GROUPS, return_inverse=True)[1]])
    truth = np.array(TRUTH)[rows]
    return r2_score(truth, estimates[rows]) if np.ptp(truth) > 0 else np.nan


def test_groups_are_drawn_whole(world: World) -> None:
    """M72: the interval against plain loops over the same draws."""
    values = said()
    found = measured(world, values, GROUPS)
    drawn = resample.drawn_for(4, 1, "rated", "kfold").weights
    slow = np.array([slow_determination(values[0], one) for one in drawn])
    assert found.method == "bootstrap (2,000 draws of 4 groups)"
    assert found.determination.interval == pytest.approx(resample.ends(slow))


def test_a_failed_cell_stays_a_failure(world: World) -> None:
    assert isinstance(rated(made.failed()._replace(is_rating=True), seed=1), Failure)


def test_the_page_has_one_row_a_scale_and_entry(world: World, tmp_path: Path) -> None:
    truth = {"valence": TRUTH, "arousal": TRUTH[::-1]}
    results = tuple(
        made.estimated(
            world, truth, {"valence": said(2, seed), "arousal": said(2, seed)}, entry=name
        )
        for seed, name in enumerate(["net", "colours"])
    )
    report.write(made.whole(world, results), tmp_path)
    (path,) = (tmp_path / "tables").glob("r-*.csv")
    rows = [line.split(",")[:3] for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    assert rows == [
        ["valence", "net", "6"], ["valence", "colours", "6"],
        ["arousal", "net", "6"], ["arousal", "colours", "6"],
    ]  # fmt: skip


def test_a_page_without_ratings_has_no_empty_exhibit(page: Path) -> None:
    assert "exhibit-r" not in page.read_text(encoding="utf-8")
