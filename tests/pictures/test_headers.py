"""What leading bytes say, without decoding."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from affekt.errors import PictureError
from affekt.pictures.headers import announced_size, check_png, end_of_jpeg, format_of
from affekt.pictures.reasons import REASONS
from tests import nasty

KINDS = ("JPEG", "PNG", "WEBP", "GIF")


def told(data: bytes) -> str:
    """Give the format of bytes whose size can be read too, or the reason."""
    try:
        kind = format_of(data)
        width, height = announced_size(data, kind)
    except PictureError as trouble:
        return trouble.reason
    return kind if width >= 0 and height >= 0 else "negative"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("options", [{}, {"lossless": True}, {"progressive": True}])
def test_format_and_size_come_from_the_header(kind: str, options: dict[str, bool]) -> None:
    data = nasty.saved(nasty.painting(90, 70), kind, **options)
    assert format_of(data) == kind
    assert announced_size(data, kind) == (90, 70)


def test_the_size_of_an_animated_webp_is_that_of_its_canvas() -> None:
    assert announced_size(nasty.animated("WEBP"), "WEBP") == (96, 72)


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_rows": 1}])
def test_the_end_of_a_jpeg_is_found_behind_all_scans(options: dict[str, int]) -> None:
    data = nasty.saved(nasty.painting(), "JPEG", **options)
    assert end_of_jpeg(data) == len(data) - 2
    assert end_of_jpeg(data + b"tail \xff\xd9") == len(data) - 2


def test_the_end_of_a_thumbnail_is_not_the_end_of_the_picture() -> None:
    data = nasty.talkative()
    assert data.count(b"\xff\xd9") == 2
    assert end_of_jpeg(data[:-2]) is None


def test_a_whole_png_passes() -> None:
    check_png(nasty.png() + b"tail")


@pytest.mark.parametrize("head", [b"\xff\xd8\xff", nasty.PNG_MAGIC, b"GIF89a", b"RIFF\4\0\0\0WEBP"])
@given(tail=st.binary(max_size=64))
def test_any_tail_gives_a_size_or_a_reason(head: bytes, tail: bytes) -> None:
    data = head + tail
    assert told(data) in {*KINDS, *REASONS}


@given(data=st.binary(max_size=64))
def test_any_bytes_have_a_format_or_a_reason(data: bytes) -> None:
    assert told(data) in {*KINDS, *REASONS}
