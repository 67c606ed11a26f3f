"""Makes, from code, every bad or odd picture file that affekt promises to survive.

Each file knows the requirement it shows and the reason with which it must be refused, None when it
is fine. Nothing here is random, and nothing is stored in the repository.
"""

import struct
import zlib
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, PngImagePlugin

PNG_MAGIC = b"\x89PNG\r\n\x1a\n"


class Nasty(NamedTuple):
    """One file: which requirement it shows, its bytes, and why it is refused."""

    requirement: str
    data: bytes
    reason: str | None


def painting(width: int = 96, height: int = 72, seed: int = 1) -> Image.Image:
    """Give a picture with gradients, edges and some noise; another one for each seed."""
    generator = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:height, 0:width] / max(width, height)
    waves = generator.uniform(1, 9, (3, 2))
    canvas = [np.sin(a * rows * 3 + b * columns * 2) * 0.5 + 0.5 for a, b in waves]
    disc = (rows - generator.uniform(0.2, 0.6)) ** 2 + (columns - 0.5) ** 2 < 0.04
    picture = np.stack(canvas, axis=2) * 215
    picture[disc] = generator.uniform(0, 215, 3)
    noise = generator.integers(0, 40, (height, width, 3))
    return Image.fromarray((picture + noise).astype(np.uint8))


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    """Give a picture as the bytes of a file."""
    file = BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def jpeg(picture: Image.Image | None = None, **options: object) -> bytes:
    """Give a JPEG file."""
    return saved(picture or painting(), "JPEG", **options)


def png(picture: Image.Image | None = None, **options: object) -> bytes:
    """Give a PNG file."""
    return saved(picture or painting(), "PNG", **options)


def chunk(kind: bytes, data: bytes, *, is_damaged: bool = False) -> bytes:
    """Give a chunk of a PNG file, its checksum wrong if wanted."""
    checksum = zlib.crc32(kind + data) ^ (1 if is_damaged else 0)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)


