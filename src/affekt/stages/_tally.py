"""What a run has met so far: told to whoever watches, and a reason to stop when nothing works."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from affekt.errors import AffektError
from affekt.stage import Progress
from affekt.stages._look import Look

TRIES = 50  # failures of one kind and nothing else, after which going on is pointless
STEP = 20  # pictures between two words about progress


class Tally:
    """Counts pictures by source and reason.

    Args:
        watch: Told how far it is.
        total: Pictures to be looked at.
        meanings: Reason → what it means.
        work: Knows what is still open.
    """

    def __init__(
        self,
        watch: Callable[[Progress], None],
        total: int,
        meanings: Mapping[str, str],
        work: Look,
    ) -> None:
        self._watch, self._total, self._meanings = watch, total, meanings
        self._work = work
        self._finished = Counter[tuple[str, str | None]]()  # in chunks that stand
        self._begun = dict[str, Counter[tuple[str, str | None]]]()  # in those at hand, by name

    def note(
        self, chunk: str, row: Mapping[str, Any], reason: str | None, detail: str | None
    ) -> None:
        """Count one picture of a chunk at hand.

        Raises:
            AffektError: The first 50 pictures failed, all for the same reason.
        """
        self._begun.setdefault(_whole(chunk), Counter())[row["source"], reason] += 1
        done = self._counts().total()
        if reason is not None and done >= TRIES:
            self._check(done, reason, detail)
        if done % STEP == 0 or done == self._total:
            self.tell()

    def finish(self, chunk: str, rows: pl.DataFrame) -> None:
        """Count the rows of a chunk that stands, with ``source``, ``reason`` and ``detail``.

        Raises:
            AffektError: The first pictures, 50 and more, failed, all for the same reason.
        """
        self._begun.pop(_whole(chunk), None)
        counts = rows.group_by("source", "reason").len().rows()
        self._finished.update({(source, reason): n for source, reason, n in counts})
        done = self._finished.total()
        last = rows[-1].row(0, named=True) if rows.height else {"reason": None}
        if last["reason"] is not None and done >= TRIES:
            self._check(done, last["reason"], last["detail"])
        self.tell()

    def tell(self) -> None:
        """Say how far it is."""
        counts = self._counts()
        reasons, sources = Counter[str](), Counter[str]()
        for (source, reason), count in counts.items():
            sources[source] += count
            if reason is not None:
                reasons[reason] += count
        tallies = {"reasons": dict(reasons), "sources": dict(sources)}
        if held := self._work.held():
            tallies["servers waited for (s)"] = held
        given_up = dict.fromkeys(self._work.left_alone(), 1)
        if given_up:
            tallies["servers left alone"] = given_up
        progress = Progress("clean", counts.total(), self._total, reasons.total(), tallies)
        self._watch(progress)

    def _counts(self) -> Counter[tuple[str, str | None]]:
        return sum(self._begun.values(), self._finished)

    def _check(self, done: int, reason: str, detail: str | None) -> None:
        kinds = {each for _, each in self._counts()}
        if kinds == {reason} and not self._work.is_decoding():
            raise AffektError(
                f"clean: all of the first {done} pictures failed with {reason!r} "
                f"({detail or self._meanings[reason]}); correct the source or the settings of "
                "[clean] and run again"
            )


def _whole(chunk: str) -> str:
    """Give the name of the chunk that a part was split from, or its own."""
    return chunk.partition(".")[0]
