"""One decoding child and the two pipes to it; several pictures may be on the way at once."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections import deque
from contextlib import suppress
from typing import Any, NamedTuple

from affekt.errors import PictureError
from affekt.pictures.child import ANSWER
from affekt.pictures.limits import Limits

MAX_TEXT = 1 << 16  # bytes of JSON an answer may have; the child is not believed either
MAX_UNREAD = 1 << 26  # bytes of answers that may wait while something is sent
PIECE = 1 << 16  # bytes read at a time
PATIENCE = 1.0  # s the parent waits longer than the child's own alarm
PASSED_ON = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "LANG")  # no secret reaches a decoder
# The C library's allocator in a child (glibc; others ignore it). As it comes it gives the memory of
# each picture back to the system and takes it again for the next one: a sixth of the time.
KEEP_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(1 << 25), "MALLOC_TRIM_THRESHOLD_": str(1 << 25)}
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


class Frame(NamedTuple):
    """One request: its head, the picture, and how many bytes may come back."""

    head: bytes
    data: bytes
    most: int


class Reply(NamedTuple):
    """One answer: its mark, JSON values, and bytes."""

    mark: bytes
    values: dict[str, Any]
    body: bytearray


class Lane:
    """A child, started when first asked and again after it died; answers come in order.

    When it dies, the oldest request without an answer is to blame, and the others go to a new one.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._trouble: PictureError | None = None  # why the child was ended
        self._unread = bytearray()
        self.waiting: deque[Frame] = deque()
        self.n_bytes = 0  # of all pictures on the way

    @property
    def pid(self) -> int | None:
        """Process number, None while nothing runs."""
        return self._process.pid if self._process else None

    def is_running(self) -> bool:
        """Tell whether the process is there and alive."""
        return self._process is not None and self._process.poll() is None

    def put(self, frame: Frame) -> None:
        """Send a request; what goes wrong is told when its answer is taken."""
        if not self.waiting and not self.is_running():
            self._start()  # a child that died while idle is no picture's fault
        self.waiting.append(frame)
        self.n_bytes += len(frame.data)
        self._send(frame)

    def take(self) -> Reply:
        """Give the answer to the oldest request, when it comes.

        Raises:
            PictureError: ``decoder-crashed`` or ``decode-timeout``; that child is gone then.
        """
        try:
            reply = self._reply(time.monotonic() + self._patience)
        except TimeoutError:
            self._give_up()
        except (ConnectionError, ValueError) as trouble:
            self._trouble = self._trouble or self._autopsy(trouble)
        else:
            self._settled()
            return reply
        raise self._lost()

    def has_reply(self, seconds: float) -> bool:
        """Tell whether there is anything to take, waiting so long for it."""
        if self._unread or self._process is None:
            return True
        return bool(_polled(self.source, select.POLLIN, seconds))

    @property
    def source(self) -> int:
        """The pipe that answers come through."""
        assert self._process is not None
        assert self._process.stdout is not None
        return self._process.stdout.fileno()

    @property
    def _patience(self) -> float:
        return self._limits.seconds + PATIENCE

    def _start(self) -> None:
        self.stop()
        self._trouble = None
        self._unread.clear()
        self._process = _started(self._limits)

    def _lost(self) -> PictureError:
        """Blame the oldest request, and hand all others to a new child."""
        trouble = self._trouble
        assert trouble is not None
        self._settled()
        if self.waiting:
            self._start()
            for frame in tuple(self.waiting):
                self._send(frame)
        return trouble

    def _settled(self) -> None:
        self.n_bytes -= len(self.waiting.popleft().data)

    def _give_up(self) -> None:
        self.stop()
        self._trouble = PictureError("decode-timeout", f"over {self._limits.seconds:g} s")

    def _send(self, frame: Frame) -> None:
        if self._process is None:
            return  # it was given up; all that waits is sent to the next one
        assert self._process.stdin is not None
        sink, deadline = self._process.stdin.fileno(), time.monotonic() + self._patience
        rest = [memoryview(frame.head), memoryview(frame.data)]
        n_bytes = len(frame.head) + len(frame.data)
        try:
            while rest:
                try:
                    n_sent = os.writev(sink, rest)
                    rest = _behind(rest, n_sent) if n_sent < n_bytes else []
                except BlockingIOError:
                    self._make_room(sink, deadline)
        except TimeoutError:
            self._give_up()
        except ConnectionError:
            return  # its death is told when an answer is taken

    def _make_room(self, sink: int, deadline: float) -> None:
        """Wait until the pipe takes more; the child may have to get rid of answers before."""
        poll = select.poll()
        poll.register(sink, select.POLLOUT)
        poll.register(self.source, select.POLLIN)
        left = deadline - time.monotonic()
        ready = dict(poll.poll(left * 1000)) if left > 0 else {}
        if not ready:
            raise TimeoutError
        if ready.get(self.source, 0) & select.POLLIN:
            self._unread += os.read(self.source, PIECE)
            if len(self._unread) > MAX_UNREAD:
                raise self._refused()

    def _reply(self, deadline: float) -> Reply:
        mark, n_text, n_body = ANSWER.unpack(self._read(ANSWER.size, deadline))
        if n_text > MAX_TEXT or n_body > self.waiting[0].most:
            raise self._refused()
        values = json.loads(self._read(n_text, deadline))
        return Reply(mark, values, self._read(n_body, deadline))

    def _read(self, length: int, deadline: float) -> bytearray:
        if len(self._unread) >= length:
            found = self._unread[:length]
            del self._unread[:length]
            return found
        if self._trouble:
            raise ConnectionError
        if length < PIECE:  # whatever is there comes along: most answers are short
            self._unread += self._piece(PIECE, deadline)
            return self._read(length, deadline)
        buffer = bytearray(length)
        rest = memoryview(buffer)
        rest[: len(self._unread)] = self._unread
        rest = rest[len(self._unread) :]
        self._unread.clear()
        while rest:
            self._wait(deadline)
            rest = rest[_some(os.readv(self.source, [rest])) :]
        return buffer

    def _piece(self, most: int, deadline: float) -> bytes:
        self._wait(deadline)
        piece = os.read(self.source, most)
        _some(len(piece))
        return piece

    def _wait(self, deadline: float) -> None:
        if not _polled(self.source, select.POLLIN, deadline - time.monotonic()):
            raise TimeoutError

    def _refused(self) -> ConnectionError:
        """End a child that answers with more than was asked for."""
        self.stop()
        self._trouble = PictureError("decoder-crashed", "answered with more than was asked for")
        return ConnectionError()

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

    def forget(self) -> None:
        """End the process in the middle of its work; nobody waits for the answers."""
        if self.waiting:
            self.stop()
            self.waiting.clear()
            self.n_bytes = 0


def first_ready(lanes: list[Lane], seconds: float) -> Lane:
    """Give the lane with an answer to take, or after so long the one that waits for the first."""
    if len(lanes) == 1:
        return lanes[0]
    ready = next((lane for lane in lanes if lane.has_reply(0)), None)
    if ready:
        return ready
    poll = select.poll()
    for lane in lanes:
        poll.register(lane.source, select.POLLIN)
    told = poll.poll(seconds * 1000)
    return next((lane for lane in lanes if told and lane.source == told[0][0]), lanes[0])


def _behind(parts: list[memoryview], n_bytes: int) -> list[memoryview]:
    """Give what is left of some parts once so many bytes are gone."""
    left = []
    for part in parts:
        if n_bytes < len(part):
            left.append(part[n_bytes:])
        n_bytes = max(0, n_bytes - len(part))
    return left


def _some(n_bytes: int) -> int:
    if n_bytes == 0:
        raise ConnectionError("ended without an answer")
    return n_bytes


def _polled(pipe: int, event: int, seconds: float) -> list[tuple[int, int]]:
    poll = select.poll()
    poll.register(pipe, event)
    return poll.poll(max(0.0, seconds) * 1000)


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
