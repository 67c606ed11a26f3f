"""What every protocol must do; a newcomer's file is found by its folder."""

from random import Random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from affekt.errors import AffektError
from affekt.protocols import Fold, Protocol
from tests.exams.every import every
from tests.protocols.tables import pictures

protocols = pytest.mark.parametrize(
    "protocol", every("protocols"), ids=lambda protocol: protocol.kind()
)
rows = st.lists(
    st.tuples(
        st.sampled_from(["awe", "fear", "anger"]),
        st.sampled_from("abcdefgh"),
        st.sampled_from(["train", "test", "validate", None]),
    ),
    min_size=1,
    max_size=30,
)
Rows = list[tuple[str, str, str | None]]


def table(given_rows: Rows) -> pl.DataFrame:
    emotions, groups, parts = (list(column) for column in zip(*given_rows, strict=True))
    return pictures(emotions, groups, parts)


def folds_of(protocol: type[Protocol], frame: pl.DataFrame) -> list[Fold]:
    """Give the folds, or none where the protocol refuses with a sentence."""
    try:
        return list(protocol.example().folds(frame))
    except AffektError:
        return []


def by_name(folds: list[Fold], frame: pl.DataFrame) -> list[tuple[set[str], set[str]]]:
    names = frame["image_id"]
    return [(set(names[fold.train]), set(names[fold.test])) for fold in folds]


@protocols
@given(rows)
def test_nobody_is_trained_on_and_tested(protocol: type[Protocol], given_rows: Rows) -> None:
    for fold in folds_of(protocol, table(given_rows)):
        assert not set(fold.train) & set(fold.test)
        assert len(set(fold.train)) == len(fold.train) > 0
        assert len(set(fold.test)) == len(fold.test) > 0
        assert {*fold.train, *fold.test, *fold.validate} <= set(range(len(given_rows)))
        assert not {*fold.train, *fold.test} & set(fold.validate)


@protocols
@given(rows)
def test_no_group_is_on_both_sides(protocol: type[Protocol], given_rows: Rows) -> None:
    frame = table(given_rows)
    for fold in folds_of(protocol, frame):
        train, test, kept = (
            set(frame["group_id"][rows]) for rows in (fold.train, fold.test, fold.validate)
        )
        assert not train & test
        assert not (train | test) & kept


@protocols
@given(rows)
def test_no_picture_is_tested_twice_in_a_repeat(protocol: type[Protocol], given_rows: Rows) -> None:
    tested = [
        (fold.repeat, row) for fold in folds_of(protocol, table(given_rows)) for row in fold.test
    ]
    assert len(set(tested)) == len(tested)


@protocols
@given(rows, st.randoms(use_true_random=False))
def test_the_order_of_rows_cannot_matter(
    protocol: type[Protocol], given_rows: Rows, random: Random
) -> None:
    frame = table(given_rows)
    order = list(range(frame.height))
    random.shuffle(order)
    shuffled = frame[order]
    found = by_name(folds_of(protocol, shuffled), shuffled)
    assert found == by_name(folds_of(protocol, frame), frame)


@protocols
def test_a_fold_tells_its_place_once(protocol: type[Protocol]) -> None:
    frame = table(
        [("awe", group, part) for group, part in zip("abcd", ["train", "test"] * 2, strict=True)]
    )
    places = [(fold.repeat, fold.number) for fold in folds_of(protocol, frame)]
    assert places
    assert len(set(places)) == len(places)


@protocols
def test_no_pictures_have_no_folds(protocol: type[Protocol]) -> None:
    assert list(protocol.example().folds(pictures([]))) == []
