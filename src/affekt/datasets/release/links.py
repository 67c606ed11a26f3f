"""Looks at what a release names without shipping it: addresses, hashes, and nothing decoded."""

import re
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from affekt.datasets.release import shape
from affekt.datasets.release.finding import Finding
from affekt.datasets.release.inside import FILLED, REPORT, numbering
from affekt.datasets.release.inventory import AGAIN
from affekt.datasets.release.reading import Unreadable, frame_of, groups_in

ROWS_A_GROUP = 100_000
SHA256 = re.compile("[0-9a-f]{64}")
PHASH = re.compile("[0-9a-f]{16}")
SIZES = ("bytes", "width_px", "height_px")
ON_THE_WEB = re.compile("https?://[^/\\s]", re.IGNORECASE)


def links(files: Mapping[str, Path]) -> Generator[Finding, None, pl.DataFrame]:
    """Give what the link files say of their pictures, with the file as column ``file``."""
    named = [name for name in sorted(files) if re.fullmatch(shape.LINKS, name)]
    yield from numbering(named, shape.LINKS)
    frames = [frame_of(shape.link_schema().empty_table()).with_columns(file=pl.lit(""))]
    for name in named:
        try:
            for group in groups_in(files[name], shape.link_schema(), ROWS_A_GROUP):
                rows = frame_of(group)
                for row in rows.iter_rows(named=True):
                    yield from _examined(name, row)
                frames.append(rows.with_columns(file=pl.lit(name)))
        except Unreadable as trouble:
            yield Finding("unreadable", name, str(trouble), AGAIN)
    return pl.concat(frames)


def _examined(file: str, row: Mapping[str, Any]) -> Iterator[Finding]:
    place = f"{file}: {str(row['image_id'])[:12]}"
    empty = [name for name in FILLED if row[name] is None]
    if empty:
        yield Finding("empty", place, f"lacks {', '.join(empty)}", REPORT)
        return
    if row["shipped"]:
        yield Finding("shipped", place, "is said to be inside and is not", REPORT)
    ids = {row["image_id"], row["sha256"], row["original_sha256"]}
    if len(ids) > 1 or not SHA256.fullmatch(row["image_id"]):
        yield Finding("wrong-id", place, "is not called by the SHA-256 of its original", REPORT)
    if row["phash"] is not None and not PHASH.fullmatch(row["phash"]):
        yield Finding("phash", place, "has a perceptual hash that is not 16 digits", REPORT)
    if small := [name for name in SIZES if row[name] is not None and row[name] < 1]:
        yield Finding("facts", place, f"has {', '.join(small)} below 1", REPORT)
    if not ON_THE_WEB.match(row["source_url"] or ""):
        yield Finding("no-link", place, "has no address on the web", REPORT)
