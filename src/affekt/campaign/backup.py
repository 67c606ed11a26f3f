"""Copies of a campaign: of the file while it is written, and one that restores elsewhere (C27).

An archive is a zip of ``manifest.json`` and one JSON Lines file a table. It is the same from SQLite
and from PostgreSQL and restores to either. Who signs in to the site is not part of it.
"""

import json
import zipfile
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, func, select

from affekt.campaign import audit
from affekt.campaign.frames import moment
from affekt.campaign.live import Live
from affekt.durable import replaced
from affekt.errors import Damaged, NewerFormat, Refused, UsageError
from affekt.journal.database import Database
from affekt.journal.migrations import MADE, REVISIONS
from affekt.journal.people import consents
from affekt.journal.sqlite_file import back_up as copy_file
from affekt.parts import canonical

FORMAT = "affekt-campaign-1"
MANIFEST = "manifest.json"
LEFT_OUT = ("admins", "passes_in")
AT_ONCE = 1000  # rows in one statement
OWNER_ONLY = 0o600
EARLIEST = (1980, 1, 1, 0, 0, 0)  # what a zip can say; the same content is the same file


class Manifest(NamedTuple):
    """What an archive holds."""

    format: str
    revision: str  # step of the database's format
    audit_head: str
    tables: Mapping[str, Mapping[str, Any]]  # name → rows, sha256


def back_up(live: Live) -> Path:
    """Copy the SQLite file beside itself, as one moment of it, while others write; give the copy.

    Raises:
        UsageError: A server keeps the database; it has backups of its own, and `archive` works.
    """
    if not isinstance(live.database.place, Path):
        raise UsageError(
            f"{live.database.name}: a server keeps this database; use pg_dump, or make an archive"
        )
    return copy_file(live.database.place)


def archive(live: Live, path: Path) -> Manifest:
    """Write everything of one moment to one file, which only its owner can read."""
    with moment(live) as connection, replaced(path) as beside:
        with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as file:
            tables = {table.name: _write(connection, table, file) for table in _tables()}
            manifest = Manifest(FORMAT, REVISIONS[-1], audit.head(connection), tables)
            file.writestr(_entry(MANIFEST), canonical(manifest._asdict()))
        beside.chmod(OWNER_ONLY)
    return manifest


def read_manifest(path: Path) -> Manifest:
    """Give what an archive holds, after its checksums were looked at.

    Raises:
        Damaged: It is no archive, or not as it was written.
        NewerFormat: A newer affekt wrote it.
    """
    try:
        with zipfile.ZipFile(path) as file:
            manifest = Manifest(**json.loads(file.read(MANIFEST)))
            _check_format(path, manifest)
            for name, told in manifest.tables.items():
                if _digest(file, name) != told["sha256"]:
                    raise _damaged(path, f"the table {name} is not as it was written")
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError) as trouble:
        raise _damaged(path, str(trouble)) from trouble
    return manifest


def restore(path: Path, place: Path | str) -> Manifest:
    """Bring an archive into an empty database, all or nothing.

    Args:
        path: The archive.
        place: A SQLite file to be made, or the address of an empty PostgreSQL database.

    Raises:
        Damaged: The archive is not whole; nothing was written.
        NewerFormat: A newer affekt wrote it.
        Refused: The database holds something.
    """
    manifest = read_manifest(path)
    database = Database(place)
    try:
        with zipfile.ZipFile(path) as file:
            database.write(lambda to: _restore(to, file, manifest, database.name))
    finally:
        database.close()
    return manifest


def _tables(revision: str = REVISIONS[-1]) -> list[Table]:
    """Give the tables of a step, in an order in which every row finds what it refers to."""
    later = {table for table, step in MADE.items() if step > revision}
    tables = consents.metadata.sorted_tables
    return [one for one in tables if one.name not in LEFT_OUT and one.name not in later]


def _write(connection: Connection, table: Table, file: zipfile.ZipFile) -> dict[str, Any]:
    digest, count = sha256(), 0
    with file.open(_entry(f"{table.name}.jsonl"), "w", force_zip64=True) as out:
        found = connection.execution_options(stream_results=True).execute(
            select(table).order_by(*table.primary_key.columns)
        )
        for row in found.mappings():
            line = canonical(dict(row)) + b"\n"
            digest.update(line)
            out.write(line)
            count += 1
    return {"rows": count, "sha256": digest.hexdigest()}


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, EARLIEST)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _check_format(path: Path, manifest: Manifest) -> None:
    if manifest.format != FORMAT or manifest.revision not in REVISIONS:
        raise NewerFormat(
            f"{path}: is in format {manifest.format}/{manifest.revision}, this affekt reads "
            f"{FORMAT}/{REVISIONS[-1]}; update affekt. Nothing was touched"
        )
    if set(manifest.tables) != {table.name for table in _tables(manifest.revision)}:
        raise _damaged(path, "a table is missing or is none of ours")


def _digest(file: zipfile.ZipFile, name: str) -> str:
    digest = sha256()
    with file.open(f"{name}.jsonl") as lines:
        for line in lines:
            digest.update(line)
    return digest.hexdigest()


def _restore(to: Connection, file: zipfile.ZipFile, manifest: Manifest, name: str) -> None:
    for table in _tables():
        if to.execute(select(func.count()).select_from(table)).scalar_one():
            raise Refused(f"{name}: holds {table.name} already; restore to an empty database")
    for table in _tables(manifest.revision):
        for rows in _chunks(file, table.name):
            to.execute(table.insert(), rows)
        if to.dialect.name == "postgresql":
            _continue_numbers(to, table)
    problems = audit.verify(to, manifest.audit_head)
    if problems:
        raise Damaged(f"the audit of the archive: {problems[0].thing} {problems[0].text}")


def _chunks(file: zipfile.ZipFile, name: str) -> Iterator[list[dict[str, Any]]]:
    rows: list[dict[str, Any]] = []
    with file.open(f"{name}.jsonl") as lines:
        for line in lines:
            rows.append(json.loads(line))
            if len(rows) == AT_ONCE:
                yield rows
                rows = []
    if rows:
        yield rows


def _continue_numbers(to: Connection, table: Table) -> None:
    """Let the server number further rows behind those that came with a number."""
    for column in table.primary_key.columns:
        if column.autoincrement is True:
            last = select(func.max(column)).scalar_subquery()
            sequence = func.pg_get_serial_sequence(table.name, column.name)
            to.execute(select(func.setval(sequence, func.coalesce(last, 1), last.is_not(None))))


def _damaged(path: Path, why: str) -> Damaged:
    return Damaged(f"{path}: is not a whole archive of a campaign ({why}); take another copy")
