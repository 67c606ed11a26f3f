"""What belongs together, where chains are cut, and what the manifest counts."""

from pathlib import Path
from typing import Any

import daft
import numpy as np
import polars as pl
import pytest

from affekt.stages._evidence import near_bits
from affekt.stages.dedupe import Dedupe
from tests.stages.cleaned import clean, name, run
from tests.stages.people import desk

BASE = 0x0F0F_3C3C_A5A5_9669


def near(bits: int) -> int:
    """Give a hash that differs from the base in so many bits."""
    return BASE ^ ((1 << bits) - 1)


def groups(tmp_path: Path, *rows: dict[str, Any], **given: Any) -> list[set[str]]:
    """Give the groups as sets of names at the source, those with one member left out."""
    kept, _ = run(Dedupe.model_validate(given), desk(tmp_path), clean(*rows))
    together = kept.group_by("group_id").agg("source_id").filter(pl.col("source_id").list.len() > 1)
    return sorted((set(one) for one in together["source_id"]), key=min)


def notes(tmp_path: Path, table: pl.DataFrame, **given: Any) -> dict[str, Any]:
    stage = Dedupe.model_validate(given)
    return dict(stage.run(desk(tmp_path), daft.from_arrow(table.to_arrow())).notes)


@pytest.mark.parametrize(
    ("phash", "dhash", "joins"),
    [(8, 60, True), (9, 9, False), (16, 8, True), (17, 8, False), (60, 0, False)],
)
def test_the_perceptual_hash_joins_alone_and_the_other_one_with_it(
    tmp_path: Path, phash: int, dhash: int, joins: bool
) -> None:
    """So a release has no two pictures of one perceptual hash on two sides of a split."""
    rows = [
        {"is": "a", "phash": BASE, "dhash": BASE},
        {"is": "b", "phash": near(phash), "dhash": near(dhash)},
    ]
    assert groups(tmp_path, *rows) == ([{"a", "b"}] if joins else [])


def test_without_steps_every_picture_is_its_own_group(tmp_path: Path) -> None:
    rows = [{"is": "a", "phash": BASE}, {"is": "b", "phash": BASE}]
    assert groups(tmp_path, *rows, max_hamming_bits=0, group_bits=0) == []


def shot(at: str, owner: str | None = "ann", **about: Any) -> dict[str, Any]:
    return {"is": at, "owner": owner, **about}


def test_pictures_taken_in_a_row_by_one_owner_are_one_group(tmp_path: Path) -> None:
    rows = [
        shot("a", taken_at="2016-05-01 12:00:00"),
        shot("b", taken_at="2016-05-01 12:00:30"),
        shot("c", taken_at="2016-05-01 12:01:00"),
        shot("d", taken_at="2016-05-01 12:01:31"),
        shot("e", "bob", taken_at="2016-05-01 12:00:15"),
        shot("f", None, taken_at="2016-05-01 12:00:15"),
        shot("g", None, taken_at="2016-05-01 12:00:15"),
    ]
    assert groups(tmp_path, *rows, series_seconds=30) == [{"a", "b", "c"}]
    assert groups(tmp_path, *rows) == []


def test_owners_are_told_by_their_unchanging_name_and_source(tmp_path: Path) -> None:
    time = "2016-05-01 12:00:00"
    rows = [
        shot("a", owner_id="1@N00", taken_at=time),
        shot("b", "Ann B.", owner_id="1@N00", taken_at=time),
        shot("c", owner_id="2@N00", taken_at=time),
        shot("d", owner_id="1@N00", taken_at=time, source="instagram"),
    ]
    assert groups(tmp_path, *rows, series_seconds=1) == [{"a", "b"}]


def test_the_upload_counts_where_nobody_knows_when_it_was_taken(tmp_path: Path) -> None:
    time = "2016-05-01T12:00:00Z"
    rows = [
        shot("a", uploaded_at=time),
        shot("b", uploaded_at=time),
        shot("c", uploaded_at=time, taken_at="2015-01-01 00:00:00"),
        shot("d", uploaded_at=time, taken_at="2014-01-01 00:00:00"),
    ]
    assert groups(tmp_path, *rows, series_seconds=1) == [{"a", "b"}]


def test_consecutive_numbers_of_one_owner_are_a_series(tmp_path: Path) -> None:
    rows = [shot(at, source_id=at) for at in ("9", "10", "12", "x")]
    assert groups(tmp_path, *rows, series_seconds=1) == [{"9", "10"}]


def test_series_and_near_copies_join_up(tmp_path: Path) -> None:
    rows = [
        shot("1", phash=BASE, source_id="1"),
        shot("2", phash=near(40), source_id="2"),
        shot("b", "bob", phash=near(46)),
    ]
    assert groups(tmp_path, *rows, series_seconds=1) == [{"1", "2", "b"}]


def test_a_series_that_is_too_long_is_left_out_first(tmp_path: Path) -> None:
    rows = [shot(str(at), source_id=str(at)) for at in range(4)]
    rows.append({"is": "b", "phash": int(name("0")[:16], 16) ^ 0b111_1111, "owner": "bob"})
    assert groups(tmp_path, *rows, series_seconds=1, max_group=5) == [{"0", "1", "2", "3", "b"}]
    assert groups(tmp_path, *rows, series_seconds=1, max_group=4) == [{"0", "b"}]


CHAIN: list[dict[str, Any]] = [
    {"is": str(at), "phash": near(6 * at), "width_px": 900 - at} for at in range(5)
]


