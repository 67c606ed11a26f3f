"""Workers who agree with each other but not with gold."""

import numpy as np
import pytest

from affekt.aggregation.gold import shared_mistakes
from affekt.aggregation.votes import NONE, coded
from tests.aggregation.made import misled, paper, some_gold


def test_mistakes_that_workers_share_are_told() -> None:
    """C32."""
    made = misled(paper(4000, workers=80, sensitivity=0.78))
    found = shared_mistakes(made.votes, some_gold(made.truth))
    assert found.correlation > 0.1
    assert "agree with each other but not with gold" in found.warnings[0]


@pytest.mark.parametrize("seed", range(5))
def test_independent_mistakes_are_no_reason_to_warn(seed: int) -> None:
    """C32."""
    made = paper(4000, workers=80, seed=seed, sensitivity=0.78)
    found = shared_mistakes(made.votes, some_gold(made.truth))
    assert abs(found.correlation) < 0.1
    assert found.warnings == ()


def test_a_label_that_all_take_for_another_is_told() -> None:
    """C32."""
    truth = np.repeat([0, 1], 20)
    task = np.repeat(np.arange(40), 3)
    label = np.zeros(120, dtype=int)
    label[::10] = truth[task[::10]]
    found = shared_mistakes(coded(task, np.tile(np.arange(3), 40), label), truth)
    assert "on 20 gold tasks of label 1 only" in found.warnings[0]
    assert set(found.wrong) <= set(range(20, 40))


def test_numbers_are_those_of_hand() -> None:
    task, worker = np.array([0, 0, 0, 1, 1]), np.array([0, 1, 2, 0, 1])
    votes = coded(task, worker, np.array([1, 1, 0, 1, 1]))
    found = shared_mistakes(votes, np.array([1, 1]))
    assert (found.tasks, found.right) == (2, 0.8)
    assert found.agreement == pytest.approx((1 / 3 + 1) / 2)
    # e = 0.2: (1 - 0.6)² / 0.16 - 3 + (0 - 0.4)² / 0.16 - 2 = -3, over 3·2 + 2·1 pairs
    assert found.correlation == pytest.approx(-3 / 8)
    assert found.wrong.size == 0


def test_gold_without_two_votes_says_nothing() -> None:
    votes = coded(np.array([0]), np.array([0]), np.array([1]))
    found = shared_mistakes(votes, np.array([1]))
    assert (found.tasks, found.warnings) == (0, ())
    assert np.isnan(found.agreement)


def test_gold_that_all_got_right_has_no_correlation() -> None:
    votes = coded(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), np.array([1, 1, 0, 0]))
    found = shared_mistakes(votes, np.array([1, NONE]))
    assert np.isnan(found.correlation)
    assert (found.right, found.warnings) == (1.0, ())
