"""Abstract Paintings: 280 works without objects, each with votes of about fourteen people."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from scipy.io import loadmat

from affekt.datasets import Dataset, Facts, Labelled
from affekt.datasets._votes import Counted, counted
from affekt.errors import AffektError
from affekt.taxonomy import MIKELS8, Taxonomy

VOTES = "ABSTRACT_groundTruth.csv"  # as published, beside the pictures
VALUES = "Painting.mat"  # as label-distribution research passes it on: no pictures, 142 values each
# Columns of both, and what the taxonomy calls them.
COLUMNS: Mapping[str, str] = {
    "Amusement": "amusement",
    "Anger": "anger",
    "Awe": "awe",
    "Content": "contentment",
    "Disgust": "disgust",
    "Excitement": "excitement",
    "Fear": "fear",
    "Sad": "sadness",
}


class AbstractPaintings(Dataset):
    """A user's copy: the pictures with their table of votes, or ``Painting.mat`` without pictures.

    The label is the emotion with most votes. A painting whose first two emotions tie has none and
    is dropped with the reason ``no-label``: 229 of 280 stay, contentment 64; the 2016 paper has
    228, contentment 63, and every other count the same. Where the copy has values instead of
    pictures, an entry uses them by ``feature = "given"``. There are no groups.
    """

    facts = Facts(
        title="Abstract Paintings",
        citation="Machajdik and Hanbury (2010), ACM Multimedia",
        licence="research; each painting under the rights of its artist",
        images=280,
    )

    @property
    def taxonomy(self) -> Taxonomy:
        return MIKELS8

    def load(self) -> Iterator[Labelled]:
        root = self.root.path
        if (root / VOTES).is_file():
            yield from _with_pictures(root / VOTES)
        elif (root / VALUES).is_file():
            yield from _with_values(root / VALUES)
        else:
            raise AffektError(
                f"data set 'abstract_paintings': {str(root)!r} holds no copy; it needs {VOTES} "
                f"with the pictures beside it, or {VALUES}; set `root` to its folder"
            )


def _counted(votes: Sequence[float]) -> Counted:
    """Read votes in the order of `COLUMNS`, as counts or as shares."""
    return counted(dict(zip(COLUMNS.values(), votes, strict=True)), MIKELS8.names)


def _with_pictures(table: Path) -> Iterator[Labelled]:
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, quotechar="'", skipinitialspace=True))
    header = [word.strip() for word in rows[0]] if rows else []
    if header[1:] != list(COLUMNS):
        raise AffektError(
            f"{table}: the columns are {header[1:]}; {list(COLUMNS)} are needed behind the name"
        )
    for line, row in enumerate(rows[1:], 2):
        if not row:
            continue
        votes = _votes(table, line, row)
        shared = _counted(votes)
        path = table.parent / row[0]
        if path.name != row[0]:
            raise AffektError(f"{table}:{line}: {row[0]!r} is no plain file name; correct it")
        yield Labelled(row[0], path, shared.emotion, shares=shared.shares)


def _votes(table: Path, line: int, row: Sequence[str]) -> list[float]:
    try:
        votes = [float(word) for word in row[1:]]
    except ValueError:
        votes = []
    if len(votes) != len(COLUMNS) or min(votes) < 0 or not sum(votes) > 0:
        raise AffektError(
            f"{table}:{line}: the votes are {', '.join(row[1:])!r}; {len(COLUMNS)} counts from 0, "
            "not all of them 0, are needed"
        )
    return votes


def _with_values(path: Path) -> Iterator[Labelled]:
    values, shares = _matrices(path)
    for number, (vector, votes) in enumerate(zip(values, shares, strict=True), 1):
        shared = _counted(votes.tolist())
        yield Labelled(
            f"painting {number:03d}",
            None,
            shared.emotion,
            shares=shared.shares,
            values=tuple(vector.tolist()),
        )


def _matrices(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Give values and shares of votes, one row a painting.

    Raises:
        AffektError: They are not what the file should hold.
    """
    try:
        found = loadmat(path, variable_names=("features", "labels"))
        values, shares = found["features"], found["labels"]
    except Exception as trouble:  # the reader raises whatever a damaged file leads it to
        raise AffektError(
            f"{path}: cannot be read as a MATLAB file with `features` and `labels` "
            f"({type(trouble).__name__}: {trouble}); get it anew"
        ) from trouble
    if values.ndim != 2 or shares.shape != (len(values), len(COLUMNS)):
        raise AffektError(
            f"{path}: `features` has the shape {values.shape} and `labels` {shares.shape}; one row "
            f"a painting and {len(COLUMNS)} shares in `labels` are needed"
        )
    if not (np.isfinite(values).all() and (shares >= 0).all() and (shares.sum(axis=1) > 0).all()):
        raise AffektError(f"{path}: a value is not finite, or a share below 0; get it anew")
    return values, shares
