import math

import polars as pl
import pytest

from affekt.quality import EVENTS, checked, shared_mistakes
from tests.quality.crowds import draw
from tests.quality.small import deed


def gold_crowd(tricky: float, n_workers: int = 12, n_gold: int = 20) -> pl.DataFrame:
    """Give people who are right in nine of ten cases, but fall for the trick questions together."""
    rows: list[pl.DataFrame] = []
    for question in range(n_gold):
        is_trick = question < tricky * n_gold
        for worker in range(n_workers):
            truth = question % 2 == 0
            is_right = (draw(5, question, worker) < 0.9) != is_trick
            rows.append(deed(
                len(rows), f"g{question:02}", f"w{worker}", felt=truth == is_right, gold_felt=truth
            ))  # fmt: skip
    return checked(pl.concat(rows))


def test_mistakes_that_are_shared_are_said() -> None:
    """C32: five of twenty gold questions that nearly everybody gets wrong."""
    found = shared_mistakes(gold_crowd(0.25))
    first, second = found.sentences()
    assert first.startswith("on 5 of 20 gold questions most workers give the same answer against")
    assert "(fear)" in first
    assert "agreement and posteriors look surer than they are" in second


def test_mistakes_made_apart_are_not_called_shared() -> None:
    """C32."""
    assert shared_mistakes(gold_crowd(0)).sentences() == []


def test_a_crowd_wrong_on_half_of_gold_agrees_too_well() -> None:
    """C32: at half the answers wrong, half the pairs would agree by chance."""
    found = shared_mistakes(gold_crowd(0.5))
    assert found.accuracy == pytest.approx(0.5, abs=0.05)
    assert found.agreement == pytest.approx(0.82, abs=0.05)
    assert found.expected == pytest.approx(0.5, abs=0.05)
    assert found.p < 1e-6


def test_the_expected_count_is_that_of_other_questions() -> None:
    """Three workers, wrong on the last of four: elsewhere each is as if wrong once in eight."""
    asked = [(question, worker) for question in range(4) for worker in range(3)]
    rows = [
        deed(number, f"g{question}", f"w{worker}", felt=question < 3, gold_felt=True)
        for number, (question, worker) in enumerate(asked)
    ]
    found = shared_mistakes(checked(pl.concat(rows))).questions.row(3, named=True)
    assert (found["wrong"], found["expected"]) == (3, pytest.approx(3 * 0.5 / 4))
    assert found["p"] == pytest.approx(0.125**3)


def test_without_gold_nothing_is_said() -> None:
    found = shared_mistakes(EVENTS.empty())
    assert found.sentences() == []
    assert math.isnan(found.p)
