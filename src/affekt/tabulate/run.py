"""From files to the finished table: shards in several processes, then one file of all of them."""

import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import polars as pl

from affekt.errors import Refused, UsageError
from affekt.features import Feature
from affekt.stage import Progress
from affekt.stages._chunks import each_chunk, works_here
from affekt.store import disk
from affekt.store.lock import hold
from affekt.tabulate.found import Refusal, files_of
from affekt.tabulate.shards import Shards, named_shards
from affekt.tabulate.table import WRITERS, write

Watch = Callable[[Progress], None]


class Tabulated(NamedTuple):
    """What was written.

    Attributes:
        table: The file.
        n_pictures: Its rows.
        refused: Pictures without values, and why.
        n_others: Files below the folders that are no pictures at all.
    """

    table: Path
    n_pictures: int
    refused: tuple[Refusal, ...]
    n_others: int


def tabulate(
    named: Iterable[str | Path],
    feature: Feature,
    output: Path,
    *,
    workers: int = 1,
    watch: Watch = lambda _: None,
) -> Tabulated:
    """Write one row a picture and one column a value; run again, a stopped run goes on.

    Columns are ``path``, ``image_id`` (SHA-256 of the bytes), ``width_px`` and ``height_px`` of the
    upright picture, then the values by their names. Rows have the order of the files, and do not
    depend on the number of workers.

    Args:
        named: Files, and folders of them.
        feature: What is computed.
        output: A file that is not there, ``.parquet`` or ``.csv``.
        workers: Processes, one thread each.
        watch: Told how far the work is.

    Raises:
        Refused: The output is there, or another process works on it.
        UsageError: Its name ends otherwise, a path that was named does not exist, or the feature
            learns from training pictures, which only a benchmark has.
        DiskTrouble: The disk refuses.
        PartError: The feature gives what it must not.
    """
    _check_feature(feature)
    _check(output)
    rows, refused = files_of(named)
    parts = output.with_name(f"{output.name}.parts")
    disk.check_writable(parts)
    with disk.disk_trouble(output.parent), hold(parts):
        _check(output)
        tally = _Tally(watch, rows.height)
        work = Shards(feature, parts)
        if works_here(workers):
            work = replace(work, tell=tally.within)
        done = []
        for name in each_chunk(work, named_shards(feature, rows), processes=workers):
            done.append(work.file(name))
            tally.add(work.file(name))
        written = write(output, feature, sorted(done))
        shutil.rmtree(parts)
    return Tabulated(output, written.n_pictures, refused + written.refused, written.n_others)


def _check_feature(feature: Feature) -> None:
    if feature.is_learned:
        raise UsageError(
            f"{feature.kind()!r} with these settings learns from training pictures, in every fold "
            "of a benchmark; a table can only hold what needs no training, which for "
            "'yanulevskaya' is variant='holistic'"
        )


def _check(output: Path) -> None:
    if output.suffix not in WRITERS:
        raise UsageError(f"{output}: its name must end in {' or '.join(WRITERS)}, which decides")
    if output.exists():
        raise Refused(f"{output}: is there and is not written over; name another file or move it")


class _Tally:
    """Counts pictures and failures, and tells how far the work is."""

    def __init__(self, watch: Watch, total: int) -> None:
        self._watch, self._total = watch, total
        self._done = self._failures = 0

    def within(self, done: int, failures: int) -> None:
        done, failures = self._done + done, self._failures + failures
        self._watch(Progress("features", done, self._total, failures))

    def add(self, shard: Path) -> None:
        reasons = pl.read_parquet(shard, columns=["reason"])["reason"]
        self._done += len(reasons)
        self._failures += reasons.count()
        self.within(0, 0)
