"""What differs between two releases, picture by picture, and how big a step of version that is.

Versions follow Semantic Versioning in the meaning that Croissant gives it for data: records that
were changed, removed or moved between splits make a new MAJOR number, new records beside old ones
that are intact a MINOR one, texts and packaging a PATCH.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from affekt.datasets.release import shape
from affekt.datasets.release.reading import (
    Unreadable,
    checksums_in,
    csv_in,
    frame_of,
    groups_in,
    manifest_in,
)
from affekt.datasets.release.shape import Manifest
from affekt.errors import UsageError

KEY = "original_sha256"  # what a picture is called in every release; its bytes may be made anew
RENAMED = ("owner_id", "group_id")  # pseudonyms of one release
APART = ("image", KEY, "label", "split", *RENAMED)
EVIDENCE = ("question_id", "original_sha256", "emotion", "role", "votes", "votes_yes")
STEPS = ("none", "patch", "minor", "major")


class Turned(NamedTuple):
    """A picture of which one thing is said otherwise: its original, and what was and is said."""

    original_sha256: str
    old: str
    new: str


class Changed(NamedTuple):
    """A picture of which something else is said otherwise: its original, and the columns."""

    original_sha256: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Difference:
    """What differs between two releases; pictures go by the SHA-256 of their original.

    Attributes:
        old: Name and version of the one.
        new: Name and version of the other.
        added: Pictures of the new one alone.
        removed: Pictures of the old one alone.
        relabelled: Pictures with another label.
        moved: Pictures in another split.
        changed: Pictures with other values in other columns; ``group_id`` where the pictures of
            both releases are grouped otherwise, whatever the groups are called.
        asked: Questions that are new.
        unasked: Questions that are gone, or whose votes were counted otherwise.
        weak: Pictures of the noisy draw that are new.
        unweak: Pictures of the noisy draw that are gone.
        texts: Files that differ besides.
        step: The least step of version: none, patch, minor or major.
        least: The least version that may come after the old one.
    """

    old: str
    new: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    relabelled: tuple[Turned, ...]
    moved: tuple[Turned, ...]
    changed: tuple[Changed, ...]
    asked: int
    unasked: int
    weak: int
    unweak: int
    texts: tuple[str, ...]
    step: str
    least: str

    def counted(self) -> str:
        """Give the numbers in one line."""
        told = {
            "added": len(self.added), "removed": len(self.removed),
            "relabelled": len(self.relabelled), "moved": len(self.moved),
            "changed otherwise": len(self.changed), "new questions": self.asked,
            "questions gone or counted otherwise": self.unasked,
            "new weak labels": self.weak, "weak labels gone": self.unweak,
            "other files": len(self.texts),
        }  # fmt: skip
        return ", ".join(f"{n:,} {what}" for what, n in told.items() if n) or "nothing"


class _Side(NamedTuple):
    manifest: Manifest
    rows: pl.DataFrame
    asked: set[tuple[str | None, ...]]
    noisy: set[tuple[str | None, ...]]
    digests: Mapping[str, str]


def difference(old: Path, new: Path) -> Difference:
    """Compare two release folders.

    Only what they say of themselves is read; `check` tells whether it is true.

    Raises:
        UsageError: A folder holds no release that can be read.
        NewerFormat: A newer affekt wrote one.
    """
    return _compared(_read(old), _read(new))


def least(version: str, step: str) -> str:
    """Give the least version that may follow for a step; below 1.0.0 nothing is promised yet.

    >>> least("1.2.3", "major"), least("1.2.3", "minor"), least("1.2.3", "patch")
    ('2.0.0', '1.3.0', '1.2.4')
    >>> least("0.2.3", "major"), least("0.2.3", "minor"), least("1.2.3", "none")
    ('0.3.0', '0.2.4', '1.2.3')
    """
    major, minor, patch = numbers(version)
    if step == "none":
        return version
    if step == "patch" or (step == "minor" and major == 0):
        return f"{major}.{minor}.{patch + 1}"
    if step == "minor" or major == 0:
        return f"{major}.{minor + 1}.0"
    return f"{major + 1}.0.0"


def numbers(version: str) -> tuple[int, int, int]:
    """Give the three numbers of a version, to be compared; those of no version come first.

    >>> numbers("1.10.0") > numbers("1.9.9"), numbers("next")
    (True, (-1, 0, 0))
    """
    found = re.fullmatch(r"(\d{1,9})\.(\d{1,9})\.(\d{1,9})", version)
    return (int(found[1]), int(found[2]), int(found[3])) if found else (-1, 0, 0)


def _read(folder: Path) -> _Side:
    try:
        manifest = manifest_in(folder / shape.MANIFEST)
        asked = csv_in(folder / shape.ASKED, shape.ASKED_COLUMNS)
        noisy = csv_in(folder / shape.NOISY, shape.NOISY_COLUMNS)
        rows = pl.concat(_rows(folder), how="vertical").sort(KEY)
        digests = checksums_in(folder / shape.CHECKSUMS)
    except Unreadable as trouble:
        raise UsageError(
            f"{folder}: holds no release that can be compared ({trouble}); name the folder of one, "
            f"and see what `affekt release check {folder}` says"
        ) from None
    return _Side(
        manifest,
        rows.unique(KEY, keep="first", maintain_order=True),
        {tuple(row[name] for name in EVIDENCE) for row in asked},
        {tuple(row[name] for name in shape.NOISY_COLUMNS) for row in noisy},
        digests,
    )


def _rows(folder: Path) -> Iterator[pl.DataFrame]:
    """Give what is said of every picture; the pictures themselves are not read."""
    columns = [name for name in shape.COLUMNS if name != "image"]
    yield frame_of(shape.link_schema().empty_table())
    forms = {"data": shape.data_schema(), "links": shape.link_schema()}
    for name, schema in forms.items():
        for path in sorted((folder / name).glob("*.parquet")):
            for group in groups_in(path, schema, columns=columns):
                yield frame_of(group)


def _compared(old: _Side, new: _Side) -> Difference:
    mine, theirs = set(old.rows[KEY]), set(new.rows[KEY])
    both = old.rows.join(new.rows, on=KEY, suffix=" new").sort(KEY)
    added, removed = tuple(sorted(theirs - mine)), tuple(sorted(mine - theirs))
    relabelled, moved = _turned(both, "label"), _turned(both, "split")
    fresh = _fresh(old.rows, new.rows)
    changed = _changed(both, fresh)
    unasked, unweak = old.asked - new.asked, old.noisy - new.noisy
    asked, weak = new.asked - old.asked, new.noisy - old.noisy
    texts = tuple(
        name
        for name in sorted(old.digests.keys() | new.digests.keys())
        if old.digests.get(name) != new.digests.get(name) and not name.startswith(_TOLD)
    )
    is_broken = bool(removed or relabelled or moved or changed or unasked or unweak)
    is_more = bool(added or asked or weak or fresh)
    is_more = is_more or old.manifest.format != new.manifest.format
    if is_broken or old.manifest.taxonomy != new.manifest.taxonomy:
        step = "major"
    else:
        step = "minor" if is_more else "patch" if texts else "none"
    known = {question[0] for question in old.asked}
    return Difference(
        old=_name(old),
        new=_name(new),
        added=added,
        removed=removed,
        relabelled=relabelled,
        moved=moved,
        changed=changed,
        asked=sum(question[0] not in known for question in asked),
        unasked=len(unasked),
        weak=len(weak),
        unweak=len(unweak),
        texts=texts,
        step=step,
        least=least(old.manifest.release.version, step),
    )


_TOLD = ("data/", "links/", "annotations/", shape.MANIFEST)  # told row by row, or differ always


def _name(side: _Side) -> str:
    return f"{side.manifest.release.name}-{side.manifest.release.version}"


def _turned(both: pl.DataFrame, column: str) -> tuple[Turned, ...]:
    other = both.filter(pl.col(column).ne_missing(pl.col(f"{column} new")))
    told = other.select(KEY, column, f"{column} new").iter_rows()
    return tuple(Turned(key, str(was), str(now)) for key, was, now in told)


def _fresh(old: pl.DataFrame, new: pl.DataFrame) -> set[str]:
    """Give the columns that are as good as new: empty in all the old, and not in all the new."""
    empty = {name for name in old.columns if old[name].null_count() == old.height > 0}
    return {name for name in empty - {*APART} if new[name].null_count() < new.height}


def _changed(both: pl.DataFrame, fresh: set[str]) -> tuple[Changed, ...]:
    columns = [name for name in shape.COLUMNS if name not in {*APART, *fresh}]
    unlike = both.select(
        KEY, *(pl.col(name).ne_missing(pl.col(f"{name} new")).alias(name) for name in columns)
    ).with_columns(group_id=_smallest(both, "group_id") != _smallest(both, "group_id new"))
    names = [*columns, "group_id"]
    found = unlike.filter(pl.any_horizontal(names)).iter_rows(named=True)
    return tuple(Changed(row[KEY], _true(row, names)) for row in found)


def _smallest(both: pl.DataFrame, group: str) -> pl.Series:
    """Give each group the name of its first picture that is in both releases."""
    return both.select(pl.col(KEY).min().over(group)).to_series()


def _true(row: Mapping[str, Any], names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in names if row[name])
