import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from affekt.models import Samples
from affekt.models.linear_svm import PENALTIES, LinearSvm
from tests.models.toys import EMOTIONS, toy


@pytest.mark.parametrize("standardise", [True, False])
def test_decisions_agree_with_a_pipeline_of_scikit_learn(standardise: bool) -> None:
    train, test = toy(400, 40, spread=1.5), toy(200, 40, spread=1.5, seed=2)
    steps = [StandardScaler(with_std=standardise), PCA(5, svd_solver="full"), LinearSVC(dual=False)]
    known = make_pipeline(*steps).fit(train.vectors, train.codes).decision_function(test.vectors)
    model = LinearSvm(components=5, standardise=standardise, balance=False, seed=1)
    said = model.fit(train).probabilities(test.vectors)
    assert np.log(said[:, :1] / said[:, 1:3]) == pytest.approx(
        known[:, :1] - known[:, 1:], abs=1e-2
    )


def test_two_emotions_have_opposite_margins() -> None:
    train = toy(60, 4, emotions=2, spread=1.0)
    model = LinearSvm(components=None, balance=False, standardise=False, seed=1)
    said = model.fit(train).probabilities(train.vectors)
    known = LinearSVC(dual=False).fit(train.vectors - train.vectors.mean(axis=0), train.codes)
    margin = known.decision_function(train.vectors - train.vectors.mean(axis=0))
    assert np.log(said[:, 1] / said[:, 0]) == pytest.approx(2 * margin, abs=1e-2)


def test_balance_finds_more_of_the_rare_emotion() -> None:
    """I5: the penalty of the rare side is heavier."""
    rng = np.random.default_rng(1)
    codes = (np.arange(400) % 20 == 0).astype(int)
    vectors = (rng.normal(size=(400, 3)) + codes[:, None]).astype(np.float32)
    train = Samples(vectors, codes, ("awe", "fear"), tuple(map(str, range(400))))

    def found(balance: bool) -> float:
        said = LinearSvm(balance=balance, seed=1).fit(train).probabilities(vectors)
        return float((said.argmax(axis=1) == 1)[codes == 1].mean())

    assert found(True) > found(False) + 0.2


def test_the_share_of_variance_kept_is_told() -> None:
    """K12, M63: measured and printed, not claimed."""
    train = toy(100, 12)
    scaled = StandardScaler().fit_transform(train.vectors)
    known = PCA(4, svd_solver="full").fit(scaled).explained_variance_ratio_.sum()
    facts = LinearSvm(components=4, seed=1).fit(train).facts
    assert facts["variance_kept"] == pytest.approx(known, abs=1e-5)
    assert facts["components"] == 4


def test_fewer_rows_than_components_keep_as_many_as_possible_and_say_so() -> None:
    """B70"""
    facts = LinearSvm(components=20, seed=1).fit(toy(9, 30)).facts
    assert (facts["components"], facts["components_wanted"]) == (8, 20)
    assert facts["variance_kept"] == pytest.approx(1.0)


def test_few_components_of_many_features_agree_with_the_exact_ones() -> None:
    """M63: the randomised solver is seeded, with any seed a plan may have."""
    train = toy(300, 200, spread=20.0)
    model = LinearSvm(components=2, standardise=False, seed=2**40)
    few, again = model.fit(train), model.fit(train)
    known = PCA(2, svd_solver="full").fit(train.vectors).explained_variance_ratio_.sum()
    assert few.facts["components_solver"] == "randomised"
    assert few.facts["variance_kept"] == pytest.approx(known, rel=1e-4)
    assert (few.weights == again.weights).all()


def test_stopping_early_is_a_fact_and_no_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("affekt.models.linear_svm.MOST_STEPS", 1)
    facts = LinearSvm(components=None, seed=1).fit(toy(60, 4, spread=0.1)).facts
    assert facts["stopped_early"] == ["amusement", "anger", "awe"]


def test_it_says_that_its_probabilities_are_not_calibrated() -> None:
    assert "not calibrated" in LinearSvm(seed=1).fit(toy(30, 3)).facts["probabilities"]


def test_what_a_machine_claims_is_the_sign_of_the_margin_that_scikit_learn_gives() -> None:
    """I10: each one-vs-all decision by itself."""
    train, test = toy(90, 6, spread=1.0), toy(40, 6, spread=1.0, seed=2)
    claims = LinearSvm(components=None, balance=False, seed=1).fit(train).claims(test.vectors)
    scale = StandardScaler().fit(train.vectors)
    known = LinearSVC(dual=False).fit(scale.transform(train.vectors), train.codes == 1)
    assert (claims[:, 1] == known.predict(scale.transform(test.vectors))).all()


def test_a_picture_may_be_claimed_by_no_machine_or_by_several() -> None:
    train, test = toy(90, 6, spread=0.5), toy(200, 6, spread=0.5, seed=2)
    claimed = LinearSvm(seed=1).fit(train).claims(test.vectors).sum(axis=1)
    assert {0, 1, 2} <= set(claimed.tolist())


def test_the_only_emotion_in_training_is_always_claimed() -> None:
    """B70"""
    train = toy(8, 3)
    one = Samples(train.vectors, np.full(8, 2), EMOTIONS, train.groups)
    claims = LinearSvm(seed=1).fit(one).claims(train.vectors)
    assert claims.tolist() == [[False, False, True, False]] * 8


def test_the_search_tries_the_penalties_of_the_specification_and_tells_the_losses() -> None:
    """Handcrafted features, section 8: C from 2^-10 to 2^4."""
    facts = LinearSvm(penalty="search", seed=1).fit(toy(60, 4)).facts
    assert (PENALTIES[0], PENALTIES[-1]) == (2**-10, 2**4)
    assert list(facts["penalty_search"]) == [str(penalty) for penalty in PENALTIES]


def test_a_tie_goes_to_the_smaller_penalty() -> None:
    facts = LinearSvm(penalty="search", seed=1).fit(toy(60, 4, spread=50.0)).facts
    assert facts["penalty"] == PENALTIES[0]


def test_a_penalty_that_was_found_gives_what_it_gives_when_it_is_written() -> None:
    train, test = toy(90, 6, spread=1.0), toy(40, 6, spread=1.0, seed=2)
    found = LinearSvm(penalty="search", seed=1).fit(train)
    written = LinearSvm(penalty=found.facts["penalty"], seed=1).fit(train)
    assert (found.margins(test.vectors) == written.margins(test.vectors)).all()


def test_the_search_counts_every_emotion_the_same_when_it_balances() -> None:
    """A loss by pictures would be near the share of the rare emotion, one in twenty."""
    rng = np.random.default_rng(1)
    codes = (np.arange(400) % 20 == 0).astype(int)
    vectors = rng.normal(size=(400, 3)).astype(np.float32)
    train = Samples(vectors, codes, ("awe", "fear"), tuple(map(str, range(400))))
    plain = LinearSvm(penalty="search", balance=False, seed=1).fit(train).facts
    balanced = LinearSvm(penalty="search", seed=1).fit(train).facts
    assert min(plain["penalty_search"].values()) == pytest.approx(0.05)
    assert min(balanced["penalty_search"].values()) > 0.35
