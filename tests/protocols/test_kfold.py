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
    folds = list(KFold(n_folds=5, scarce="kept", seed=1).folds(table))
    assert len(folds) == 3
    assert folds[0].note == "3 folds instead of 5, one a group"


def test_an_emotion_too_rare_for_every_fold_is_named() -> None:
    """M68, B61: anger has three pictures."""
    folds = list(KFold(seed=1).folds(pictures(["awe"] * 12 + ["anger"] * 3)))
    assert len(folds) == 5
    assert {fold.note for fold in folds} == {
        "anger in 3 groups only, so not tested in every fold; "
        "anger (3 pictures) kept among the others and left out of the means"
    }


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


def test_the_paper_s_five_random_batches_are_a_setting() -> None:
    """I4, I10, M65: images split at random, whatever their emotion or group."""
    emotions, groups = ["awe", "fear"] * 10, [f"g{row // 4}" for row in range(20)]
    plain = KFold(stratified=False, grouped=False, seed=1)
    folds = list(plain.folds(pictures(emotions, groups)))
    again = list(plain.folds(pictures(emotions[::-1], groups[::-1])))
    assert [len(fold.test) for fold in folds] == [4] * 5
    assert [one.test.tolist() for one in folds] == [one.test.tolist() for one in again]


def test_a_scarce_emotion_stays_as_a_negative_and_is_left_out_of_means() -> None:
    """I8, M68: anger is not reported, and still among the wrong answers."""
    folds = list(KFold(seed=1).folds(pictures(["awe"] * 12 + ["anger"] * 8)))
    assert {fold.unreported for fold in folds} == {("anger",)}
    assert sorted(np.concatenate([fold.test for fold in folds])) == list(range(20))


def test_a_scarce_emotion_may_be_dropped_from_the_data() -> None:
    """I10, M68"""
    emotions = ["anger"] * 3 + ["awe"] * 12
    folds = list(KFold(scarce="dropped", seed=1).folds(pictures(emotions)))
    touched = {int(row) for fold in folds for row in (*fold.train, *fold.test)}
    assert touched == set(range(3, 15))
    assert folds[0].note == "anger (3 pictures) dropped: neither trained on nor tested"
    assert folds[0].unreported == ()


@pytest.mark.parametrize(("pictures_of_it", "scarce"), [(9, ("anger",)), (10, ())])
def test_ten_pictures_are_not_scarce(pictures_of_it: int, scarce: tuple[str, ...]) -> None:
    """M68: the limit is what an emotion must have."""
    table = pictures(["awe"] * 12 + ["anger"] * pictures_of_it)
    assert next(KFold(seed=1).folds(table)).unreported == scarce


def test_eight_pictures_do_for_five_folds_when_kept() -> None:
    """K8: eight would do for stratified folds; three would not."""
    emotions = ["awe"] * 12 + ["anger"] * 8
    folds = list(KFold(scarce="kept", seed=1).folds(pictures(emotions)))
    assert all(any(emotions[row] == "anger" for row in fold.test) for fold in folds)
    assert folds[0].unreported == ()


def test_the_limit_may_be_the_folds_alone_but_never_less() -> None:
    """M68: fewer rows than folds."""
    table = pictures(["awe"] * 12 + ["anger"] * 8 + ["fear"] * 4)
    fold = next(KFold(scarce_below=0, seed=1).folds(table))
    assert fold.unreported == ("fear",)


def test_emotions_are_scarce_by_name_too_and_a_strange_name_is_told() -> None:
    """M68: or named in the plan."""
    table = pictures(["awe"] * 12 + ["fear"] * 12)
    fold = next(KFold(scarce_emotions=("fear", "angr"), seed=1).folds(table))
    assert fold.unreported == ("fear",)
    assert "'angr' is named as scarce and no picture has it" in fold.note


def test_dropping_every_emotion_is_refused_with_advice() -> None:
    with pytest.raises(AffektError, match='set `scarce = "kept"`'):
        list(KFold(scarce="dropped", seed=1).folds(pictures(["awe"] * 6)))


def test_where_every_emotion_is_scarce_the_means_are_over_all() -> None:
    fold = next(KFold(seed=1).folds(pictures(["awe"] * 6 + ["fear"] * 6)))
    assert "every emotion is scarce (awe (6 pictures), fear (6 pictures))" in fold.note
