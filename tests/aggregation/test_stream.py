"""One vote at a time."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from affekt.aggregation.stream import Stream
from affekt.aggregation.two_sided import two_sided
from tests.aggregation.made import Made, paper


def fed(made: Made, seed: int = 1) -> Stream:
    """Feed all votes in a random order."""
    stream = Stream()
    for at in np.random.default_rng(seed).permutation(made.votes.task.size):
        task = int(made.votes.task[at])
        stream.add(task, int(made.votes.worker[at]), bool(made.votes.label[at]), made.group[task])
    return stream


def test_streamed_labels_are_about_those_of_the_batch() -> None:
    """C37."""
    made = paper(3000, workers=40, sensitivity=0.75)
    stream, batch = fed(made), two_sided(made.votes, made.group)
    streamed = np.array([stream.standing(task).posterior for task in range(3000)])
    assert ((streamed > 0.5) == (batch.labels == 1)).mean() > 0.95
    assert np.abs(streamed - batch.probabilities[:, 1]).mean() < 0.05


def test_counts_are_exact_and_the_majority_follows() -> None:
    stream = Stream()
    stream.add("q", "a", True)
    stream.add("q", "b", False)
    assert stream.standing("q").majority is None
    assert stream.add("q", "c", True)[:2] == (2, 1)
    assert stream.standing("q").majority is True


def test_the_first_vote_is_taken_at_the_prior_s_worth() -> None:
    """C18: at prevalence one half and rates of 0.8 a YES makes four to one."""
    assert Stream().add("q", "a", True).posterior == pytest.approx(0.8)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.booleans()), max_size=60))
def test_what_is_known_of_workers_is_the_sum_over_their_votes(
    rows: list[tuple[int, int, bool]],
) -> None:
    stream = Stream()
    for task, worker, felt in rows:
        stream.add(task, worker, felt)
    posterior = [stream.standing(task).posterior for task, _, _ in rows]
    on_yes = sum(p for p, (_, worker, _) in zip(posterior, rows, strict=True) if worker == 0)
    hits = sum(
        p * felt for p, (_, worker, felt) in zip(posterior, rows, strict=True) if worker == 0
    )
    assert stream.rates(0)[0] == pytest.approx((hits + 6.4) / (on_yes + 8), abs=1e-9)


def test_a_task_nobody_voted_on_is_not_known() -> None:
    with pytest.raises(KeyError):
        Stream().standing("q")


def test_a_vote_takes_less_than_a_millisecond() -> None:
    """C37, in processor time, over the votes of a small campaign."""
    made = paper(1000, workers=20)
    began = time.process_time()
    fed(made)
    assert (time.process_time() - began) / made.votes.task.size < 1e-3
