"""Which files a release folder holds, and whether they are those its checksums name."""

import os
import re
import stat
from collections.abc import Collection, Generator, Iterator, Mapping
from pathlib import Path

from affekt.datasets.release import shape
from affekt.datasets.release.finding import Finding
from affekt.datasets.release.reading import Unreadable, checksums_in
from affekt.durable import file_sha256

AGAIN = "get the release again from where it is published"
ALSO = f"{shape.DATA}|{shape.LINKS}|{re.escape(shape.ARCHIVE)}"
# The first format that has the file.
SINCE = dict.fromkeys((shape.REMOVED, shape.DATASHEET, shape.DATACITE, shape.CROISSANT), 2)
KNOWN = {*shape.PAPERS, *shape.TABLES, shape.MANIFEST, shape.CHECKSUMS}


def inventory(folder: Path) -> Generator[Finding, None, dict[str, Path]]:
    """Give the regular files by name; links and devices are reported and never opened."""
    files: dict[str, Path] = {}
    for path in _below(folder):
        name = shown(path.relative_to(folder).as_posix())
        kind = path.lstat().st_mode
        if stat.S_ISLNK(kind):
            yield Finding("link", name, "is a link; a release holds files only", "move it away")
        elif not stat.S_ISREG(kind):
            yield Finding("not-a-file", name, "is neither file nor folder", "move it away")
        else:
            files[name] = path
            if name not in KNOWN and not re.fullmatch(ALSO, name):
                yield Finding("unknown-file", name, "is no file of a release", "move it away")
    yield from against_checksums(files)
    for name in sorted(KNOWN - SINCE.keys() - set(files)):
        yield Finding("missing", name, "is not there", AGAIN)
    return files


def since(files: Mapping[str, Path], made_with: int) -> Iterator[Finding]:
    """Find files that are missing though the format of the release has them."""
    for name, first in SINCE.items():
        if name not in files and made_with >= first:
            yield Finding("missing", name, "is not there", AGAIN)


def shown(name: str) -> str:
    """Give a file name that can be printed, whatever its bytes are."""
    return name.encode("utf-8", "backslashreplace").decode()


def _below(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders.sort()
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        yield from (Path(place) / name for name in sorted([*names, *links]))


def against_checksums(
    files: Mapping[str, Path], again: str = AGAIN, told: Collection[str] = KNOWN
) -> Iterator[Finding]:
    """Hold files against the list of checksums among them, if there is one.

    Args:
        files: By their names.
        again: What to do about a file that is not right.
        told: Files whose lack is told elsewhere.
    """
    if shape.CHECKSUMS not in files:
        return
    try:
        digests = checksums_in(files[shape.CHECKSUMS])
    except Unreadable as trouble:
        yield Finding("checksums", shape.CHECKSUMS, str(trouble), again)
        return
    for name, digest in sorted(digests.items()):
        if name not in files:
            if name not in told:
                yield Finding("missing", name, "is not there", again)
        elif _digest(files[name]) != digest:
            yield Finding("changed", name, "is not as its checksum says", again)
    for name in sorted(files.keys() - digests.keys() - {shape.CHECKSUMS}):
        yield Finding("extra", name, "has no checksum", f"move it away, or {again}")


def _digest(path: Path) -> str | None:
    try:
        return file_sha256(path)
    except OSError:
        return None
