"""How near the nearest training picture comes to each tested one: near copies let models remember.

References:
    You, Luo, Jin and Yang (2016) removed equal files only and split at random, so near copies may
    stand on both sides; what that does is measured here.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from jaxtyping import Bool, Int, UInt64

from affekt.store import Product

MOST_COMPARED = 4_000_000_000  # pairs of a protocol: about a minute
CHUNK = 4_000_000  # pairs compared at once, some 40 MB
# Protocols that train where the column `part` says train.
BY_PART = ("holdout", "transfer", "learning_curve")
NEAR_BITS = 8  # as `dedupe` groups pictures where not told otherwise, below five million


class Prints(NamedTuple):
    """Both hashes of each picture; where `known` is False there are none."""

    phash: UInt64[np.ndarray, " image"]
    dhash: UInt64[np.ndarray, " image"]
    known: Bool[np.ndarray, " image"]


class Memory:
    """Distances already found: the entries of one data set and protocol share their folds."""

    def __init__(self) -> None:
        self._known: dict[str, pl.Series] = {}

    def nearest(self, made: Product, tests: pl.DataFrame, recipe: Mapping[str, Any]) -> pl.Series:
        """Give `nearest`, once for equal pictures and rounds."""
        rounds = tests.select("repeat", "fold", "image_id").write_csv()
        protocol = json.dumps(recipe.get("protocol", {}), sort_keys=True, default=str)
        key = hashlib.sha256(f"{made.address}\n{protocol}\n{rounds}".encode()).hexdigest()
        if key not in self._known:
            self._known[key] = nearest(made.table(), tests, recipe)
        return self._known[key]


def nearest(pictures: pl.DataFrame, tests: pl.DataFrame, recipe: Mapping[str, Any]) -> pl.Series:
    """Give for each test the bits between its picture and the nearest one trained on.

    The distance of two pictures is the least `max_hamming_bits` at which the stage dedupe would
    call them copies: one hash differs in at most so many bits, the other in at most twice as many.

    Args:
        pictures: The data set, schema `affekt.tables.PICTURES`.
        tests: Columns ``repeat``, ``fold`` and ``image_id``.
        recipe: Of the predictions; tells who was trained on.

    Returns:
        Null where the picture is flat, so that it has no hashes, where nobody can tell what was
        trained on, or where there would be too many pairs.
    """
    number = {name: at for at, name in enumerate(pictures["image_id"])}
    prints = _prints(pictures)
    found: list[int | None] = [None] * tests.height
    turns = [
        (rows, asked, trained)
        for rows, asked, trained in _turns(pictures, tests, recipe, number)
        if prints.known[asked].any() and prints.known[trained].any()
    ]
    if sum(len(asked) * len(trained) for _, asked, trained in turns) > MOST_COMPARED:
        turns = []
    for rows, asked, trained in turns:
        bits = _least_bits(prints, asked, trained)
        for row, one in zip(rows.tolist(), bits.tolist(), strict=True):
            found[row] = one if one >= 0 else None
    return pl.Series("near_bits", found, dtype=pl.Int32)


Numbers = Int[np.ndarray, "_"]
Turn = tuple[Numbers, Numbers, Numbers]


def _turns(
    pictures: pl.DataFrame,
    tests: pl.DataFrame,
    recipe: Mapping[str, Any],
    number: Mapping[str, int],
) -> Iterator[Turn]:
    """Give rows of the tests, and the numbers of the pictures tested and trained on, each round."""
    protocol = recipe.get("protocol", {})
    asked = np.array([number.get(name, -1) for name in tests["image_id"]], dtype=np.int64)
    repeat, fold = tests["repeat"].to_numpy(), tests["fold"].to_numpy()
    for one in np.unique(repeat):
        of_repeat = (repeat == one) & (asked >= 0)
        for turn in np.unique(fold[of_repeat]):
            is_tested = of_repeat & (fold == turn)
            tested = asked[is_tested]
            if protocol.get("kind") in BY_PART:
                trained = _held_out(pictures, tested, protocol)
            else:  # each picture is tested once a repeat, by a model that saw the others
                trained = np.setdiff1d(asked[of_repeat], tested)
            yield np.flatnonzero(is_tested), tested, trained


def _held_out(pictures: pl.DataFrame, tested: Numbers, protocol: Mapping[str, Any]) -> Numbers:
    """Give the training rows of a data set that says its own split, as the protocol takes them."""
    parts = ["train", "validate"] if protocol.get("with_validation") else ["train"]
    is_trained = pictures["part"].is_in(parts).fill_null(False)
    if protocol.get("grouped", True):
        group = pictures.select(pl.coalesce("group_id", "image_id"))["group_id"]
        is_trained &= ~group.is_in(group.gather(tested).implode())
    return np.flatnonzero(is_trained.to_numpy())


def _prints(pictures: pl.DataFrame) -> Prints:
    columns = []
    for name in ("phash", "dhash"):
        column = pictures[name] if name in pictures.columns else pl.Series([None] * pictures.height)
        columns.append(column.cast(pl.UInt64))
    known = (columns[0].is_not_null() & columns[1].is_not_null()).to_numpy()
    phash, dhash = (one.fill_null(0).to_numpy() for one in columns)
    return Prints(phash, dhash, known)


def _least_bits(prints: Prints, asked: Numbers, trained: Numbers) -> Numbers:
    """Give for each picture asked about the distance of the nearest trained one; -1 for none."""
    trained = trained[prints.known[trained]]
    least = np.full(len(asked), -1, dtype=np.int64)
    step = max(1, CHUNK // len(trained))
    rows = np.flatnonzero(prints.known[asked])
    for start in range(0, len(rows), step):
        at = rows[start : start + step]
        some = asked[at]
        p = np.bitwise_count(prints.phash[some, None] ^ prints.phash[trained])
        d = np.bitwise_count(prints.dhash[some, None] ^ prints.dhash[trained])
        found = np.minimum(np.maximum(p, (d + 1) // 2), np.maximum(d, (p + 1) // 2))
        least[at] = found.min(axis=1)
    return least
