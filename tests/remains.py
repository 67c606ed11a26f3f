"""What is still told anywhere below a folder: file by file, Parquet decoded."""

from collections.abc import Iterable
from pathlib import Path

import pyarrow.parquet as pq


def remains(
    folder: Path, things: Iterable[str | bytes], besides: str = "-"
) -> dict[str, list[str]]:
    """Give thing → files that hold it, in their name or content; none below ``besides``."""
    wanted = [one.encode() if isinstance(one, str) else one for one in things]
    found: dict[str, list[str]] = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = str(path.relative_to(folder))
        content = b"" if name.startswith(besides) else name.encode() + _content(path)
        for one in [one for one in wanted if one in content]:
            found.setdefault(repr(one[:60]), []).append(name)
    return found


def _content(path: Path) -> bytes:
    if path.suffix != ".parquet":
        return path.read_bytes()
    table = pq.read_table(path)
    cells = [value for column in table.columns for value in column.to_pylist()]
    return b"\n".join(one if isinstance(one, bytes) else str(one).encode() for one in cells)
