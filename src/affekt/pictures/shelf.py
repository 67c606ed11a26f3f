"""The shelf: picture bytes in Parquet shards, handed out one by one or in a row, always checked.

A shard holds up to 1,000 pictures in row groups of 64, the image column as it is: pictures are
compressed already, and one of them can be read without the others. A shard is written beside and
renamed, so it is there whole or not at all, and is never changed afterwards, except that a picture
removed on request leaves an empty place.
"""

import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from affekt import durable
from affekt.errors import Damaged, Refused
from affekt.files import Files

PER_SHARD = 1_000
PER_GROUP = 64
GROUP_BYTES = 64_000_000  # a group is closed before it grows beyond, so that a read stays small
DRAFT = "draft-"  # begins the name of a shard that has no lasting name yet
N_OPEN = 8  # shards kept open; small, because open files are limited
NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,150}")
SHARD = pa.schema([pa.field("image_id", pa.string()), pa.field("image", pa.binary())])
SPOTS = {"image_id": pl.String, "shard": pl.String, "row_group": pl.Int32, "row": pl.Int32}


class Spot(NamedTuple):
    """Where one picture's bytes lie."""

    shard: str
    row_group: int
    row: int


class Writer:
    """Fills one shard; get it from `Shelf.writer`."""

    def __init__(self, name: str, path: Path, per_group: int = PER_GROUP) -> None:
        self._name = name
        self._path = path
        self._per_group = per_group
        self._file: pq.ParquetWriter | None = None
        self._ids: list[str] = []
        self._images: list[bytes] = []
        self._n_bytes = 0
        self._n_groups = 0
        self._spots: dict[str, Spot] = {}

    def add(self, image_id: str, data: bytes, *, is_checked: bool = False) -> Spot:
        """Put a picture on the shelf and give its place; the same one again gets the same place.

        ``is_checked`` says that the name was computed from these very bytes.

        Raises:
            ValueError: The shard is full, or the name is not the SHA-256 of the bytes.
        """
        if image_id in self._spots:
            return self._spots[image_id]
        if len(self._spots) == PER_SHARD:
            raise ValueError(f"shard {self._name!r} is full; open another after {PER_SHARD}")
        if not is_checked and hashlib.sha256(data).hexdigest() != image_id:
            raise ValueError(f"{image_id!r} is not the SHA-256 of its {len(data)} bytes")
        if self._images and self._n_bytes + len(data) > GROUP_BYTES:
            self._close_group()
        spot = Spot(self._name, self._n_groups, len(self._ids))
        self._spots[image_id] = spot
        self._ids.append(image_id)
        self._images.append(data)
        self._n_bytes += len(data)
        if len(self._ids) == self._per_group:
            self._close_group()
        return spot

    def _close_group(self) -> None:
        if self._file is None:
            self._file = _opened_to_write(self._path)
        self._file.write_table(pa.table([self._ids, self._images], SHARD), row_group_size=PER_GROUP)
        self._ids, self._images, self._n_bytes = [], [], 0
        self._n_groups += 1

    def close(self) -> bool:
        """Write what is left, and tell whether there is any picture at all."""
        if self._ids:
            self._close_group()
        if self._file is None:
            return False
        self._file.close()
        durable.settle(self._path)
        return True


