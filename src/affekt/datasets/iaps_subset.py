"""IAPS-Subset: pictures of the IAPS that a psychological study put into one emotion each."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from affekt.datasets import Dataset, Facts, Labelled
from affekt.datasets._rows import Row, once, rows
from affekt.datasets._words import words_of
from affekt.errors import AffektError
from affekt.taxonomy import MIKELS8, Taxonomy

LISTS = ("categories.csv", "categories.txt")
NUMBER = re.compile(r"^\d{4}(\.\d)?$")


class IapsSubset(Dataset):
    """A user's pictures of the IAPS and a list of number and category: ``1050, fear``.

    The list is ``categories.csv`` or ``categories.txt`` in `root`, the pictures lie beside it or in
    ``images``, named by their number, such as ``1050.jpg``. There are no groups.
    """

    facts = Facts(
        title="IAPS-Subset",
        citation=(
            "Mikels, Fredrickson, Larkin, Lindberg, Maglio and Reuter-Lorenz (2005), Behavior "
            "Research Methods 37; counts of You et al. (2016), Table 1"
        ),
        licence="given by its owners for research on request; the pictures may not be passed on",
        images=395,
        emotions={
            "amusement": 37,
            "anger": 8,
            "awe": 54,
            "contentment": 63,
            "disgust": 74,
            "excitement": 55,
            "fear": 42,
            "sadness": 62,
        },
    )

    @property
    def taxonomy(self) -> Taxonomy:
        return MIKELS8

    def load(self) -> Iterator[Labelled]:
        root, words, seen = self.root.path, words_of(MIKELS8), set[str]()
        table = self._table()
        folder = root / "images" if (root / "images").is_dir() else root
        files = _by_number(folder)
        listed = rows(table, "," if table.suffix == ".csv" else None)
        if listed and not listed[0].cells[0][:1].isdigit():
            listed = listed[1:]  # a header
        if not listed:
            raise AffektError(f"{table}: lists nothing; one line a picture is needed, '1050, fear'")
        for row in listed:
            one = _read(table, row, words)
            once(table, row, one.number, seen)
            path = files.get(one.number, folder / f"{one.number}.jpg")
            yield Labelled(one.number, path, one.emotion)

    def _table(self) -> Path:
        root = self.root.path
        found = next((root / name for name in LISTS if (root / name).is_file()), None)
        if found is None:
            raise AffektError(
                f"data set 'iaps_subset': {str(root)!r} holds no list; it needs "
                f"{' or '.join(LISTS)} with number and category of each picture, and the pictures "
                "beside it or in 'images'; set `root` to its folder"
            )
        return found


class _Listed(NamedTuple):
    number: str
    emotion: str


def _read(table: Path, row: Row, words: Mapping[str, str]) -> _Listed:
    number, emotion = row.cells[0], words.get(row.cells[-1].casefold())
    if len(row.cells) != 2 or not NUMBER.match(number) or emotion is None:
        raise AffektError(
            f"{table}:{row.line}: {' '.join(row.cells)!r} is no number and category, such as "
            f"'1050 fear' or '2055.1 sadness'; known: {', '.join(MIKELS8.names)}; leave out what "
            "the study put into none or several"
        )
    return _Listed(number, emotion)


def _by_number(folder: Path) -> dict[str, Path]:
    """Give the file of each number, whatever its ending; the first in order of names."""
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.is_file() and NUMBER.match(path.stem):
            found.setdefault(path.stem, path)
    return found
