"""The only door from foreign bytes to pixels: a few children with limits, and their clock."""

import json
import os
import queue
import select
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import Any, Literal, NamedTuple, Self

import numpy as np
from jaxtyping import UInt8

from affekt.errors import AffektError, PictureError
from affekt.pictures.child import ANSWER, REQUEST, UNLIMITED
from affekt.pictures.headers import format_of
from affekt.pictures.limits import Limits

N_CRASHES = 5  # deaths in a row that stop the line instead of costing one picture each
MAX_TEXT = 1 << 16  # bytes of JSON an answer may have; the child is not believed either
MAX_REBUILT = 5  # bytes a pixel that a rebuilt file may have
PATIENCE = 1.0  # s the parent waits longer than the child's own alarm
PASSED_ON = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "LANG")  # no secret reaches a decoder
# The C library's allocator in a child (glibc; others ignore it). As it comes it gives the memory of
# each picture back to the system and takes it again for the next one: a sixth of the time.
KEEP_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(1 << 25), "MALLOC_TRIM_THRESHOLD_": str(1 << 25)}
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
Pixels = UInt8[np.ndarray, "row column 3"]


class PictureFacts(NamedTuple):
    """What is known of a picture once all of it was decoded; sizes are those of the upright one."""

    format: str
    width_px: int
    height_px: int
    is_animated: bool
    phash: int | None
    dhash: int | None


class Rebuilt(NamedTuple):
    """A new file made of pixels alone: no note, no profile, no tail."""

    data: bytes
    format: Literal["JPEG", "PNG"]
    width_px: int
    height_px: int


