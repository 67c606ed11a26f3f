"""The bytes behind each picture of the source, sound or broken on purpose."""

import io
import struct
import zlib

from PIL import Image

from affekt.rank import share_of
from affekt.sources.generated.catalogue import Entry
from affekt.sources.generated.painter import painted

BOMB_SIDE_PX = 65_000
NO_PICTURE = b"<!DOCTYPE html>\n<title>Not here</title>\n<p>This page was once a picture.\n"


def file_of(entry: Entry, seed: int) -> bytes:
    """Give the bytes of one picture; the same on every call and machine."""
    if entry.fault == "empty-file":
        return b""
    if entry.fault == "text-file":
        return NO_PICTURE
    if entry.fault == "bomb-header":
        return _bomb()
    picture = painted(entry.emotion, seed, entry.painted_as)
    if entry.fault == "wrong-extension":
        return _saved(picture, "PNG")
    sound = _saved(
        picture, "JPEG", quality=84 + round(10 * share_of(entry.painted_as, seed, "jpeg"))
    )
    if entry.fault == "truncated-file":
        return sound[: len(sound) // 2]
    return _copied(entry, sound, seed)


def _copied(entry: Entry, original: bytes, seed: int) -> bytes:
    if entry.fault not in ("re-encoded-copy", "resized-copy"):
        return original
    picture = Image.open(io.BytesIO(original))
    share = share_of(entry.name, seed, "copy")
    if entry.fault == "re-encoded-copy":
        return _saved(picture, "JPEG", quality=68 + round(14 * share))
    scale = 0.7 + 0.25 * share
    size = round(picture.width * scale), round(picture.height * scale)
    return _saved(picture.resize(size, Image.Resampling.BICUBIC), "JPEG", quality=92)


def _saved(picture: Image.Image, format_: str, **options: int) -> bytes:
    target = io.BytesIO()
    picture.save(target, format_, **options)
    return target.getvalue()


def _bomb() -> bytes:
    """Give a PNG of a few bytes that announces 4,225 megapixels."""
    size = struct.pack(">IIBBBBB", BOMB_SIDE_PX, BOMB_SIDE_PX, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in ((b"IHDR", size), (b"IDAT", zlib.compress(bytes(64))), (b"IEND", b""))
    )
