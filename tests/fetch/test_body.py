"""Bodies are measured while they come, packed ones while they are unpacked (B22)."""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from affekt.errors import PictureError
from affekt.fetch.body import unpacked

MANY = 10_000_000


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def reason(data: bytes, most: int = MANY) -> str:
    with pytest.raises(PictureError) as caught:
        unpacked(data, most)
    return caught.value.reason


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, raw_deflate])
@given(data=st.binary(max_size=3_000))
def test_every_packing_gives_back_what_was_packed(pack: object, data: bytes) -> None:
    assert callable(pack)
    assert unpacked(pack(data), MANY) == data


def test_several_packed_members_are_one_body() -> None:
    assert (
        unpacked(gzip.compress(b"a" * 99) + gzip.compress(b"b" * 99), MANY) == b"a" * 99 + b"b" * 99
    )


def test_nothing_unpacks_to_nothing() -> None:
    assert unpacked(b"", MANY) == b""


@pytest.mark.parametrize("size", [1_001, 50_000_000])
def test_a_bomb_stops_at_the_limit(size: int) -> None:
    assert reason(gzip.compress(bytes(size), 1), 1_000) == "too-many-bytes"


def test_a_body_of_just_the_limit_passes() -> None:
    assert len(unpacked(gzip.compress(bytes(1_000)), 1_000)) == 1_000


def test_many_small_members_count_together() -> None:
    assert reason(gzip.compress(bytes(400)) * 3, 1_000) == "too-many-bytes"


@pytest.mark.parametrize("keep", [1, 5, 15, 40])
def test_a_packed_body_without_its_end_was_cut_off(keep: int) -> None:
    """B21."""
    assert reason(gzip.compress(bytes(range(256)) * 20)[:keep]) == "cut-off"


def test_what_is_not_packed_is_named() -> None:
    assert reason(b"\x1f\x8b" + b"\xff" * 50) == "http-error"
