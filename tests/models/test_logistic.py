import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from affekt.models import Samples
from affekt.models.logistic import PENALTIES, Logistic
from tests.models.toys import EMOTIONS, toy


@pytest.mark.parametrize("emotions", [2, 3])
@pytest.mark.parametrize("balance", [True, False])
def test_probabilities_agree_with_a_pipeline_of_scikit_learn(emotions: int, balance: bool) -> None:
    train = toy(100, 6, emotions=emotions, spread=1.0)
    test = toy(50, 6, emotions=emotions, spread=1.0, seed=2)
    weight = "balanced" if balance else None
    known = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, class_weight=weight))
    known.fit(train.vectors, train.codes)
    said = Logistic(penalty=0.1, balance=balance, seed=1).fit(train).probabilities(test.vectors)
    assert said[:, :emotions] == pytest.approx(known.predict_proba(test.vectors), abs=1e-3)


def test_the_search_takes_a_weak_penalty_where_there_is_much_to_learn() -> None:
    facts = Logistic(seed=1).fit(toy(300, 3, spread=2.0)).facts
    assert facts["penalty"] >= 0.1
    assert list(facts["penalty_search"]) == [str(penalty) for penalty in PENALTIES]


def test_the_search_takes_a_strong_penalty_where_there_is_nothing_to_learn() -> None:
    assert Logistic(seed=1).fit(toy(60, 40, spread=0.0)).facts["penalty"] == 1e-4


def test_the_search_keeps_groups_together() -> None:
    """M60: with copies on both sides of an inner fold, noise would look like knowledge."""
    alone = toy(40, 60, spread=0.0)
    copies = Samples(
        np.repeat(alone.vectors, 5, axis=0),
        np.repeat(alone.codes, 5),
        EMOTIONS,
        tuple(np.repeat(alone.groups, 5)),
    )
    torn = Samples(copies.vectors, copies.codes, EMOTIONS, tuple(map(str, range(200))))
    assert Logistic(seed=1).fit(copies).facts["penalty"] <= 0.01
    assert Logistic(seed=1).fit(torn).facts["penalty"] == 1.0


def test_one_group_leaves_nothing_to_search_with() -> None:
    train = toy(12, 3)
    one = Samples(train.vectors, train.codes, EMOTIONS, ("same",) * 12)
    assert Logistic(seed=1).fit(one).facts["penalty_search"] == "too few rows"


def test_an_emotion_in_a_single_group_does_not_stop_the_search() -> None:
    """B70"""
    train = toy(40, 3)
    codes = np.where(np.arange(40) == 0, 3, train.codes)
    rare = Samples(train.vectors, codes, EMOTIONS, train.groups)
    said = Logistic(seed=1).fit(rare).probabilities(train.vectors)
    assert (said[:, 3] > 0).all()


def test_stopping_early_is_a_fact_and_no_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("affekt.models.logistic.MOST_STEPS", 1)
    assert Logistic(penalty=1.0, seed=1).fit(toy(60, 4)).facts["stopped_early"] is True
