from collections import Counter

import numpy as np
import pytest

from affekt.errors import AffektError
from affekt.protocols.kfold import KFold
from tests.protocols.tables import pictures


def test_every_picture_is_tested_once_a_repeat_and_repeats_differ() -> None:
    folds = list(KFold(n_folds=4, repeats=3, seed=1).folds(pictures(["awe", "fear"] * 10)))
    assert [(fold.repeat, fold.number) for fold in folds] == [
        (repeat, number) for repeat in range(3) for number in range(4)
    ]
    for repeat in range(3):
        tested = np.concatenate([fold.test for fold in folds if fold.repeat == repeat])
        assert sorted(tested) == list(range(20))
    assert folds[0].test.tolist() != folds[4].test.tolist()


def test_stratified_folds_hold_each_emotion_evenly() -> None:
    emotions = ["awe"] * 20 + ["fear"] * 10
    for fold in KFold(seed=1).folds(pictures(emotions)):
        assert Counter(emotions[row] for row in fold.test) == {"awe": 4, "fear": 2}


def test_plain_folds_are_even_in_size_only() -> None:
    emotions = ["awe"] * 20 + ["fear"] * 10
    folds = list(KFold(stratified=False, repeats=4, seed=1).folds(pictures(emotions)))
    assert {len(fold.test) for fold in folds} == {6}
    assert {sum(emotions[row] == "fear" for row in fold.test) for fold in folds} != {2}


def test_a_group_is_never_on_both_sides() -> None:
    """M65, B51: folds by group wherever groups exist."""
    groups = [f"g{row // 3}" for row in range(30)]
    for fold in KFold(seed=1, repeats=2).folds(pictures(["awe", "fear"] * 15, groups)):
        assert not {groups[row] for row in fold.train} & {groups[row] for row in fold.test}


def test_pictures_of_one_group_may_be_torn_when_told_so() -> None:
    table = pictures(["awe", "fear"] * 5, ["same"] * 10)
    assert [len(fold.test) for fold in KFold(grouped=False, seed=1).folds(table)] == [2] * 5


def test_a_picture_without_group_stands_alone() -> None:
    table = pictures(["awe"] * 6, None).with_columns(group_id=None)
    assert len(list(KFold(n_folds=3, seed=1).folds(table))) == 3


def test_fewer_groups_than_folds_make_fewer_folds_and_say_so() -> None:
    """B61, B70"""
    table = pictures(["awe"] * 6, ["a", "a", "b", "b", "c", "c"])
    folds = list(KFold(n_folds=5, seed=1).folds(table))
    assert len(folds) == 3
    assert folds[0].note == "3 folds instead of 5, one a group"


def test_an_emotion_too_rare_for_every_fold_is_named() -> None:
    """M68, B61: anger has three pictures."""
    folds = list(KFold(seed=1).folds(pictures(["awe"] * 12 + ["anger"] * 3)))
    assert len(folds) == 5
    assert {fold.note for fold in folds} == {"anger in 3 groups only, so not tested in every fold"}


def test_one_group_is_refused_with_a_sentence() -> None:
    with pytest.raises(AffektError, match=r"all 2 pictures are in one group, 'g'.*grouped = false"):
        list(KFold(seed=1).folds(pictures(["awe", "fear"], ["g", "g"])))


def test_another_seed_makes_other_folds() -> None:
    table = pictures(["awe", "fear"] * 20)
    first, second = (next(KFold(seed=seed).folds(table)).test.tolist() for seed in (1, 2))
    assert first != second


def test_a_group_bigger_than_a_fold_stays_whole() -> None:
    """B61: near copies that outnumber what a fold should hold."""
    groups = ["big"] * 15 + [f"g{row}" for row in range(5)]
    folds = list(KFold(seed=1).folds(pictures(["awe"] * 20, groups)))
    assert sorted(len(fold.test) for fold in folds) == [1, 1, 1, 2, 15]
