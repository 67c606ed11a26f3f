"""Ever more labels, drawn by rank, stratified and nested; the same test each time (G24)."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from affekt.errors import AffektError
from affekt.protocols import Fold
from affekt.protocols.learning_curve import LearningCurve
from tests.protocols.tables import pictures

CURVE = LearningCurve(fewest=8, draws=3, seed=1)


def laid(awe: int, fear: int, tests: int = 4) -> list[Fold]:
    emotions = ["awe"] * awe + ["fear"] * fear + ["awe"] * tests
    parts: list[str | None] = [*["train"] * (awe + fear), *["test"] * tests]
    return list(CURVE.folds(pictures(emotions, parts=parts)))


def test_sizes_double_up_to_all_which_comes_once() -> None:
    sizes = [len(fold.train) for fold in laid(30, 20)]
    assert sizes == [8, 16, 32] * 3 + [50]
    assert [fold.repeat for fold in laid(30, 20)] == list(range(10))


def test_fewer_labels_than_the_fewest_are_one_step() -> None:
    assert CURVE.steps(5) == (5,)
    assert CURVE.steps(8) == (8,)
    assert CURVE.steps(9) == (8, 9)


def test_every_subset_holds_the_smaller_ones_of_its_draw_and_draws_differ() -> None:
    folds = laid(30, 20)
    for first in (0, 3, 6):
        small, middle, large = (set(folds[first + at].train) for at in range(3))
        assert small < middle < large
    assert len({frozenset(folds[first].train) for first in (0, 3, 6)}) == 3


@settings(max_examples=20)
@given(awe=st.integers(1, 40), fear=st.integers(1, 40))
def test_every_emotion_has_its_share_of_every_subset(awe: int, fear: int) -> None:
    for fold in laid(awe, fear):
        held = Counter(bool(row < awe) for row in fold.train)
        assert held[True] == pytest.approx(len(fold.train) * awe / (awe + fear), abs=1)


def test_all_are_tested_after_every_subset_and_their_twins_teach_nothing() -> None:
    """K16"""
    table = pictures(["awe"] * 4, ["a", "b", "a", "c"], ["train", "train", "test", "validate"])
    (fold,) = CURVE.folds(table)
    assert (fold.train.tolist(), fold.test.tolist()) == ([1], [2])
    assert fold.note == "1 training pictures left out, their group is tested"
    assert {tuple(one.test) for one in laid(30, 20)} == {(50, 51, 52, 53)}


def without_parts(groups: list[str], folds: int = 3) -> list[Fold]:
    emotions = ["awe" if row % 2 else "fear" for row in range(len(groups))]
    curve = LearningCurve(fewest=4, draws=2, n_folds=folds, seed=1)
    return list(curve.folds(pictures(emotions, groups)))


def test_without_parts_every_picture_is_tested_once_a_subset_by_folds_of_whole_groups() -> None:
    """M65"""
    groups = [f"group {row // 3}" for row in range(31)]
    repeats: dict[int, list[Fold]] = {}
    for fold in without_parts(groups):
        repeats.setdefault(fold.repeat, []).append(fold)
    assert list(repeats) == [0, 1, 2, 3, 4, 5, 6]
    for folds in repeats.values():
        assert sorted(row for fold in folds for row in fold.test) == list(range(31))
        assert len({len(fold.train) for fold in folds}) == 1
        for fold in folds:
            learned, asked = ({groups[row] for row in rows} for rows in (fold.train, fold.test))
            assert not learned & asked
    assert [len(folds[0].train) for folds in repeats.values()] == [4, 8, 16, 4, 8, 16, 19]


def test_without_parts_subsets_are_nested_in_each_fold_and_the_test_stays() -> None:
    found = without_parts([str(row) for row in range(31)])
    small, middle = found[:3], found[3:6]
    for few, more in zip(small, middle, strict=True):
        assert set(few.train) < set(more.train)
        assert few.test.tolist() == more.test.tolist()


def test_without_parts_too_few_groups_are_told() -> None:
    assert {fold.note for fold in without_parts(["a", "b"] * 3)} == {
        "2 folds instead of 3, one a group"
    }
    with pytest.raises(
        AffektError, match="all 4 pictures are in one group, 'a', and name no parts"
    ):
        without_parts(["a"] * 4)


def test_one_side_alone_is_refused() -> None:
    with pytest.raises(AffektError, match="3 pictures to train on, 0 to test"):
        list(CURVE.folds(pictures(["awe"] * 3, parts=["train"] * 3)))
