"""Checks an export folder with nothing else at hand: what its readers would let through."""

import hashlib
import io
import json
import re
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from affekt.datasets.release import shape
from affekt.datasets.release.finding import Finding, shortened
from affekt.datasets.release.inventory import against_checksums, shown
from affekt.datasets.release.reading import Unreadable, text_of
from affekt.exports.formats.export import ABOUT

AGAIN = "export the release again"
PICTURE = re.compile(r"(?:.*/)?([0-9a-f]{64})\.(?:jpg|png)")
MAX_PICTURE = 200_000_000  # bytes; what a release may hold at the most


def is_export(folder: Path) -> bool:
    """Tell whether a folder says that it is an export of a release."""
    return (folder / ABOUT).is_file()


def check(folder: Path) -> list[Finding]:
    """Give everything that is wrong with an export; an empty list for a sound one.

    Files against checksums, pictures against the hash they are called by, their number against
    what `export.json` says. Archives are read and never unpacked.
    """
    return shortened(_findings(folder))


def _findings(folder: Path) -> Iterator[Finding]:
    files = {
        shown(path.relative_to(folder).as_posix()): path
        for path in sorted(folder.rglob("*"))
        if path.is_symlink() or not path.is_dir()
    }
    for name in [name for name, path in files.items() if path.is_symlink() or not path.is_file()]:
        yield Finding("not-a-file", name, "is no regular file", "move it away")
        del files[name]
    if shape.CHECKSUMS not in files:
        yield Finding("missing", shape.CHECKSUMS, "is not there", AGAIN)
    yield from against_checksums(files, AGAIN, told=())
    counted = 0
    for name, path in files.items():
        try:
            for member, data in _pictures(name, path):
                counted += 1
                digest = hashlib.sha256(data).hexdigest()
                if digest != member:
                    text = f"holds {member[:12]}, whose bytes have the SHA-256 {digest}"
                    yield Finding("wrong-id", name, text, AGAIN)
        except (tarfile.TarError, zipfile.BadZipFile, EOFError, OSError, ValueError) as trouble:
            yield Finding("unreadable", name, str(trouble)[:300], AGAIN)
    yield from _counts(folder, counted)


def _pictures(name: str, path: Path) -> Iterator[tuple[str, bytes]]:
    """Give id and bytes of each picture in a file: itself, or what an archive holds."""
    if found := PICTURE.fullmatch(name):
        yield found[1], _limited(path.stat().st_size, path.read_bytes)
    elif name.endswith(".tar"):
        with tarfile.open(path, "r:") as archive:
            for member in archive:
                found = PICTURE.fullmatch(member.name)
                if found and member.isfile():
                    file = archive.extractfile(member) or io.BytesIO()
                    yield found[1], _limited(member.size, file.read)
    elif name.endswith(".zip"):
        with zipfile.ZipFile(path) as packed:
            for told in packed.infolist():
                if found := PICTURE.fullmatch(told.filename):
                    yield found[1], _limited(told.file_size, partial(packed.read, told))


def _limited(size: int, read: Callable[[], bytes]) -> bytes:
    if size > MAX_PICTURE:
        raise ValueError(f"a picture has {size:,} bytes; {MAX_PICTURE:,} are allowed")
    return read()


def _counts(folder: Path, counted: int) -> Iterator[Finding]:
    try:
        told = json.loads(text_of(folder / ABOUT))
        wanted = sum(told["pictures"].values())
    except (Unreadable, ValueError, RecursionError, KeyError, TypeError, AttributeError) as trouble:
        yield Finding("unreadable", ABOUT, f"does not count pictures ({trouble!r})"[:300], AGAIN)
        return
    if wanted != counted:
        text = f"says {wanted:,} pictures, {counted:,} are inside"
        yield Finding("counts", ABOUT, text, AGAIN)
