import numpy as np
import pytest

from affekt.models import Samples
from affekt.models.prior import Prior
from tests.models.toys import EMOTIONS

TRAIN = Samples(
    np.zeros((4, 2), np.float32), np.array([1, 1, 1, 2]), EMOTIONS, ("a", "b", "c", "d")
)


def test_the_majority_is_said_with_its_share() -> None:
    said = Prior(strategy="majority").fit(TRAIN).probabilities(np.ones((2, 2), np.float32))
    assert said.tolist() == [[0.0, 0.75, 0.25, 0.0]] * 2


def test_chance_says_the_same_of_every_emotion_seen() -> None:
    said = Prior(strategy="chance").fit(TRAIN).probabilities(np.ones((1, 2), np.float32))
    assert said[0] == pytest.approx([0.0, 0.5, 0.5, 0.0])
