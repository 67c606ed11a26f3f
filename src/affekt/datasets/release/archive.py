"""The pictures of a release once more, as plain files in one archive, for who reads no Parquet."""

import hashlib
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from affekt.datasets.release import shape
from affekt.datasets.release.finding import Finding
from affekt.datasets.release.inventory import AGAIN
from affekt.datasets.release.segments import scan

NAME = re.compile(r"images/([0-9a-f]{64})\.(jpg|png)")
EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first time that an archive can tell
PLAIN = 0o100644 << 16  # a file that everybody may read
MAX_PICTURE = 200_000_000  # bytes; a rebuilt PNG may be big


def archived(path: Path, pictures: Iterable[tuple[str, bytes]]) -> None:
    """Write (file name, bytes) as given: stored, all of one time and one permission."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as file:
        for name, data in pictures:
            entry = zipfile.ZipInfo(f"images/{name}", EARLIEST)
            entry.external_attr, entry.create_system = PLAIN, 3
            file.writestr(entry, data)


def members(path: Path, shipped: Iterable[str]) -> Iterator[Finding]:
    """Find members that are not, byte for byte, the pictures of the release under their names.

    Nothing is ever written, and nothing that is compressed is read.
    """
    wanted = set(shipped)
    try:
        with zipfile.ZipFile(path) as file:
            if file.comment:
                yield _of(path.name, "metadata", "holds a comment")
            for entry in file.infolist():
                for code, text in _member(file, entry, wanted):
                    yield _of(f"{path.name}: {entry.filename[:90]!r}", code, text)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError) as trouble:
        yield Finding("unreadable", path.name, f"is no whole archive ({trouble})", AGAIN)
        return
    for image_id in sorted(wanted):
        yield _of(f"{path.name}: {image_id[:12]}", "archive", "stands in `data/` and not here")


def _member(
    file: zipfile.ZipFile, entry: zipfile.ZipInfo, wanted: set[str]
) -> Iterator[tuple[str, str]]:
    found = NAME.fullmatch(entry.filename)
    if not found or found[1] not in wanted:
        yield "archive", "is no picture of this release, leads elsewhere, or stands twice"
        return
    wanted.remove(found[1])
    is_stored = entry.compress_type == zipfile.ZIP_STORED and not entry.flag_bits & 1
    is_even = entry.compress_size == entry.file_size <= MAX_PICTURE
    if not (is_stored and is_even):
        yield "archive", "is compressed, encrypted or too big"
        return
    if entry.external_attr != PLAIN or entry.date_time != EARLIEST:
        yield "archive", "is no plain file, or tells a time"
    data = file.read(entry)
    if hashlib.sha256(data).hexdigest() != found[1]:
        yield "wrong-id", "has other bytes than its name says"
    if shape.EXTENSIONS.get(scan(data).format) != found[2]:
        yield "file-names", f"is no {found[2]}"


def _of(place: str, code: str, text: str) -> Finding:
    return Finding(code, place, text, AGAIN)
