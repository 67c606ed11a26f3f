"""The program that decodes: ``python -m affekt.pictures.child LIMITS``, between its two pipes.

It imports as little as it can (so no names for the shapes of arrays here, nor in what it imports:
they cost a third of its start), then takes from itself the right to open files or sockets, to touch
any name in the file system (where the kernel knows Landlock), to grow files, and to use more memory
and time than one picture may. A request is one frame, an answer is one frame, and nothing in them
is ever executed or unpickled. Its death costs one picture.

Frames: request = verb (1 byte), argument (int32), length (uint64), bytes of the picture. Answer =
``+`` or ``-`` (1 byte), length (uint32) of a JSON text, length (uint64) of bytes, the JSON, the
bytes.
"""

import ctypes
import json
import math
import os
import resource
import signal
import struct
import sys
import time
import warnings
from collections.abc import Callable
from io import BytesIO
from typing import Any, BinaryIO, NamedTuple

from PIL import Image, TiffImagePlugin

from affekt.errors import PictureError
from affekt.pictures.open_picture import explained
from affekt.pictures.square import squashed
from affekt.pictures.upright import Bounds, facts, smaller, upright

REQUEST = struct.Struct(">ciQ")
ANSWER = struct.Struct(">cIQ")
UNLIMITED = -1  # argument of a request that wants every pixel
QUALITY = 95
MB = 1_000_000
CREATE_RULESET, RESTRICT_SELF, ASK_VERSION = 444, 446, 1  # Landlock, same on every processor
NO_NEW_PRIVILEGES = 38  # of prctl
FILE_RIGHTS = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF}  # all that each version of Landlock can take away
PNG_KINDS = (b"\x89PNG", b"GIF8")  # originals whose pixels are stored without loss


class Answer(NamedTuple):
    """What goes back: JSON values, and the bytes of a picture or nothing."""

    values: dict[str, Any]
    body: bytes = b""


def seen(data: bytes, _: int, bounds: Bounds) -> Answer:
    """Answer the facts and the hashes."""
    return Answer(facts(data, bounds)._asdict())


def kept(data: bytes, side_px: int, bounds: Bounds) -> Answer:
    """Answer the facts, and a smaller JPEG of a picture whose longer side is too long."""
    about, small = smaller(data, bounds, side_px)
    values = about._asdict()
    if small is None:
        return Answer(values)
    with explained():
        small.info.clear()  # pixels and nothing else
        file = BytesIO()
        small.save(file, "JPEG", quality=QUALITY)
    return Answer(values | {"stored": list(small.size)}, file.getvalue())


def pixels(data: bytes, enough_px: int, bounds: Bounds) -> Answer:
    """Answer the upright pixels, row by row."""
    return _raw(upright(data, bounds, None if enough_px == UNLIMITED else enough_px))


def thumbnail(data: bytes, side_px: int, bounds: Bounds) -> Answer:
    """Answer the upright pixels with the longer side of the given length."""
    picture = upright(data, bounds, 2 * side_px)
    with explained():
        return _raw(_scaled(picture, side_px / max(picture.size), at_most=False))


def square(data: bytes, side_px: int, bounds: Bounds) -> Answer:
    """Answer the upright pixels squashed to a square of the given side."""
    picture = upright(data, bounds, 2 * side_px)
    with explained():
        return _raw(squashed(picture, side_px))


def rebuilt(data: bytes, max_pixels: int, bounds: Bounds) -> Answer:
    """Answer a new file made of pixels alone, smaller when it would have too many."""
    picture = upright(data, bounds)
    with explained():
        if picture.width * picture.height > max_pixels:
            share = math.sqrt(max_pixels / (picture.width * picture.height))
            picture = _scaled(picture, share, at_most=True)
        clean = Image.frombytes("RGB", picture.size, picture.tobytes())  # pixels and nothing else
        kind = "PNG" if data.startswith(PNG_KINDS) else "JPEG"
        file = BytesIO()
        clean.save(file, kind, **({} if kind == "PNG" else {"quality": QUALITY, "subsampling": 0}))
        return Answer(
            {"format": kind, "width_px": clean.width, "height_px": clean.height}, file.getvalue()
        )


VERBS: dict[bytes, Callable[[bytes, int, Bounds], Answer]] = {
    b"f": seen,
    b"k": kept,
    b"p": pixels,
    b"t": thumbnail,
    b"s": square,
    b"r": rebuilt,
}


