"""Writes a release folder: the same rows give the same bytes, wherever and whenever."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from affekt import cells, licences
from affekt.datasets.release import card, shape
from affekt.datasets.release.archive import archived
from affekt.datasets.release.papers import citing, croissant
from affekt.datasets.release.shape import Manifest
from affekt.durable import file_sha256
from affekt.taxonomy import Taxonomy

FILE_BYTES = 450_000_000  # of pictures and texts, so that no file is over 500 MB
GROUP_BYTES = 200_000_000  # a row group stays readable in memory, whatever the pictures
LINKS_A_FILE, LINKS_A_GROUP = 1_000_000, 10_000  # rows
AHEAD_BYTES = 100_000_000  # of pictures that are read before they are written
PLACE = ("shard", "row_group", "row")
TEXT_BYTES = 4_000  # what a row takes besides its picture, at the most

Pictures = Callable[[pl.DataFrame], Iterator[tuple[str, bytes]]]


@dataclass(frozen=True)
class Contents:
    """Everything a release holds.

    Attributes:
        manifest: What ``manifest.json`` will say.
        rows: One row a picture, shipped or not; columns as in `shape.COLUMNS` without ``image``,
            and ``format``.
        pictures: Gives (image_id, bytes) for some of the rows that are shipped, in their order;
            fast where they are sorted by their place (shard, row_group, row).
        votes: Columns as in `shape.VOTE_COLUMNS`.
        asked: Columns as in `shape.ASKED_COLUMNS`.
        noisy: Columns as in `shape.NOISY_COLUMNS`.
        removed: Columns as in `shape.REMOVED_COLUMNS`.
        has_archive: Whether the pictures are written as plain files in an archive, too.
    """

    manifest: Manifest
    rows: pl.DataFrame
    pictures: Pictures
    votes: pl.DataFrame
    asked: pl.DataFrame
    noisy: pl.DataFrame
    removed: pl.DataFrame
    has_archive: bool = False


def write(folder: Path, contents: Contents) -> None:
    """Write a release into an empty folder."""
    rows = contents.rows.sort("image_id")
    (folder / "annotations").mkdir(parents=True, exist_ok=True)
    shipped, linked = rows.filter(pl.col("shipped")), rows.filter(~pl.col("shipped"))
    sizes = {
        split: _pictures(folder, split, shipped.filter(split=split), contents.pictures)
        for split in shape.SPLITS
        if not shipped.filter(split=split).is_empty()
    }
    for split in linked["split"].unique().sort():
        _links(folder, split, linked.filter(split=split))
    if contents.has_archive and not shipped.is_empty():
        archived(folder / shape.ARCHIVE, _files(shipped, contents.pictures))
    _annotations(folder, contents, rows)
    for name, text in card.papers(contents.manifest, rows, sizes).items():
        _text(folder / name, text)
    manifest = contents.manifest
    stored = sum(size.n_stored for size in sizes.values())
    _text(folder / shape.DATACITE, to_json(citing.datacite(manifest, stored)))
    _text(folder / shape.MANIFEST, to_json(manifest.model_dump(mode="json")))
    # Names the hash of every other file, so that it is written behind them.
    _text(folder / shape.CROISSANT, to_json(croissant.document(manifest, rows, _facts(folder))))
    _text(folder / shape.CHECKSUMS, checksums(folder))


def to_json(value: Any) -> str:
    """Give JSON for people: sorted keys, indented, UTF-8."""
    return json.dumps(value, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def checksums(folder: Path) -> str:
    """Give one line a file below a folder, as ``sha256sum`` writes them, sorted by name."""
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))
    files = [name for name in names if (folder / name).is_file() and name != shape.CHECKSUMS]
    return "".join(f"{file_sha256(folder / name)}  {name}\n" for name in files)


def _facts(folder: Path) -> dict[str, tuple[str, int]]:
    """Give SHA-256 and bytes of every file that is there."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {
        path.relative_to(folder).as_posix(): (file_sha256(path), path.stat().st_size)
        for path in paths
    }


def attribution(row: Mapping[str, Any]) -> str:
    """Give the credit line of a picture: title, author, licence, source.

    >>> attribution({"title": "Dunes", "author": "Ann", "licence": "cc-by-2.0", "source": "folder",
    ...     "landing_url": None, "source_url": None, "is_generated": False})
    '"Dunes", Ann, Creative Commons Attribution 2.0, folder'
    """
    licence = licences.of(row["licence"])
    title = f'"{row["title"]}"' if row["title"] else "untitled"
    unnamed = "author withheld" if row.get("owner_id") else "author not named"
    author = row["author"] or ("made by a program" if row["is_generated"] else unnamed)
    terms = licence.title if licence else row["licence"] or "no licence known"
    return ", ".join(
        (title, author, terms, row["landing_url"] or row["source_url"] or row["source"])
    )


def _pictures(folder: Path, split: str, rows: pl.DataFrame, pictures: Pictures) -> card.Size:
    """Write the picture files of one split."""
    files = slices((rows["bytes"] + TEXT_BYTES).to_list(), FILE_BYTES)
    n_bytes = n_stored = 0
    (folder / "data").mkdir(exist_ok=True)
    for number, (start, end) in enumerate(files):
        path = folder / "data" / f"{split}-{number:05d}-of-{len(files):05d}.parquet"
        n_bytes += _picture_file(path, rows[start:end], pictures)
        n_stored += path.stat().st_size
    return card.Size(rows.height, n_bytes, n_stored)


