"""Pictures of any number to a file of answers, or to whoever takes them one by one."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from affekt import durable
from affekt.errors import DiskTrouble, Refused, UsageError
from affekt.nets.session import session
from affekt.predicting.folder import NetFolder
from affekt.predicting.given import Given
from affekt.predicting.table import Add, parquet_file, text_file
from affekt.predicting.work import Tally, Workers
from affekt.stage import Progress

Watch = Callable[[Progress], None]


@dataclass(frozen=True)
class Told:
    """What was done.

    Attributes:
        pictures: All that were named.
        predicted: Those with an answer.
        reasons: Those without, by reason.
        decoding: Seconds of reading and decoding, added up over threads.
        net: Seconds of running the net, added up over threads.
        seconds: Seconds on the clock.
        provider: What of ONNX Runtime the net ran on.
    """

    pictures: int
    predicted: int
    reasons: Mapping[str, int]
    decoding: float
    net: float
    seconds: float
    provider: str

    @property
    def per_second(self) -> float:
        """Pictures a second on the clock, those without an answer included."""
        return self.pictures / self.seconds if self.seconds > 0 else 0.0


@dataclass(frozen=True)
class Run:
    """A net, pictures, and how many are in work at once.

    Attributes:
        folder: The net.
        given: The pictures.
        jobs: Nets that run at once, at least 1.
        batch: Pictures of one run of the net, at least 1.
        watch: Told how far it is.
    """

    folder: NetFolder
    given: Iterator[Given]
    jobs: int
    batch: int
    watch: Watch = lambda _: None

    def to(self, add: Add) -> Told:
        """Hand over every answer, in the order of the pictures.

        Raises:
            UsageError: There is no picture at all.
            PartError: The net gives something that is no number.
            AffektError: The decoder died five times in a row.
        """
        began = time.perf_counter()
        first = next(self.given, None)
        if first is None:
            raise UsageError(
                "there is no file in what was named; name pictures, or folders of them"
            )
        with Workers(self.folder, self.jobs, self.batch) as workers:
            tally = workers.tally
            for answer in workers.answers(chain([first], self.given)):
                add(answer)
                self.watch(Progress("predict", tally.pictures, None, tally.reasons.total()))
        return self._told(tally, time.perf_counter() - began)

    def to_file(self, output: Path, form: str) -> Told:
        """Write every answer to a new file, which is whole or absent.

        Args:
            output: A name that is free.
            form: ``csv``, ``jsonl`` or ``parquet``.

        Raises:
            Refused: The file is there.
            DiskTrouble: The disk refuses.
        """
        if output.exists():
            raise Refused(
                f"{output}: is there and is not written over; name another file or move it"
            )
        try:
            output.parent.mkdir(parents=True, exist_ok=True)
            with durable.replaced(output) as beside, self._opened(beside, form) as add:
                return self.to(add)
        except OSError as trouble:
            raise DiskTrouble(
                f"{output}: cannot be written ({trouble.strerror or trouble}); nothing of it is "
                "kept; make its folder writable, free space, or name another file"
            ) from trouble

    def _opened(self, path: Path, form: str) -> AbstractContextManager[Add]:
        if form == "parquet":
            return parquet_file(path, self.folder.emotions)
        return text_file(path, form, self.folder.emotions)

    def _told(self, tally: Tally, seconds: float) -> Told:
        return Told(
            tally.pictures,
            tally.predicted,
            dict(sorted(tally.reasons.items())),
            tally.decoding,
            tally.net,
            seconds,
            session(self.folder.net).provider,
        )
