"""Every colour model becomes sRGB in one documented way (B44)."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageCms

from affekt.pictures import colours
from affekt.pictures.colours import eight_bits, in_srgb, is_foreign
from affekt.pictures.upright import Bounds, facts, upright
from tests import nasty

BOUNDS = Bounds(10_000_000, 10_000)


def pixels(data: bytes) -> np.ndarray:
    return np.asarray(upright(data, BOUNDS))


def srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def swapped_profile() -> bytes:
    """Give the sRGB profile with red and green exchanged."""
    data = srgb_profile().replace(b"rXYZ", b"????").replace(b"gXYZ", b"rXYZ")
    named = "sRGB".encode("utf-16-be"), "Swap".encode("utf-16-be")
    return data.replace(b"????", b"gXYZ").replace(*named)


@pytest.mark.parametrize(
    ("value", "wanted"), [(0, 0), (128, 0), (129, 1), (257, 1), (65_406, 254), (65_407, 255)]
)
def test_16_bits_are_divided_by_257_and_rounded(value: int, wanted: int) -> None:
    assert eight_bits(np.array([value], np.uint16))[0] == wanted


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_16_bits_of_grey_and_colour_are_rounded_and_not_cut(channels: int) -> None:
    values = np.arange(0, 65_536, 257 * 2 - 1)[:128].reshape(8, 16)
    stack = np.dstack([values] * channels)
    if channels == 4:
        stack[:, :, 3] = 65_535
    data = nasty.png_of_16_bits(stack if channels > 1 else values)
    assert (pixels(data) == eight_bits(values.astype(np.uint16))[:, :, None]).all()


def test_a_transparent_colour_of_16_bits_shows_white() -> None:
    values = np.full((4, 4, 3), 1000)
    values[0, 0] = 2000
    key = nasty.chunk(b"tRNS", np.array([1000] * 3, ">u2").tobytes())
    made = pixels(nasty.png_of_16_bits(values, key))
    assert made[0, 0].tolist() == [8, 8, 8]
    assert (made[1:] == 255).all()


def test_a_transparent_grey_of_16_bits_shows_white() -> None:
    key = nasty.chunk(b"tRNS", np.array([1000], ">u2").tobytes())
    values = np.full((4, 4), 1000)
    values[0, 0] = 65_535 // 2
    made = pixels(nasty.png_of_16_bits(values, key))
    assert made[0, 0].tolist() == [127, 127, 127]
    assert (made[1:] == 255).all()


@pytest.mark.parametrize(
    ("alpha", "wanted"), [(0, [255, 255, 255]), (255, [200, 0, 100]), (51, [244, 204, 224])]
)
def test_alpha_lies_over_white(alpha: int, wanted: list[int]) -> None:
    picture = Image.new("RGBA", (3, 3), (200, 0, 100, alpha))
    assert np.asarray(in_srgb(picture))[1, 1].tolist() == wanted


def test_a_transparent_palette_colour_shows_white() -> None:
    picture = Image.new("P", (2, 1))
    picture.putpalette([10, 20, 30, 40, 50, 60])
    picture.putpixel((1, 0), 1)
    made = pixels(nasty.png(picture, transparency=0))
    assert made[0].tolist() == [[255, 255, 255], [40, 50, 60]]


def test_one_bit_is_black_and_white() -> None:
    assert set(pixels(nasty.png(nasty.painting().convert("1"))).ravel().tolist()) == {0, 255}


def test_grey_and_alpha_is_grey_over_white() -> None:
    picture = Image.new("LA", (2, 2), (100, 0))
    assert (pixels(nasty.png(picture)) == 255).all()


def test_cmyk_looks_like_the_picture_it_was_made_of() -> None:
    painting = nasty.painting()
    made = pixels(nasty.jpeg(painting.convert("CMYK"), quality=95))
    assert abs(made.astype(int) - np.asarray(painting).astype(int)).mean() < 12


def test_a_foreign_profile_is_applied_and_our_own_is_not() -> None:
    red = Image.new("RGB", (8, 8), (200, 30, 30))
    as_it_is = pixels(nasty.png(red, icc_profile=srgb_profile()))[0, 0]
    swapped = pixels(nasty.png(red, icc_profile=swapped_profile()))[0, 0]
    assert as_it_is.tolist() == [200, 30, 30]
    assert swapped[1] > swapped[0]


def test_another_thread_may_clear_what_is_kept_of_profiles(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Cleared(dict[object, object]):
        """Kept values that somebody clears as soon as there is one."""

        def __setitem__(self, key: object, value: object) -> None:
            super().__setitem__(key, value)
            self.clear()

    monkeypatch.setattr(colours, "_transforms", Cleared())
    assert is_foreign(swapped_profile())


@pytest.mark.parametrize("profile", [None, b"", b"rubbish", srgb_profile()])
def test_a_missing_broken_or_plain_profile_changes_nothing(profile: bytes | None) -> None:
    assert not is_foreign(profile)


def test_hash_and_pixels_see_the_same_colours() -> None:
    """B44: same in every code path."""
    data = nasty.png(nasty.painting(), icc_profile=swapped_profile())
    plain = BytesIO()
    upright(data, BOUNDS).save(plain, "PNG")
    assert facts(data, BOUNDS).phash == facts(plain.getvalue(), BOUNDS).phash
