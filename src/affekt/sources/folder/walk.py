"""Names below a folder in a fixed order, so that a walk can be resumed behind any of them."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

REASONS = {
    "link": "a symbolic link, or reached through one; links are not followed",
    "not-a-file": "neither a file nor a folder",
    "unreadable": "the operating system does not let it be read, or its name is no text",
    "too-many-bytes": "the file is larger than the source's `max_bytes`",
    "bad-row": "a line of the folder's table cannot be used",
}
Parts = tuple[str, ...]


class Entry(NamedTuple):
    """One name below the root: a file, or why it is none."""

    parts: Parts
    reason: str = ""
    detail: str = ""

    @property
    def name(self) -> str:
        """Path below the root, ``/`` between the parts."""
        return "/".join(self.parts)


def walk(root: Path, after: str | None = None, _above: Parts = ()) -> Iterator[Entry]:
    """Give every name below a folder that is not hidden, sorted by its parts.

    Memory holds one folder's names at a time.

    Args:
        root: Where to begin.
        after: Name behind which to begin; it need not exist any more.
    """
    behind = tuple(after.split("/")) if after is not None else ()
    here = root.joinpath(*_above)
    try:
        with os.scandir(here) as found:
            children = sorted(found, key=lambda child: child.name)
    except OSError as trouble:
        yield Entry(_above, "unreadable", trouble.strerror or "")
        return
    for child in children:
        parts = (*_above, child.name)
        if child.name.startswith(".") or parts < behind[: len(parts)]:
            continue
        if child.is_dir(follow_symlinks=False):
            yield from walk(root, after, parts)
        elif parts > behind:
            yield _entry(child, parts)


def _entry(child: "os.DirEntry[str]", parts: Parts) -> Entry:
    if child.is_symlink():
        return Entry(parts, "link", "not followed")
    if not child.is_file(follow_symlinks=False):
        return Entry(parts, "not-a-file", "")
    if not is_text("/".join(parts)):
        return Entry(parts, "unreadable", "its name is no UTF-8; rename the file")
    if not os.access(child.path, os.R_OK):
        return Entry(parts, "unreadable", "no permission to read it")
    return Entry(parts)


def is_text(name: str) -> bool:
    """Tell whether a name or cell came from bytes that are UTF-8."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