class Decoders:
    """A few decoding children; every method may be called from any thread.

    Every method raises `PictureError` for a picture that cannot be used, with a reason of
    `affekt.pictures.reasons.REASONS`, and `AffektError` after five deaths in a row.
    """

    def __init__(self, workers: int = 2, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._children = [_Child(self.limits) for _ in range(workers)]
        self._idle: queue.SimpleQueue[_Child] = queue.SimpleQueue()
        for child in self._children:
            self._idle.put(child)
        self._crashes = 0
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for child in self._children:
            child.stop()

    def pids(self) -> list[int]:
        """Give the process numbers of the children that run now."""
        return [child.pid for child in self._children if child.pid is not None]

    def facts(self, data: bytes) -> PictureFacts:
        """Give format, size, both hashes and whether it is animated; all of it was decoded."""
        values, _ = self._ask(b"f", 0, data, most=0)
        return PictureFacts(**values)

    def pixels(self, data: bytes, enough_px: int | None = None) -> Pixels:
        """Give the upright sRGB pixels.

        Alpha lies over white. A JPEG is halved as long as its shorter side stays at `enough_px`.
        """
        argument = UNLIMITED if enough_px is None else enough_px
        return _as_array(*self._ask(b"p", argument, data, most=3 * self.limits.max_pixels))

    def thumbnail(self, data: bytes, side_px: int) -> Pixels:
        """Give the upright sRGB pixels, the longer side made `side_px` long."""
        return _as_array(*self._ask(b"t", side_px, data, most=3 * side_px * side_px))

    def squashed(self, data: bytes, side_px: int) -> Pixels:
        """Give the upright sRGB pixels as a square of that side, see `affekt.pictures.square`.

        A JPEG is halved before as long as its shorter side stays at twice `side_px`.
        """
        return _as_array(*self._ask(b"s", side_px, data, most=3 * side_px * side_px))

    def rebuilt(self, data: bytes, *, max_pixels: int = 25_000_000) -> Rebuilt:
        """Give a new file from the pixels alone: JPEG for JPEG and WebP, PNG for PNG and GIF.

        JPEG has quality 95 and full colour resolution. A picture with more than `max_pixels` is
        made smaller.
        """
        values, body = self._ask(b"r", max_pixels, data, most=MAX_REBUILT * max_pixels + MAX_TEXT)
        return Rebuilt(bytes(body), values["format"], values["width_px"], values["height_px"])

    def _ask(
        self, verb: bytes, argument: int, data: bytes, *, most: int
    ) -> tuple[dict[str, Any], bytearray]:
        if len(data) > self.limits.max_bytes:
            raise PictureError("too-many-bytes", f"{len(data):,} bytes")
        format_of(data)  # what is no picture of ours never reaches the decoder
        child = self._idle.get()
        try:
            mark, values, body = child.ask(REQUEST.pack(verb, argument, len(data)), data, most)
        except PictureError as trouble:
            self._count(trouble)
            raise
        finally:
            self._idle.put(child)
        self._count(None)
        if mark != b"+":
            raise PictureError(values["reason"], values["detail"])
        return values, body

    def _count(self, trouble: PictureError | None) -> None:
        """Stop everything when the decoder dies on every picture it is given."""
        with self._lock:
            has_crashed = trouble is not None and trouble.reason == "decoder-crashed"
            self._crashes = self._crashes + 1 if has_crashed else 0
            if self._crashes >= N_CRASHES:
                raise AffektError(
                    f"decoding: the decoder died {self._crashes} times in a row ({trouble}); "
                    "give it more memory (limits.memory_mb), or look at the last pictures by hand"
                ) from trouble


class _Child:
    """One decoding process, started when first asked and again after it died."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Process number, None while nothing runs."""
        return self._process.pid if self._process else None

    def is_running(self) -> bool:
        """Tell whether the process is there and alive."""
        return self._process is not None and self._process.poll() is None

    def ask(self, head: bytes, data: bytes, most: int) -> tuple[bytes, dict[str, Any], bytearray]:
        """Give the mark, the values and the bytes of the answer.

        Raises:
            PictureError: ``decoder-crashed`` or ``decode-timeout``; the process is gone then.
        """
        process = self._running()
        deadline = time.monotonic() + self._limits.seconds + PATIENCE
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            _send(process.stdin.fileno(), head + data, deadline)
            source = process.stdout.fileno()
            mark, n_text, n_body = ANSWER.unpack(_receive(source, ANSWER.size, deadline))
            if n_text > MAX_TEXT or n_body > most:
                raise ConnectionError("answered with more than was asked for")
            values = json.loads(_receive(source, n_text, deadline))
            return mark, values, _receive(source, n_body, deadline)
        except TimeoutError:
            self.stop()
            raise PictureError("decode-timeout", f"over {self._limits.seconds:g} s") from None
        except (ConnectionError, ValueError) as trouble:
            raise self._autopsy(trouble) from trouble

    def _running(self) -> subprocess.Popen[bytes]:
        if not self.is_running():
            self.stop()  # died while idle: no picture's fault
            self._process = _started(self._limits)
        assert self._process is not None
        return self._process

    def _autopsy(self, trouble: Exception) -> PictureError:
        code = self.stop()
        if -code in (signal.SIGALRM, signal.SIGXCPU):
            return PictureError("decode-timeout", f"over {self._limits.seconds:g} s")
        cause = signal.Signals(-code).name if code < 0 else str(trouble) or f"exit code {code}"
        return PictureError("decoder-crashed", cause)

    def stop(self) -> int:
        """End the process, if there is one, and give its exit code (negative: the signal)."""
        process, self._process = self._process, None
        if process is None:
            return 0
        assert process.stdin is not None
        assert process.stdout is not None
        with suppress(BrokenPipeError):
            process.stdin.close()
        process.stdout.close()
        if process.poll() is None:
            process.kill()
        return process.wait()


def _started(limits: Limits) -> subprocess.Popen[bytes]:
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    process = subprocess.Popen(  # noqa: S603  (our own program, no shell)
        [sys.executable, "-P", "-m", "affekt.pictures.child", limits.model_dump_json()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment | KEEP_MEMORY | ONE_THREAD,
        cwd="/",
        bufsize=0,
        pipesize=1 << 20,
        start_new_session=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    os.set_blocking(process.stdin.fileno(), False)
    os.set_blocking(process.stdout.fileno(), False)
    return process


def _send(pipe: int, data: bytes, deadline: float) -> None:
    rest = memoryview(data)
    while rest:
        _wait(pipe, select.POLLOUT, deadline)
        with suppress(BlockingIOError):
            rest = rest[os.write(pipe, rest) :]


def _receive(pipe: int, length: int, deadline: float) -> bytearray:
    buffer = bytearray(length)
    rest = memoryview(buffer)
    while rest:
        _wait(pipe, select.POLLIN, deadline)
        with suppress(BlockingIOError):
            n_read = os.readv(pipe, [rest])
            if n_read == 0:
                raise ConnectionError("ended without an answer")
            rest = rest[n_read:]
    return buffer


def _wait(pipe: int, event: int, deadline: float) -> None:
    poll = select.poll()
    poll.register(pipe, event)
    left = deadline - time.monotonic()
    if left <= 0 or not poll.poll(left * 1000):
        raise TimeoutError


def _as_array(values: dict[str, Any], body: bytearray) -> Pixels:
    shape = (values["height_px"], values["width_px"], 3)
    if len(body) != shape[0] * shape[1] * 3:
        raise PictureError("decode-error", "the decoder answered with another number of pixels")
    return np.frombuffer(body, np.uint8).reshape(shape)
