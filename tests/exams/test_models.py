"""What every model must do; a newcomer's file is found by its folder.

Golden answers stand in ``tests/golden/models_<kind>.json``: see ``tests/golden/write.py``.
"""

import json
from dataclasses import fields, replace

import numpy as np
import pytest

from affekt.errors import AffektError
from affekt.models import Fitted, FittedRatings, Model, Samples
from affekt.parts import Part
from affekt.tables import ESTIMATES, PREDICTIONS, Schema
from affekt.taxonomy import Emotion, Taxonomy
from tests.exams.every import every
from tests.golden.write import check
from tests.models.letters import LENGTH, Letters
from tests.models.toys import EMOTIONS, rated, toy

MODELS = [part for part in every("models") if issubclass(part, Model)]
READY = [model for model in MODELS if not model.learns and not model.reads]
READERS = [model for model in MODELS if model.reads]
# A model that takes vectors of one length only has tests of its own.
ALL = [model for model in MODELS if model.learns and not model.takes]


def each(gives: Schema) -> pytest.MarkDecorator:
    given = [model for model in ALL if model.gives is gives]
    return pytest.mark.parametrize("model", given, ids=lambda model: model.kind())


models, raters = each(PREDICTIONS), each(ESTIMATES)
all_models = pytest.mark.parametrize("model", ALL, ids=lambda model: model.kind())


def fit(model: type[Model], train: Samples) -> Fitted:
    fitted = model.example().fit(train)
    assert isinstance(fitted, Fitted)
    return fitted


def fit_ratings(model: type[Model], train: Samples) -> FittedRatings:
    fitted = model.example().fit(train)
    assert isinstance(fitted, FittedRatings)
    return fitted


def said(model: type[Model], train: Samples, test: Samples | None = None) -> np.ndarray:
    return fit(model, train).probabilities((test or train).vectors)


def beside_texts(model: type[Model], train: Samples) -> Fitted:
    """Fit a model with a half that reads: vectors of letters, which anybody can make again."""
    taxonomy = Taxonomy(
        name="toy", emotions=tuple(Emotion(name=name, phrases=(name,)) for name in EMOTIONS)
    )
    fitted = model.example().with_texts(Letters(), taxonomy).fit(train)
    assert isinstance(fitted, Fitted)
    return fitted


def golden(model: type[Part]) -> list[list[float]]:
    """Give what the model says of a fixed test part."""
    assert issubclass(model, Model)
    if model.takes:  # such a model stands on PyTorch
        pytest.importorskip("torch")
    if model.reads:
        test = toy(9, LENGTH, spread=1.5, seed=2)
        found = beside_texts(model, test).probabilities(test.vectors)
    elif model.gives is ESTIMATES:
        found = fit_ratings(model, rated(60, 5)).estimates(toy(9, 5, spread=1.5, seed=2).vectors)
    else:
        features = min(model.takes or {5 if model.learns else len(EMOTIONS)})
        train = toy(60, features, spread=1.5)
        found = said(model, train, toy(9, features, spread=1.5, seed=2))
    return [[round(float(one), 6) for one in row] for row in found]


def is_row_of_probabilities(found: np.ndarray) -> np.ndarray:
    within = ((found >= 0) & (found <= 1)).all(axis=1)
    is_one: np.ndarray = within & np.isclose(found.sum(axis=1), 1.0, atol=1e-9)
    return is_one


@pytest.mark.parametrize("model", READY, ids=lambda model: model.kind())
def test_one_that_fits_nothing_passes_on_what_vectors_of_one_value_an_emotion_say(
    model: type[Model],
) -> None:
    test = toy(30, len(EMOTIONS), seed=2)
    found = said(model, toy(3, len(EMOTIONS)), test)
    assert is_row_of_probabilities(found).all()
    assert (found.argmax(axis=1) == test.vectors.argmax(axis=1)).all()
    assert (found == said(model, toy(60, len(EMOTIONS), seed=5), test)).all()
    with pytest.raises(AffektError, match="one an emotion is needed"):
        said(model, toy(30, 5))


