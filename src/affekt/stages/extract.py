"""Extract: every picture of a data set becomes a vector."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import daft
import numpy as np
import polars as pl
from pydantic import Field
from threadpoolctl import threadpool_limits

from affekt import durable
from affekt.blocks.threads import opencv_on_one_thread
from affekt.engine import is_cluster
from affekt.errors import AffektError, PartError, PictureError
from affekt.features import Feature, Picture, Vector
from affekt.files import Files
from affekt.pictures.decode import Decoders
from affekt.pictures.reasons import REASONS
from affekt.pictures.shelf import Shelf
from affekt.stage import Desk, Outcome, Progress, Stage
from affekt.stages._chunks import each_chunk, works_here
from affekt.tables import FEATURES, PICTURES, Pieces

MOST_THREADS = 4  # in one process; more of them wait for each other
SHARD = 1000  # pictures a file of results; what a kill can cost
SHARD_BYTES = 64_000_000  # of vectors in it; raw ones are long
# Squares that a worker decodes one after the other before it computes their vectors: a decoder and
# a net that take turns at every picture push each other out of the processor's cache.
IN_A_ROW = 8
IN_A_ROW_BYTES = 4_000_000  # of files; a batch that is larger holds one picture
HAS_PICTURE = pl.col("shard").is_not_null()
KEPT: dict[str, Any] = {
    "image_id": pl.String,
    "vector": pl.List(pl.Float32),
    "reason": pl.String,
    "detail": pl.String,
}


class Extract(Stage):
    """Turn every picture into a vector; one that cannot be decoded is dropped with its reason.

    Each worker decodes a picture and computes its vector, on one core; so n workers keep n cores
    busy and no more. Few are threads of this process, many are spread over processes, and on a
    cluster every processor is one.
    """

    takes = PICTURES
    gives = FEATURES
    engine = "daft"
    reasons: ClassVar[Mapping[str, str]] = {
        **REASONS,
        "no-picture": "the data set brings values instead of this picture",
        "internal-error": "affekt failed on it again and again; the detail tells how",
    }
    idle = frozenset({"workers"})

    feature: Feature
    workers: int = Field(2, ge=1, le=256, description="pictures in work at once, one core each")

    def identity(self) -> dict[str, Any]:
        """Give what can change a vector; how the feature learns from vectors cannot."""
        return super().identity() | {"feature": self.feature.raw_identity()}

    def run(self, desk: Desk, pictures: daft.DataFrame, *_: Any, **__: Any) -> Outcome:
        there = _in_shelf_order(pictures)
        rows, lacking = there.filter(HAS_PICTURE), there.filter(~HAS_PICTURE)
        if rows.is_empty() and lacking.height:
            raise AffektError(
                f"extract: the data set brings values instead of pictures, and "
                f'{self.feature.kind()!r} looks at pictures; write `feature = "given"`, or leave '
                "the data set out by `on`"
            )
        if rows.is_empty():
            return Outcome(FEATURES.empty())
        desk.watch(Progress("extract", 0, rows.height))
        tally = Tally(desk, rows.height)
        processes, threads = self._spread()
        work = Vectors(self.feature, threads, desk.shelf, desk.scratch)
        if works_here(processes):
            work = replace(work, tell=tally.within)
        chunks = (
            (f"vectors-{number:06d}", rows)
            for number, rows in enumerate(rows.iter_slices(_in_a_shard(self.feature)))
        )
        files = []
        for name in each_chunk(work, chunks, processes=processes):
            files.append(work.file(name))
            tally.add(files[-1])
        return _outcome(desk.files, files, lacking)

    def _spread(self) -> tuple[int, int]:
        """Give the number of processes, and of threads in each; a process of a cluster has one."""
        if is_cluster():
            return 1, 1
        most = 1 if self.feature.is_python else MOST_THREADS
        processes = -(-self.workers // most)
        return processes, -(-self.workers // processes)


class Made(NamedTuple):
    """What became of one picture: a vector, or the reason why there is none."""

    image_id: str
    vector: Vector | None
    reason: str | None = None
    detail: str | None = None
    size_px: tuple[int, int] | None = None  # width and height of the upright one, where asked for


class Decoded(NamedTuple):
    """Pixels as the feature takes them, and the size of the upright picture where asked for."""

    pixels: Picture
    size_px: tuple[int, int] | None


class Tally:
    """Counts pictures and failures of finished files, and tells how far the stage is."""

    def __init__(self, desk: Desk, total: int) -> None:
        self._desk = desk
        self._total = total
        self._done = self._failures = 0

    def within(self, done: int, failures: int) -> None:
        """Tell what a file that is being made holds so far."""
        done, failures = self._done + done, self._failures + failures
        self._desk.watch(Progress("extract", done, self._total, failures))

    def add(self, path: Path) -> None:
        """Add a finished file."""
        reasons = pl.read_parquet(path, columns=["reason"])["reason"]
        self._done += len(reasons)
        self._failures += reasons.count()
        self.within(0, 0)


@dataclass(frozen=True)
class Vectors:
    """The work on a chunk: a file of vectors and reasons.

    Attributes:
        feature: What is computed.
        threads: Workers in one process.
        shelf: Where the pictures lie.
        folder: Where the files go.
        tell: Told pictures and failures of the chunk in work; only where that is here.
    """

    feature: Feature
    threads: int
    shelf: Shelf
    folder: Path
    tell: Callable[[int, int], None] | None = None

    def file(self, name: str) -> Path:
        """Give the file of a chunk, brought here if it lies in an object store."""
        return self.shelf.files.ensure(self._path(name))

    def is_done(self, name: str) -> bool:
        return self.shelf.files.stands(self._path(name))

    def do(self, name: str, rows: pl.DataFrame) -> None:
        made: list[Made] = []
        failures = 0
        with Workshop(self.feature, self.threads) as workshop:
            for one in workshop.vectors(self.shelf.scan(rows)):
                made.append(one)
                failures += one.vector is None
                if self.tell:
                    self.tell(len(made), failures)
        self._write(name, made)

    def give_up(self, name: str, row: pl.DataFrame, error: str) -> None:
        self._write(name, [Made(row["image_id"][0], None, "internal-error", error)])

    def _write(self, name: str, made: list[Made]) -> None:
        path = self._path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        with durable.replaced(path) as beside:
            rows = [one[: len(KEPT)] for one in made]
            pl.DataFrame(rows, schema=KEPT, orient="row").write_parquet(beside)
        self.shelf.files.publish(path)

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.parquet"


class Workshop:
    """Workers that decode pictures in limited children and compute one feature; use in ``with``.

    With ``is_measuring`` the size of each picture is told, too.
    """

    def __init__(self, feature: Feature, workers: int, *, is_measuring: bool = False) -> None:
        self._feature = feature
        self._is_measuring = is_measuring
        self._names = feature.names
        self._workers = workers
        self._decoders = Decoders(workers=workers)
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="extract")
        self._one_thread = threadpool_limits(limits=1)  # a worker is a core, for BLAS too
        self._one_for_opencv = opencv_on_one_thread() if feature.is_python else nullcontext()

    def __enter__(self) -> "Workshop":
        self._decoders.__enter__()
        self._one_for_opencv.__enter__()
        return self

    def __exit__(self, *trouble: Any) -> None:
        self._threads.shutdown(cancel_futures=True)
        self._decoders.__exit__(*trouble)
        self._one_thread.restore_original_limits()
        self._one_for_opencv.__exit__(None, None, None)

    def vectors(self, pictures: Iterator[tuple[str, bytes]]) -> Iterator[Made]:
        """Give what became of each picture, in order; few are held in memory at once."""
        waiting: deque[Future[list[Made]]] = deque()
        for batch in _batches(pictures, 1 if self._feature.square_px is None else IN_A_ROW):
            waiting.append(self._threads.submit(self._vectors, batch))
            if len(waiting) > 2 * self._workers:
                yield from waiting.popleft().result()
        for future in waiting:
            yield from future.result()

    def _vectors(self, batch: list[tuple[str, bytes]]) -> list[Made]:
        decoded = [(image_id, self._decoded(data)) for image_id, data in batch]
        return [self._vector(image_id, pixels) for image_id, pixels in decoded]

    def _vector(self, image_id: str, decoded: Decoded | PictureError) -> Made:
        if isinstance(decoded, PictureError):
            return Made(image_id, None, decoded.reason, decoded.detail)
        try:
            vector = self._checked(self._feature.extract(decoded.pixels), image_id)
            return Made(image_id, vector, size_px=decoded.size_px)
        except PictureError as trouble:
            return Made(image_id, None, trouble.reason, trouble.detail)
        except AffektError:
            raise
        except Exception as trouble:
            kind = type(trouble).__name__
            raise PartError(f"{self._about(image_id)} raised {kind}: {trouble}") from trouble

    def _decoded(self, data: bytes) -> Decoded | PictureError:
        try:
            pixels = self._pixels(data)
            return Decoded(pixels, self._size_px(data, pixels) if self._is_measuring else None)
        except PictureError as trouble:
            return trouble

    def _pixels(self, data: bytes) -> Picture:
        if self._feature.square_px is None:
            return self._decoders.pixels(data, self._feature.enough_px)
        return self._decoders.squashed(data, self._feature.square_px)

    def _size_px(self, data: bytes, pixels: Picture) -> tuple[int, int]:
        """Give the size; a decoder that was let make the picture smaller is asked once more."""
        if self._feature.square_px is None and self._feature.enough_px is None:
            return pixels.shape[1], pixels.shape[0]
        facts = self._decoders.facts(data)
        return facts.width_px, facts.height_px

    def _checked(self, vector: Vector, image_id: str) -> Vector:
        """Give the vector as float32.

        Raises:
            PartError: It has another length than the part declares, or a value that is no number.
        """
        is_raw, most = self._feature.is_learned, self._feature.longest
        if vector.ndim != 1 or (vector.size > most if is_raw else vector.size != most):
            raise PartError(
                f"{self._about(image_id)} gave an array of shape {vector.shape}; it declares "
                f"{'at most ' * is_raw}{most:,} values, so the shape must be ({most},)"
                f"{' or shorter' * is_raw}"
            )
        with np.errstate(over="ignore"):  # too large for float32 becomes infinite, told below
            values = vector.astype(np.float32, copy=False)
        wrong = np.flatnonzero(~np.isfinite(values))
        if wrong.size:
            name = "a raw number" if is_raw else repr(self._names[wrong[0]])
            raise PartError(
                f"{self._about(image_id)} gave {values[wrong[0]]} as {name}; "
                "all values must be finite; correct the part or leave that picture out"
            )
        return values

    def _about(self, image_id: str) -> str:
        return f"extract: the feature {self._feature.kind()!r}, given the picture {image_id!r},"


def _batches(
    pictures: Iterator[tuple[str, bytes]], in_a_row: int
) -> Iterator[list[tuple[str, bytes]]]:
    """Give the pictures in batches of at most so many, fewer when their files are large."""
    batch: list[tuple[str, bytes]] = []
    n_bytes = 0
    for image_id, data in pictures:
        if batch and (len(batch) == in_a_row or n_bytes + len(data) > IN_A_ROW_BYTES):
            yield batch
            batch, n_bytes = [], 0
        batch.append((image_id, data))
        n_bytes += len(data)
    if batch:
        yield batch


def _in_a_shard(feature: Feature) -> int:
    """Give the number of pictures whose vectors lie in memory together."""
    return max(min(SHARD, SHARD_BYTES // (4 * feature.longest)), 1)


def _in_shelf_order(pictures: daft.DataFrame) -> pl.DataFrame:
    """Give where each picture lies, in the order in which the shelf is read without jumping."""
    rows = pl.from_arrow(pictures.select("image_id", "shard", "row_group", "row").to_arrow())
    assert isinstance(rows, pl.DataFrame)
    return rows.sort("shard", "row_group", "row", "image_id")


def _without_picture(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(
        "image_id", reason=pl.lit("no-picture"), detail=pl.lit(None, dtype=pl.String)
    )


def _outcome(where: Files, files: list[Path], lacking: pl.DataFrame) -> Outcome:
    """Give vectors and dropped rows file by file: all vectors may not fit in memory."""

    def rows(columns: list[str], is_kept: pl.Expr) -> Iterator[pl.DataFrame]:
        for path in files:
            yield pl.read_parquet(where.ensure(path)).filter(is_kept).select(columns)

    def dropped() -> Iterator[pl.DataFrame]:
        yield from rows(["image_id", "reason", "detail"], has_reason)
        yield _without_picture(lacking)

    has_reason = pl.col("reason").is_not_null()
    return Outcome(
        Pieces(lambda: rows(["image_id", "vector"], ~has_reason)), dropped=Pieces(dropped)
    )