def test_a_chain_within_the_limit_is_one_group(tmp_path: Path) -> None:
    assert groups(tmp_path, *CHAIN, group_bits=6, max_group=5) == [{"0", "1", "2", "3", "4"}]


def test_a_chain_beyond_the_limit_is_joined_to_keepers_only(tmp_path: Path) -> None:
    """B51: 0, 6, 12, 18 and 24 bits from the first; steps of 6 bits."""
    assert groups(tmp_path, *CHAIN, group_bits=6, max_group=4) == [{"0", "1"}, {"2", "3"}]
    told = notes(tmp_path, clean(*CHAIN), group_bits=6, max_group=4)
    assert told["chains"] == {
        "cut": 1,
        "pictures": 5,
        "longest": [{"pictures": 5, "groups": 3}],
    }
    assert told["groups"]["sizes"] == {"2": 2}
    assert told["groups"]["alone"] == 1


def test_the_longest_chains_are_told_first(tmp_path: Path) -> None:
    """B51."""
    short = [{"is": f"s{at}", "phash": ~near(6 * at) & (1 << 64) - 1} for at in range(4)]
    told = notes(tmp_path, clean(*short, *CHAIN), group_bits=6, max_group=3)["chains"]
    assert [chain["pictures"] for chain in told["longest"]] == [5, 4]
    assert (told["cut"], told["pictures"]) == (2, 9)


def test_many_copies_of_one_keeper_are_no_chain(tmp_path: Path) -> None:
    """All are within the limit of the first, so they stay together however many they are."""
    rows = [{"is": str(at), "phash": BASE ^ (0b11111 << 5 * at)} for at in range(9)]
    rows.append({"is": "keeper", "phash": BASE, "width_px": 900})
    assert len(groups(tmp_path, *rows, group_bits=5, max_group=3)[0]) == 10


def test_a_chain_of_five_thousand_ends_in_time(tmp_path: Path) -> None:
    """B51: each is 1 bit from the last; every group is small once the chain is cut."""
    flips = np.random.default_rng(1).integers(0, 64, 5_000)
    chain = np.bitwise_xor.accumulate(np.uint64(1) << flips.astype(np.uint64))
    table = clean(*({"is": str(at), "phash": int(word)} for at, word in enumerate(chain)))
    stage = Dedupe(max_hamming_bits=0, group_bits=4)
    kept, dropped = run(stage, desk(tmp_path), table)
    assert dropped.is_empty()
    told = notes(tmp_path, table, max_hamming_bits=0, group_bits=4)
    assert told["chains"]["longest"] == [{"pictures": 5_000, "groups": kept["group_id"].n_unique()}]
    assert told["groups"]["largest"] < 100


def test_the_manifest_counts_copies_by_emotion_and_source(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"is": "x", "source_id": "x1", "emotion": "awe"},
        {"is": "x", "source_id": "x2", "emotion": "awe", "source": "web"},
        {"is": "a", "phash": BASE, "emotion": "fear", "width_px": 900},
        {"is": "b", "phash": near(1), "emotion": None},
        {"is": "c", "phash": near(60), "emotion": "awe", "width_px": 900},
        {"is": "d", "phash": near(61), "emotion": "anger"},
    ]
    told = notes(tmp_path, clean(*rows))["copies"]
    assert told == {
        "exact-copy": 1,
        "near-copy": 1,
        "copies-disagree": 2,
        "by_emotion": {
            "anger": {"copies-disagree": 1},
            "awe": {"exact-copy": 1, "copies-disagree": 1},
            "unlabelled": {"near-copy": 1},
        },
        "by_source": {
            "folder": {"near-copy": 1, "copies-disagree": 2},
            "web": {"exact-copy": 1},
        },
        "near_across_emotions": 1,
        "relabelled": 0,
    }


def test_near_copies_that_exact_removal_leaves_are_measured(tmp_path: Path) -> None:
    """K16: as in the paper; the groups say what could straddle a split, and across emotions."""
    rows: list[dict[str, Any]] = [
        {"is": "a", "phash": BASE, "emotion": "awe"},
        {"is": "b", "phash": near(2), "emotion": "fear"},
        {"is": "c", "phash": near(50), "emotion": "awe", "source": "web"},
        {"is": "d", "phash": near(52), "emotion": "awe"},
        {"is": "e", "emotion": "awe"},
    ]
    told = notes(tmp_path, clean(*rows), max_hamming_bits=0, keep="first", disagree="keep-first")
    assert told["groups"] == {
        "alone": 1,
        "shared": 2,
        "pictures": 4,
        "largest": 2,
        "sizes": {"2": 2},
        "across_emotions": 1,
        "across_sources": 1,
    }
    assert told["chains"] == {"cut": 0, "pictures": 0, "longest": []}


def test_majority_tells_how_many_took_another_emotion(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"is": "a", "phash": BASE, "emotion": "awe", "width_px": 900},
        {"is": "b", "phash": near(1), "emotion": "fear"},
        {"is": "c", "phash": near(2), "emotion": "fear"},
    ]
    told = notes(tmp_path, clean(*rows), disagree="majority")["copies"]
    assert (told["relabelled"], told["near_across_emotions"]) == (1, 2)


def test_a_release_is_held_against_the_bits_that_were_used(tmp_path: Path) -> None:
    """K16."""
    told = notes(tmp_path, clean({"is": "a"}))
    made = {"stage": "dedupe", "recipe": Dedupe().identity(), "notes": told}
    assert near_bits([made]) == 8
