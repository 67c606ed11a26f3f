"""Foreign bytes → an upright sRGB picture, its facts and its hashes; runs in the decoding child."""

from collections.abc import Callable
from io import BytesIO
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from affekt.errors import PictureError
from affekt.pictures.colours import eight_bits, in_srgb, is_foreign
from affekt.pictures.headers import Size, announced_size, check_png, end_of_jpeg, format_of
from affekt.pictures.open_picture import TURNS, explained, turn_of
from affekt.pictures.phash import SQUARE, STEPS, dhash, means, phash

READERS: dict[str, Callable[[BytesIO], ImageFile.ImageFile]] = {
    "JPEG": JpegImageFile,
    "PNG": PngImageFile,
    "WEBP": WebPImageFile,
    "GIF": GifImageFile,
}
ENOUGH_FOR_HASH_PX = 64
DCT_SCALES = (2, 4, 8)  # sizes that a JPEG decoder gives for less work
CLOSE = 0.95  # of the wanted side is close enough to leave it there
GREY = 128  # what a JPEG decoder paints where it has no data
FILLER = b"\x5a\xa5\x3c\xc3" * 16  # bytes that change any JPEG block they are read into
STRIP_ROWS = 256
FULL_16_BITS = {"RGB;16B": "RGB;16L", "RGBA;16B": "RGBA;16L"}  # high bytes → low bytes


class Bounds(NamedTuple):
    """What a header may announce."""

    max_pixels: int
    max_side_px: int


class Seen(NamedTuple):
    """Facts about one picture; sizes are those of the upright one."""

    format: str
    width_px: int
    height_px: int
    is_animated: bool
    phash: int | None
    dhash: int | None


def check_size(size: Size, bounds: Bounds) -> None:
    """Refuse a size before a single pixel is decoded.

    Raises:
        PictureError: ``too-many-pixels``; ``too-narrow`` where only one side is beyond the limit.
    """
    width, height = size
    if width * height > bounds.max_pixels:
        raise PictureError("too-many-pixels", f"{width} × {height}")
    if max(size) > bounds.max_side_px:
        raise PictureError("too-narrow", f"{width} × {height}")


def opened(data: bytes, bounds: Bounds) -> ImageFile.ImageFile:
    """Give the picture with its header read and checked, its pixels not yet decoded."""
    kind = format_of(data)
    check_size(announced_size(data, kind), bounds)
    if kind == "JPEG" and not data.endswith(b"\xff\xd9") and end_of_jpeg(data) is None:
        raise PictureError("truncated", "has no end marker")
    if kind == "PNG":
        check_png(data)
    picture = READERS[kind](BytesIO(data))
    check_size(Size(*picture.size), bounds)
    return picture


def facts(data: bytes, bounds: Bounds) -> Seen:
    """Give the facts and both hashes of a picture, after decoding all of it once."""
    with explained():
        picture = opened(data, bounds)
        size = picture.size
        return _seen(picture, size, _luma(picture, data), turn_of(picture))


def smaller(data: bytes, bounds: Bounds, side_px: int) -> tuple[Seen, Image.Image | None]:
    """Give the facts, and the upright picture with the longer side at `side_px` if it is longer.

    Decoded once. A JPEG that comes out between 95 and 100 % of it at a half, a quarter or an eighth
    of its size is decoded at that size and left so. Any other is decoded at the smallest size that
    is enough, and the rest is done by area means with a soft edge (Hamming), which are within a
    grey level of exact ones.
    """
    with explained():
        picture = opened(data, bounds)
        size = picture.size
        share = side_px / max(size)
        if share >= 1:
            return _seen(picture, size, _luma(picture, data), turn_of(picture)), None
        wanted = (max(1, round(size[0] * share)), max(1, round(size[1] * share)))
        picture.draft(None, _drafted(size, side_px) or _enough(wanted))
        pixels = in_srgb(_loaded(picture, data))
        is_small = max(pixels.size) <= side_px
        small = pixels if is_small else pixels.resize(wanted, Image.Resampling.HAMMING)
        luma = (small if min(small.size) >= ENOUGH_FOR_HASH_PX else pixels).convert("L")
        turn = turn_of(picture)
        seen = _seen(picture, size, luma, turn)
        return seen, small if turn is None else small.transpose(turn)


