import csv
from collections import Counter, defaultdict
from itertools import combinations, permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from affekt.measures.agreement import krippendorff_alpha, raw_agreement

answers = st.lists(st.lists(st.integers(0, 3), max_size=6), min_size=1, max_size=12)
Answers = list[list[int]]


def counted(rows: Answers, values: int = 4) -> np.ndarray:
    return np.array([np.bincount(np.array(row, dtype=int), minlength=values) for row in rows])


def alpha_by_pairs(rows: Answers) -> float:
    """Krippendorff's coincidence matrix, pair by pair."""
    rows = [row for row in rows if len(row) > 1]
    coincidences: defaultdict[tuple[int, int], float] = defaultdict(float)
    for row in rows:
        for pair in permutations(row, 2):
            coincidences[pair] += 1 / (len(row) - 1)
    n = sum(map(len, rows))
    totals = Counter(value for row in rows for value in row)
    observed = sum(count for (one, other), count in coincidences.items() if one != other)
    expected = sum(totals[a] * totals[b] for a, b in permutations(totals, 2)) / max(n - 1, 1)
    return 1 - observed / expected if expected else 1.0


@given(answers.filter(lambda rows: any(len(row) > 1 for row in rows)))
def test_alpha_agrees_with_the_coincidence_matrix(rows: Answers) -> None:
    assert krippendorff_alpha(counted(rows)) == pytest.approx(alpha_by_pairs(rows), abs=1e-12)


@given(answers.filter(lambda rows: any(len(row) > 1 for row in rows)))
def test_raw_agreement_is_the_share_of_agreeing_pairs(rows: Answers) -> None:
    shares = [
        np.mean([one == other for one, other in combinations(row, 2)])
        for row in rows
        if len(row) > 1
    ]
    assert raw_agreement(counted(rows)) == pytest.approx(np.mean(shares))


@pytest.mark.parametrize(
    ("name", "alpha"), [("face-sentiment", 0.4949), ("dogs", 0.5194), ("rte", 0.2415)]
)
def test_alpha_of_real_votes_is_the_published_one(
    shared_data: Path, name: str, alpha: float
) -> None:
    with (shared_data / "crowd-votes" / name / "votes.csv").open(encoding="utf-8") as file:
        votes = [(row["task"], row["label"]) for row in csv.DictReader(file)]
    tasks, task = np.unique([task for task, _ in votes], return_inverse=True)
    labels, label = np.unique([label for _, label in votes], return_inverse=True)
    counts = np.zeros((tasks.size, labels.size))
    np.add.at(counts, (task, label), 1)
    assert krippendorff_alpha(counts) == pytest.approx(alpha, abs=1e-4)


def test_full_agreement_is_one() -> None:
    counts = np.array([[5, 0], [0, 5]])
    assert krippendorff_alpha(counts) == 1.0
    assert raw_agreement(counts) == 1.0


def test_systematic_disagreement_is_below_zero() -> None:
    assert krippendorff_alpha(np.array([[1, 1], [1, 1]])) == pytest.approx(-0.5)


def test_all_answers_alike_is_one_by_convention() -> None:
    assert krippendorff_alpha(np.array([[3, 0], [2, 0]])) == 1.0


@pytest.mark.parametrize("counts", [np.zeros((0, 2)), np.array([[1, 0], [0, 1], [0, 0]])])
def test_without_two_answers_to_one_picture_there_is_no_agreement(counts: np.ndarray) -> None:
    assert np.isnan(krippendorff_alpha(counts))
    assert np.isnan(raw_agreement(counts))


def test_pictures_with_one_answer_do_not_count() -> None:
    pairs = np.array([[2, 1], [0, 3]])
    more = np.vstack([pairs, [[1, 0]]])
    assert krippendorff_alpha(more) == krippendorff_alpha(pairs)
    assert raw_agreement(more) == raw_agreement(pairs)
