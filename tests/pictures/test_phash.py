"""The perceptual hashes: worked by hand, golden, and steady under what happens to pictures."""

import numpy as np
import pytest
from PIL import Image
from scipy.fft import dctn

from affekt.pictures.phash import COSINES, dhash, phash
from affekt.pictures.upright import Bounds, facts, upright
from tests import nasty

BOUNDS = Bounds(10_000_000, 10_000)
GOLDEN = {
    "gradient": 0x8000000000000000,
    "checks": 0x8011004400110044,
    "painting": 0xC6D6EC6CB98839A2,
}
GOLDEN_STEPS = {"painting": 0x26646C4D4DC5C99B, "rows": 0xFF00_FF00_FF00_FF00}


def hashes_of(data: bytes) -> tuple[int, int]:
    found = facts(data, BOUNDS)
    assert found.phash is not None
    assert found.dhash is not None
    return found.phash, found.dhash


def hash_of(data: bytes) -> int:
    return hashes_of(data)[0]


def bits_between(left: bytes, right: bytes) -> int:
    """Give the larger of the distances of the two hashes."""
    pairs = zip(hashes_of(left), hashes_of(right), strict=True)
    return max((one ^ other).bit_count() for one, other in pairs)


def test_the_cosines_are_the_orthogonal_dct() -> None:
    luma = np.random.default_rng(1).integers(0, 256, (32, 32))
    low = dctn(luma.astype(float), norm="ortho")[:8, :8]
    assert np.allclose(COSINES @ luma @ COSINES.T, low)


def test_bits_are_those_above_the_median_row_by_row() -> None:
    luma = np.random.default_rng(2).integers(0, 256, (32, 32)).astype(np.uint8)
    low = dctn(luma.astype(float), norm="ortho")[:8, :8].ravel()
    text = "".join("1" if value > np.median(low) else "0" for value in low)
    assert phash(luma) == int(text, 2)


def test_a_mirrored_picture_has_no_bit_by_rounding_noise() -> None:
    """Odd frequencies across are zero exactly, so their bits are those of zero."""
    half = np.random.default_rng(3).integers(0, 256, (32, 16))
    luma = np.hstack([half, half[:, ::-1]]).astype(np.uint8)
    low = np.rint(COSINES @ luma.astype(float) @ COSINES.T * 256)
    assert (low[:, 1::2] == 0).all()
    assert phash(luma) == phash(luma[:, ::-1].copy())


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_flat_picture_has_no_hash(level: int) -> None:
    luma = np.full((32, 32), level, np.uint8)
    luma[0, 0] ^= 1
    assert phash(luma) is None


@pytest.mark.parametrize(("step", "is_flat"), [(3, True), (5, False)])
def test_flat_is_a_deviation_below_two_levels(step: int, is_flat: bool) -> None:
    """Half of the picture is brighter by a step: the deviation is half a step."""
    luma = np.full((32, 32), 100, np.uint8)
    luma[:16] += np.uint8(step)
    assert (phash(luma) is None) == is_flat


def test_golden_hashes_stand() -> None:
    """A change here changes everybody's stored hashes: raise the version of what stores them."""
    gradient = np.add.outer(np.arange(32) * 3, np.arange(32) * 4).astype(np.uint8)
    checks = np.kron([[0, 1], [1, 0]], np.full((16, 16), 200)).astype(np.uint8)
    assert phash(gradient) == GOLDEN["gradient"]
    assert phash(checks) == GOLDEN["checks"]
    assert (hash_of(nasty.png(nasty.painting(512, 384))) ^ GOLDEN["painting"]).bit_count() <= 4


def test_golden_difference_hashes_stand() -> None:
    """A change here changes everybody's stored hashes: raise the version of what stores them."""
    rising = np.arange(9, dtype=np.uint8)
    rows = np.stack([rising, rising[::-1]] * 4)
    assert dhash(rows) == GOLDEN_STEPS["rows"]
    _, found = hashes_of(nasty.png(nasty.painting(512, 384)))
    assert (found ^ GOLDEN_STEPS["painting"]).bit_count() <= 4


def test_a_bit_is_a_step_to_brighter_row_by_row() -> None:
    luma = np.random.default_rng(2).integers(0, 256, (8, 9)).astype(np.uint8)
    text = "".join(str(int(row[at + 1] > row[at])) for row in luma for at in range(8))
    assert dhash(luma) == int(text, 2)


def test_equal_neighbours_are_no_step() -> None:
    assert dhash(np.full((8, 9), 255, np.uint8)) == 0


def test_a_flat_picture_has_neither_hash() -> None:
    found = facts(nasty.png(Image.new("RGB", (90, 80), (9, 99, 199))), BOUNDS)
    assert (found.phash, found.dhash) == (None, None)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_hashes_are_those_of_the_upright_picture(orientation: int) -> None:
    """B46."""
    notes = Image.Exif()
    notes[0x0112] = orientation
    sideways = nasty.png(nasty.painting(300, 500, 5), exif=notes.tobytes())
    assert bits_between(sideways, nasty.png(upright(sideways, BOUNDS))) <= 4


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("quality", [60, 90])
def test_compression_and_size_change_few_bits(seed: int, quality: int) -> None:
    painting = nasty.painting(512, 384, seed)
    smaller = painting.resize((300, 225), Image.Resampling.LANCZOS)
    assert bits_between(nasty.png(painting), nasty.jpeg(smaller, quality=quality)) <= 4


def test_different_pictures_differ_in_many_bits() -> None:
    left, right = (nasty.png(nasty.painting(512, 384, seed)) for seed in (1, 2))
    assert bits_between(left, right) > 16


@pytest.mark.parametrize("size", [(64, 64), (70, 1000), (513, 511), (1024, 768)])
def test_the_scaled_decode_stays_near_the_full_one(size: tuple[int, int]) -> None:
    painting = nasty.painting(*size)
    assert bits_between(nasty.jpeg(painting, quality=95), nasty.png(painting)) <= 4