def _scaled(picture: Image.Image, share: float, *, at_most: bool) -> Image.Image:
    whole = math.floor if at_most else round
    size = tuple(max(1, whole(side * share)) for side in picture.size)
    return picture.resize((size[0], size[1]), Image.Resampling.LANCZOS)


def _raw(picture: Image.Image) -> Answer:
    return Answer({"width_px": picture.width, "height_px": picture.height}, picture.tobytes())


def answer(verb: bytes, argument: int, data: bytes, bounds: Bounds) -> tuple[bytes, Answer]:
    """Give ``+`` and the answer, or ``-`` and the reason why there is none."""
    try:
        return b"+", VERBS[verb](data, argument, bounds)
    except PictureError as trouble:
        return b"-", Answer({"reason": trouble.reason, "detail": trouble.detail})
    except MemoryError:
        return b"-", Answer(
            {"reason": "decode-error", "detail": "needs more memory than the limit"}
        )


def serve(requests: BinaryIO, answers: BinaryIO, bounds: Bounds, seconds: float) -> None:
    """Answer one request after the other until the pipe is closed."""
    while len(head := requests.read(REQUEST.size)) == REQUEST.size:
        verb, argument, length = REQUEST.unpack(head)
        data = requests.read(length)
        allow(seconds)
        mark, (values, body) = answer(verb, argument, data, bounds)
        text = json.dumps(values).encode()
        allow(None)
        # In one piece, or the parent wakes up twice.
        answers.write(b"".join((ANSWER.pack(mark, len(text), len(body)), text, body)))
        answers.flush()


def allow(seconds: float | None) -> None:
    """Let the system end this process unless it is done in time; None lifts that."""
    signal.setitimer(signal.ITIMER_REAL, seconds or 0.0)
    used = math.ceil(time.process_time())
    most = used + math.ceil(seconds) + 1 if seconds else resource.RLIM_INFINITY
    resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))


def warm(bounds: Bounds) -> None:
    """Decode one picture of every kind, so that nothing remains to be imported later."""
    TiffImagePlugin.ImageFileDirectory_v2()
    notes = Image.Exif()
    notes[0x0112] = 6
    for kind in ("JPEG", "PNG", "WEBP", "GIF"):
        file = BytesIO()
        extra = {} if kind == "GIF" else {"exif": notes.tobytes()}
        Image.linear_gradient("L").convert("RGB").save(file, kind, **extra)
        for verb, argument in ((b"f", 0), (b"r", 64)):
            answer(verb, argument, file.getvalue(), bounds)


def lock(memory_mb: int) -> bool:
    """Give up the right to open anything, to grow files, to start processes, and to much memory.

    Tells whether names of files are out of reach too, see `leave_file_system`.
    """
    os.closerange(3, 1024)
    empty = _address_space() + memory_mb * MB
    has_left = leave_file_system()
    for what, most in (
        (resource.RLIMIT_AS, empty),
        (resource.RLIMIT_DATA, empty),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 3),
    ):
        limit = _at_most(what, most)
        resource.setrlimit(what, (limit, limit))
    return has_left


def _at_most(what: int, most: int) -> int:
    """Give a limit, lower where the system already gives less: it can be lowered only."""
    _, given = resource.getrlimit(what)
    return most if given == resource.RLIM_INFINITY else min(most, given)


def leave_file_system() -> bool:
    """Give up all rights to names of files: making, renaming, removing, running; tell if it worked.

    By Landlock, where the kernel has it (Linux 5.13); without it the limits of `lock` remain.
    """
    library = ctypes.CDLL(None, use_errno=True)
    version = library.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), ASK_VERSION)
    if version < 1:
        return False
    handled = ctypes.c_uint64(FILE_RIGHTS[min(version, max(FILE_RIGHTS))])
    ruleset = library.syscall(CREATE_RULESET, ctypes.byref(handled), ctypes.c_size_t(8), 0)
    library.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    done: bool = library.syscall(RESTRICT_SELF, ruleset, 0) == 0
    os.close(ruleset)
    return done


def _address_space() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123  (pathlib is not imported)
        return int(file.read().split()[0]) * resource.getpagesize()


def main() -> None:
    """Serve with the limits named on the command line."""
    limits = json.loads(sys.argv[1])
    bounds = Bounds(limits["max_pixels"], limits["max_side_px"])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = limits["max_pixels"]
    warm(Bounds(1 << 20, 1 << 10))
    lock(limits["memory_mb"])
    serve(sys.stdin.buffer, sys.stdout.buffer, bounds, limits["seconds"])


if __name__ == "__main__":
    main()
