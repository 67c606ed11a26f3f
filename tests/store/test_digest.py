"""The digest of rows: of what they hold, and of nothing else."""

import hashlib
import struct
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from affekt.store.digest import RowsDigest
from affekt.store.rows import rows_sha256

ROW = {
    "word": "é",
    "count": 3,
    "share": 0.5,
    "is_so": True,
    "tags": ["a", None],
    "sizes": [{"name": "m", "side": 240}, None],
}
SCHEMA: dict[str, Any] = {
    "word": pl.String,
    "count": pl.Int32,
    "share": pl.Float64,
    "is_so": pl.Boolean,
    "tags": pl.List(pl.String),
    "sizes": pl.List(pl.Struct({"name": pl.String, "side": pl.Int32})),
}


def of(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def test_the_digest_is_that_of_bytes_written_by_hand() -> None:
    """Whatever version of a library makes it."""
    eight, four = struct.Struct("<q").pack, struct.Struct("<i").pack
    parts = [
        *(eight(2) + eight(-1), "é".encode()),
        *(b"\x01\x00", four(3) + four(0)),
        *(b"\x01\x00", struct.pack("<dd", 0.5, 0)),
        *(b"\x01\x00", b"\x01\x00"),
        *(eight(2) + eight(-1), eight(1) + eight(-1), b"a"),
        *(eight(2) + eight(-1), b"\x01\x00", eight(1) + eight(-1), b"m"),
        *(b"\x01\x00", four(240) + four(0)),
    ]
    digests = b"".join(hashlib.sha256(part).digest() for part in parts)
    by_hand = hashlib.sha256(b"word\tcount\tshare\tis_so\ttags\tsizes" + digests)
    assert rows_sha256(of(ROW, dict.fromkeys(ROW))) == by_hand.hexdigest()


def test_no_rows_have_a_digest_of_their_columns() -> None:
    assert len({rows_sha256(of()), rows_sha256(of().drop("word")), rows_sha256(of(ROW))}) == 3


@pytest.mark.parametrize(
    "other",
    [
        {"word": "e"}, {"word": ""}, {"word": None}, {"count": None}, {"count": 0},
        {"is_so": False}, {"is_so": None}, {"tags": ["a"]}, {"tags": ["a", ""]}, {"tags": None},
        {"tags": []}, {"tags": [None, "a"]}, {"sizes": [{"name": "m", "side": 0}, None]},
        {"sizes": [{"name": None, "side": 240}, None]}, {"sizes": []}, {"share": 0.25},
    ],
)  # fmt: skip
def test_every_difference_shows(other: dict[str, object]) -> None:
    assert rows_sha256(of(ROW)) != rows_sha256(of(ROW | other))


def test_texts_do_not_run_into_each_other() -> None:
    left, right = (
        of(ROW | {"word": one}, ROW | {"word": two}) for one, two in (("ab", "c"), ("a", "bc"))
    )
    assert rows_sha256(left) != rows_sha256(right)


@given(st.lists(st.sampled_from([None, "", "a", "bb"]), max_size=40), st.integers(1, 7))
@settings(max_examples=60, deadline=None)
def test_pieces_and_slices_change_nothing(words: list[str | None], size: int) -> None:
    rows = of(*(ROW | {"word": word, "tags": [word] * (len(word or "") + 1)} for word in words))
    padded = pl.concat([of(ROW), rows, of(ROW)])[1 : 1 + len(words)]
    made = RowsDigest(rows.columns)
    for piece in [of(), *padded.iter_slices(size)]:
        made.add(piece.to_arrow(compat_level=pl.CompatLevel.oldest()))
    assert made.hexdigest() == rows_sha256(rows)
