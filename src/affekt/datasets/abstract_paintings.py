"""Abstract Paintings: 280 works without objects, each with votes of about fourteen people."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from affekt.datasets import Dataset, Facts, Labelled
from affekt.datasets._rows import once, picture, rows, votes
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


def _counted(given: Sequence[float]) -> Counted:
    """Read votes in the order of `COLUMNS`, as counts or as shares."""
    return counted(dict(zip(COLUMNS.values(), given, strict=True)), MIKELS8.names)


def _with_pictures(table: Path) -> Iterator[Labelled]:
    found = rows(table, ",", "'")
    columns = found[0].cells[1:] if found else ()
    if columns != tuple(COLUMNS):
        raise AffektError(
            f"{table}: the columns are {list(columns)}; {list(COLUMNS)} are needed behind the name"
        )
    seen: set[str] = set()
    for row in found[1:]:
        name, *given = row.cells
        if len(given) != len(COLUMNS):
            raise AffektError(
                f"{table}:{row.line}: has {len(row.cells)} cells; a file name and {len(COLUMNS)} "
                "counts are needed; correct the line or get the file anew"
            )
        once(table, row, name, seen)
        shared = _counted(votes(table, row, given))
        yield Labelled(
            name, picture(table, row, table.parent, name), shared.emotion, shares=shared.shares
        )


def _with_values(path: Path) -> Iterator[Labelled]:
    values, shares = _matrices(path)
    for number, (vector, given) in enumerate(zip(values, shares, strict=True), 1):
        shared = _counted(given.tolist())
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
    from scipy.io import loadmat  # a command that only reads a plan does without

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
