"""The last stage learns in a fold, from training rows, and only on what enters it."""

import numpy as np
import pytest

from affekt.errors import AffektError
from affekt.models import Samples
from affekt.models.last import LENGTH, Last
from affekt.nets.efficientnet_lite0 import NET
from affekt.nets.session import session
from tests.models.toys import EMOTIONS, toy

pytest.importorskip("torch")
pytest.importorskip("safetensors")

QUICK = Last(seed=1, epochs=4, batch=8, rate=1e-3, averaging=0, threads=1)


def entering(rows: int, seed: int, *, views: int) -> Samples:
    """Give what enters the last stage for noisy pictures that are red, green or blue."""
    draw = np.random.default_rng(seed)
    codes = np.arange(rows) % 3
    pixels = draw.integers(0, 120, (rows, 224, 224, 3), dtype=np.uint8)
    pixels[np.arange(rows), :, :, codes] += 110
    shown = np.stack([pixels, pixels[:, :, ::-1]], axis=1)[:, :views]
    net = session(NET)
    vectors = np.stack([net.run(one, "stage6").reshape(-1) for one in shown])
    return Samples(vectors, codes, EMOTIONS, tuple(map(str, range(rows))))


@pytest.mark.slow
@pytest.mark.parametrize("views", [1, 2])
def test_it_learns_and_says_nothing_of_emotions_it_never_saw(views: int) -> None:
    """M43"""
    train, test = entering(18, 1, views=views), entering(6, 2, views=views)
    fitted = QUICK.fit(train)
    said = fitted.probabilities(test.vectors)
    assert said.sum(axis=1) == pytest.approx(1, abs=1e-9)
    assert (said[:, 3] == 0).all()
    assert (said.argmax(axis=1) == test.codes).mean() >= 5 / 6
    assert said[2:3] == pytest.approx(fitted.probabilities(test.vectors[2:3]), abs=1e-12)
    # Two convolutions of the last stage's block and the head, their norms, and the classifier.
    assert fitted.facts["layers_moved"] == 14


@pytest.mark.slow
def test_the_same_seed_gives_the_same_answer() -> None:
    train = entering(8, 1, views=1)
    recipe = QUICK.model_copy(update={"epochs": 1})
    one, other = (recipe.fit(train).probabilities(train.vectors) for _ in range(2))
    assert (one == other).all()


def test_other_vectors_say_which_feature_is_needed() -> None:
    with pytest.raises(AffektError, match='layer = "stage6"'):
        QUICK.fit(toy(6, 5))
    assert LENGTH == 9408
