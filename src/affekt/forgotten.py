"""The list of what was removed on request: a file for people, and what it forbids.

It is CSV with the columns ``kind``, ``value``, ``when`` and ``why``. A *picture* is named
``source:source_id``, an *owner* ``source:owner`` or ``source:owner_id``, an *image* by the SHA-256
of its bytes. In place of each value its own SHA-256 may stand, ``sha256:…``, so that the list
itself tells nobody what was removed.
"""

import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from affekt import cells, durable
from affekt.errors import UsageError

KINDS = ("picture", "owner", "image")
COLUMNS = ("kind", "value", "when", "why")
DIGEST = "sha256:"
SHA256 = re.compile(r"[0-9a-f]{64}")
OWNERS = ("owner", "owner_id")
IMAGES = ("image_id", "original_id", "group_id", "content")


class Entry(NamedTuple):
    """One thing on the list."""

    kind: str
    value: str

    def hidden(self) -> "Entry":
        """Give the same entry without telling what it is."""
        return self if self.value.startswith(DIGEST) else Entry(self.kind, hidden(self.value))


class Forgotten:
    """What was removed on request, to be asked whether something is among it.

    Args:
        entries: Values as they are, or hidden; order and repetition do not matter.
    """

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.entries = frozenset(Entry(*one) for one in entries)
        self._kinds = {entry.kind for entry in self.entries}

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

    def has(self, kind: str, value: str) -> bool:
        """Tell whether something is on the list, as it is or hidden."""
        if kind not in self._kinds:
            return False
        return (kind, value) in self.entries or (kind, hidden(value)) in self.entries

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
    text = _text(path) if path is not None else ""
    if path is None or not text.strip():
        return Forgotten()
    try:
        header, rows = cells.from_csv(text)
    except ValueError as trouble:
        raise UsageError(f"{path}: is no CSV ({trouble}); {ADVICE}") from trouble
    if not {"kind", "value"} <= set(header):
        raise UsageError(f"{path}:1: has the columns {header}; {ADVICE}")
    return Forgotten(_entry(row, f"{path}: row {number}") for number, row in enumerate(rows, 1))


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
