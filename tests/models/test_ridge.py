from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import Ridge as TheirRidge
from sklearn.preprocessing import StandardScaler

from affekt.models import Samples
from affekt.models.ridge import PENALTIES, Ridge
from tests.models.toys import EMOTIONS, rated, toy


@pytest.mark.parametrize(("rows", "features"), [(60, 5), (20, 50)])
@pytest.mark.parametrize("penalty", [1e-3, 0.5, 100.0])
def test_estimates_agree_with_ridge_of_scikit_learn(
    rows: int, features: int, penalty: float
) -> None:
    """Theirs weighs the sum of squared errors, ours their mean."""
    train, test = rated(rows, features), toy(30, features, seed=2)
    scale = StandardScaler().fit(train.vectors)
    theirs = TheirRidge(alpha=penalty * rows).fit(scale.transform(train.vectors), train.ratings)
    ours = Ridge(penalty=penalty, seed=1).fit(train).estimates(test.vectors)
    assert ours == pytest.approx(theirs.predict(scale.transform(test.vectors)), abs=1e-4)


def test_each_scale_has_the_penalty_of_its_own_search() -> None:
    train = rated(90, 30)
    assert train.ratings is not None
    noise = np.random.default_rng(1).normal(size=90)
    mixed = replace(train, ratings=np.column_stack([train.ratings[:, 0], noise]))
    facts = Ridge(seed=1).fit(mixed).facts
    assert facts["penalty"]["valence"] < 1 < facts["penalty"]["arousal"]
    assert list(facts["penalty_search"]["arousal"]) == [str(penalty) for penalty in PENALTIES]


def test_a_tie_goes_to_the_stronger_penalty() -> None:
    train = rated(30, 4)
    flat = replace(train, vectors=np.zeros_like(train.vectors))
    assert set(Ridge(seed=1).fit(flat).facts["penalty"].values()) == {PENALTIES[0]}


def test_the_search_keeps_groups_together() -> None:
    """M64, M65: copies on both sides of an inner fold would make noise look like knowledge."""
    rng = np.random.default_rng(1)
    vectors = np.repeat(rng.normal(size=(40, 60)), 5, axis=0).astype(np.float32)
    ratings = np.repeat(rng.normal(size=(40, 1)), 5, axis=0)
    codes, words = np.arange(200) % 3, [str(row // 5) for row in range(200)]
    whole = Samples(vectors, codes, EMOTIONS, tuple(words), ratings, ("valence",))
    torn = replace(whole, groups=tuple(map(str, range(200))))
    assert Ridge(seed=1).fit(whole).facts["penalty"]["valence"] >= 1
    assert Ridge(seed=1).fit(torn).facts["penalty"]["valence"] <= 0.01


def test_one_group_leaves_nothing_to_search_with() -> None:
    one = replace(rated(12, 3), groups=("same",) * 12)
    assert Ridge(seed=1).fit(one).facts["penalty_search"] == "too few rows"


def test_one_emotion_in_training_does_not_stop_the_search() -> None:
    train = rated(30, 3)
    one = replace(train, codes=np.zeros(30, dtype=int))
    assert Ridge(seed=1).fit(one).facts["penalty_search"] != "too few rows"


def test_samples_without_ratings_are_refused() -> None:
    with pytest.raises(ValueError, match="carry no ratings"):
        Ridge(seed=1).fit(toy(12, 3))
