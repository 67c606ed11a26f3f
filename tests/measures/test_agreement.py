import csv
from collections import Counter, defaultdict
from itertools import combinations, permutations
from pathlib import Path

import krippendorff
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats import inter_rater

from affekt.aggregation.votes import counts_of
from affekt.measures.agreement import (
    Scale,
    cohen_kappa,
    fleiss_kappa,
    gwet_ac1,
    krippendorff_alpha,
    raw_agreement,
)
from affekt.measures.agreement_intervals import (
    ORDERED,
    STATISTICS,
    Statistic,
    agreements,
    over_pictures,
    shrunk,
)
from affekt.measures.intervals import bootstrap
from tests.aggregation.made import real

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


@pytest.mark.parametrize("name", ["face-sentiment", "dogs", "rte"])
def test_alpha_of_real_votes_is_that_of_the_krippendorff_package(
    name: str, shared_data: Path
) -> None:
    """C36."""
    counts = counts_of(real(shared_data / "crowd-votes" / name).votes)
    theirs = krippendorff.alpha(value_counts=counts, level_of_measurement="nominal")
    assert krippendorff_alpha(counts) == pytest.approx(theirs, abs=1e-6)


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


def votes_of(rows: Answers) -> np.ndarray:
    """Worker × picture, NaN where there is no answer, as the krippendorff package takes it."""
    wide = np.full((max(map(len, rows)), len(rows)), np.nan)
    for at, row in enumerate(rows):
        wide[: len(row), at] = row
    return wide


several = answers.filter(
    lambda rows: (
        any(len(row) > 1 for row in rows)
        and len({value for row in rows for value in row if len(row) > 1}) > 1
    )
)


@pytest.mark.parametrize("scale", ["nominal", "ordinal", "interval"])
@given(rows=several)
def test_alpha_on_every_scale_is_that_of_the_krippendorff_package(
    scale: Scale, rows: Answers
) -> None:
    """C35, C36."""
    theirs = krippendorff.alpha(
        reliability_data=votes_of(rows), level_of_measurement=scale, value_domain=[0, 1, 2, 3]
    )
    assert krippendorff_alpha(counted(rows), scale=scale) == pytest.approx(theirs, abs=1e-6)


def test_values_of_answers_matter_on_the_interval_scale() -> None:
    counts = np.array([[1, 1, 0], [0, 1, 1], [2, 0, 0]])
    far = krippendorff_alpha(counts, scale="interval", values=np.array([0.0, 1.0, 10.0]))
    assert far != pytest.approx(krippendorff_alpha(counts, scale="interval"))


full = st.lists(st.lists(st.integers(0, 3), min_size=5, max_size=5), min_size=2, max_size=12)


@given(full.filter(lambda rows: len({value for row in rows for value in row}) > 1))
def test_fleiss_kappa_is_that_of_statsmodels(rows: Answers) -> None:
    """C35."""
    assert fleiss_kappa(counted(rows)) == pytest.approx(inter_rater.fleiss_kappa(counted(rows)))


tables = st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=3, max_size=3)


@given(tables.map(np.array).filter(lambda both: (both.sum(0) > 0).sum() > 1 and both.sum() > 1))
def test_cohen_kappa_is_that_of_statsmodels(both: np.ndarray) -> None:
    """C35."""
    theirs = inter_rater.cohens_kappa(both, return_results=False)
    assert cohen_kappa(both) == pytest.approx(theirs, abs=1e-9)


def test_ac1_is_the_number_of_the_worked_example() -> None:
    """C35: 118 and 2 agreed, 5 differed: raw 0.96, kappa 0.42, AC1 0.955 by hand."""
    counts = np.array([[2, 0]] * 118 + [[1, 1]] * 5 + [[0, 2]] * 2)
    yes = (2 * 118 + 5) / 250
    chance = 2 * yes * (1 - yes)
    assert gwet_ac1(counts) == pytest.approx((0.96 - chance) / (1 - chance))
    assert gwet_ac1(counts) > 0.95 > fleiss_kappa(counts)


def test_ac1_needs_a_second_possible_answer() -> None:
    assert np.isnan(gwet_ac1(np.array([[3], [2]])))


@pytest.mark.parametrize("statistic", [fleiss_kappa, gwet_ac1])
def test_full_agreement_is_one_beyond_chance_too(statistic: Statistic) -> None:
    assert statistic(np.array([[4, 0], [0, 4]]), None) == pytest.approx(1.0)


def test_one_same_answer_of_two_workers_is_one_by_convention() -> None:
    assert cohen_kappa(np.array([[7, 0], [0, 0]])) == 1.0


def test_two_workers_who_never_met_have_no_kappa() -> None:
    assert np.isnan(cohen_kappa(np.zeros((2, 2))))


@pytest.mark.parametrize("name", list(STATISTICS | ORDERED))
@given(rows=answers)
def test_pictures_alike_can_be_counted_together(name: str, rows: Answers) -> None:
    statistic = (STATISTICS | ORDERED)[name]
    counts = counted(rows * 2)
    alone = statistic(counts, None)
    assert statistic(*shrunk(counts)) == pytest.approx(alone, nan_ok=True)


def test_an_interval_holds_its_statistic_and_follows_from_the_seed() -> None:
    """C35."""
    counts = counted([[0, 0, 1], [1, 1, 1], [0, 1], [0, 0, 0], [1, 1, 0]] * 20, values=2)
    one, other = (
        over_pictures(raw_agreement, counts, np.random.default_rng(1), rounds=300) for _ in range(2)
    )
    assert one == other
    assert one.low < raw_agreement(counts) < one.high


def test_an_interval_over_draws_is_that_of_the_general_bootstrap() -> None:
    counts = counted([[0, 0, 1], [1, 1, 1], [0, 1], [0, 0, 0], [1, 1, 0]] * 20, values=2)
    names = [f"{at:03}" for at in range(len(counts))]
    general = bootstrap(
        lambda rows: krippendorff_alpha(counts[rows]), names, np.random.default_rng(2), rounds=500
    )
    ours = over_pictures(krippendorff_alpha, counts, np.random.default_rng(3), rounds=500)
    assert ours == pytest.approx(general, abs=0.03)


def test_without_pictures_there_is_no_interval() -> None:
    told = agreements(np.zeros((0, 2), dtype=int), np.random.default_rng(1), rounds=10)
    assert [one.name for one in told] == list(STATISTICS)
    assert np.isnan([one.interval.low for one in told]).all()


def test_ordered_answers_get_two_more_statistics() -> None:
    told = agreements(
        np.array([[2, 0], [1, 1]]), np.random.default_rng(1), is_ordered=True, rounds=9
    )
    assert [one.name for one in told] == [*STATISTICS, *ORDERED]
