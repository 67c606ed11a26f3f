import pytest

from affekt.errors import AffektError
from affekt.protocols.holdout import Holdout
from tests.protocols.tables import pictures

PARTS = ["train", "train", "validate", "test", None]


def test_trains_on_train_and_tests_on_test() -> None:
    (fold,) = Holdout().folds(pictures(["awe"] * 5, parts=PARTS))
    assert (fold.train.tolist(), fold.test.tolist()) == ([0, 1], [3])
    assert (fold.repeat, fold.number, fold.note) == (0, 0, "")


def test_validation_is_trained_on_when_told_so() -> None:
    (fold,) = Holdout(with_validation=True).folds(pictures(["awe"] * 5, parts=PARTS))
    assert fold.train.tolist() == [0, 1, 2]


def test_training_pictures_whose_group_is_tested_are_left_out_and_counted() -> None:
    """K16: near copies of test pictures teach nothing about new ones."""
    table = pictures(["awe"] * 5, ["a", "b", "c", "b", "d"], PARTS)
    (fold,) = Holdout().folds(table)
    assert fold.train.tolist() == [0]
    assert fold.note == "1 training pictures left out, their group is tested"


def test_validation_pictures_are_left_for_choices() -> None:
    """M73: neither trained nor tested on, and none there where they are trained on."""
    table = pictures(["awe"] * 5, parts=PARTS)
    ((plain,), (trained,)) = (
        list(Holdout(with_validation=one).folds(table)) for one in (False, True)
    )
    assert plain.validate.tolist() == [2]
    assert trained.validate.tolist() == []


def test_validation_pictures_whose_group_is_elsewhere_make_no_choice() -> None:
    """M73: near copies of training pictures would look too well known."""
    parts: list[str | None] = ["train", "test", "validate", "validate", "validate"]
    table = pictures(["awe"] * 5, ["a", "b", "a", "b", "c"], parts)
    ((whole,), (torn,)) = (list(Holdout(grouped=one).folds(table)) for one in (True, False))
    assert (whole.validate.tolist(), torn.validate.tolist()) == ([4], [2, 3, 4])


def test_groups_may_be_torn_when_told_so() -> None:
    table = pictures(["awe"] * 5, ["a", "b", "c", "b", "d"], PARTS)
    (fold,) = Holdout(grouped=False).folds(table)
    assert (fold.train.tolist(), fold.note) == ([0, 1], "")


@pytest.mark.parametrize("parts", [[None] * 3, ["train"] * 3, ["test"] * 3, ["validate"] * 3])
def test_a_data_set_without_both_parts_is_refused_with_advice(parts: list[str | None]) -> None:
    with pytest.raises(AffektError, match="use the protocol 'kfold'"):
        list(Holdout().folds(pictures(["awe"] * 3, parts=parts)))


def test_all_training_pictures_of_tested_groups_leave_nothing_to_train_on() -> None:
    table = pictures(["awe"] * 2, ["a", "a"], ["train", "test"])
    with pytest.raises(AffektError, match="0 pictures to train on"):
        list(Holdout().folds(table))