def raw_png(width: int, height: int, depth: int, colour: int, rows: bytes, *extra: bytes) -> bytes:
    """Give a PNG file of unfiltered rows (each with its leading 0), extra chunks before them."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = [chunk(b"IHDR", header), *extra, chunk(b"IDAT", zlib.compress(rows, 1))]
    return PNG_MAGIC + b"".join(body) + chunk(b"IEND", b"")


def png_of_16_bits(values: np.ndarray, *extra: bytes) -> bytes:
    """Give a PNG file with 16 bits a value: grey, grey + alpha, colour or colour + alpha."""
    height, width = values.shape[:2]
    channels = 1 if values.ndim == 2 else values.shape[2]
    flat = values.astype(">u2").reshape(height, -1)
    rows = b"".join(b"\0" + row.tobytes() for row in flat)
    return raw_png(width, height, 16, {1: 0, 2: 4, 3: 2, 4: 6}[channels], rows, *extra)


@cache
def bomb() -> bytes:
    """Give a PNG of 225 megapixels in less than a megabyte, whole and valid."""
    return raw_png(15_000, 15_000, 8, 0, bytes(15_001 * 15_000))


def with_damaged_chunk(kind: bytes) -> bytes:
    """Give a PNG with one wrong checksum, which many decoders accept."""
    data = png()
    at = data.index(kind) if kind in data else data.index(b"IDAT")
    if kind not in data:
        return data[: at - 4] + chunk(kind, b"a\0b", is_damaged=True) + data[at - 4 :]
    end = at + 4 + int.from_bytes(data[at - 4 : at], "big")
    return data[:end] + bytes([data[end] ^ 1]) + data[end + 1 :]


def truncated_jpeg(share: float = 0.6, ending: bytes = b"") -> bytes:
    """Give a JPEG without its last part."""
    data = jpeg(painting(320, 240), quality=90)
    return data[: int(len(data) * share)] + ending


def announcing_jpeg(width: int, height: int) -> bytes:
    """Give a JPEG header that announces a size, and nothing behind it."""
    frame = struct.pack(">HBHHB", 17, 8, height, width, 3) + b"\1\x22\0\2\x11\1\3\x11\1"
    return b"\xff\xd8\xff\xc0" + frame


def animated(kind: str) -> bytes:
    """Give an animation of two different frames."""
    return saved(
        painting(seed=1), kind, save_all=True, append_images=[painting(seed=2)], duration=80
    )


def turned(orientation: int, picture: Image.Image | None = None) -> bytes:
    """Give a JPEG that asks to be turned."""
    notes = Image.Exif()
    notes[0x0112] = orientation
    return jpeg(picture, exif=notes, quality=95)


def talkative() -> bytes:
    """Give a JPEG that holds a place, names, a comment, XMP, IPTC and a thumbnail (B65)."""
    notes = Image.Exif()
    notes[0x010E], notes[0x013B] = "SECRET description", "SECRET artist"
    notes.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 30.0), 3: "E", 4: (2.0, 17.0, 40.0)})
    data = jpeg(
        exif=notes,
        comment=b"SECRET comment",
        xmp=b"<x:xmpmeta>SECRET xmp</x:xmpmeta>",
        dpi=(72, 72),
    )
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x10\x1c\x02\x50\0\x0bSECRET iptc"
    thumbnail = b"JFXX\0\x10" + jpeg(painting(32, 24))
    for marker, body in ((b"\xff\xed", iptc), (b"\xff\xe0", thumbnail)):
        data = data[:2] + marker + struct.pack(">H", len(body) + 2) + body + data[2:]
    return data


@cache
def bad() -> dict[str, Nasty]:
    """Give every file that must be refused, by name."""
    text_bomb = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(100_000_000), 9))
    return {
        "empty.jpg": Nasty("B40", b"", "empty"),
        "text.jpg": Nasty("B40", b"<html><body>404 not found</body></html>", "not-a-picture"),
        "truncated.jpg": Nasty("B40", truncated_jpeg(), "truncated"),
        "truncated-with-end.jpg": Nasty("B40", truncated_jpeg(0.6, b"\xff\xd9"), "truncated"),
        "headless.jpg": Nasty("B40", b"\xff\xd8\xff\xe0\0\x10JFIF", "truncated"),
        "noise.jpg": Nasty("B40", jpeg()[:200] + bytes(range(256)) * 9, "truncated"),
        "truncated.png": Nasty("B40", png()[:-400], "truncated"),
        "truncated.gif": Nasty("B40", saved(painting(), "GIF")[:900], "truncated"),
        "truncated.webp": Nasty("B40", saved(painting(), "WEBP")[:-300], "truncated"),
        "bomb.png": Nasty("B41", bomb(), "too-many-pixels"),
        "100-megapixels.png": Nasty(
            "B41", raw_png(10_000, 10_000, 1, 0, bytes(1_251 * 10_000)), "too-many-pixels"
        ),
        "announces-65000.jpg": Nasty("B41", announcing_jpeg(65_000, 65_000), "too-many-pixels"),
        "text-bomb.png": Nasty(
            "B42", raw_png(64, 64, 8, 0, bytes(65 * 64), text_bomb), "decode-error"
        ),
        "bad-checksum.png": Nasty("B42", with_damaged_chunk(b"IDAT"), "decode-error"),
        "bad-checksum-in-text.png": Nasty("B42", with_damaged_chunk(b"tEXt"), "decode-error"),
        "thread.png": Nasty("B43", png(Image.new("RGB", (30_000, 1), "red")), "too-narrow"),
        **{f"other.{name}": Nasty("B47", data, "format") for name, data in other_formats().items()},
    }


def other_formats() -> dict[str, bytes]:
    """Give drawings and pictures of kinds that are refused."""
    picture = painting()
    return {
        "svg": b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"></svg>',
        "ps": b"%!PS-Adobe-3.0\nshowpage\n",
        "pdf": b"%PDF-1.7\n",
        "tiff": saved(picture, "TIFF"),
        "psd": b"8BPS\0\1" + bytes(20),
        "fpx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504),
        "ico": saved(picture, "ICO"),
        "heic": b"\0\0\0\x18ftypheic" + bytes(12),
        "avif": b"\0\0\0\x18ftypavif" + bytes(12),
        "bmp": saved(picture, "BMP"),
    }


@cache
def odd() -> dict[str, Nasty]:
    """Give every odd file that must be accepted, by name."""
    palette = painting().quantize(16)
    grey = np.linspace(0, 65_535, 96 * 72).reshape(72, 96)
    makers: dict[str, tuple[str, Callable[[], bytes]]] = {
        "png-called.jpg": ("B40", png),
        "one-pixel.png": ("B43", lambda: png(Image.new("RGB", (1, 1), "red"))),
        "cmyk.jpg": ("B44", lambda: jpeg(painting().convert("CMYK"))),
        "grey-16-bit.png": ("B44", lambda: png_of_16_bits(grey)),
        "colour-16-bit.png": ("B44", lambda: png_of_16_bits(np.dstack([grey, grey[::-1], grey]))),
        "one-bit.png": ("B44", lambda: png(painting().convert("1"))),
        "palette.png": ("B44", lambda: png(palette, transparency=3)),
        "grey-alpha.png": ("B44", lambda: png(painting().convert("LA"))),
        "animated.gif": ("B45", lambda: animated("GIF")),
        "animated.webp": ("B45", lambda: animated("WEBP")),
        "animated.png": ("B45", lambda: animated("PNG")),
        "html-tail.jpg": ("B48", lambda: jpeg() + b"<script>alert(1)</script>"),
        "zip-tail.jpg": ("B48", lambda: jpeg() + b"PK\3\4" + bytes(40) + b"PK\5\6" + bytes(18)),
        "talkative.jpg": ("B65", talkative),
        "commented.png": ("B65", commented_png),
    }
    return {name: Nasty(number, make(), None) for name, (number, make) in makers.items()}


def commented_png() -> bytes:
    """Give a PNG with texts and a place in it."""
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", "SECRET text")
    texts.add_itxt("XML:com.adobe.xmp", "SECRET xmp")
    notes = Image.Exif()
    notes[0x013B] = "SECRET artist"
    return png(pnginfo=texts, exif=notes)


NAMES = ("two words.png", "comma,comma.png", 'quo"te.png', "line\nbreak.png", "=1+1.png", "-rf.png")


def folder(root: Path) -> Path:
    """Make a folder with odd names, links that lead outside and an unreadable file (B50)."""
    root.mkdir(parents=True)
    for number, name in enumerate(NAMES):
        (root / name).write_bytes(png(painting(seed=number)))
    outside = root.parent / "outside"
    outside.mkdir()
    (outside / "secret.png").write_bytes(png(painting(seed=99)))
    (root / "link.png").symlink_to(outside / "secret.png")
    (root / "linked").symlink_to(outside, target_is_directory=True)
    (root / "closed.png").write_bytes(png())
    (root / "closed.png").chmod(0)
    return root
