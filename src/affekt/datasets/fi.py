"""FI: the set of the 2016 paper, photographs of Flickr and Instagram verified by the crowd."""

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from affekt.datasets import Dataset, Facts, Labelled
from affekt.datasets._folders import pictures
from affekt.datasets._rows import numbers, picture, rows
from affekt.datasets._words import words_of
from affekt.errors import AffektError
from affekt.taxonomy import MIKELS8, Taxonomy

KEPT = 3  # yes votes of five that the paper demands
MOST = 1000  # votes of a picture beyond which a cell is taken for something else


class Fi(Dataset):
    """A user's copy: a class folder an emotion, and lists of votes where the copy has them.

    A list is ``<emotion>_*.csv`` in `root` or in its folder ``agg``. Where there is one, the lists
    alone say which pictures belong to the set: those with at least three yes. Their file is looked
    up in the class folder by the last part of the link, and each carries its share of yes. Without
    lists, the class folder is the label. There are no groups.
    """

    facts = Facts(
        title="FI, Flickr and Instagram",
        citation="You, Luo, Jin and Yang (2016), AAAI",
        licence="research; each picture under the rights of its owner",
        images=23_308,
        emotions={
            "amusement": 4942,
            "anger": 1266,
            "awe": 3151,
            "contentment": 5374,
            "disgust": 1658,
            "excitement": 2963,
            "fear": 1032,
            "sadness": 2922,
        },
        copies=(23_185, 22_683),
    )

    @property
    def taxonomy(self) -> Taxonomy:
        return MIKELS8

    def load(self) -> Iterator[Labelled]:
        lists = _lists(self.root.path)
        if lists:
            yield from _voted(self.root.path, lists)
            return
        for one in pictures(self.kind(), self.root.path, MIKELS8):
            yield Labelled(one.name, one.path, one.emotion, part=one.part)


class _Kept(NamedTuple):
    """A picture that the votes keep, called by its emotion and the last part of its link."""

    name: str
    emotion: str
    path: Path
    share: float


class _List(NamedTuple):
    emotion: str
    path: Path


def _lists(root: Path) -> list[_List]:
    """Give every list of votes, by emotion and name."""
    words = words_of(MIKELS8)
    found = [
        _List(words[path.stem.partition("_")[0].casefold()], path)
        for folder in (root, root / "agg")
        for path in folder.glob("*.csv")
        if path.stem.partition("_")[0].casefold() in words
    ]
    return sorted(found)


def _voted(root: Path, lists: list[_List]) -> Iterator[Labelled]:
    folders = _class_folders(root)
    kept: dict[str, _Kept] = {}
    for emotion, table in lists:
        for one in _kept(table, emotion, folders[emotion]):
            name = f"{one.name} ({len(kept) + 1})" if one.name in kept else one.name
            kept[name] = one._replace(name=name)  # a link may stand twice
    if not any(one.path.is_file() for one in kept.values()):
        raise AffektError(
            f"data set 'fi': none of the {len(kept):,} pictures that the lists of votes keep lies "
            f"in its class folder below {str(root)!r}, named by the last part of its link; bring "
            "the pictures, or move the lists away so that the class folders are the labels"
        )
    for one in kept.values():
        shares = tuple(one.share if name == one.emotion else None for name in MIKELS8.names)
        yield Labelled(one.name, one.path, one.emotion, shares=shares)


def _class_folders(root: Path) -> Mapping[str, Path]:
    """Give the folder of each emotion, there or not."""
    words = words_of(MIKELS8)
    there = sorted(path for path in root.iterdir() if path.is_dir())
    found = {words[path.name.casefold()]: path for path in there if path.name.casefold() in words}
    return {name: found.get(name, root / name) for name in MIKELS8.names}


def _kept(table: Path, emotion: str, folder: Path) -> Iterator[_Kept]:
    """Give the rows with enough yes; one is anything, link, no votes, yes votes."""
    for row in rows(table, ","):
        if len(row.cells) != 4:
            raise AffektError(
                f"{table}:{row.line}: has {len(row.cells)} cells; four are needed: any, link, "
                "number of no, number of yes; correct the line or move the list away"
            )
        no, yes = numbers(table, row, row.cells[2:], 0, MOST)
        if yes < KEPT:
            continue
        file = unquote(PurePosixPath(urlsplit(row.cells[1]).path).name)
        path = picture(table, row, folder, file)
        yield _Kept(f"{emotion}/{file}", emotion, path, yes / (yes + no))
