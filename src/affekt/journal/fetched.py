"""The log of pictures asked for: what became of each attempt, in Parquet shards, append-only.

Only what was removed on request leaves it. The latest attempt of a link wins. Every page of a shard
carries a checksum, so that an overwritten byte is found and not believed.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from affekt import durable
from affekt.errors import Damaged, NewerFormat
from affekt.files import Files
from affekt.tables import CLEAN, FOUND

FORMAT = 1  # of a shard; raised when an older affekt could not read it
MARK = b"affekt.fetched"  # key of the format in the file's own notes
LINK = ("source", "source_id", "url")
N_OPEN = 4  # shards kept in memory: neighbours are looked up after each other
PICTURE = tuple(name for name in CLEAN.columns if name not in FOUND.columns)
COLUMNS: Mapping[str, pl.DataType | type[pl.DataType]] = {
    **dict.fromkeys(LINK, pl.String),
    "reason": pl.String,  # null: the picture is on the shelf
    "detail": pl.String,
    "status": pl.Int16,  # of HTTP, of the last answer
    "final_url": pl.String,  # after redirects
    "attempts": pl.Int32,  # requests sent
    "fetched_at": pl.String,  # ISO 8601, UTC
    "round": pl.Int32,  # 1 the first time that this link is asked for, then 2 …
    "opt_outs": pl.String,  # words that would have kept it back, sorted, a space between
    "limits": pl.String,  # digest of the limits that it was decoded under
    "side_px": pl.Int32,  # longest side that was stored; null: the bytes as they came
    "content": pl.String,  # SHA-256 of the bytes as they came
    "came_bytes": pl.Int64,
    "came_width_px": pl.Int32,  # upright, as it came
    "came_height_px": pl.Int32,
    **{name: CLEAN.columns[name].dtype for name in PICTURE},
}


class Attempts:
    """All attempts of a project; may be sent to another process.

    Args:
        folder: Where the shards lie; made at the first append.
        files: The files of the project around it.
    """

    def __init__(self, folder: Path, files: Files | None = None) -> None:
        self.folder = folder
        self.files = files or Files(folder)
        self._index: pl.DataFrame | None = None
        self._paths: list[Path] = []
        self._open: OrderedDict[int, pl.DataFrame] = OrderedDict()

    def __getstate__(self) -> dict[str, object]:
        return {"folder": self.folder, "files": self.files}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__init__(state["folder"], state["files"])  # type: ignore[misc]

    def append(self, rows: pl.DataFrame) -> None:
        """Put some attempts on disk; they are safe there when this returns.

        They are not among the answers of `latest` of this very object.
        """
        rows = rows.select(pl.col(name).cast(kind) for name, kind in COLUMNS.items())
        name = hashlib.sha256(rows.write_ndjson().encode()).hexdigest()[:32]
        path = self.folder / f"{name}.parquet"
        self.folder.mkdir(parents=True, exist_ok=True)
        table = rows.to_arrow()
        notes = {**(table.schema.metadata or {}), MARK: str(FORMAT).encode()}
        with durable.replaced(path) as beside:
            pq.write_table(
                table.replace_schema_metadata(notes),
                beside,
                compression="zstd",
                write_page_checksum=True,
            )
        self.files.publish(path)

    def latest(self, links: pl.DataFrame) -> pl.DataFrame:
        """Give the latest attempt (all columns) of each of these links that was asked for.

        ``links`` has the columns of `LINK`, no link twice. Quick where neighbours in it were
        fetched together.

        Raises:
            Damaged: A shard is not what was written.
            NewerFormat: A newer affekt wrote it.
        """
        empty = pl.DataFrame(schema=COLUMNS)
        index = self._indexed()
        if index.is_empty() or links.is_empty():
            return empty
        wanted = links.select(LINK)
        places = wanted.select(link=_hashed()).join(index, on="link").sort("file", "row")
        found = [empty]
        for (number,), rows in places.group_by("file", maintain_order=True):
            found.append(self._shard(int(str(number)))[rows["row"]])
        # Two links may share a hash; the texts decide.
        return pl.concat(found).join(wanted, on=LINK, how="semi")

    def table(self, columns: Sequence[str]) -> pl.DataFrame:
        """Give some columns, the link among them, of the latest attempt of every link."""
        index = self._indexed().sort("file", "row")
        found = [pl.DataFrame(schema={name: COLUMNS[name] for name in columns})]
        for (number,), rows in index.group_by("file", maintain_order=True):
            path = self._paths[int(str(number))]
            found.append(_read(self.files, path, columns)[rows["row"]])
        return pl.concat(found)

    def each(self, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        """Give some columns of all attempts, shard by shard."""
        for path in self.paths():
            yield _read(self.files, path, columns)

    def paths(self) -> list[Path]:
        """Give the files of all shards, sorted."""
        return self.files.listed(self.folder, "*.parquet")

    def read(self, path: Path) -> pl.DataFrame:
        """Give all that one shard holds, held against its checksums.

        Raises:
            Damaged: It is not what was written.
            NewerFormat: A newer affekt wrote it.
        """
        return _read(self.files, path, list(COLUMNS))

    def forget(self, is_gone: Callable[[pl.DataFrame], pl.Series], *, dry: bool = False) -> int:
        """Take attempts out, and give how many; ``dry`` only counts.

        The rest of a shard is a shard of its own before the old one goes, so that an interruption
        loses nothing; called again, it finishes.
        """
        n_gone = 0
        for path in self.paths():
            rows = self.read(path)
            which = is_gone(rows)
            n_gone += int(which.sum())
            if which.any() and not dry:
                if not which.all():
                    self.append(rows.filter(~which))
                self.files.remove(path)
        self._index = None
        self._open.clear()
        return n_gone

    def _indexed(self) -> pl.DataFrame:
        """Give where the latest attempt of each link lies: ``link`` (a hash), ``file``, ``row``."""
        if self._index is None:
            self._paths = self.paths()
            parts = list(self._listed())
            columns = ["link", "file", "row"]
            if not parts:
                return pl.DataFrame(schema=dict.fromkeys(columns, pl.UInt32))
            every = pl.concat(parts).sort("round", "fetched_at", "file", "row")
            self._index = every.unique("link", keep="last").select(columns)
        return self._index

    def _listed(self) -> Iterator[pl.DataFrame]:
        for number, path in enumerate(self._paths):
            rows = _read(self.files, path, [*LINK, "round", "fetched_at"])
            at = pl.col("fetched_at").str.to_datetime(time_zone="UTC")
            yield rows.select(
                "round",
                link=_hashed(),
                fetched_at=at,
                file=pl.lit(number, pl.UInt32),
                row=pl.int_range(pl.len(), dtype=pl.UInt32),
            )

    def _shard(self, number: int) -> pl.DataFrame:
        if number not in self._open:
            self._open[number] = self.read(self._paths[number])
            while len(self._open) > N_OPEN:
                self._open.popitem(last=False)
        self._open.move_to_end(number)
        return self._open[number]


def _hashed() -> pl.Expr:
    """Give a number for each link; the same within one process only."""
    return pl.struct(LINK).hash()


def _read(files: Files, path: Path, columns: Sequence[str]) -> pl.DataFrame:
    with _checked(path), files.opened(path) as source:
        file = pq.ParquetFile(source, page_checksum_verification=True)
        written = (file.schema_arrow.metadata or {}).get(MARK, b"0")
        if int(written) > FORMAT:
            raise NewerFormat(
                f"{path}: written in format {int(written)}, this affekt reads up to {FORMAT}; "
                "update affekt. Nothing was touched"
            )
        frame = pl.from_arrow(file.read(list(columns)))
    assert isinstance(frame, pl.DataFrame)
    return frame.select(pl.col(name).cast(COLUMNS[name]) for name in columns)


@contextmanager
def _checked(path: Path) -> Iterator[None]:
    """Turn a broken shard into a sentence."""
    try:
        yield
    except (pa.ArrowException, OSError, ValueError) as trouble:
        if isinstance(trouble, OSError) and trouble.errno is not None:  # the machine's, not ours
            raise
        raise Damaged(
            f"{path}: is not what was written ({trouble}); put the file back from a backup, or "
            "delete it to have its pictures fetched again"
        ) from trouble
