"""A net is tested on nothing that it learned from, nor on near copies of that."""

import numpy as np
import pytest

from affekt.errors import AffektError
from affekt.protocols import Fold
from affekt.stages import _studied
from tests.protocols.tables import pictures

TABLE = pictures(["awe"] * 4, groups=["a", "b", "c", "a"])
HISTORY = (
    {
        "stage": "train",
        "notes": {"data": {"pictures": {"train": 1582, "validate": 97}}, "emotions": ["awe"]},
    },
)


def folds(*test: int) -> list[Fold]:
    return [Fold(0, 0, np.array([1]), np.array([row])) for row in test]


@pytest.mark.parametrize(
    ("seen", "tested", "said"),
    [
        (
            [0],
            [2, 0],
            "among the 1,582 the net learned from and the 97 its epoch was chosen by; test it",
        ),
        ([0], [3], "1 of 1 tested"),  # a near copy of the first
        ([1, 0], [1, 3, 2], "2 of 3 tested"),
    ],
)
def test_what_was_seen_or_is_a_near_copy_of_it_is_not_tested(
    seen: list[int], tested: list[int], said: str
) -> None:
    with pytest.raises(AffektError, match=said):
        _studied.check(TABLE, folds(*tested), [TABLE[seen]], HISTORY)


def test_what_the_net_that_it_began_with_has_seen_counts() -> None:
    with pytest.raises(AffektError, match="2 of 3 tested"):
        _studied.check(TABLE, folds(0, 1, 2), [TABLE[[0]], TABLE[[1]]], HISTORY)


def test_pictures_without_a_group_are_near_copies_of_nothing() -> None:
    alone = TABLE.with_columns(group_id=None).cast(TABLE.schema)
    _studied.check(alone, folds(2, 3), [alone[[0, 1]]], HISTORY)
    with pytest.raises(AffektError, match="1 of 2 tested"):
        _studied.check(alone, folds(1, 2), [alone[[0, 1]]], HISTORY)


def test_where_nothing_was_seen_all_may_be_tested() -> None:
    _studied.check(TABLE, folds(0, 1, 2, 3), [], ())
    _studied.check(TABLE, [], [TABLE], HISTORY)


def test_a_net_answers_for_the_emotions_it_learned() -> None:
    _studied.check_emotions(("awe",), HISTORY)
    with pytest.raises(AffektError, match="learned to name awe, and the data set names fear"):
        _studied.check_emotions(("fear",), HISTORY)
    with pytest.raises(AffektError, match="the entry looks through none"):
        _studied.check_emotions(("awe",), ())
