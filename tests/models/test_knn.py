import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler, normalize

from affekt.models import Samples
from affekt.models.knn import TRIED, Knn
from tests.models.toys import EMOTIONS, toy


def test_votes_agree_with_scikit_learn_s_neighbours() -> None:
    """M66: unit length, cosine, weights exp(similarity / 0.07)."""
    train, test = toy(120, 6, spread=1.0), toy(40, 6, spread=1.0, seed=2)
    scale = StandardScaler().fit(train.vectors.astype(float))
    learned, asked = (
        normalize(scale.transform(part.vectors.astype(float))) for part in (train, test)
    )
    known = KNeighborsClassifier(
        10, metric="cosine", weights=lambda apart: np.exp((1 - apart) / 0.07)
    ).fit(learned, train.codes)
    said = Knn(neighbours=10, seed=1).fit(train).probabilities(test.vectors)
    assert said[:, :3] == pytest.approx(known.predict_proba(asked), abs=1e-9)


def test_features_may_be_compared_as_they_are() -> None:
    """M66, to the letter: the angle between features that nothing was done to."""
    train = Samples(np.array([[1, 0], [0, 1]], np.float32), np.array([0, 1]), EMOTIONS, ("a", "b"))
    model = Knn(neighbours=1, standardise=False, seed=1)
    said = model.fit(train).probabilities(np.array([[5, 1], [1, 5], [0, 0]], np.float32))
    assert said[:, :2].tolist() == [[1, 0], [0, 1], [0.5, 0.5]]


def test_only_numbers_below_the_size_of_the_rarest_emotion_are_tried() -> None:
    """M66"""
    facts = Knn(seed=1).fit(toy(330, 4, spread=1.0)).facts
    assert list(facts["neighbours_search"]) == ["10", "20", "100"]
    assert facts["neighbours"] in TRIED[:3]


def test_every_emotion_counts_the_same_in_the_search() -> None:
    """M66: by pictures, noise would be wrong as rarely as the rare emotion is there, in 0.08."""
    rng = np.random.default_rng(1)
    codes = (np.arange(400) % 13 == 0).astype(int)
    vectors = rng.normal(size=(400, 3)).astype(np.float32)
    train = Samples(vectors, codes, ("awe", "fear"), tuple(map(str, range(400))))
    losses = Knn(seed=1).fit(train).facts["neighbours_search"]
    assert list(losses) == ["10", "20"]
    assert min(losses.values()) > 0.35


@pytest.mark.parametrize("rows", [9, 60])
def test_an_emotion_of_a_few_pictures_leaves_the_smallest_number(rows: int) -> None:
    """M68: anger has three pictures; of twenty, twenty are not below."""
    facts = Knn(seed=1).fit(toy(rows, 4)).facts
    assert (facts["neighbours"], facts["neighbours_search"]) == (10, "too few rows")


def test_all_that_are_as_near_as_the_last_neighbour_vote() -> None:
    rows = np.repeat(np.eye(2, dtype=np.float32), 3, axis=0)
    codes = np.array([0, 1, 2, 0, 0, 0])
    train = Samples(rows, codes, EMOTIONS, tuple("abcdef"))
    model = Knn(neighbours=1, standardise=False, seed=1)
    said = model.fit(train).probabilities(rows[:1])
    assert said[0] == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0])


def test_more_neighbours_than_rows_are_all_rows() -> None:
    said = (
        Knn(neighbours=500, temperature=1e6, seed=1).fit(toy(9, 4)).probabilities(toy(2, 4).vectors)
    )
    assert said[:, :3] == pytest.approx(np.full((2, 3), 1 / 3), abs=1e-5)
