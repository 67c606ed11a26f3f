"""Candidates that one hash calls near and the other does not, asked of a feature instead.

Vectors are computed for the candidates alone, in files of a thousand below the desk's scratch, so
that a run that was cut off goes on where it was.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import daft
import numpy as np
import polars as pl
from jaxtyping import Float32

from affekt.errors import AffektError
from affekt.features import Feature
from affekt.pictures.alike import Limit, Links, Prints, unconfirmed
from affekt.stage import Desk, Progress
from affekt.stages.extract import Workshop

PER_FILE = 1_000
MOST_CANDIDATES = 20_000_000  # pairs; half a gigabyte with what is computed from them
SPOT = ["image_id", "shard", "row_group", "row"]
Vectors = Float32[np.ndarray, "picture value"]


class Judge(NamedTuple):
    """Which feature is asked, and how near its vectors must be."""

    feature: Feature
    min_cosine: float
    workers: int


def confirmed(
    desk: Desk, clean: daft.DataFrame, names: pl.Series, pairs: Links, judge: Judge
) -> Links:
    """Give the candidates whose vectors are near.

    Args:
        desk: Where the bytes lie, and where vectors are kept.
        clean: Table that says where in the shelf each picture lies.
        names: The image_id of every row that a pair may name.
        pairs: The candidates.
        judge: Who decides. A picture that cannot be decoded or described is near none.
    """
    if not len(pairs.left):
        return pairs
    rows = np.unique(np.concatenate(pairs))
    spots = _spots(clean, names.gather(rows))
    files = list(_files(desk, spots, judge))
    row_of = pl.DataFrame({"image_id": names.gather(rows), "row": rows})
    order = spots.select("image_id").join(row_of, "image_id", maintain_order="left")["row"]
    place = np.empty(int(rows.max()) + 1, np.int64)
    place[order.to_numpy()] = np.arange(len(rows))
    near = _cosines(files, place[pairs.left], place[pairs.right]) >= judge.min_cosine
    return Links(pairs.left[near], pairs.right[near])


def candidates(prints: Prints, limit: Limit) -> Links:
    """Give the pairs that one hash alone calls copies, in order.

    Raises:
        AffektError: They are too many to be looked at one by one.
    """
    found, n = [], 0
    for block in unconfirmed(prints, limit):
        found.append(np.stack([block.left, block.right]))
        n += len(block.left)
        if n > MOST_CANDIDATES:
            raise AffektError(
                f"dedupe: more than {MOST_CANDIDATES:,} pairs are copies by one hash and not by "
                f"the other, too many for embedding; lower max_hamming_bits (it is {limit.bits}) "
                "or leave embedding out"
            )
    left, right = np.concatenate([np.empty((2, 0), np.int32), *found], axis=1)
    order = np.lexsort((right, left))
    return Links(left[order], right[order])


def _spots(clean: daft.DataFrame, names: pl.Series) -> pl.DataFrame:
    """Give where some pictures lie, in the order in which the shelf is read without jumping."""
    wanted = daft.from_arrow(pl.DataFrame({"image_id": names}).to_arrow())
    found = pl.DataFrame(clean.select(*SPOT).join(wanted, on="image_id", how="semi").to_arrow())
    return found.sort(SPOT).unique("image_id", keep="first").sort(*SPOT[1:], "image_id")


def _files(desk: Desk, spots: pl.DataFrame, judge: Judge) -> Iterator[Path]:
    folder = desk.scratch / f"vectors-{judge.feature.digest()[:16]}"
    folder.mkdir(parents=True, exist_ok=True)
    with Workshop(judge.feature, judge.workers) as workshop:
        for number, some in enumerate(spots.iter_slices(PER_FILE)):
            ids = "\n".join(some["image_id"])
            path = folder / f"{number:06d}-{hashlib.sha256(ids.encode()).hexdigest()[:16]}.npy"
            if not path.exists():
                made = workshop.vectors(desk.shelf.scan(some))
                _write(path, [each.vector for each in made], judge.feature.length)
            desk.watch(Progress("dedupe", number * PER_FILE + some.height, spots.height))
            yield path


def _write(path: Path, vectors: list[np.ndarray | None], length: int) -> None:
    """Write vectors of length 1; one that is missing or zero is not a number, so near none."""
    missing = np.full(length, np.nan, np.float32)
    table = np.stack([missing if one is None else one for one in vectors]).astype(np.float32)
    norms = np.linalg.norm(table, axis=1, keepdims=True)
    np.divide(table, norms, out=table, where=norms > 0)
    table[norms[:, 0] == 0] = np.nan
    beside = path.with_suffix(".part")
    with beside.open("wb") as file:
        np.save(file, table)
    beside.replace(path)


def _cosines(
    files: list[Path], left: np.ndarray, right: np.ndarray
) -> Float32[np.ndarray, " pair"]:
    """Give the cosine of each pair of vectors, two files in memory at a time."""
    cosines = np.empty(len(left), np.float32)
    pair = pl.DataFrame({"one": left // PER_FILE, "two": right // PER_FILE})
    pair = pair.with_row_index("at").group_by("one", "two", maintain_order=True).agg("at")
    last, first = -1, np.empty((0, 0), np.float32)
    for one, two, at in pair.sort("one", "two").iter_rows():
        if one != last:
            last, first = one, np.load(files[one])
        second, rows = np.load(files[two], mmap_mode="r"), np.asarray(at)
        here, there = first[left[rows] % PER_FILE], second[right[rows] % PER_FILE]
        cosines[rows] = np.einsum("ij,ij->i", here, there)
    return cosines