def _links(folder: Path, split: str, rows: pl.DataFrame) -> None:
    """Write the files of one split's pictures that are not shipped."""
    (folder / "links").mkdir(exist_ok=True)
    schema = shape.link_schema()
    files = slices([1] * rows.height, LINKS_A_FILE)
    for number, (start, end) in enumerate(files):
        path = folder / "links" / f"{split}-{number:05d}-of-{len(files):05d}.parquet"
        part = rows[start:end]
        columns = {
            name: part[name].to_arrow().cast(schema.field(name).type) for name in schema.names
        }
        pq.write_table(pa.table(columns, schema=schema), path, row_group_size=LINKS_A_GROUP)


def _picture_file(path: Path, rows: pl.DataFrame, pictures: Pictures) -> int:
    schema = shape.data_schema()
    plain = [name for name in shape.COLUMNS if name != "image"]
    n_bytes = 0
    # Without compression and without statistics over pictures: they shrink no further.
    with pq.ParquetWriter(
        path, schema, compression="none", use_dictionary=plain, write_statistics=plain
    ) as file:
        groups = slices((rows["bytes"] + TEXT_BYTES).to_list(), GROUP_BYTES, shape.ROW_GROUP)
        files = _files(rows, pictures)
        for start, end in groups:
            table = _with_pictures(rows[start:end], islice(files, end - start), schema)
            file.write_table(table, row_group_size=shape.ROW_GROUP)
            n_bytes += table.nbytes
    return n_bytes


def _files(rows: pl.DataFrame, pictures: Pictures) -> Iterator[tuple[str, bytes]]:
    """Give file name and bytes of every picture.

    Each run of them is read in the order in which they lie, since every shard that is opened costs.
    """
    for start, end in slices(rows["bytes"].to_list(), AHEAD_BYTES):
        some = rows[start:end]
        held = dict(pictures(some.sort(*PLACE)))
        for image_id, ending in some.select("image_id", extension(pl.col("format"))).iter_rows():
            yield f"{image_id}.{ending}", held.pop(image_id)


def _with_pictures(rows: pl.DataFrame, files: Iterable[tuple[str, bytes]], schema: Any) -> Any:
    images = [{"bytes": data, "path": name} for name, data in files]
    columns = {"image": pa.array(images, shape.IMAGE)}
    for name, kind in list(shape.COLUMNS.items())[1:]:
        columns[name] = rows[name].to_arrow().cast(kind.kind)
    return pa.table(columns, schema=schema)


def extension(format_: pl.Expr) -> pl.Expr:
    """Give the end of a file name for JPEG or PNG."""
    return format_.replace_strict(shape.EXTENSIONS, return_dtype=pl.String)


def slices(sizes: Sequence[int], most: int, most_rows: int | None = None) -> list[tuple[int, int]]:
    """Cut rows into runs of at most so many bytes and rows; a row bigger than that stands alone.

    >>> slices([3, 3, 3, 9], 6), slices([1, 1, 1], 6, 2)
    ([(0, 2), (2, 3), (3, 4)], [(0, 2), (2, 3)])
    """
    cuts, filled = [0], 0
    for row, size in enumerate(sizes):
        is_full = filled + size > most or (most_rows and row - cuts[-1] == most_rows)
        if is_full and row > cuts[-1]:
            cuts.append(row)
            filled = 0
        filled += size
    return list(pairwise([*cuts, len(sizes)]))


def label_rows(rows: pl.DataFrame, taxonomy: Taxonomy) -> pl.DataFrame:
    """Give the rows of ``labels.csv``: the share vector becomes one column an emotion."""
    shares = [
        pl.col("share").list.get(at, null_on_oob=True).alias(f"share_{name}")
        for at, name in enumerate(taxonomy.names)
    ]
    return rows.with_columns(shares).select(shape.label_columns(taxonomy))


def attribution_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """Give the rows of ``attribution.csv``."""
    texts = [attribution(row) for row in rows.iter_rows(named=True)]
    credited = rows.with_columns(text=pl.Series(texts, dtype=pl.String))
    return credited.select(shape.ATTRIBUTION_COLUMNS)


def _annotations(folder: Path, contents: Contents, rows: pl.DataFrame) -> None:
    _csv(folder / shape.LABELS, label_rows(rows, contents.manifest.taxonomy))
    _csv(folder / shape.ATTRIBUTION, attribution_rows(rows))
    asked, noisy = contents.asked.sort("question_id"), contents.noisy.sort(shape.NOISY_COLUMNS)
    _csv(folder / shape.ASKED, asked.select(shape.ASKED_COLUMNS))
    _csv(folder / shape.NOISY, noisy.select(shape.NOISY_COLUMNS))
    removed = contents.removed.sort(shape.REMOVED_COLUMNS)
    _csv(folder / shape.REMOVED, removed.select(shape.REMOVED_COLUMNS))
    _votes(folder / shape.VOTES, contents.votes.sort("question_id", "worker", "emotion"))


def _votes(path: Path, votes: pl.DataFrame) -> None:
    schema = shape.vote_schema()
    columns = {name: votes[name].to_arrow().cast(schema.field(name).type) for name in schema.names}
    pq.write_table(pa.table(columns, schema=schema), path, compression="none")


def _csv(path: Path, rows: pl.DataFrame) -> None:
    _text(path, cells.to_csv(rows.columns, rows.iter_rows()))


def _text(path: Path, text: str) -> None:
    path.write_bytes(text.encode())