@pytest.mark.parametrize("model", READERS, ids=lambda model: model.kind())
def test_one_that_reads_names_what_lies_nearest_to_the_texts_whatever_the_training_rows(
    model: type[Model],
) -> None:
    """M66"""
    fitted = beside_texts(model, toy(3, LENGTH))
    again = beside_texts(model, toy(60, LENGTH, seed=5))
    test = toy(30, LENGTH, seed=2)
    found = fitted.probabilities(test.vectors)
    assert is_row_of_probabilities(found).all()
    assert (found == again.probabilities(test.vectors)).all()
    alone = np.vstack([fitted.probabilities(test.vectors[row : row + 1]) for row in range(30)])
    assert found == pytest.approx(alone, abs=1e-12)
    with pytest.raises(AffektError, match="nothing reads them"):
        model.example().fit(toy(3, LENGTH))


@models
def test_every_row_sums_to_one_over_all_emotions(model: type[Model]) -> None:
    found = said(model, toy(60, 5), toy(30, 5, seed=2))
    assert found.shape == (30, len(EMOTIONS))
    assert is_row_of_probabilities(found).all()


@models
def test_it_beats_chance_on_a_toy_set_or_is_a_floor_that_does_not_look(model: type[Model]) -> None:
    """A floor is held to what it claims: the same answer everywhere, whatever the vectors say."""
    test = toy(120, 5, seed=2)
    found = said(model, toy(120, 5), test)
    right = float((found.argmax(axis=1) == test.codes).mean())
    assert (right > 0.9) == model.looks
    assert bool((found == found[0]).all()) != model.looks


@models
def test_it_is_never_worse_than_naming_the_commonest_emotion(model: type[Model]) -> None:
    train = toy(120, 5)
    kept = (train.codes == 1) | (np.arange(120) < 15)
    groups = tuple(np.array(train.groups)[kept])
    uneven = Samples(train.vectors[kept], train.codes[kept], EMOTIONS, groups)
    right = said(model, uneven).argmax(axis=1) == uneven.codes
    assert right.mean() >= (uneven.codes == 1).mean()


@models
def test_claims_are_one_an_emotion_never_of_one_without_rows_or_there_are_none(
    model: type[Model],
) -> None:
    fitted, test = fit(model, toy(60, 5)), toy(30, 5, seed=2)
    claims = fitted.claims(test.vectors)
    found = np.zeros((30, len(EMOTIONS)), bool) if claims is None else claims
    assert found.shape == (30, len(EMOTIONS))
    assert not found[:, 3].any()


@models
def test_the_same_seed_gives_the_same_answer(model: type[Model]) -> None:
    train, test = toy(60, 30), toy(20, 30, seed=2)
    assert (said(model, train, test) == said(model, train, test)).all()


@models
def test_the_answer_about_a_picture_does_not_depend_on_its_neighbours(model: type[Model]) -> None:
    fitted = fit(model, toy(60, 5))
    vectors = toy(20, 5, seed=2).vectors
    together = fitted.probabilities(vectors)
    alone = np.vstack([fitted.probabilities(vectors[row : row + 1]) for row in range(20)])
    assert together == pytest.approx(alone, abs=1e-12)


@models
def test_an_emotion_without_training_rows_gets_probability_zero(model: type[Model]) -> None:
    """B70"""
    found = said(model, toy(60, 5))
    assert (found[:, 3] == 0).all()


@models
@pytest.mark.parametrize("rows", [1, 2, 30])
def test_one_emotion_in_training_is_always_the_answer(model: type[Model], rows: int) -> None:
    """B70, M69: one emotion only, down to a single row."""
    train = toy(rows, 5)
    one = Samples(train.vectors, np.full(rows, 2), EMOTIONS, train.groups)
    assert said(model, one, toy(9, 5, seed=2)).tolist() == [[0, 0, 1, 0]] * 9


@models
@pytest.mark.parametrize("rows", [2, 3, 4, 7])
def test_a_handful_of_rows_is_enough(model: type[Model], rows: int) -> None:
    found = said(model, toy(rows, 40), toy(9, 40, seed=2))
    assert is_row_of_probabilities(found).all()


