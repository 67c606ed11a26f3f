"""The leaky reading of PCA, and that nothing else can see what is tested."""

from dataclasses import replace

import numpy as np
import pytest

from affekt.models import Model, Samples
from affekt.models._axes import FittedOn, view
from affekt.models._linear import sided
from affekt.models.linear_svm import LinearSvm
from affekt.models.logistic import Logistic
from affekt.models.svm import Svm
from tests.models.toys import toy


def shifted() -> Samples:
    """Training rows, and everything: tested rows lie elsewhere, along other axes."""
    train = toy(40, 12, spread=1.0)
    tested = toy(40, 12, spread=1.0, seed=2).vectors[:, ::-1] * 3 + 2
    return replace(train, everything=np.vstack([train.vectors, tested]).astype(np.float32))


@pytest.mark.parametrize("kind", [LinearSvm, Svm])
def test_components_fitted_on_everything_are_those_of_all_rows(
    kind: type[LinearSvm] | type[Svm],
) -> None:
    """M64, I10: the leaky reading of the paper."""
    samples = shifted()
    leaky = kind(components=3, fitted_on="everything", seed=1).fit(samples).facts
    clean = kind(components=3, seed=1).fit(samples).facts
    assert samples.everything is not None
    own = replace(samples, vectors=samples.everything, codes=np.zeros(80, int), groups=("a",) * 80)
    assert leaky["variance_kept"] == kind(components=3, seed=1).fit(own).facts["variance_kept"]
    assert leaky["variance_kept"] != clean["variance_kept"]
    assert (leaky["fitted_on"], clean.get("fitted_on")) == ("everything", None)


@pytest.mark.parametrize("model", [LinearSvm(seed=1), Logistic(penalty=0.01, seed=1), Svm(seed=1)])
def test_a_model_that_is_not_told_to_leak_does_not_look(model: Model) -> None:
    """M64: everything is there, and the answer is as if it were not."""
    samples = shifted()
    fitted = [model.fit(one) for one in (samples, replace(samples, everything=None))]
    said = [one.probabilities(samples.vectors) for one in fitted]  # type: ignore[union-attr]
    assert (said[0] == said[1]).all()
    assert not model.is_leaky


@pytest.mark.parametrize("fitted_on", ["train", "everything"])
def test_training_rows_lie_where_the_map_puts_any_row(fitted_on: FittedOn) -> None:
    samples = shifted()
    seen = view(samples, components=3, standardise=True, fitted_on=fitted_on, seed=1)
    assert samples.vectors @ seen.directions + seen.offset == pytest.approx(seen.points)


def test_a_leaky_probe_scales_by_everything() -> None:
    """M64"""
    samples = shifted()
    leaky = Logistic(penalty=0.01, fitted_on="everything", seed=1)
    said = [
        m.fit(samples).probabilities(samples.vectors)
        for m in (leaky, Logistic(penalty=0.01, seed=1))
    ]
    assert leaky.is_leaky
    assert leaky.fit(samples).facts["fitted_on"] == "everything"
    assert np.abs(said[0] - said[1]).max() > 0.01


@pytest.mark.parametrize(
    "model", [LinearSvm(components=3, penalty="search", seed=1), Logistic(seed=1)]
)
def test_the_leaky_search_leaks_in_its_inner_folds_too(model: LinearSvm | Logistic) -> None:
    samples = shifted()
    leaky = model.model_copy(update={"fitted_on": "everything"}).fit(samples).facts
    assert leaky["penalty_search"] != model.fit(samples).facts["penalty_search"]


def test_a_leaky_model_that_is_shown_nothing_is_a_mistake_of_the_programmer() -> None:
    with pytest.raises(ValueError, match=r"Samples\.everything"):
        LinearSvm(fitted_on="everything", seed=1).fit(toy(30, 4))


def test_both_sides_weigh_the_same_or_negatives_weigh_more() -> None:
    """K6, I5: errors on the rare side, or, word for word, on true negatives."""
    is_it = np.array([1, 0, 0, 0])
    rare = sided(is_it, balance=True, costlier="rare")
    literal = sided(is_it, balance=True, costlier="negatives")
    assert rare.tolist() == pytest.approx([2, 2 / 3, 2 / 3, 2 / 3])
    assert literal.tolist() == pytest.approx([0.4, 1.2, 1.2, 1.2])
    assert sided(1 - is_it, balance=True, costlier="negatives")[0] == pytest.approx(2.0)
    assert sided(is_it, balance=False, costlier="negatives").tolist() == [1, 1, 1, 1]


def test_heavier_negatives_find_less_of_the_rare_emotion() -> None:
    """K6: taken literally it works against its purpose."""
    rng = np.random.default_rng(1)
    codes = (np.arange(400) % 20 == 0).astype(int)
    vectors = (rng.normal(size=(400, 3)) + 2 * codes[:, None]).astype(np.float32)
    train = Samples(vectors, codes, ("awe", "fear"), tuple(map(str, range(400))))
    claimed = [
        LinearSvm(balance=balance, costlier=costlier, seed=1).fit(train).claims(vectors)[:, 1].sum()
        for balance, costlier in ((True, "rare"), (False, "rare"), (True, "negatives"))
    ]
    assert claimed[0] > claimed[1] > claimed[2]
