"""Pictures that are to be predicted: where each comes from, read only when its turn has come."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from os import PathLike, fspath
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from affekt.errors import PictureError, UsageError
from affekt.pictures.limits import Limits
from affekt.sources.folder.reading import read_inside
from affekt.sources.folder.walk import is_text, walk

Picture = str | PathLike[str] | bytes | Image.Image | UInt8[np.ndarray, "..."]
LISTED = "-"  # stands for paths on standard input
PIECE = 1 << 16  # bytes read at a time
LONGEST_PATH = 1 << 16  # bytes; no file system has longer ones


class Given(NamedTuple):
    """One picture.

    Attributes:
        name: What it is told by; can be written as UTF-8.
        read: Gives the bytes of its file, or the open picture; raises `PictureError`.
    """

    name: str
    read: Callable[[], bytes | Image.Image]


def files(paths: Iterable[str | Path]) -> Iterator[Given]:
    """Give every file that is named, and those below every folder sorted by name.

    Below a folder hidden names are left out and links are not followed; what is no plain file is
    given too, and says so when it is read. Memory holds the names of one folder at a time.
    """
    for path in map(Path, paths):
        if not _is_folder(path):
            yield Given(told(path), partial(_read, path))
            continue
        root = path.resolve()
        for entry in walk(path):
            name = told(path.joinpath(*entry.parts))
            if entry.reason and is_text(entry.name):  # other names do for a row: it has escapes
                yield Given(name, partial(_refuse, entry.reason, entry.detail))
            else:
                yield Given(name, partial(read_inside, root, entry.name, Limits().max_bytes))


def listed(file: BinaryIO) -> Iterator[str]:
    """Give the paths of a list as they come: one a line, or ended by zero bytes if there is one.

    Raises:
        UsageError: A path is longer than any file system allows.
    """
    end, rest = b"", b""
    while piece := file.read1(PIECE) if hasattr(file, "read1") else file.read(PIECE):
        end = end or next((one for one in (b"\0", b"\n") if one in piece), b"")
        *whole, rest = (rest + piece).split(end) if end else [rest + piece]
        if len(rest) > LONGEST_PATH:
            raise UsageError(
                f"the list of paths has an entry of over {LONGEST_PATH:,} bytes; give one path a "
                "line, or as `find -print0` does"
            )
        yield from (_path(one, end) for one in whole if one)
    if rest:
        yield _path(rest, end)


def pictures(given: Iterable[Picture]) -> Iterator[Given]:
    """Give pictures of any kind: paths of files, bytes of files, open pictures, arrays.

    Raises:
        UsageError: One picture came where a list of them is needed.
    """
    if isinstance(given, str | bytes | PathLike | Image.Image) or _is_lone(given):
        raise UsageError(
            f"predict was given {type(given).__name__!r} where a list of pictures is needed; put "
            "a single picture into a list"
        )
    for number, one in enumerate(given):
        yield Given(f"picture {number}", partial(_picture, one))


def told(path: Path) -> str:
    """Give a path as text that can be written, escapes for bytes that are no UTF-8."""
    return fspath(path).encode("utf-8", "backslashreplace").decode()


def _is_lone(given: object) -> bool:
    return isinstance(given, np.ndarray) and given.ndim < 4


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # such as a name that is too long; reading it says so
        return False


def _path(name: bytes, end: bytes) -> str:
    text = name.decode("utf-8", "surrogateescape")
    return text if end == b"\0" else text.removesuffix("\r")


def _refuse(reason: str, detail: str) -> bytes:
    raise PictureError(reason, detail)


def _read(path: Path) -> bytes:
    """Give the bytes of a file that was named itself; a link is followed.

    Raises:
        PictureError: ``unreadable``, ``not-a-file`` or ``too-many-bytes``.
    """
    try:
        there = path.resolve()
        return read_inside(there.parent, there.name, Limits().max_bytes)
    except (OSError, RuntimeError, ValueError) as trouble:  # too long; links in a ring; a zero byte
        raise PictureError("unreadable", str(trouble)) from trouble


def _picture(one: Any) -> bytes | Image.Image:
    match one:
        case str() | PathLike():
            return _read(Path(one))
        case bytes() | bytearray() | memoryview():
            return bytes(one)
        case Image.Image():
            return one
        case np.ndarray():
            return _of_array(one)
    raise PictureError(
        "not-a-picture", f"{type(one).__name__!r} came; paths, bytes, open pictures, arrays can be"
    )


def _of_array(pixels: np.ndarray) -> Image.Image:
    shape = pixels.shape
    is_picture = len(shape) in (2, 3) and min(shape) > 0 and (*shape, 3)[2] in (3, 4)
    if pixels.dtype != np.uint8 or not is_picture:
        raise PictureError(
            "not-a-picture",
            f"an array of {pixels.dtype} {shape} came; uint8 (row, column, 3) is needed, or with 4 "
            "channels, the last of them alpha, or none",
        )
    return Image.fromarray(np.ascontiguousarray(pixels))