def _drafted(size: tuple[int, int], side_px: int) -> tuple[int, int] | None:
    """Give the size near enough to the wanted one that a JPEG decoder can give by itself."""
    for scale in DCT_SCALES:
        if CLOSE * side_px <= -(-max(size) // scale) <= side_px:
            return max(1, size[0] // scale), max(1, size[1] // scale)
    return None


def _enough(wanted: tuple[int, int]) -> tuple[int, int]:
    return max(wanted[0], ENOUGH_FOR_HASH_PX), max(wanted[1], ENOUGH_FOR_HASH_PX)


def _seen(
    picture: ImageFile.ImageFile,
    size: tuple[int, int],
    luma: Image.Image,
    turn: Image.Transpose | None,
) -> Seen:
    is_animated = bool(getattr(picture, "is_animated", False))
    width, height = size[::-1] if _is_on_its_side(turn) else size
    first = phash(_means(luma, turn, SQUARE))
    second = None if first is None else dhash(_means(luma, turn, STEPS))
    return Seen(picture.format or "", width, height, is_animated, first, second)


def upright(data: bytes, bounds: Bounds, enough_px: int | None = None) -> Image.Image:
    """Give the upright sRGB picture, JPEG halved while its shorter side stays at `enough_px`."""
    with explained():
        picture = opened(data, bounds)
        if enough_px is not None and isinstance(picture, JpegImageFile):
            picture.draft(None, (enough_px, enough_px))
        pixels = in_srgb(_loaded(picture, data))
        turn = turn_of(picture)
        return pixels if turn is None else pixels.transpose(turn)


def _luma(picture: ImageFile.ImageFile, data: bytes) -> Image.Image:
    """Give the brightness (ITU-R 601) of a picture, JPEG at the smallest scale that is enough."""
    if isinstance(picture, JpegImageFile):
        wanted = "RGB" if is_foreign(picture.info.get("icc_profile")) else "L"
        picture.draft(wanted, (ENOUGH_FOR_HASH_PX, ENOUGH_FOR_HASH_PX))
    loaded = _loaded(picture, data)
    return loaded if loaded.mode == "L" and _is_plain(loaded) else in_srgb(loaded).convert("L")


def _means(
    luma: Image.Image, turn: Image.Transpose | None, size: tuple[int, int]
) -> NDArray[np.uint8]:
    """Give so many area means of the upright picture, across and down."""
    if turn is None:
        return np.asarray(means(luma, size))
    return np.asarray(means(luma, size[::-1] if _is_on_its_side(turn) else size).transpose(turn))


def _is_plain(grey: Image.Image) -> bool:
    return not grey.has_transparency_data and not is_foreign(grey.info.get("icc_profile"))


def _loaded(picture: ImageFile.ImageFile, data: bytes) -> Image.Image:
    """Give the decoded picture.

    Raises:
        PictureError: ``truncated`` where the library paints over missing data.
    """
    if isinstance(picture, PngImageFile) and picture.tile and picture.tile[0].args in FULL_16_BITS:
        return _full_16_bits(picture, data)
    state = (picture.mode, picture.size)
    picture.load()
    if isinstance(picture, JpegImageFile) and _ends_grey(picture):
        _check_scan(picture, data, state)
    return picture


def _ends_grey(picture: Image.Image) -> bool:
    """Tell whether the last block is what a decoder paints without data."""
    width, height = picture.size
    corner = picture.crop((max(0, width - 4), max(0, height - 2), width, height))
    return picture.mode in ("L", "RGB") and bool((np.asarray(corner) == GREY).all())


def _check_scan(picture: Image.Image, data: bytes, state: tuple[str, tuple[int, int]]) -> None:
    """Refuse a JPEG that lacks scan data before its end marker.

    Bytes put in front of the end marker are skipped by a decoder that has read all blocks, and
    read as blocks by one that still misses some: then the picture changes.
    """
    end = end_of_jpeg(data)
    if end is None:
        raise PictureError("truncated", "has no end marker")
    again = JpegImageFile(BytesIO(data[:end] + FILLER + data[end:]))
    again.draft(*state)
    again.load()
    if again.size != picture.size or again.tobytes() != picture.tobytes():
        raise PictureError("truncated", "lacks pixels before its end marker")


def _full_16_bits(picture: ImageFile.ImageFile, data: bytes) -> Image.Image:
    """Give a 16-bit colour PNG rounded to 8 bits; the library alone would cut off the low bytes."""
    low = PngImageFile(BytesIO(data))
    low.tile = [low.tile[0]._replace(args=FULL_16_BITS[str(low.tile[0].args)])]
    low.load()
    picture.load()
    transparent = picture.info.get("transparency")
    has_key = isinstance(transparent, tuple)
    rounded = Image.new("RGBA" if has_key else picture.mode, picture.size)
    for top in range(0, picture.height, STRIP_ROWS):  # in strips, or the copies need a gigabyte
        strip = (0, top, picture.width, min(top + STRIP_ROWS, picture.height))
        high, rest = np.asarray(picture.crop(strip)), np.asarray(low.crop(strip))
        values = high.astype(np.uint16) << 8 | rest
        piece = Image.fromarray(eight_bits(values))
        if has_key:
            piece.putalpha(Image.fromarray((values != transparent).any(axis=2)).convert("L"))
        rounded.paste(piece, strip)
    rounded.info = {name: value for name, value in picture.info.items() if name == "icc_profile"}
    return rounded


def _is_on_its_side(turn: Image.Transpose | None) -> bool:
    return turn in (TURNS[5], TURNS[6], TURNS[7], TURNS[8])
