"""Pair: what two data sets share, and no copy of a tested picture to train on."""

from collections.abc import Sequence
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from affekt.errors import AffektError
from affekt.stage import Outcome
from affekt.stages.pair import Pair
from affekt.store.rows import dropped_rows, in_polars
from affekt.tables import PICTURES

MIKELS, EKMAN = ("awe", "fear", "anger"), ("anger", "fear", "joy")


def side(name: str, rows: Sequence[tuple[Any, ...]]) -> pl.DataFrame:
    """Give pictures: emotion, and optionally bytes, phash, dhash and part."""
    table = []
    for at, row in enumerate(rows):
        emotion, image_id, phash, dhash, part = (*row, *[None] * 5)[:5]
        own = {"image_id": image_id or f"{name}-{at}", "name": f"{at}", "emotion": emotion}
        shares = [0.5, 0.25, 0.25]
        more = {"phash": phash, "dhash": dhash, "part": part, "group_id": f"g{at}"}
        table.append({**dict.fromkeys(PICTURES.columns), **own, **more, "shares": shares})
    return pl.DataFrame(table, schema=PICTURES.types())


def pair(
    trained: Sequence[tuple[Any, ...]],
    tested: Sequence[tuple[Any, ...]],
    known: tuple[str, ...] = MIKELS,
    asked: tuple[str, ...] = MIKELS,
    **changes: Any,
) -> Outcome:
    stage = Pair(trained=known, tested=asked, **changes)
    return stage.run(None, side("a", trained), side("b", tested))  # type: ignore[arg-type]


def kept(outcome: Outcome) -> dict[str, list[str]]:
    table = PICTURES.conform(in_polars(outcome.table), "pair")
    return {
        part: table.filter(pl.col("part") == part)["image_id"].to_list()
        for part in ("train", "test")
    }


def lost(outcome: Outcome) -> list[tuple[str, str, str]]:
    rows = dropped_rows(Pair(trained=MIKELS, tested=MIKELS), outcome.dropped)
    return sorted(rows.iter_rows())


def test_the_first_is_trained_on_and_the_second_tested() -> None:
    found = pair([("awe",), ("fear",)], [("awe",)])
    assert kept(found) == {"train": ["a-0", "a-1"], "test": ["b-0"]}
    assert (lost(found), found.notes["remarks"]) == ([], [])


def test_emotions_are_mapped_by_name_and_the_others_are_left_out_and_told() -> None:
    found = pair([("awe",), ("fear",), ("anger",)], [("joy",), ("joy",), ("fear",)], asked=EKMAN)
    assert kept(found) == {"train": ["a-1", "a-2"], "test": ["b-2"]}
    assert lost(found) == [
        ("a-0", "emotion-unknown", "train"),
        ("b-0", "emotion-unknown", "test"),
        ("b-1", "emotion-unknown", "test"),
    ]
    assert found.notes["remarks"] == [
        "known only to the side that is trained on and left out: awe (1 pictures)",
        "known only to the side that is tested and left out: joy (2 pictures)",
    ]


def test_emotions_keep_the_order_of_the_tested_side() -> None:
    assert Pair(trained=MIKELS, tested=EKMAN).shared == ("anger", "fear")


def test_the_same_bytes_are_not_trained_on_and_counted() -> None:
    """K16"""
    same = "same", 5, 5  # equal hashes besides: it is lost once
    found = pair([("awe", *same), ("fear",)], [("fear", *same), ("awe",)])
    assert kept(found) == {"train": ["a-1"], "test": ["b-1", "same"]}
    assert lost(found) == [("same", "same-bytes", "train")]
    assert found.notes["remarks"] == [
        "1 pictures were left out of training, copies of tested ones: 1 of the same bytes, 0 near"
    ]


@pytest.mark.parametrize(
    ("phash", "dhash", "is_copy"),
    [
        (0b1111_1111, 0, True),
        (0b1_1111_1111, 0, True),  # the other hash is near, and this one within twice as many
        (0b1111_1111, (1 << 16) - 1, True),
        (0b1111_1111, (1 << 17) - 1, False),
        (0b1_1111_1111, 0b1_1111_1111, False),
    ],
)
def test_a_near_copy_is_not_trained_on(phash: int, dhash: int, is_copy: bool) -> None:
    """K16, B51: alike as dedupe has it."""
    found = pair([("awe", None, phash, dhash), ("fear",)], [("awe", None, 0, 0)])
    assert ("a-0" not in kept(found)["train"]) == is_copy
    assert lost(found) == [("a-0", "near-copy", "train")] * is_copy


def test_flat_pictures_are_copies_of_nothing() -> None:
    found = pair([("awe", None, None, None)] * 2, [("awe", None, None, None)])
    assert lost(found) == []


def test_copies_inside_one_side_stay() -> None:
    found = pair([("awe", None, 7, 7)] * 3, [("awe", None, 2**64 - 1, 2**64 - 1)] * 2)
    assert lost(found) == []


def test_a_copy_of_what_is_not_tested_may_be_trained_on() -> None:
    found = pair([("fear", "same")], [("joy", "same"), ("fear",)], asked=EKMAN)
    assert kept(found) == {"train": ["same"], "test": ["b-1"]}


def test_parts_are_kept_apart_only_when_told_so() -> None:
    rows = [("awe", None, None, None, part) for part in ("train", "test", "validate", None)]
    assert len(kept(pair(rows, rows))["train"]) == 4
    found = pair(rows, rows, by_parts=True)
    assert kept(found) == {"train": ["a-0"], "test": ["b-1"]}
    assert len(lost(found)) == 6


def test_a_set_without_parts_is_whole_even_by_parts() -> None:
    found = pair([("awe",)] * 3, [("awe", None, None, None, "test"), ("awe",)], by_parts=True)
    assert kept(found) == {"train": ["a-0", "a-1", "a-2"], "test": ["b-0"]}


def test_no_group_is_called_the_same_on_both_sides() -> None:
    table = in_polars(pair([("awe",)], [("awe",)]).table)
    assert sorted(table["group_id"]) == ["g0", "trained: g0"]


def test_shares_of_votes_stay_only_where_they_still_fit_the_emotions() -> None:
    same = in_polars(pair([("awe",)], [("awe",)]).table)
    other = in_polars(pair([("fear",)], [("fear",)], asked=EKMAN).table)
    assert same["shares"].null_count() == 0
    assert other["shares"].null_count() == 2


@pytest.mark.parametrize("asked", [("joy", "calm"), ("awe", "calm")])
def test_sides_that_share_fewer_than_two_emotions_are_refused(asked: tuple[str, ...]) -> None:
    with pytest.raises(AffektError, match="two are needed; take data sets with a common taxonomy"):
        pair([("awe",)], [(asked[0],)], asked=asked)


@given(
    st.lists(st.integers(0, 255), max_size=12), st.lists(st.integers(0, 255), max_size=12),
    st.integers(0, 3),
)  # fmt: skip
@settings(max_examples=25, deadline=None)
def test_near_copies_are_those_of_naive_lines(
    trained: list[int], tested: list[int], bits: int
) -> None:
    found = pair(
        [("awe", None, word, 0) for word in trained],
        [("awe", None, word, 0) for word in tested],
        near_bits=bits,
    )
    known = [
        f"a-{at}"
        for at, one in enumerate(trained)
        if not any((one ^ other).bit_count() <= 2 * bits for other in tested)
    ]
    assert kept(found)["train"] == sorted(known)
