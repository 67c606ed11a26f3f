import logging
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from pydantic import ValidationError
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from affekt.models import Samples
from affekt.models.svm import Svm
from tests.models.toys import EMOTIONS, toy


def scaled(train: Samples, test: Samples) -> tuple[np.ndarray, np.ndarray]:
    scale = StandardScaler().fit(train.vectors)
    return scale.transform(train.vectors), scale.transform(test.vectors)


@pytest.mark.parametrize("kernel", ["linear", "rbf"])
def test_one_machine_a_pair_decides_as_libsvm_does(kernel: str) -> None:
    """M62: LIBSVM's own way among several classes, with class weights."""
    train, test = toy(200, 6, emotions=4, spread=1.5), toy(80, 6, emotions=4, spread=1.5, seed=2)
    train = train.of((train.codes == 0) | (np.arange(200) < 80))  # so that weights are uneven
    model = Svm(kernel=kernel, components=None, seed=1)
    said = model.fit(train).probabilities(test.vectors).argmax(axis=1)
    learned, asked = scaled(train, test)
    known = SVC(kernel=kernel, class_weight="balanced").fit(learned, train.codes)
    is_clear = votes(known.decision_function(asked).shape[1], known, asked)
    assert is_clear.mean() > 0.9
    assert (said == known.predict(asked))[is_clear].all()


def votes(emotions: int, known: SVC, asked: np.ndarray) -> np.ndarray:
    """Tell of each row whether one class has more votes than any other."""
    pairs = list(combinations(range(emotions), 2))
    margins = known.set_params(decision_function_shape="ovo").decision_function(asked)
    counts = np.zeros((len(asked), emotions))
    for at, (one, other) in enumerate(pairs):
        counts[:, one] += margins[:, at] > 0
        counts[:, other] += margins[:, at] <= 0
    ordered = np.sort(counts, axis=1)
    is_clear: np.ndarray = ordered[:, -1] > ordered[:, -2]
    return is_clear


@pytest.mark.parametrize("weights", [None, "balanced"])
@pytest.mark.parametrize("kernel", ["linear", "rbf"])
def test_one_machine_an_emotion_claims_by_the_sign_that_libsvm_gives(
    kernel: str, weights: str | None
) -> None:
    """M62, I3: one-vs-all, each decision by itself."""
    train, test = toy(90, 6, spread=1.0), toy(40, 6, spread=1.0, seed=2)
    model = Svm(
        kernel=kernel, scheme="one_vs_rest", components=None, balance=weights is not None, seed=1
    )
    claims = model.fit(train).claims(test.vectors)
    learned, asked = scaled(train, test)
    known = SVC(kernel=kernel, class_weight=weights).fit(learned, train.codes == 1)
    assert claims is not None
    assert (claims[:, 1] == known.predict(asked)).all()
    assert not claims[:, 3].any()


def test_the_only_emotion_in_training_is_always_claimed() -> None:
    """B70: one such fold leaves the claims of the others as they are."""
    train = toy(8, 3)
    one = Samples(train.vectors, np.full(8, 2), EMOTIONS, train.groups)
    claims = Svm(scheme="one_vs_rest", seed=1).fit(one).claims(train.vectors)
    assert claims is not None
    assert claims.tolist() == [[False, False, True, False]] * 8


def test_a_machine_a_pair_makes_no_claims() -> None:
    fitted = Svm(seed=1).fit(toy(60, 4))
    assert fitted.claims(toy(5, 4).vectors) is None
    assert fitted.facts["scheme"] == "one_vs_one"


def test_the_variance_that_components_keep_and_their_solver_are_told() -> None:
    """K12, M63"""
    facts = Svm(components=2, seed=1).fit(toy(60, 4)).facts
    assert 0 < facts["variance_kept"] < 1
    assert facts["components_solver"] == "exact"


def test_many_rows_without_components_are_warned_of(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """M62: LIBSVM is quadratic in rows."""
    monkeypatch.setattr("affekt.models.svm.MANY_ROWS", 50)
    with caplog.at_level(logging.WARNING):
        facts = Svm(components=None, seed=1).fit(toy(60, 4)).facts
    assert facts["slow"] == "60 rows without components"
    assert "take linear_svm" in caplog.text
    assert "slow" not in Svm(components=2, seed=1).fit(toy(60, 4)).facts


def test_heavier_negatives_need_machines_that_have_negatives() -> None:
    """K6"""
    with pytest.raises(ValidationError, match="one_vs_rest"):
        Svm(costlier="negatives", seed=1)
    Svm(costlier="negatives", scheme="one_vs_rest", seed=1)


def test_stopping_early_is_a_fact_and_no_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("affekt.models.svm.MOST_STEPS", 1)
    assert Svm(seed=1).fit(toy(60, 4, spread=0.1)).facts["stopped_early"] == 3


def test_two_emotions_share_one_machine() -> None:
    train = toy(60, 4, emotions=2)
    said = Svm(seed=1).fit(train).probabilities(train.vectors)
    assert (said.argmax(axis=1) == train.codes).mean() > 0.9
    assert (said[:, 2:] == 0).all()


def test_a_vote_on_the_plane_between_two_emotions_is_shared() -> None:
    """M69: constant features leave every machine undecided, with balance however rare."""
    codes = np.array([0] * 6 + [1] * 3)
    flat = Samples(np.ones((9, 2), np.float32), codes, EMOTIONS, tuple("abcdefghi"))
    said = Svm(seed=1).fit(flat).probabilities(flat.vectors[:1])
    assert said[0, :2] == pytest.approx([0.5, 0.5])


def test_a_radius_may_be_given() -> None:
    train = toy(60, 4)
    near, far = (
        Svm(kernel="rbf", gamma=gamma, seed=1).fit(train).margins(train.vectors)
        for gamma in (10.0, 0.01)
    )
    assert np.abs(near - far).max() > 0.1


def test_what_it_leans_on_are_few_arrays() -> None:
    train = toy(200, 4, spread=4.0)
    fitted = Svm(kernel="rbf", seed=1).fit(train)
    assert len(fitted.support) < 200
    linear = Svm(seed=1).fit(train)
    assert linear.support.shape == (3, 4)
    assert replace(linear, facts={}).margins(train.vectors).shape == (200, 3)
