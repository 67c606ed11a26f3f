"""The list of what was removed on request: a file for people, and what it forbids.

It is CSV with the columns ``kind``, ``value``, ``when`` and ``why``. A *picture* is named
``source:source_id``, an *owner* ``source:owner`` or ``source:owner_id``, an *image* by the SHA-256
of its bytes. In place of each value its own SHA-256 may stand, ``sha256:…``, so that the list
itself tells nobody what was removed.

What was *withdrawn* from releases is named by the SHA-256 of its bytes, a stroke and its perceptual
hash, 16 digits, so that near copies of it are kept out, too. That is no secret: every later release
lists it, so that others can remove their copies.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from affekt import cells, durable
from affekt.errors import UsageError

KINDS = ("picture", "owner", "image", "withdrawn")
COLUMNS = ("kind", "value", "when", "why")
DIGEST = "sha256:"
SHA256 = re.compile(r"[0-9a-f]{64}")
WITHDRAWN = re.compile(r"([0-9a-f]{64})(?:/([0-9a-f]{16}))?")
NEAR_BITS = 8  # perceptual hashes so near are those of copies; what a release takes for one group
OWNERS = ("owner", "owner_id")
IMAGES = ("image_id", "original_id", "group_id", "content")


class Entry(NamedTuple):
    """One thing on the list."""

    kind: str
    value: str

    def hidden(self) -> "Entry":
        """Give the same entry without telling what it is."""
        is_open = self.kind == "withdrawn" or self.value.startswith(DIGEST)
        return self if is_open else Entry(self.kind, hidden(self.value))


class Forgotten:
    """What was removed on request, to be asked whether something is among it.

    Args:
        entries: Values as they are, or hidden; order and repetition do not matter.
    """

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.entries = frozenset(Entry(*one) for one in entries)
        bytes_, self._hashes = _bytes_and_hashes(self.entries)
        self._all = self.entries | bytes_
        self._kinds = {entry.kind for entry in self._all}

    def __bool__(self) -> bool:
        return bool(self.entries)

    def __repr__(self) -> str:
        return f"Forgotten({len(self.entries)} entries)"  # never what they are

    def __or__(self, others: Iterable[Entry]) -> "Forgotten":
        return Forgotten([*self.entries, *others])

    def digest(self) -> str:
        """SHA-256 that changes with the entries, ``""`` without any."""
        lines = sorted("\t".join(entry) for entry in self.entries)
        return sha256("\n".join(lines).encode()).hexdigest() if lines else ""

    def requests(self) -> "Forgotten":
        """Give the same without what was withdrawn."""
        return Forgotten(one for one in self.entries if one.kind != "withdrawn")

    def withdrawn(self) -> "Forgotten":
        """Give what was withdrawn, alone."""
        return Forgotten(one for one in self.entries if one.kind == "withdrawn")

    def is_near(self, phash: int | None) -> bool:
        """Tell whether a perceptual hash is that of a near copy of what was withdrawn."""
        if phash is None:
            return False
        return any((phash ^ one).bit_count() <= NEAR_BITS for one in self._hashes)

    def near(self, phashes: pl.Series) -> pl.Series:
        """Tell of each perceptual hash whether it is that of a near copy."""
        values = phashes.cast(pl.UInt64).fill_null(0).to_numpy()
        found = np.zeros(len(values), bool)
        for one in self._hashes:
            found |= np.bitwise_count(values ^ np.uint64(one)) <= NEAR_BITS
        return pl.Series(found) & phashes.is_not_null()

    def has(self, kind: str, value: str) -> bool:
        """Tell whether something is on the list, as it is or hidden."""
        if kind not in self._kinds:
            return False
        return (kind, value) in self._all or (kind, hidden(value)) in self._all

    def has_hit(self, source: str, hit: Mapping[str, Any]) -> bool:
        """Tell whether a picture of a source, or its owner, is on the list."""
        owners = [hit.get(name) for name in OWNERS]
        return self.has("picture", f"{source}:{hit.get('source_id')}") or any(
            self.has("owner", f"{source}:{one}") for one in owners if one
        )

    def among(self, rows: pl.DataFrame) -> pl.Series:
        """Tell of each row whether it is about something on the list, by the columns it has.

        Looked at are ``source_id``, ``owner`` and ``owner_id`` together with ``source``, and all
        that name bytes: ``image_id``, ``original_id``, ``group_id``, ``content``.
        """
        found = pl.Series([False], dtype=pl.Boolean).new_from_index(0, rows.height)
        if "source" in rows.columns:
            for name in ("source_id", *OWNERS):
                kind = "picture" if name == "source_id" else "owner"
                if name in rows.columns and kind in self._kinds:
                    named = pl.concat_str("source", pl.lit(":"), name)
                    found |= self._known(kind, rows.select(named).to_series())
        for name in IMAGES:
            if name in rows.columns and "image" in self._kinds:
                found |= self._known("image", rows[name])
        return found

    def _known(self, kind: str, values: pl.Series) -> pl.Series:
        known = [one for one in values.drop_nulls().unique() if self.has(kind, one)]
        return values.is_in(known).fill_null(False)


def _bytes_and_hashes(entries: Iterable[Entry]) -> tuple[frozenset[Entry], tuple[int, ...]]:
    """Give the images that were withdrawn, and their perceptual hashes."""
    found = [WITHDRAWN.fullmatch(one.value) for one in entries if one.kind == "withdrawn"]
    parts = [one.groups() for one in found if one]
    images = frozenset(Entry("image", sha256_) for sha256_, _ in parts)
    return images, tuple(sorted({int(phash, 16) for _, phash in parts if phash}))


def hidden(value: str) -> str:
    """Give what stands on the list in place of a value.

    >>> hidden("flickr:1")[:15]
    'sha256:acb4a72a'
    """
    return DIGEST + sha256(value.encode("utf-8", "surrogatepass")).hexdigest()


def read(path: Path | None) -> Forgotten:
    """Give what a list says; one that is not there, or not named, says nothing.

    Raises:
        UsageError: A line cannot be understood; the sentence says which.
    """
    return Forgotten(entry for entry, _ in _lines(path))


class Withdrawal(NamedTuple):
    """One removal: its bytes, its perceptual hash where known, the day, the class of the reason."""

    sha256: str
    phash: str | None
    when: str | None
    why: str | None


def withdrawals(path: Path | None) -> list[Withdrawal]:
    """Give what a list says of pictures that were withdrawn, in order of their hashes.

    Raises:
        UsageError: A line cannot be understood; the sentence says which.
    """
    found: dict[str, Withdrawal] = {}
    for entry, row in _lines(path):
        if entry.kind == "withdrawn" and (told := WITHDRAWN.fullmatch(entry.value)):
            one = Withdrawal(told[1], told[2], row.get("when"), row.get("why"))
            found.setdefault(one.sha256, one)
    return [found[key] for key in sorted(found)]


def _lines(path: Path | None) -> Iterator[tuple[Entry, Mapping[str, str | None]]]:
    text = _text(path) if path is not None else ""
    if path is None or not text.strip():
        return
    try:
        header, rows = cells.from_csv(text)
    except ValueError as trouble:
        raise UsageError(f"{path}: is no CSV ({trouble}); {ADVICE}") from trouble
    if not {"kind", "value"} <= set(header):
        raise UsageError(f"{path}:1: has the columns {header}; {ADVICE}")
    for number, row in enumerate(rows, 1):
        yield _entry(row, f"{path}: row {number}"), row


ADVICE = f"a first line {','.join(COLUMNS)!r} is expected, then one thing a line"


def _entry(row: Mapping[str, str | None], where: str) -> Entry:
    kind, value = (row["kind"] or "").strip(), (row["value"] or "").strip()
    if kind not in KINDS:
        raise UsageError(f"{where}: kind is {kind!r}; {', '.join(KINDS)} are known; correct it")
    entry = Entry(kind, value)
    trouble = trouble_with(entry)
    if trouble:
        raise UsageError(f"{where}: the {kind} is {value!r}; {trouble}")
    return entry


def trouble_with(entry: Entry) -> str:
    """Say what is wrong with a value, ``""`` when nothing is."""
    if entry.kind == "withdrawn":
        is_fine = WITHDRAWN.fullmatch(entry.value)
        return (
            "" if is_fine else "a SHA-256, a stroke and 16 digits of a perceptual hash are expected"
        )
    if entry.value.startswith(DIGEST):
        is_fine = SHA256.fullmatch(entry.value.removeprefix(DIGEST))
        return "" if is_fine else f"behind {DIGEST!r} 64 digits 0–9, a–f are expected"
    if entry.kind == "image":
        is_fine = SHA256.fullmatch(entry.value)
        return "" if is_fine else "64 digits 0–9, a–f of a SHA-256 are expected"
    source, _, name = entry.value.partition(":")
    return "" if source and name else "a source, a colon and the name there are expected"


def add(path: Path, entries: Iterable[Entry], when: str, why: str) -> int:
    """Put on the list what is not on it yet, hidden; it is on the disk when this returns.

    What stands in the file stays as it is, to the byte. Gives the number of new lines.
    """
    known = read(path).entries
    new = sorted({one.hidden() for one in entries if not {one, one.hidden()} & known})
    if not new:
        return 0
    text = _text(path)
    lines = cells.to_csv(COLUMNS, [(*entry, when, why) for entry in new])
    if text.strip():
        lines = ("" if text.endswith("\n") else "\n") + _as_in(text, new, when, why)
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_bytes() if path.exists() else b""
    with durable.replaced(path) as beside:
        beside.write_bytes(before + lines.encode())
    return len(new)


def _as_in(text: str, entries: Iterable[Entry], when: str, why: str) -> str:
    """Give lines with the columns of a file that people may have rearranged."""
    header, _ = cells.from_csv(text)
    rows = [dict(zip(COLUMNS, (*entry, when, why), strict=True)) for entry in entries]
    whole = cells.to_csv(header, [[row.get(name) for name in header] for row in rows])
    return whole.partition("\n")[2]


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig") if path.exists() else ""
    except UnicodeDecodeError as trouble:
        raise UsageError(f"{path}: is not UTF-8 at byte {trouble.start:,}; save it so") from trouble
