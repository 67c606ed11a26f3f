"""From pictures to probabilities, a few threads at once: while one runs the net, others decode.

A thread takes a batch, decodes its pictures one after the other in a child of its own, then runs
the net on all of them. There is one thread more than may run the net at once, so that decoding goes
on beside it even where that is one.
"""

import time
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from threading import Event, Lock, Semaphore
from typing import Any, NamedTuple, Self

import numpy as np
from jaxtyping import Float

from affekt.errors import PartError, PictureError, UsageError
from affekt.foreign import clean
from affekt.measures.calibration import tempered
from affekt.models.own import FittedOwn
from affekt.nets.session import session
from affekt.pictures.decode import Decoders
from affekt.pictures.preprocessing import Square
from affekt.predicting.folder import NetFolder
from affekt.predicting.given import Given

BATCH = 8  # pictures of one run of the net; larger ones are hardly faster on a processor


class Answer(NamedTuple):
    """What became of one picture: probabilities, or the reason why there are none.

    Name and detail can be written as UTF-8.
    """

    name: str
    probabilities: Float[np.ndarray, " emotion"] | None
    reason: str | None = None
    detail: str | None = None


@dataclass
class Tally:
    """What was done, counted while it is done.

    Attributes:
        predicted: Pictures with probabilities.
        reasons: Pictures without, by reason.
        decoding: Seconds of reading and decoding, added up over threads.
        net: Seconds of running the net, added up over threads.
    """

    predicted: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    decoding: float = 0.0
    net: float = 0.0
    _lock: Lock = field(default_factory=Lock, repr=False)

    @property
    def pictures(self) -> int:
        """All pictures so far."""
        return self.predicted + self.reasons.total()

    def count(self, answer: Answer) -> None:
        """Count one picture."""
        if answer.reason is None:
            self.predicted += 1
        else:
            self.reasons[answer.reason] += 1

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        """Add the seconds of a block to ``decoding`` or ``net``."""
        began = time.perf_counter()
        try:
            yield
        finally:
            with self._lock:
                setattr(self, what, getattr(self, what) + time.perf_counter() - began)


class Workers:
    """Threads and decoding children for one net; use in ``with``.

    Args:
        folder: The net.
        jobs: Nets that run at once, one core each; at least 1.
        batch: Pictures of one run; at least 1.
    """

    def __init__(self, folder: NetFolder, jobs: int, batch: int = BATCH) -> None:
        if jobs < 1 or batch < 1:
            raise UsageError(f"predict: jobs={jobs}, batch={batch}; both must be 1 or more")
        self.tally = Tally()
        self._folder = folder
        self._batch = batch
        self._threads = jobs + 1
        self._decoders = Decoders(workers=self._threads)
        self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="predict")
        self._nets = Semaphore(jobs)
        self._is_over = Event()

    def __enter__(self) -> Self:
        self._decoders.__enter__()
        return self

    def __exit__(self, *trouble: Any) -> None:
        self._is_over.set()
        self._pool.shutdown(cancel_futures=True)
        self._decoders.__exit__(*trouble)

    def answers(self, given: Iterator[Given]) -> Iterator[Answer]:
        """Give what became of each picture, in order; few are held in memory at once.

        Raises:
            PartError: The net gives something that is no number.
            AffektError: The decoder died five times in a row.
        """
        waiting: deque[Future[list[Answer]]] = deque()
        while batch := list(islice(given, self._batch)):
            waiting.append(self._pool.submit(self._answered, batch))
            if len(waiting) > 2 * self._threads:
                yield from self._counted(waiting.popleft())
        while waiting:
            yield from self._counted(waiting.popleft())

    def _counted(self, future: Future[list[Answer]]) -> Iterator[Answer]:
        for answer in future.result():
            self.tally.count(answer)
            yield answer

    def _answered(self, batch: list[Given]) -> list[Answer]:
        with self.tally.timed("decoding"):
            seen = [self._square(one) for one in batch]
        squares = [one for one in seen if not isinstance(one, PictureError)]
        rows = iter(self._probabilities(np.stack(squares)) if squares else ())
        return [
            Answer(one.name, None, found.reason, clean(found.detail) or None)
            if isinstance(found, PictureError)
            else Answer(one.name, next(rows))
            for one, found in zip(batch, seen, strict=True)
        ]

    def _square(self, one: Given) -> Square | PictureError:
        if self._is_over.is_set():
            raise CancelledError  # nobody waits for the answer, and whoever interrupts should not
        how = self._folder.preprocessing
        try:
            data = one.read()
            return (
                how.of_file(data, self._decoders) if isinstance(data, bytes) else how.of_image(data)
            )
        except PictureError as trouble:
            return trouble

    def _probabilities(self, squares: Any) -> Float[np.ndarray, "picture emotion"]:
        """Give the softmax of the logits, at the net's temperature if it has one."""
        with self._nets, self.tally.timed("net"):
            logits = session(self._folder.net).run(squares, "logits")
        if not np.isfinite(logits).all():
            raise PartError(
                f"{self._folder.path}: its net gave {logits[~np.isfinite(logits)][0]} as a logit, "
                "all must be finite; its weights are no use, train it again"
            )
        shares = FittedOwn().probabilities(logits)
        temperature = self._folder.temperature
        return shares if temperature is None else tempered(shares, temperature)
