"""The form of Flickr_LDL and Twitter_LDL: one table of votes, pictures beside it."""

from collections.abc import Iterator
from pathlib import Path

from affekt.datasets import Labelled
from affekt.datasets._rows import once, picture, rows, votes
from affekt.datasets._votes import counted
from affekt.errors import AffektError
from affekt.taxonomy import MIKELS8

TABLE = "ground_truth.txt"


def labelled(kind: str, root: Path) -> Iterator[Labelled]:
    """Give every row of ``ground_truth.txt``; its picture lies in ``images``, if anywhere.

    Raises:
        AffektError: There is no such table, or a row is none.
    """
    table, seen = root / TABLE, set[str]()
    if not table.is_file():
        raise AffektError(
            f"data set {kind!r}: {str(root)!r} holds no copy; it needs {TABLE}, and the pictures "
            "you have in the folder 'images'; set `root` to their folder"
        )
    found = rows(table, None)
    names = [word.casefold() for row in found[:1] for word in row.cells[1:]]
    listed = found[1:]
    if sorted(names) != sorted(MIKELS8.names) or not listed:
        raise AffektError(
            f"{table}: the first line names the columns {names}; images-name and "
            f"{', '.join(MIKELS8.names)} are needed, and a line a picture below; get it anew"
        )
    for row in listed:
        if len(row.cells) != 1 + len(names):
            raise AffektError(
                f"{table}:{row.line}: has {len(row.cells)} words; a file name and {len(names)} "
                "counts are needed; correct the line or get the file anew"
            )
        name, *given = row.cells
        once(table, row, name, seen)
        of = dict(zip(names, votes(table, row, given), strict=True))
        shared = counted(of, MIKELS8.names)
        path = picture(table, row, root / "images", name)
        yield Labelled(name, path, shared.emotion, shares=shared.shares)
