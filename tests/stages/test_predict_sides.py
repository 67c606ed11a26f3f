"""What a model may see of the tested side: nothing; a leaky one vectors, and it is told."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from affekt.models import Fitted, Model, Samples
from affekt.models.linear_svm import LinearSvm
from affekt.protocols.holdout import Holdout
from affekt.protocols.kfold import KFold
from tests.protocols.tables import pictures
from tests.stages.spy import LABELS, SEEN, FittedSpy, Spy
from tests.stages.test_predict import run


class Cheat(Model):
    """Looks for tested rows wherever they could be; `is_open` is whether it says so of itself."""

    is_open: bool = False

    @property
    def is_leaky(self) -> bool:
        return self.is_open

    def fit(self, train: Samples) -> Fitted:
        SEEN.append((train, []))
        return FittedSpy(np.array([0.5, 0.5]))


def test_a_model_that_cheats_finds_no_tested_row_anywhere(
    tmp_path: Path, frame: pl.DataFrame, seen: list[Any]
) -> None:
    """M64: the first value of a vector is the number of its row; rows 4 and 5 are tested."""
    run(tmp_path, frame, Cheat())
    ((train, _),) = seen
    assert train.everything is None
    assert train.vectors[:, 0].tolist() == [0, 1, 2, 3]
    assert train.vectors.base is None  # a copy: there is no larger array behind it
    assert len(train.codes) == len(train.groups) == 4


def test_a_leaky_model_sees_vectors_of_tested_rows_and_never_a_label_of_them(
    tmp_path: Path, frame: pl.DataFrame, seen: list[Any]
) -> None:
    """M64"""
    outcome = run(tmp_path, frame, Cheat(is_open=True))
    ((train, _),) = seen
    assert train.everything[:, 0].tolist() == [0, 1, 2, 3, 4, 5]
    assert len(train.codes) == len(train.groups) == 4
    assert outcome.notes["is_leaky"]


def test_a_leaky_model_sees_no_row_that_is_on_neither_side(tmp_path: Path, seen: list[Any]) -> None:
    table = pictures(LABELS, parts=["train", "train", "validate", "train", "test", None])
    run(tmp_path, table, Cheat(is_open=True))
    ((train, _),) = seen
    assert train.everything[:, 0].tolist() == [0, 1, 3, 4]


def test_a_leak_is_noted_by_those_that_leak_only(tmp_path: Path, frame: pl.DataFrame) -> None:
    """M64: what the report stamps."""
    leaky = LinearSvm(components=1, fitted_on="everything", seed=1)
    outcome = run(tmp_path, frame, leaky)
    assert outcome.notes["is_leaky"]
    assert outcome.notes["folds"][0]["model"]["fitted_on"] == "everything"
    assert not run(tmp_path, frame, LinearSvm(seed=1)).notes["is_leaky"]


def test_groups_on_both_sides_are_counted(tmp_path: Path) -> None:
    """M65: folds by picture are told from folds by group, whatever the protocol is called."""
    table = pictures(LABELS * 2, ["a", "a", "b", "b", "c", "d"] * 2)
    by_picture = KFold(n_folds=3, grouped=False, seed=1)
    by_group = KFold(n_folds=3, seed=1)
    values = np.zeros((12, 2))
    torn = run(tmp_path, table, Spy(), by_picture, values).notes["torn_groups"]
    whole = run(tmp_path, table, Spy(), by_group, values).notes["torn_groups"]
    assert (torn, whole) == (4, 0)


def test_what_a_protocol_wants_unreported_is_noted(tmp_path: Path, frame: pl.DataFrame) -> None:
    """M68"""
    one = pictures(["negative"] * 12 + ["positive"] * 3)
    values = np.zeros((15, 2))
    notes = run(tmp_path, one, Spy(), KFold(seed=1), values).notes
    assert notes["unreported"] == ["positive"]
    assert run(tmp_path, frame, Spy(), Holdout()).notes["unreported"] is None


def test_dropped_emotions_are_nowhere(tmp_path: Path, seen: list[Any]) -> None:
    """M68, I10"""
    one = pictures(["negative"] * 12 + ["positive"] * 3)
    outcome = run(tmp_path, one, Spy(), KFold(scarce="dropped", seed=1), np.zeros((15, 2)))
    assert {code for train, _ in seen for code in train.codes} == {1}
    assert pl.DataFrame(outcome.table)["image_id"].n_unique() == 12
