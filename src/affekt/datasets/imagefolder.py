"""A folder of class folders: any pictures of one's own, or what another program wrote."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from pydantic import Field

from affekt.datasets import Dataset, Facts, Labelled
from affekt.datasets._folders import PARTS, pictures
from affekt.errors import AffektError
from affekt.taxonomy import MIKELS8, Taxonomy

TABLE = "metadata.csv"
NAMES = ("file", "file_name")  # either heads the column of files; the second is that of `datasets`


class Imagefolder(Dataset):
    """One sub-folder an emotion, by its name, a keyword or a form; perhaps below train, val, test.

    A table ``metadata.csv`` in `root` may say a picture's group and part: columns ``file`` (below
    `root`), ``group``, ``part``. Its part wins over the folder's.
    """

    facts = Facts(
        title="a folder of class folders",
        citation="that of the pictures",
        licence="that of each picture",
    )
    emotions: Taxonomy = Field(
        MIKELS8, description="taxonomy whose emotions name the class folders"
    )

    @property
    def taxonomy(self) -> Taxonomy:
        return self.emotions

    def load(self) -> Iterator[Labelled]:
        root = self.root.path
        found = pictures(self.kind(), root, self.emotions)
        said = _told(root / TABLE, {one.name for one in found})
        for one in found:
            about = said.get(one.name, NOTHING)
            part = about.part or one.part
            yield Labelled(one.name, one.path, one.emotion, about.group, part)


class _About(NamedTuple):
    group: str | None
    part: str | None


NOTHING = _About(None, None)


def _told(table: Path, names: set[str]) -> Mapping[str, _About]:
    """Give what the table says of each picture; nothing where there is no table.

    Raises:
        AffektError: It is no such table, or a line names no picture, one twice, or no known part.
    """
    if not table.is_file():
        return {}
    found: dict[str, _About] = {}
    try:
        with table.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            column = next((one for one in NAMES if one in (reader.fieldnames or ())), None)
            if column is None:
                raise AffektError(
                    f"{table}: the column 'file' is missing; add it or move the table"
                )
            for row in reader:
                where = f"{table}:{reader.line_num}"
                name = (row[column] or "").strip().removeprefix("./")
                if name not in names or name in found:
                    trouble = "stands twice" if name in found else "is no picture in a class folder"
                    raise AffektError(f"{where}: {name!r} {trouble}; correct the line")
                found[name] = _About((row.get("group") or "").strip() or None, _part(where, row))
    except (UnicodeDecodeError, csv.Error) as trouble:
        raise AffektError(f"{table}: is no CSV in UTF-8 ({trouble}); save it as such") from trouble
    return found


def _part(where: str, row: Mapping[str, str | None]) -> str | None:
    word = (row.get("part") or "").strip().casefold()
    if word and word not in PARTS:
        raise AffektError(f"{where}: the part is {word!r}; train, test and validate are known")
    return PARTS[word] if word else None
