"""Predict: who is tested was never seen, and what is kept are probabilities, not scores."""

import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event, get_ident
from typing import Any, ClassVar

import numpy as np
import polars as pl
import pytest

from affekt.errors import AffektError, PartError
from affekt.measures import calibration
from affekt.models import Model, Samples
from affekt.models.linear_svm import LinearSvm
from affekt.models.logistic import Logistic
from affekt.models.prior import Prior
from affekt.models.ridge import Ridge
from affekt.protocols import Fold, Protocol
from affekt.protocols.holdout import Holdout
from affekt.protocols.kfold import KFold
from affekt.stage import Outcome, Progress
from affekt.stages import _answers
from affekt.stages.predict import Predict
from affekt.store.rows import in_polars
from affekt.tables import ESTIMATES, FEATURES, PICTURES, PREDICTIONS
from affekt.taxonomy import VALENCE2
from tests import patience
from tests.protocols.tables import pictures
from tests.stages.people import desk
from tests.stages.spy import LABELS, PARTS, FittedSpy, Spy

ROOT = Path(__file__).parents[2]


def vectors(frame: pl.DataFrame, values: np.ndarray | None = None) -> pl.DataFrame:
    """Give vectors whose first value is the number of the row."""
    rows = np.arange(frame.height, dtype=np.float32)
    given = np.column_stack([rows, rows % 2]) if values is None else values
    return pl.DataFrame(
        {"image_id": frame["image_id"], "vector": given.tolist()}, schema=FEATURES.types()
    )


def stage(model: Model | None = None, protocol: Protocol | None = None) -> Predict:
    return Predict(model=model or Spy(), protocol=protocol or Holdout(), taxonomy=VALENCE2)


def run(
    folder: Path,
    frame: pl.DataFrame,
    model: Model | None = None,
    protocol: Protocol | None = None,
    values: np.ndarray | None = None,
) -> Outcome:
    return stage(model, protocol).run(desk(folder), frame, vectors(frame, values))


def table(outcome: Outcome) -> pl.DataFrame:
    return PREDICTIONS.conform(in_polars(outcome.table), "predict")


@pytest.mark.parametrize("workers", [2, 7])
def test_folds_side_by_side_give_what_they_give_in_turn(workers: int, tmp_path: Path) -> None:
    """M67: in the same order, to the bit."""
    frame = pictures(["positive", "negative", "negative"] * 20)
    values = np.random.default_rng(1).normal(size=(60, 5))
    alone, together = (
        Predict(
            model=Logistic(seed=1, penalty=0.1),
            protocol=KFold(n_folds=5, repeats=2, seed=1),
            taxonomy=VALENCE2,
            workers=n,
        ).run(desk(tmp_path), frame, vectors(frame, values))
        for n in (1, workers)
    )
    assert table(together).equals(table(alone))
    assert together.notes == alone.notes
    assert [fold["fold"] for fold in together.notes["folds"]] == [*range(5)] * 2


class Endless(Spy):
    """Its first fit lets the process be interrupted, and then waits until the test is over."""

    is_over: ClassVar[Event] = Event()
    ended: ClassVar[list[bool]] = []

    def fit(self, train: Samples) -> FittedSpy:
        signal.raise_signal(signal.SIGINT)
        self.ended.append(self.is_over.wait(patience.SECONDS))
        return super().fit(train)


def test_an_interrupt_waits_for_no_fold(tmp_path: Path) -> None:
    """C10: nor where a table engine has the system go on with waits, as Polars does."""
    frame = pictures(["positive", "negative"] * 20)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.siginterrupt(signal.SIGINT, False)
    try:
        with pytest.raises(KeyboardInterrupt):
            run(tmp_path, frame, Endless(), KFold(n_folds=5, seed=1))
        assert Endless.ended == []
    finally:
        Endless.is_over.set()
        signal.signal(signal.SIGINT, before)


class Lonely(Spy):
    """Notes how many fits are under way."""

    is_alone: ClassVar[bool] = True
    under_way: ClassVar[set[int]] = set()
    most: ClassVar[list[int]] = []

    def fit(self, train: Samples) -> FittedSpy:
        self.under_way.add(get_ident())
        self.most.append(len(self.under_way))
        time.sleep(0.02)
        self.under_way.discard(get_ident())
        return super().fit(train)