class Shelf:
    """All picture bytes of a project, in one folder of shards.

    It may be sent to another process or machine, which opens the shards anew.

    Args:
        root: The folder of the shards.
        files: The files of the project around it; where these lie in an object store, a shard is
            read there in pieces and no copy stays here.
        only: Pictures that it hands out, all others are refused; None: it hands out any.
    """

    def __init__(
        self, root: Path, files: Files | None = None, only: frozenset[str] | None = None
    ) -> None:
        self.root = root
        self.files = files or Files(root)
        self.only = only
        self._open: OrderedDict[str, pq.ParquetFile] = OrderedDict()
        self._lock = threading.Lock()

    def __getstate__(self) -> dict[str, Any]:
        return {"root": self.root, "files": self.files, "only": self.only}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state)  # type: ignore[misc]  # the lock is made anew

    def limited(self, image_ids: Iterable[str]) -> "Shelf":
        """Give the same shelf, which hands out these pictures and refuses all others."""
        asked = frozenset(image_ids)
        return Shelf(self.root, self.files, asked if self.only is None else asked & self.only)

    def path(self, name: str) -> Path:
        """Give the file of a shard.

        Raises:
            ValueError: The name could lead out of the folder.
        """
        if not NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a shard")
        return self.root / f"{name}.parquet"

    def has(self, name: str) -> bool:
        """Tell whether a shard stands."""
        return self.files.stands(self.path(name))

    @contextmanager
    def writer(self, name: str, per_group: int = PER_GROUP) -> Iterator[Writer]:
        """Fill a shard of that name; it stands when the block ends, unless nothing was added.

        A shard of the same name is replaced, so a name must say what is inside. One whose name
        begins with ``draft-`` stays in this folder until `rename` names it. As many pictures as
        ``per_group`` are read at once: few suit a reader who takes them in another order.
        """
        path = self.path(name)
        self.root.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.part")  # one name: an aborted one is overwritten
        try:
            writer = Writer(name, beside, per_group)
            yield writer
            if writer.close():
                self._publish(beside, path)
        finally:
            beside.unlink(missing_ok=True)

    def rename(self, name: str, wanted: str) -> None:
        """Give a shard the name that says what is inside; when that one stands already, keep it."""
        if self.has(wanted) and not self._has_gaps(wanted):
            self.path(name).unlink()
        else:
            self._publish(self.path(name), self.path(wanted))

    def names(self) -> list[str]:
        """Give the names of all shards, sorted."""
        return [path.stem for path in self.files.listed(self.root, "*.parquet")]

    def empty(self, name: str, image_ids: Iterable[str]) -> int:
        """Take pictures out of a shard, all others keep their places; give how many there were.

        Interrupted, it has done nothing, and may be called again.
        """
        gone, path = frozenset(image_ids), self.path(name)
        if self.files.url:  # what lies in the store counts, not what an interruption left here
            with self._lock:
                self._open.pop(name, None)
            path.unlink(missing_ok=True)
        n_gone = len(gone.intersection(self.spots(name)["image_id"]))
        if not n_gone:
            return 0
        self.root.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.part")
        try:
            with self.files.opened(path) as file, _opened_to_write(beside) as target:
                source = pq.ParquetFile(file)
                for number in range(source.num_row_groups):
                    target.write_table(_without(source.read_row_group(number), gone))
            durable.settle(beside)
            self._publish(beside, path)
        finally:
            beside.unlink(missing_ok=True)
        return n_gone

    def _has_gaps(self, name: str) -> bool:
        with self._lock, _checked(self.path(name)):
            n_rows = self._file(name).metadata.num_rows
        return bool(self.spots(name).height < n_rows)

    def _publish(self, source: Path, target: Path) -> None:
        with self._lock:
            self._open.pop(target.stem, None)
            source.rename(target)
        durable.settle(self.root)
        if not target.name.startswith(DRAFT):
            self.files.publish(target)
            self.files.drop_copy(target)

    def spots(self, name: str) -> pl.DataFrame:
        """Give image_id, shard, row_group and row of every picture in a shard."""
        with self._lock, _checked(self.path(name)):
            file = self._file(name)
            groups = [
                file.read_row_group(number, columns=["image_id"]).column(0).to_pylist()
                for number in range(file.num_row_groups)
            ]
        rows = [
            (image_id, name, number, row)
            for number, ids in enumerate(groups)
            for row, image_id in enumerate(ids)
            if image_id  # else the place of a picture that was removed
        ]
        return pl.DataFrame(rows, schema=SPOTS, orient="row")

    def verify(self, name: str) -> tuple[int, list[str]]:
        """Give how many pictures of a shard are what their names say, and the names of the others.

        Raises:
            Damaged: The shard is missing or broken.
        """
        n_right, wrong, path = 0, [], self.path(name)
        with _checked(path), self.files.opened(path) as source, pq.ParquetFile(source) as file:
            for number in range(file.num_row_groups):
                group = file.read_row_group(number, use_threads=False)
                ids, images = (group.column(one).to_pylist() for one in SHARD.names)
                for image_id, data in zip(ids, images, strict=True):
                    is_right = hashlib.sha256(data or b"").hexdigest() == image_id
                    n_right += is_right
                    if image_id and not is_right:  # without a name it was removed on request
                        wrong.append(image_id)
        return n_right, wrong

    def read(self, shard: str, row_group: int, row: int, image_id: str) -> bytes:
        """Give the bytes of one picture.

        Raises:
            Damaged: The shard is missing or broken, or the bytes are not those of that name.
            Refused: The shelf is limited to other pictures.
        """
        return self._picked(self._group(shard, row_group), Spot(shard, row_group, row), image_id)

    def scan(self, frame: pl.DataFrame) -> Iterator[tuple[str, bytes]]:
        """Give (image_id, bytes) for each row of a frame with the columns of `spots`, in its order.

        Fast where neighbours in the frame are neighbours on the shelf.
        """
        at, group = ("", -1), None
        for image_id, shard, row_group, row in frame.select(list(SPOTS)).iter_rows():
            if group is None or at != (shard, row_group):
                at, group = (shard, row_group), self._group(shard, row_group)
            yield image_id, self._picked(group, Spot(shard, row_group, row), image_id)

    def _group(self, shard: str, row_group: int) -> pa.Table:
        with self._lock, _checked(self.path(shard)):
            return self._file(shard).read_row_group(row_group, use_threads=False)

    def _picked(self, group: pa.Table, spot: Spot, image_id: str) -> bytes:
        if self.only is not None and image_id not in self.only:
            raise Refused(
                f"the picture {image_id[:12]}… was not handed out to this step, which may look at "
                f"{len(self.only):,} others; what trains may not open what is tested"
            )
        if spot.row < len(group) and not group.column("image_id")[spot.row].as_py():
            raise Damaged(
                f"{self.path(spot.shard)}: the picture {image_id[:12]}… was removed on request; "
                "delete the products made from it and run again"
            )
        data: bytes = group.column("image")[spot.row].as_py() if spot.row < len(group) else b""
        if hashlib.sha256(data).hexdigest() != image_id:
            raise Damaged(
                f"{self.path(spot.shard)}: row {spot.row} of group {spot.row_group} is not the "
                f"picture {image_id[:12]}…; restore the file, or delete it with the products made "
                "from it and run again"
            )
        return data

    def _file(self, name: str) -> pq.ParquetFile:
        if name not in self._open:
            self._open[name] = pq.ParquetFile(self.files.handle(self.path(name)))
            while len(self._open) > N_OPEN:
                self._open.popitem(last=False)[1].close()
        self._open.move_to_end(name)
        return self._open[name]


def _opened_to_write(path: Path) -> pq.ParquetWriter:
    return pq.ParquetWriter(
        path,
        SHARD,
        compression={"image_id": "zstd", "image": "none"},
        use_dictionary=False,
        write_statistics=False,
    )


def _without(group: pa.Table, gone: frozenset[str]) -> pa.Table:
    """Give a row group with empty places for some pictures."""
    ids = group.column("image_id").to_pylist()
    images = group.column("image").to_pylist()
    kept = [image if one not in gone else b"" for one, image in zip(ids, images, strict=True)]
    return pa.table([[one if one not in gone else "" for one in ids], kept], SHARD)


@contextmanager
def _checked(path: Path) -> Iterator[None]:
    """Turn a missing or broken shard into a sentence."""
    try:
        yield
    except (OSError, pa.ArrowException, IndexError, ValueError) as trouble:
        machine = isinstance(trouble, OSError) and trouble.errno is not None
        if machine and not isinstance(trouble, FileNotFoundError):  # not the shard's fault
            raise
        raise Damaged(
            f"{path}: the shard is missing or broken ({trouble}); restore it from a copy, or "
            "delete the products made from it and run again"
        ) from trouble