@models
@pytest.mark.parametrize("value", [0.0, 0.1, -3e6])
def test_constant_features_are_a_result(model: type[Model], value: float) -> None:
    """M69"""
    train = toy(60, 5)
    flat = np.full_like(train.vectors, value)
    found = said(model, Samples(flat, train.codes, EMOTIONS, train.groups))
    assert is_row_of_probabilities(found).all()
    assert found[0, :3] == pytest.approx(np.full(3, 1 / 3), abs=0.01)


@models
def test_a_constant_feature_among_others_changes_little(model: type[Model]) -> None:
    train, test = toy(60, 5), toy(20, 5, seed=2)
    wider = [
        Samples(
            np.hstack([part.vectors, np.full((len(part.codes), 1), 0.1, np.float32)]),
            part.codes,
            EMOTIONS,
            part.groups,
        )
        for part in (train, test)
    ]
    assert said(model, *wider) == pytest.approx(said(model, train, test), abs=1e-6)


@models
def test_features_of_very_different_size_stay_finite(model: type[Model]) -> None:
    train = toy(60, 5)
    sizes = np.array([1e-20, 1e-3, 1, 1e6, 1e15], np.float32)
    wild = Samples(train.vectors * sizes, train.codes, EMOTIONS, train.groups)
    assert is_row_of_probabilities(said(model, wild)).all()


@all_models
def test_training_rows_are_left_as_they_were(model: type[Model]) -> None:
    train = rated(60, 5)
    model.example().fit(train)
    assert train.vectors.tolist() == rated(60, 5).vectors.tolist()
    assert train.codes.tolist() == rated(60, 5).codes.tolist()
    assert np.array_equal(np.array(train.ratings), np.array(rated(60, 5).ratings))


@all_models
def test_what_was_learned_is_arrays_and_facts_are_json(model: type[Model]) -> None:
    fitted = model.example().fit(rated(60, 5))
    held = [getattr(fitted, field.name) for field in fields(fitted) if field.name != "facts"]
    assert held
    assert all(isinstance(one, np.ndarray) and one.dtype != object for one in held)
    assert json.loads(json.dumps(dict(fitted.facts), allow_nan=False)) == dict(fitted.facts)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.kind())
def test_an_answer_that_moves_raises_the_version(model: type[Model]) -> None:
    check(model, golden(model))


@raters
def test_ratings_of_pictures_never_seen_are_estimated_on_every_scale(model: type[Model]) -> None:
    test = rated(60, 5, seed=2)
    found = fit_ratings(model, rated(120, 5)).estimates(test.vectors)
    assert test.ratings is not None
    assert found.shape == test.ratings.shape
    assert np.corrcoef(found.T, test.ratings.T)[:2, 2:].diagonal().min() > 0.9


@raters
def test_the_same_seed_gives_the_same_estimates_whatever_the_neighbours(
    model: type[Model],
) -> None:
    vectors = toy(20, 5, seed=2).vectors
    together = fit_ratings(model, rated(60, 5)).estimates(vectors)
    again = fit_ratings(model, rated(60, 5))
    alone = np.vstack([again.estimates(vectors[row : row + 1]) for row in range(20)])
    assert together == pytest.approx(alone, abs=1e-9)


@raters
@pytest.mark.parametrize("rows", [1, 2, 3, 7])
def test_a_handful_of_rated_rows_is_enough(model: type[Model], rows: int) -> None:
    found = fit_ratings(model, rated(rows, 40)).estimates(toy(9, 40, seed=2).vectors)
    assert found.shape == (9, 2)
    assert np.isfinite(found).all()


@raters
@pytest.mark.parametrize("value", [0.0, 0.1, -3e6])
def test_constant_features_give_the_mean_rating(model: type[Model], value: float) -> None:
    """M69"""
    train = rated(60, 5)
    assert train.ratings is not None
    flat = np.full_like(train.vectors, value)
    found = fit_ratings(model, replace(train, vectors=flat)).estimates(flat)
    assert found == pytest.approx(np.tile(train.ratings.mean(axis=0), (60, 1)))


@raters
def test_estimates_from_features_of_very_different_size_stay_finite(model: type[Model]) -> None:
    train = rated(60, 5)
    sizes = np.array([1e-20, 1e-3, 1, 1e6, 1e15], np.float32)
    wild = replace(train, vectors=train.vectors * sizes)
    assert np.isfinite(fit_ratings(model, wild).estimates(wild.vectors)).all()