def test_folds_of_a_model_that_uses_the_whole_process_are_fitted_in_turn(tmp_path: Path) -> None:
    frame = pictures(["positive", "negative"] * 10)
    run(tmp_path, frame, Lonely(), KFold(n_folds=5, seed=1))
    assert Lonely.most == [1] * 5


class Breaking(Spy):
    """Fails at the first fit, and counts the others."""

    fits: ClassVar[list[int]] = []

    def fit(self, train: Samples) -> FittedSpy:
        self.fits.append(len(self.fits))
        if len(self.fits) == 1:
            raise AffektError("broken")
        time.sleep(0.02)
        return super().fit(train)


def test_where_a_fold_fails_those_that_wait_are_not_begun(tmp_path: Path) -> None:
    stage = Predict(
        model=Breaking(), protocol=KFold(n_folds=20, seed=1), taxonomy=VALENCE2, workers=1
    )
    frame = pictures(["positive", "negative"] * 20)
    with pytest.raises(AffektError, match="broken"):
        stage.run(desk(tmp_path), frame, vectors(frame))
    assert len(Breaking.fits) < 10


@pytest.mark.slow
def test_no_fold_spreads_over_cores_though_what_solves_is_loaded_by_the_first_fit(
    tmp_path: Path,
) -> None:
    """M67: in a process of its own, where nothing has loaded it before."""
    ran = [sys.executable, "-m", "tests.stages.limited", str(tmp_path)]
    ended = subprocess.run(ran, cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[1]"


def test_how_many_folds_are_in_work_changes_no_address() -> None:
    one, many = stage(), stage().model_copy(update={"workers": 9})
    assert one.digest() == many.digest()


def test_every_tested_picture_gets_a_probability_an_emotion(
    tmp_path: Path, frame: pl.DataFrame
) -> None:
    found = table(run(tmp_path, frame))
    assert found.rows() == [
        (0, 0, "image-004", "negative", 0.75, None),
        (0, 0, "image-004", "positive", 0.25, None),
        (0, 0, "image-005", "negative", 0.75, None),
        (0, 0, "image-005", "positive", 0.25, None),
    ]


def test_no_test_label_ever_reaches_a_model(
    tmp_path: Path, frame: pl.DataFrame, seen: list[Any]
) -> None:
    run(tmp_path, frame)
    ((train, asked),) = seen
    assert train.vectors[:, 0].tolist() == [0, 1, 2, 3]
    assert [train.emotions[code] for code in train.codes] == LABELS[:4]
    assert len(train.groups) == 4
    assert [rows[:, 0].tolist() for rows in asked] == [[4, 5]]


def test_pictures_left_for_choices_give_a_temperature_and_no_prediction(tmp_path: Path) -> None:
    """M73: of the fitted model, by labels of that part alone."""
    labels = ["positive", "negative"] * 20
    parts: list[str | None] = ["train", "train", "validate", "test"] * 10
    values = np.random.default_rng(3).normal(size=(40, 4)).astype(np.float32)
    values[::2, 0] += 1
    model, frame = Logistic(seed=1, penalty=1.0), pictures(labels, parts=parts)
    outcome = run(tmp_path, frame, model, values=values)
    (told,) = outcome.notes["folds"]
    part = np.array(parts)
    codes = np.array([VALENCE2.names.index(one) for one in labels])
    train, kept = np.flatnonzero(part == "train"), np.flatnonzero(part == "validate")
    samples = Samples(values, codes, VALENCE2.names, tuple(frame["image_id"]))
    said = model.fit(samples.of(train)).probabilities(values[kept])
    assert told["validate"] == 10
    assert told["temperature"] == pytest.approx(calibration.temperature(said, codes[kept]))
    assert set(table(outcome)["image_id"]) == set(frame.filter(part="test")["image_id"])


def test_without_pictures_for_choices_nothing_is_said_of_a_temperature(
    tmp_path: Path, frame: pl.DataFrame
) -> None:
    assert "temperature" not in run(tmp_path, frame).notes["folds"][0]


def test_a_model_cannot_reach_test_rows_through_the_memory_of_its_own(
    tmp_path: Path, frame: pl.DataFrame, seen: list[Any]
) -> None:
    """A view would lead a cheat from its rows to the array of all rows."""
    run(tmp_path, frame)
    ((train, asked),) = seen
    assert all(array.base is None for array in (train.vectors, train.codes, *asked))


def test_a_test_label_turned_around_changes_nothing(tmp_path: Path) -> None:
    values = np.random.default_rng(1).normal(size=(6, 3)).astype(np.float32)
    model = Logistic(seed=1, penalty=1.0)
    turned = [*LABELS[:4], "positive", "negative"]
    found = [
        table(run(tmp_path, pictures(labels, parts=PARTS), model, values=values))
        for labels in (LABELS, [*LABELS[:4], "negative", "positive"], turned)
    ]
    assert found[0].equals(found[1])
    assert found[0].equals(found[2])


def test_the_order_of_rows_cannot_matter(tmp_path: Path, frame: pl.DataFrame) -> None:
    model, protocol = LinearSvm(seed=1), KFold(n_folds=3, seed=1)
    values = np.random.default_rng(1).normal(size=(6, 3)).astype(np.float32)
    one = run(tmp_path, frame, model, protocol, values)
    both = desk(tmp_path), frame.reverse(), vectors(frame, values)
    assert table(stage(model, protocol).run(*both)).equals(table(one))


def test_every_picture_is_tested_once_a_repeat(tmp_path: Path, frame: pl.DataFrame) -> None:
    found = table(run(tmp_path, frame, protocol=KFold(n_folds=3, repeats=2, seed=1)))
    assert found.group_by("repeat", "image_id").len()["len"].to_list() == [2] * 12
    assert found.group_by("repeat", "image_id").agg(pl.col("probability").sum())[
        "probability"
    ].to_list() == pytest.approx([1.0] * 12)


def test_a_picture_without_features_is_left_out_and_counted(
    tmp_path: Path, frame: pl.DataFrame
) -> None:
    outcome = stage().run(desk(tmp_path), frame, vectors(frame).head(5))
    assert table(outcome)["image_id"].unique().to_list() == ["image-004"]
    assert (outcome.notes["pictures"], outcome.notes["without_features"]) == (5, 1)


def test_notes_tell_sizes_fallbacks_and_what_the_model_says(
    tmp_path: Path, frame: pl.DataFrame
) -> None:
    """B70: emotions absent from a side are named."""
    (fold,) = run(tmp_path, frame).notes["folds"]
    assert fold == {
        "repeat": 0,
        "fold": 0,
        "train": 4,
        "test": 2,
        "note": "",
        "not_trained": [],
        "not_tested": ["positive"],
        "model": {"rows": 4},
    }


def test_one_emotion_only_is_a_result(tmp_path: Path) -> None:
    """B70"""
    outcome = run(tmp_path, pictures(["positive"] * 6), LinearSvm(seed=1), KFold(seed=1))
    told = outcome.notes["folds"]
    assert {tuple(fold["not_trained"]) for fold in told} == {("negative",)}
    assert set(table(outcome).filter(emotion="positive")["probability"]) == {1.0}


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_feature_that_is_not_finite_names_part_and_picture(
    tmp_path: Path, frame: pl.DataFrame, bad: float
) -> None:
    """B71"""
    values = np.zeros((6, 2), np.float32)
    values[3, 1] = bad
    manifest = {"stage": "extract", "recipe": {"feature": {"kind": "texture"}}}
    room = desk(tmp_path)
    told = type(room)(room.shelf, room.journal, room.scratch, (manifest,))
    with pytest.raises(PartError, match=r"'texture' .* 1 pictures, first 'image-003'"):
        stage().run(told, frame, vectors(frame, values))


def test_vectors_of_two_lengths_are_refused(tmp_path: Path, frame: pl.DataFrame) -> None:
    ragged = vectors(frame).with_columns(
        vector=pl.Series([[1.0]] + [[1.0, 2.0]] * 5, dtype=pl.List(pl.Float32))
    )
    with pytest.raises(PartError, match=r"lengths \[1, 2\]"):
        stage().run(desk(tmp_path), frame, ragged)


@pytest.mark.parametrize(
    "row", [(0.5, 0.25), (np.nan, 1.0), (1.5, -0.5), (0.25, 0.25, 0.5)], ids=str
)
def test_a_model_that_gives_no_probabilities_is_named(
    tmp_path: Path, frame: pl.DataFrame, row: tuple[float, ...]
) -> None:
    with pytest.raises(PartError, match="spy"):
        run(tmp_path, frame, Spy(row=row))


def test_a_label_outside_the_taxonomy_is_told(tmp_path: Path) -> None:
    with pytest.raises(AffektError, match="'awe' is not in the taxonomy 'valence2'"):
        run(tmp_path, pictures(["awe"] * 6, parts=PARTS))


def test_no_pictures_give_no_predictions(tmp_path: Path) -> None:
    assert table(run(tmp_path, pictures([]), Prior())).is_empty()


def test_progress_is_told_fold_by_fold(tmp_path: Path, frame: pl.DataFrame) -> None:
    told: list[Progress] = []
    room = desk(tmp_path)
    watched = type(room)(room.shelf, room.journal, room.scratch, watch=told.append)
    stage(protocol=KFold(n_folds=3, seed=1)).run(watched, frame, vectors(frame))
    assert [(one.done, one.total) for one in told] == [(1, 3), (2, 3), (3, 3)]


def rated(frame: pl.DataFrame, *scales: str) -> pl.DataFrame:
    """Rate every picture but the last; each mean is the number of the row."""
    means = [[{"scale": one, "mean": float(row)} for one in scales] for row in range(frame.height)]
    ratings = pl.Series([*means[:-1], None], dtype=PICTURES.types()["ratings"])
    return frame.with_columns(ratings=ratings)


def test_a_model_of_ratings_gives_an_estimate_a_scale(tmp_path: Path, frame: pl.DataFrame) -> None:
    outcome = run(tmp_path, rated(frame, "valence", "arousal"), Ridge(penalty=1e-9, seed=1))
    found = ESTIMATES.conform(in_polars(outcome.table), "predict")
    assert found.select("image_id", "scale").rows() == [
        ("image-004", "arousal"), ("image-004", "valence"),
    ]  # fmt: skip
    assert found["estimate"].to_list() == pytest.approx([4.0, 4.0], abs=1e-3)


def test_pictures_without_ratings_are_left_out_and_counted(
    tmp_path: Path, frame: pl.DataFrame
) -> None:
    outcome = run(tmp_path, rated(frame, "valence"), Ridge(seed=1))
    assert outcome.notes["without_ratings"] == 1
    assert outcome.notes["scales"] == ["valence"]


def test_a_data_set_without_ratings_cannot_be_estimated(
    tmp_path: Path, frame: pl.DataFrame
) -> None:
    with pytest.raises(AffektError, match="'ridge' estimates ratings, and this data set rates no"):
        run(tmp_path, frame, Ridge(seed=1))


def test_pictures_rated_on_different_scales_are_told(tmp_path: Path, frame: pl.DataFrame) -> None:
    other = rated(frame, "arousal")["ratings"]
    mixed = rated(frame, "valence").with_columns(
        ratings=pl.when(pl.col("image_id") == "image-002").then(other).otherwise("ratings")
    )
    with pytest.raises(AffektError, match=r"'image-002' is rated on \['arousal'\], others"):
        run(tmp_path, mixed, Ridge(seed=1))


def test_what_each_machine_claims_is_kept(tmp_path: Path, frame: pl.DataFrame) -> None:
    """I10"""
    values = np.array([[1], [-1], [1], [1], [5], [-5]], np.float32)
    found = table(run(tmp_path, frame, LinearSvm(seed=1), values=values))
    assert found.select("image_id", "emotion", "is_claimed").rows() == [
        ("image-004", "negative", False), ("image-004", "positive", True),
        ("image-005", "negative", True), ("image-005", "positive", False),
    ]  # fmt: skip


def test_a_model_that_claims_in_another_shape_is_named(tmp_path: Path, frame: pl.DataFrame) -> None:
    with pytest.raises(PartError, match=r"spy' gave claims of shape \(2, 1\)"):
        run(tmp_path, frame, Spy(claims=(True,)))


def test_a_model_whose_claims_are_no_truth_values_is_named() -> None:
    fold = Fold(0, 0, np.array([0]), np.array([1]))
    asked = _answers.Asked("spy", fold, pl.Series(["image-001"]), np.zeros((1, 2)))
    fitted = FittedSpy(np.array([0.5, 0.5]), (1, 0))  # type: ignore[arg-type]
    with pytest.raises(PartError, match=r"'spy' gave claims of .* type int64"):
        _answers.predictions(fitted, asked, ("awe", "fear"))
