"""How a picture enters a net: the same for a file, an open picture, and on paper."""

from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image

from affekt.errors import PictureError
from affekt.pictures.decode import Decoders
from affekt.pictures.preprocessing import Preprocessing
from tests import nasty

SEEN = Preprocessing(32)
GREY16 = Image.fromarray(np.arange(60 * 40, dtype=np.uint16).reshape(40, 60) * 27)
OPEN = {
    "RGB": nasty.painting(60, 40),
    "L": nasty.painting(60, 40).convert("L"),
    "1": nasty.painting(60, 40).convert("1"),
    "P": nasty.painting(60, 40).quantize(16),
    "LA": nasty.painting(60, 40).convert("LA"),
    "RGBA": Image.merge(
        "RGBA",
        [*nasty.painting(60, 40).split(), nasty.painting().crop((0, 0, 60, 40)).convert("L")],
    ),
    "I;16": GREY16,
}


@pytest.fixture(scope="module")
def decoders() -> Any:
    with Decoders(workers=1) as made:
        yield made


@pytest.mark.parametrize("mode", OPEN)
def test_an_open_picture_enters_as_its_file_does(mode: str, decoders: Decoders) -> None:
    """S4"""
    assert OPEN[mode].mode == mode
    found = SEEN.of_image(OPEN[mode])
    assert found.shape == (32, 32, 3)
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, SEEN.of_file(nasty.png(OPEN[mode]), decoders))


def test_an_open_picture_is_turned_upright(decoders: Decoders) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = nasty.jpeg(exif=exif)
    found = SEEN.of_image(Image.open(BytesIO(data)))
    np.testing.assert_array_equal(found, SEEN.of_file(data, decoders))
    plain = SEEN.of_image(Image.open(BytesIO(nasty.jpeg())))
    assert np.abs(found.astype(int) - plain).max() > 50


def test_an_open_picture_that_cannot_be_read_has_a_reason() -> None:
    cut = Image.open(BytesIO(nasty.png()[:-60]))
    with pytest.raises(PictureError, match=r"truncated|decode-error"):
        SEEN.of_image(cut)


def test_an_open_picture_without_pixels_has_a_reason() -> None:
    with pytest.raises(PictureError, match="not-a-picture") as told:
        SEEN.of_image(Image.new("RGB", (0, 5)))
    assert told.value.reason == "not-a-picture"


def test_what_is_written_reads_back() -> None:
    assert Preprocessing.read({**SEEN.document(), "mean": [0.5] * 3}) == SEEN


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("crop_mode", "center"),
        ("interpolation", "bilinear"),
        ("crop_pct", 0.875),
        ("input_size", [3, 224, 192]),
        ("input_size", [1, 224, 224]),
        ("input_size", None),
    ],
)
def test_what_is_done_otherwise_is_refused(key: str, value: object) -> None:
    with pytest.raises(ValueError, match=key):
        Preprocessing.read({**SEEN.document(), key: value})
