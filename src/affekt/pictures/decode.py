"""The only door from foreign bytes to pixels: a few children with limits, and their clock."""

import queue
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple, Self

import numpy as np
from jaxtyping import UInt8

from affekt.errors import AffektError, PictureError
from affekt.pictures.child import REQUEST, UNLIMITED
from affekt.pictures.headers import format_of
from affekt.pictures.lane import MAX_TEXT, PATIENCE, Frame, Lane, first_ready
from affekt.pictures.limits import Limits

N_CRASHES = 5  # deaths in a row that stop the line instead of costing one picture each
MAX_REBUILT = 5  # bytes a pixel that a rebuilt file may have
AHEAD = 4  # pictures on the way to each child, so that it never waits for the next one
AHEAD_BYTES = 8_000_000  # and no more of them when they are large
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


class Asked(NamedTuple):
    """A picture to be looked at; with `side_px`, a longer one comes back smaller, too."""

    key: int
    data: bytes
    side_px: int | None = None


class Looked(NamedTuple):
    """What became of one picture: facts and, where asked for, a smaller copy; or a trouble."""

    key: int
    data: bytes
    facts: PictureFacts | None
    smaller: Rebuilt | None = None
    trouble: PictureError | None = None


class Decoders:
    """A few decoding children; every method may be called from any thread.

    Every method raises `PictureError` for a picture that cannot be used, with a reason of
    `affekt.pictures.reasons.REASONS`, and `AffektError` after five deaths in a row. A child starts
    when it is first asked.
    """

    def __init__(self, workers: int = 2, limits: Limits | None = None) -> None:
        self.workers = workers
        self.limits = limits or Limits()
        self._children = [Lane(self.limits) for _ in range(workers)]
        self._idle: queue.SimpleQueue[Lane] = queue.SimpleQueue()
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

    def looked(self, pictures: Iterable[Asked | Looked]) -> Iterator[Looked]:
        """Give the facts of many pictures, each as soon as they are known.

        Pictures are taken as there is room for them, and several are on the way to each child. A
        smaller copy is a JPEG of quality 95, made in the same decode pass. What was looked at
        already is passed on.

        Raises:
            AffektError: Five deaths in a row.
        """
        lanes = self._borrowed()
        sent: dict[Lane, deque[Asked]] = {lane: deque() for lane in lanes}
        try:
            for asked in pictures:
                frame = self._frame_or_trouble(asked)
                if isinstance(frame, Looked):
                    yield frame
                    continue
                assert isinstance(asked, Asked)
                lane = min(lanes, key=_load)
                while len(lane.waiting) >= AHEAD or lane.n_bytes > AHEAD_BYTES:
                    yield self._next_looked(sent)
                    lane = min(lanes, key=_load)
                sent[lane].append(asked)
                lane.put(frame)
            while any(sent.values()):
                yield self._next_looked(sent)
        finally:
            for lane in lanes:
                lane.forget()
                self._idle.put(lane)

    def _frame_or_trouble(self, asked: Asked | Looked) -> Frame | Looked:
        if isinstance(asked, Looked):
            return asked
        try:
            return self._frame(*_request(asked))
        except PictureError as trouble:
            return Looked(asked.key, asked.data, None, trouble=trouble)

    def _borrowed(self) -> list[Lane]:
        """Take all children that nobody uses, and at least one."""
        lanes = [self._idle.get()]
        while not self._idle.empty():
            try:
                lanes.append(self._idle.get_nowait())
            except queue.Empty:  # pragma: no cover  (another thread was quicker)
                break
        return lanes

    def _next_looked(self, sent: dict[Lane, deque[Asked]]) -> Looked:
        busy = [lane for lane, waiting in sent.items() if waiting]
        lane = first_ready(busy, self.limits.seconds + PATIENCE)
        asked = sent[lane].popleft()
        try:
            values, body = self._answer(lane)
        except PictureError as trouble:
            return Looked(asked.key, asked.data, None, trouble=trouble)
        size = values.pop("stored", None)
        smaller = Rebuilt(bytes(body), "JPEG", *size) if size else None
        return Looked(asked.key, asked.data, PictureFacts(**values), smaller)

    def _ask(
        self, verb: bytes, argument: int, data: bytes, *, most: int
    ) -> tuple[dict[str, Any], bytearray]:
        frame = self._frame(verb, argument, data, most)
        lane = self._idle.get()
        try:
            lane.put(frame)
            return self._answer(lane)
        finally:
            self._idle.put(lane)

    def _frame(self, verb: bytes, argument: int, data: bytes, most: int) -> Frame:
        """Give the request about a picture; what is none of ours never reaches the decoder."""
        if len(data) > self.limits.max_bytes:
            raise PictureError("too-many-bytes", f"{len(data):,} bytes")
        format_of(data)
        return Frame(REQUEST.pack(verb, argument, len(data)), data, most)

    def _answer(self, lane: Lane) -> tuple[dict[str, Any], bytearray]:
        try:
            mark, values, body = lane.take()
        except PictureError as trouble:
            self._count(trouble)
            raise
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


def _request(asked: Asked) -> tuple[bytes, int, bytes, int]:
    if asked.side_px is None:
        return b"f", 0, asked.data, 0
    return b"k", asked.side_px, asked.data, MAX_REBUILT * asked.side_px**2 + MAX_TEXT


def _load(lane: Lane) -> tuple[bool, int]:
    return lane.n_bytes > AHEAD_BYTES, len(lane.waiting)


def _as_array(values: dict[str, Any], body: bytearray) -> Pixels:
    shape = (values["height_px"], values["width_px"], 3)
    if len(body) != shape[0] * shape[1] * 3:
        raise PictureError("decode-error", "the decoder answered with another number of pixels")
    return np.frombuffer(body, np.uint8).reshape(shape)
