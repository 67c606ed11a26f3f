"""Models with hidden labels: what holds for all of them, and each against known answers."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from affekt.aggregation.dawid_skene import dawid_skene
from affekt.aggregation.glad import glad
from affekt.aggregation.majority import majority
from affekt.aggregation.one_coin import one_coin
from affekt.aggregation.two_sided import two_sided
from affekt.aggregation.votes import NONE, Labelled, Sizes, coded
from affekt.measures.calibration import calibration_error, reliability
from tests.aggregation.made import Made, misled, paper, real, some_gold

Model = Callable[..., Labelled]
MODELS = [dawid_skene, two_sided, one_coin, glad]
models = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
ballots = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 5), st.integers(0, 1)),
    unique_by=lambda row: row[:2],
)


def said_of(model: Model, rows: list[tuple[int, int, int]], **options: object) -> Labelled:
    columns = np.array(rows, dtype=int).reshape(-1, 3).T
    votes = coded(columns[0], columns[1], columns[2], Sizes(5, 6, 2))
    return model(votes, rounds=25, **options)


def error_of(made: Made, said: Labelled, told: np.ndarray) -> float:
    """Calibration error on the tasks that are told."""
    yes = said.probabilities[told, 1]
    return calibration_error(reliability(yes, made.truth[told] == 1))


@models
@settings(max_examples=30)
@given(ballots, st.randoms())
def test_the_order_of_votes_cannot_matter(
    model: Model, rows: list[tuple[int, int, int]], random: Random
) -> None:
    shuffled = random.sample(rows, len(rows))
    one, other = said_of(model, rows), said_of(model, shuffled)
    assert np.array_equal(one.probabilities, other.probabilities)
    assert np.array_equal(one.labels, other.labels)


@models
@settings(max_examples=30)
@given(ballots)
def test_probabilities_are_probabilities_and_labels_the_best(
    model: Model, rows: list[tuple[int, int, int]]
) -> None:
    said = said_of(model, rows)
    assert np.allclose(said.probabilities.sum(axis=1), 1)
    assert (said.probabilities >= 0).all()
    has_votes = said.votes > 0
    assert ((said.labels == NONE) == ~has_votes).all()
    assert said.votes.sum() == len(rows)


@models
@settings(max_examples=30)
@given(ballots, st.lists(st.sampled_from([NONE, 0, 1]), min_size=5, max_size=5))
def test_gold_is_what_it_is(
    model: Model, rows: list[tuple[int, int, int]], gold: list[int]
) -> None:
    known = np.array(gold)
    said = said_of(model, rows, gold=known)
    judged = (known != NONE) & (said.votes > 0)
    assert (said.labels[judged] == known[judged]).all()
    assert all(
        said.probabilities[task, label] == 1 for task, label in enumerate(gold) if label != NONE
    )


@models
def test_rounds_that_did_not_suffice_are_told(model: Model) -> None:
    said = model(paper(300, workers=20).votes, rounds=1)
    assert not said.converged
    assert said.iterations == 1
    assert "not settled after 1 rounds" in said.warnings[0]


@models
def test_a_worker_who_turns_everything_around_is_found_out(model: Model) -> None:
    truth = np.random.default_rng(1).integers(0, 2, 200)
    task = np.repeat(np.arange(200), 4)
    worker = np.tile(np.arange(4), 200)
    label = np.where(worker == 3, 1 - truth[task], truth[task])
    workers = model(coded(task, worker, label)).workers
    name = list(workers)[-1]
    assert workers[name][3] < workers[name][0] - 0.5


@pytest.mark.parametrize(
    ("name", "model", "right", "within"),
    [
        ("face-sentiment", dawid_skene, 0.6404, 0.01),
        ("dogs", dawid_skene, 0.8426, 0.01),
        ("rte", dawid_skene, 0.9275, 0.01),
        ("face-sentiment", one_coin, 0.6113, 0.005),
        ("dogs", one_coin, 0.8302, 0.005),
        ("rte", one_coin, 0.9250, 0.005),
        ("face-sentiment", glad, 0.6301, 0.01),
        ("dogs", glad, 0.8340, 0.01),
        ("rte", glad, 0.9250, 0.01),
        ("rte", two_sided, 0.9275, 0.01),
    ],
)
def test_real_votes_give_about_the_accuracy_of_crowd_kit(
    name: str, model: Model, right: float, within: float, shared_data: Path
) -> None:
    """C36; two-sided is held to Dawid-Skene, of which it is the case of two labels."""
    made = real(shared_data / "crowd-votes" / name)
    said = model(made.votes)
    assert said.converged
    assert float((said.labels == made.truth).mean()) == pytest.approx(right, abs=within)


def test_one_coin_warns_of_lopsided_mistakes_and_loses_what_is_missed() -> None:
    """C34."""
    made = paper(4000)
    said = one_coin(made.votes)
    assert "lopsided" in said.warnings[0]
    assert "label 1" in said.warnings[0]
    assert said.labels[made.truth == 1].mean() < 0.4


def test_one_coin_is_silent_where_mistakes_are_even() -> None:
    made = paper(4000, sensitivity=0.78)
    flipped = np.random.default_rng(1).random(made.votes.task.size) < 0.2
    label = made.truth[made.votes.task] ^ flipped
    assert one_coin(coded(made.votes.task, made.votes.worker, label)).warnings == ()


def test_two_sided_takes_two_labels() -> None:
    votes = coded(np.zeros(1, int), np.zeros(1, int), np.array([2]))
    with pytest.raises(ValueError, match="3 labels; 2 are allowed, use dawid_skene"):
        two_sided(votes)


def test_two_sided_learns_one_prevalence_a_class() -> None:
    """C34."""
    made = paper(6000)
    prior = two_sided(made.votes, made.group).prior[:, 1]
    wanted = np.bincount(made.group, made.truth) / np.bincount(made.group)
    assert np.abs(prior - wanted).max() < 0.1
    assert np.corrcoef(prior, wanted)[0, 1] > 0.9


def test_a_worker_of_few_votes_stays_near_the_crowd() -> None:
    made = paper(2000, workers=30)
    task = np.append(made.votes.task, 0)
    votes = coded(task, np.append(made.votes.worker, 30), np.append(made.votes.label, 1))
    sees = two_sided(votes, made.group).workers["sensitivity"]
    assert abs(sees[30] - np.mean(sees[:30])) < 0.15


@pytest.mark.parametrize("seed", [1, 2])
def test_two_sided_beats_dawid_skene_and_that_beats_the_majority(seed: int) -> None:
    """C34, on a crowd of which one in ten is bad."""
    made = paper(8000, workers=100, seed=seed)
    several = [majority(made.votes), dawid_skene(made.votes), two_sided(made.votes, made.group)]
    right = [float((said.labels == made.truth).mean()) for said in several]
    precision = [float(made.truth[said.labels == 1].mean()) for said in several]
    assert right == sorted(right)
    assert right[1] > right[0] + 0.02
    assert precision[2] > precision[0] + 0.08


@pytest.mark.slow
def test_the_paper_s_protocol_keeps_that_order_on_20000_items() -> None:
    """C34."""
    made = paper(20_000)
    several = [majority(made.votes), dawid_skene(made.votes), two_sided(made.votes, made.group)]
    right = [float((said.labels == made.truth).mean()) for said in several]
    assert right[2] > right[1] > right[0] + 0.02
    assert error_of(made, several[2], np.ones(20_000, dtype=bool)) <= 0.03


@pytest.mark.parametrize("sensitivity", [0.6, 0.7, 0.8])
def test_what_two_sided_says_comes_true_as_often_as_it_says(sensitivity: float) -> None:
    """Section 16: calibration error at most 0.03 on simulated truth."""
    made = paper(8000, workers=100, sensitivity=sensitivity)
    said = two_sided(made.votes, made.group)
    assert error_of(made, said, np.ones(8000, dtype=bool)) <= 0.03


@pytest.mark.parametrize("model", [dawid_skene, two_sided])
def test_gold_keeps_shared_mistakes_from_becoming_confidence(model: Model) -> None:
    """C32."""
    made = misled(paper(6000, workers=100, sensitivity=0.78))
    gold = some_gold(made.truth)
    alone, with_gold = model(made.votes), model(made.votes, gold=gold)
    assert "mistakes are shared" in with_gold.warnings[0]
    assert error_of(made, with_gold, gold == NONE) < 0.65 * error_of(made, alone, gold == NONE)


def test_gold_changes_no_confidence_where_mistakes_are_independent() -> None:
    made = paper(6000, workers=100)
    assert two_sided(made.votes, made.group, gold=some_gold(made.truth)).warnings == ()


def test_little_gold_is_said_to_be_little() -> None:
    made = paper(300, workers=20)
    gold = np.where(np.arange(300) < 3, made.truth, NONE)
    assert "only 3 gold tasks" in two_sided(made.votes, gold=gold).warnings[0]
