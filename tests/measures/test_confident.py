"""Likely wrong labels, held against plain loops and planted mistakes (M74)."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from affekt.measures import confident


def naive(labels: np.ndarray, said: np.ndarray) -> list[int]:
    """Equations 1 and 2 of the paper, one picture and emotion after the other."""
    found = []
    for row in said:
        best = -1
        for emotion in range(said.shape[1]):
            own = [p[emotion] for p, label in zip(said, labels, strict=True) if label == emotion]
            if own and row[emotion] >= sum(own) / len(own) - 1e-12:
                best = emotion if best < 0 or row[emotion] > row[best] else best
        found.append(best)
    return found


@given(st.integers(1, 30), st.integers(0, 999))
@settings(max_examples=40)
def test_suggestions_agree_with_plain_loops(size: int, seed: int) -> None:
    dice = np.random.default_rng(seed)
    labels, said = dice.integers(0, 3, size), dice.dirichlet(np.ones(3), size)
    suggested = confident.suggestions(labels, said)
    assert suggested.tolist() == naive(labels, said)
    shares = confident.joint(labels, suggested, 3).sum(axis=1)
    assert shares == pytest.approx(np.bincount(labels, minlength=3) / size)


def planted() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """400 pictures of four emotions, a tenth of the labels moved on by one."""
    dice = np.random.default_rng(5)
    truth = np.repeat(np.arange(4), 100)
    said = dice.dirichlet(np.ones(4), 400) * 0.3
    said[np.arange(400), truth] += 0.7
    moved = np.arange(400) % 10 == 0
    return np.where(moved, (truth + 1) % 4, truth), said, moved


def test_planted_mistakes_are_found_first() -> None:
    labels, said, moved = planted()
    suggested = confident.suggestions(labels, said)
    wrong = confident.likely_wrong(labels, suggested, said)
    assert moved[wrong[:20]].all()
    own = said[wrong, labels[wrong]]
    assert (np.diff(own) >= 0).all()


def test_the_joint_tells_how_many_labels_are_wrong() -> None:
    """Equation 3: the planted tenth, from pictures of which each emotion is sure."""
    labels, said, moved = planted()
    found = confident.joint(labels, confident.suggestions(labels, said), 4)
    assert found.sum() == pytest.approx(1)
    assert found.sum(axis=1) == pytest.approx(np.bincount(labels) / 400)
    assert 1 - np.trace(found) == pytest.approx(moved.mean(), abs=0.08)


def test_an_emotion_without_labels_is_never_suggested() -> None:
    labels, said = np.array([0, 0]), np.array([[0.1, 0.9], [0.2, 0.8]])
    assert confident.NOBODY not in confident.suggestions(labels, said)[1:]
    assert confident.suggestions(labels, said).tolist() == [-1, 0]
    assert confident.joint(labels, confident.suggestions(labels, said), 2).tolist() == [
        [1, 0],
        [0, 0],
    ]


def test_a_model_that_knows_nothing_doubts_no_label_of_the_first_emotion() -> None:
    labels, said = np.array([0, 0, 0]), np.full((3, 2), 0.5)
    suggested = confident.suggestions(labels, said)
    assert confident.likely_wrong(labels, suggested, said).size == 0


def test_no_picture_has_no_doubt() -> None:
    nothing, said = np.zeros(0, dtype=int), np.zeros((0, 3))
    suggested = confident.suggestions(nothing, said)
    assert confident.likely_wrong(nothing, suggested, said).size == 0
    assert confident.joint(nothing, suggested, 3).sum() == 0
