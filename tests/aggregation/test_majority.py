"""Votes that count the same, and votes that weigh."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from affekt.aggregation.majority import TieRule, Ties, majority, weighted_majority
from affekt.aggregation.votes import NONE, Sizes, Votes, coded
from affekt.rank import ranks_of
from tests.aggregation.made import real


def votes_of(rows: list[tuple[int, int, int]], tasks: int = 3, labels: int = 3) -> Votes:
    columns = np.array(rows, dtype=int).reshape(-1, 3).T
    return coded(columns[0], columns[1], columns[2], Sizes(tasks, 9, labels))


# Task 0 is tied between labels 1 and 2, task 1 is clear, task 2 has no votes; label 2 is frequent.
TIED = votes_of([(0, 0, 1), (0, 1, 2), (1, 0, 2), (1, 1, 2), (1, 2, 0)])


@pytest.mark.parametrize(
    ("name", "right", "tied"),
    [("face-sentiment", 0.6387, 28), ("dogs", 0.8178, 50), ("rte", 0.9187, 65)],
)
def test_real_votes_give_the_published_accuracy_for_ties_to_the_lowest(
    name: str, right: float, tied: int, shared_data: Path
) -> None:
    """C36; the figures of the README of the vote sets, which cuts after four digits."""
    made = real(shared_data / "crowd-votes" / name)
    said = majority(made.votes)
    assert np.floor((said.labels == made.truth).mean() * 1e4 + 0.5 - 1e-6) / 1e4 == right
    assert said.is_tied.sum() == tied


@pytest.mark.parametrize(
    ("name", "right"), [("face-sentiment", 0.6367), ("dogs", 0.8222), ("rte", 0.8969)]
)
def test_real_votes_give_the_published_accuracy_for_ties_split_evenly(
    name: str, right: float, shared_data: Path
) -> None:
    """C36: the mean over all ways that chance could go."""
    made = real(shared_data / "crowd-votes" / name)
    n = int(np.lcm.reduce(np.arange(1, 5)))
    accuracies = [
        (majority(made.votes, Ties("random", np.full(made.truth.size, at))).labels == made.truth)
        for at in range(n)
    ]
    assert np.mean(accuracies) == pytest.approx(right, abs=5.1e-5)


@pytest.mark.parametrize(("rule", "label"), [("lowest", 1), ("none", NONE), ("prior", 2)])
def test_each_rule_for_ties_decides_in_its_way(rule: TieRule, label: int) -> None:
    """C34."""
    said = majority(TIED, Ties(rule))
    assert said.labels.tolist() == [label, 2, NONE]
    assert said.is_tied.tolist() == [True, False, False]


@given(st.integers(0, 2**62))
def test_chance_takes_one_of_the_tied_labels(chance: int) -> None:
    said = majority(TIED, Ties("random", np.array([chance, chance, chance])))
    assert said.labels.tolist() == [(1, 2)[chance % 2], 2, NONE]


def test_ties_by_chance_split_about_evenly() -> None:
    tasks = np.repeat(np.arange(1000), 2)
    votes = coded(tasks, np.tile([0, 1], 1000), np.tile([0, 1], 1000))
    chance = ranks_of(map(str, range(1000)), seed=1)
    assert abs(majority(votes, Ties("random", chance)).labels.mean() - 0.5) < 0.05


def test_ties_by_chance_need_numbers() -> None:
    with pytest.raises(ValueError, match="random number for each task"):
        majority(TIED, Ties("random"))


def test_the_soft_label_is_the_share_of_votes() -> None:
    """C34."""
    shares = majority(TIED).probabilities
    assert shares[:2].tolist() == [[0, 0.5, 0.5], [1 / 3, 0, 2 / 3]]
    assert np.isnan(shares[2]).all()


def test_workers_are_told_by_votes_and_agreement() -> None:
    workers = majority(TIED, Ties("none")).workers
    assert workers["votes"].tolist()[:4] == [2, 2, 1, 0]
    assert workers["agreement"].tolist()[:3] == [1, 1, 0]
    assert np.isnan(workers["agreement"][3])


def test_a_worker_who_agrees_outweighs_two_who_do_not() -> None:
    clear = [(task, worker, 0) for task in range(8) for worker in range(4)]
    odd = [(task, worker, 1) for task in range(8) for worker in (5, 6)]
    split = [(8, 0, 0), (8, 5, 1), (8, 6, 1)]
    votes = votes_of([*clear, *odd, *split], tasks=9, labels=2)
    assert majority(votes).labels[8] == 1
    assert weighted_majority(votes).labels[8] == 0


def test_where_nobody_weighs_anything_plain_votes_decide() -> None:
    votes = votes_of([(0, 0, 1), (0, 1, 2)])
    said = weighted_majority(votes, Ties("none"))
    assert said.labels.tolist() == [NONE, NONE, NONE]
    assert said.probabilities[0].tolist() == [0, 0.5, 0.5]


@pytest.mark.parametrize("model", [majority, weighted_majority])
def test_nothing_gives_nothing(model: type) -> None:
    said = model(votes_of([], tasks=0, labels=0))
    assert said.labels.size == 0


def test_codes_out_of_range_are_refused() -> None:
    with pytest.raises(ValueError, match="tasks 7 to 7; 0 to 2 are allowed"):
        votes_of([(7, 0, 0)])


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="give as many"):
        coded(np.zeros(2, int), np.zeros(1, int), np.zeros(1, int))
