"""Any colour model of a file → plain sRGB, alpha over white, in any thread."""

import hashlib
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

WHITE = (255, 255, 255)
SIXTEEN_BIT = ("I;16", "I;16B", "I;16L", "I")
N_CACHED = 64  # colour transforms kept; real collections use a handful of profiles

Transform = ImageCms.ImageCmsTransform | None
_transforms: dict[tuple[bytes, str], Transform] = {}


def eight_bits(values: NDArray[np.uint16]) -> NDArray[np.uint8]:
    """Give 16-bit values as 8-bit ones, ``value / 257`` rounded, so that 65,535 becomes 255."""
    return ((values.astype(np.uint32) + 128) // 257).astype(np.uint8)


def in_srgb(picture: Image.Image) -> Image.Image:
    """Give an ``RGB`` picture in sRGB; what is transparent shows white.

    A colour profile is applied, CMYK without one converted by the plain formula, grey repeated, 1
    bit becomes black and white, 16 bit is divided by 257 and rounded.
    """
    profile = picture.info.get("icc_profile")
    if picture.mode in SIXTEEN_BIT:
        picture = _grey_of_16_bits(picture)
    if not picture.has_transparency_data:
        return _profiled(picture, profile)
    layered = picture.convert("RGBA")
    opaque = _profiled(layered.convert("RGB"), profile)
    over_white = Image.new("RGB", picture.size, WHITE)
    over_white.paste(opaque, mask=layered.getchannel("A"))
    return over_white


def _grey_of_16_bits(picture: Image.Image) -> Image.Image:
    values = np.asarray(picture).astype(np.uint16)
    grey = eight_bits(values)
    transparent = picture.info.get("transparency")
    if isinstance(transparent, int):
        grey[values == transparent] = 255
    return Image.fromarray(grey)


def is_foreign(profile: bytes | None) -> bool:
    """Tell whether a profile changes colours: it is there, readable and not sRGB itself."""
    return bool(profile) and _transform(profile or b"", "RGB") is not None


def _profiled(picture: Image.Image, profile: bytes | None) -> Image.Image:
    if picture.mode not in ("RGB", "L", "CMYK"):
        picture = picture.convert("RGB")
    transform = _transform(profile, picture.mode) if profile else None
    if transform is None:
        return picture if picture.mode == "RGB" else picture.convert("RGB")
    converted = ImageCms.applyTransform(picture, transform)
    assert converted is not None
    return converted


def _transform(profile: bytes, mode: str) -> Transform:
    key = (hashlib.sha256(profile).digest(), mode)
    try:
        return _transforms[key]
    except KeyError:
        built = _built(profile, mode)
    if len(_transforms) >= N_CACHED:
        _transforms.clear()
    _transforms[key] = built  # and is not looked up, for another thread may clear them
    return built


def _built(profile: bytes, mode: str) -> Transform:
    """Give the transform to sRGB; None for sRGB itself and for a profile that cannot be used."""
    try:
        given = ImageCms.ImageCmsProfile(BytesIO(profile))
        if ImageCms.getProfileDescription(given).startswith("sRGB"):
            return None
        wanted = ImageCms.createProfile("sRGB")
        return ImageCms.buildTransform(given, wanted, mode, "RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
