"""What a feature learns in a fold comes from its training rows, whatever the others hold."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from affekt.datasets.oasis import Oasis
from affekt.errors import PartError
from affekt.features import Encoder, Feature, Picture, Raw, Trained, Vector
from affekt.features.yanulevskaya import Yanulevskaya
from affekt.models import Samples
from affekt.models.linear_svm import LinearSvm
from affekt.plan.shapes import Bench, Entry
from affekt.protocols import Fold
from affekt.protocols.holdout import Holdout
from affekt.protocols.kfold import KFold
from affekt.stages import _encoded
from affekt.stages.predict import Predict
from affekt.tables import FEATURES, Pieces
from affekt.taxonomy import VALENCE2
from tests.blocks.pictures import noise, painted
from tests.protocols.tables import pictures
from tests.stages.people import desk
from tests.stages.spy import SEEN, Spy

FEATURE = Yanulevskaya(seed=1, vocabulary=4)
FOLDS = [
    Fold(0, 0, np.array([0, 1, 2, 3]), np.array([4, 5])),
    Fold(0, 1, np.array([5, 2, 3, 4]), np.array([0, 1])),
]
PICTURES = [noise(30, 36, seed) // (1 + seed % 3) for seed in range(5)] + [painted(30, 40)]

STRANGER = FEATURE.extract(painted(40, 31)[::-1] // 2)


@pytest.fixture(scope="module")
def raws() -> list[np.ndarray]:
    return [FEATURE.extract(picture) for picture in PICTURES]


def table(raws: list[np.ndarray]) -> pl.DataFrame:
    names = [f"image-{row:03d}" for row in range(len(raws))]
    return pl.DataFrame(
        {"image_id": names, "vector": [raw.tolist() for raw in raws]}, schema=FEATURES.types()
    )


def given(raws: list[np.ndarray]) -> _encoded.Given:
    return _encoded.given(table(raws), pl.Series([]))


def learned(raws: list[np.ndarray], fold: Fold) -> list[np.ndarray]:
    encoder = _encoded.learned(FEATURE, given(raws), table(raws)["image_id"], fold)
    return list(vars(encoder)["items"])


def values(raws: list[np.ndarray], fold: Fold) -> np.ndarray:
    samples = Samples(np.zeros((6, 0)), np.zeros(6, int), ("joy",), ("a",) * 6)
    ids = table(raws)["image_id"]
    return _encoded.inside(FEATURE, given(raws), ids, samples, fold).samples.vectors


def planted(raws: list[np.ndarray], rows: np.ndarray, cheat: np.ndarray) -> list[np.ndarray]:
    return [cheat if row in rows else raw for row, raw in enumerate(raws)]


@pytest.mark.parametrize("fold", FOLDS, ids=["first", "second"])
@pytest.mark.parametrize(
    "cheat",
    [STRANGER, np.full(3121, 7, np.float32), np.zeros(1, np.float32)],
    ids=["real", "7", "short"],
)
def test_nothing_that_test_rows_hold_changes_what_is_learned(
    raws: list[np.ndarray], fold: Fold, cheat: np.ndarray
) -> None:
    found = learned(planted(raws, fold.test, cheat), fold)
    assert all(map(np.array_equal, found, learned(raws, fold)))


@pytest.mark.parametrize("fold", FOLDS, ids=["first", "second"])
def test_the_same_cheat_would_be_seen_in_training_rows(raws: list[np.ndarray], fold: Fold) -> None:
    found = learned(planted(raws, fold.train, STRANGER), fold)
    assert not any(map(np.array_equal, found, learned(raws, fold)))


def test_each_fold_has_a_vocabulary_of_its_own(raws: list[np.ndarray]) -> None:
    one, other = (learned(raws, fold) for fold in FOLDS)
    assert not any(map(np.array_equal, one, other))


def test_a_cheat_in_test_rows_changes_the_values_of_no_training_row(
    raws: list[np.ndarray],
) -> None:
    (fold, _), cheat = FOLDS, [*raws[:4], raws[0], raws[1]]
    honest, found = values(raws, fold), values(cheat, fold)
    np.testing.assert_array_equal(found[fold.train], honest[fold.train])
    np.testing.assert_array_equal(found[fold.test], honest[[0, 1]])
    assert not np.array_equal(honest[fold.test], honest[[0, 1]])


def test_rows_for_choices_have_values_and_teach_nothing(raws: list[np.ndarray]) -> None:
    """M73"""
    fold = Fold(0, 0, np.array([0, 1, 2]), np.array([4]), validate=np.array([3]))
    found = values(raws, fold)
    assert found[3].any()
    assert not found[5].any()
    cheated = values(planted(raws, np.array([3]), STRANGER), fold)
    assert np.array_equal(cheated[[0, 1, 2, 4]], found[[0, 1, 2, 4]])


def test_both_sides_are_told_by_what_was_learned(raws: list[np.ndarray]) -> None:
    fold = FOLDS[1]
    ids = table(raws)["image_id"]
    encoder = _encoded.learned(FEATURE, given(raws), ids, fold)
    np.testing.assert_array_equal(values(raws, fold), [encoder.encode(raw) for raw in raws])


def predict(protocol: Holdout | KFold | None = None) -> Predict:
    return Predict(model=Spy(), protocol=protocol or Holdout(), taxonomy=VALENCE2, feature=FEATURE)


@pytest.mark.parametrize("size", [1, 4, 6])
def test_models_see_values_however_the_table_comes(
    tmp_path: Path, raws: list[np.ndarray], size: int
) -> None:
    frame = pictures(
        ["positive", "negative"] * 3, parts=["train", "train", "train", "train", "test", "test"]
    )
    SEEN.clear()
    pieces = Pieces(lambda: table(raws).iter_slices(size))
    outcome = predict().run(desk(tmp_path), frame, pieces)
    ((train, (asked,)),) = SEEN
    expected = values(raws, FOLDS[0])
    np.testing.assert_array_equal(train.vectors, expected[:4])
    np.testing.assert_array_equal(asked, expected[4:])
    (told,) = outcome.notes["folds"]
    assert told["feature"] == {"items": 4, "regions": 520}


def test_pictures_without_a_vector_are_left_out(tmp_path: Path, raws: list[np.ndarray]) -> None:
    frame = pictures(["positive", "negative"] * 3)
    outcome = predict(KFold(n_folds=2, seed=1)).run(desk(tmp_path), frame, table(raws[:5]))
    assert (outcome.notes["pictures"], outcome.notes["without_features"]) == (5, 1)


class Mute(Feature):
    """Says that it learns, and not how."""

    @property
    def names(self) -> tuple[str, ...]:
        return ("odd.one.a", "odd.one.b")

    @property
    def is_learned(self) -> bool:
        return True

    def extract(self, picture: Picture) -> Vector:
        return np.zeros(1, np.float32)


class Odd(Mute):
    """Learns nothing and gives what a test wants."""

    answer: float = 0.0
    n_values: int = 2

    def learn(self, image_ids: object, raws: object) -> Encoder:
        return OddEncoder(self)


class OddEncoder(Encoder):
    """Gives the same of every picture."""

    def __init__(self, odd: Odd) -> None:
        object.__setattr__(self, "odd", odd)
        object.__setattr__(self, "facts", {})

    def encode(self, raw: Raw) -> Vector:
        odd: Odd = vars(self)["odd"]
        return np.full(odd.n_values, odd.answer, np.float32)


def test_a_feature_that_lacks_what_it_declares_is_told(
    tmp_path: Path, raws: list[np.ndarray]
) -> None:
    stage = predict().model_copy(update={"feature": Mute()})
    frame = pictures(["positive", "negative"] * 3, parts=[*["train"] * 4, *["test"] * 2])
    with pytest.raises(PartError, match="test_encoded' was shown training pictures and has no"):
        stage.run(desk(tmp_path), frame, table(raws))
    with pytest.raises(PartError, match="test_encoded' was handed a trained net and has no"):
        Mute().with_net(Trained("0" * 64, tmp_path / "model.onnx", ("awe",)))


@pytest.mark.parametrize("odd", [Odd(answer=np.inf), Odd(n_values=3)], ids=["infinite", "long"])
def test_values_that_are_none_name_the_feature(
    tmp_path: Path, raws: list[np.ndarray], odd: Odd
) -> None:
    stage = predict().model_copy(update={"feature": odd})
    frame = pictures(["positive", "negative"] * 3, parts=[*["train"] * 4, *["test"] * 2])
    with pytest.raises(PartError, match="test_encoded' turned a raw vector into"):
        stage.run(desk(tmp_path), frame, table(raws))


@pytest.mark.parametrize(
    ("feature", "is_told"),
    [(FEATURE, True), (FEATURE.model_copy(update={"variant": "holistic"}), False)],
    ids=["vocabulary", "holistic"],
)
def test_a_plan_hands_predict_what_learns_and_nothing_else(
    feature: Yanulevskaya, is_told: bool
) -> None:
    entry = Entry(name="one", feature=feature, model=LinearSvm(seed=1))
    bench = Bench({}, (entry,), {}, VALENCE2)
    stage = bench.predict(entry, Oasis.example(), Holdout())
    assert (stage.feature is feature) == is_told
    assert getattr(bench.extract(entry, {}), "feature", None) is feature


def test_settings_of_the_vocabulary_file_predictions_elsewhere() -> None:
    others = [FEATURE.model_copy(update=one) for one in ({"seed": 2}, {"vocabulary": 5})]
    stages = [predict().model_copy(update={"feature": one}) for one in (FEATURE, *others)]
    assert len({stage.digest() for stage in stages}) == 3
