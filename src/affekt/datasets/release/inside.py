"""Looks at every picture in a release: name, bytes, form, and that nothing rides along."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from affekt.datasets.release import shape
from affekt.datasets.release.finding import Finding
from affekt.datasets.release.inventory import AGAIN
from affekt.datasets.release.reading import Unreadable, frame_of, groups_in
from affekt.datasets.release.segments import scan
from affekt.errors import AffektError, PictureError
from affekt.pictures.decode import Decoders
from affekt.pictures.limits import Limits

REPORT = "tell the maker of the release; do not use this picture"
LIMITS = Limits(max_bytes=200_000_000, max_pixels=shape.MAX_PIXELS)  # a rebuilt PNG may be big
MAX_FILE = 500_000_000
FAR_BITS = 12  # a picture and its rebuilt copy differ in a few bits; two pictures in about 32
FILLED = (
    "image_id", "label", "votes", "votes_yes", "split", "group_id", "is_generated", "shipped",
    "source", "licence", "original_sha256", "sha256", "width_px", "height_px", "bytes",
)  # fmt: skip


def pictures(
    files: Mapping[str, Path], decoders: Decoders
) -> Generator[Finding, None, pl.DataFrame]:
    """Give what the picture files say of their pictures, with the file as column ``file``."""
    named = [name for name in sorted(files) if re.fullmatch(shape.DATA, name)]
    yield from numbering(named, shape.DATA)
    if not named and not any(re.fullmatch(shape.LINKS, name) for name in files):
        yield Finding("missing", "data", "there is no picture file", AGAIN)
    frames = [_described(shape.data_schema().empty_table(), "")]
    with ThreadPoolExecutor(decoders.workers) as pool:
        for name in named:
            if files[name].stat().st_size > MAX_FILE:
                yield Finding("too-big", name, f"is over {MAX_FILE:,} bytes", REPORT)
            try:
                for group in groups_in(files[name], shape.data_schema(), shape.ROW_GROUP):
                    rows = group.to_pylist()
                    for found in pool.map(partial(_examined, decoders, name), rows):
                        yield from found
                    frames.append(_described(group, name))
            except Unreadable as trouble:
                yield Finding("unreadable", name, str(trouble), AGAIN)
    return pl.concat(frames)


def _described(group: Any, name: str) -> pl.DataFrame:
    return frame_of(group.drop(["image"])).with_columns(file=pl.lit(name))


def numbering(names: Iterable[str], form: str) -> Iterator[Finding]:
    """Find files of a split that do not go from the first to the last."""
    parts: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for name in names:
        found = re.fullmatch(form, name)
        assert found
        parts[found[1], int(found[3])].append(int(found[2]))
    splits = [split for split, _ in parts]
    for (split, n), numbers in sorted(parts.items()):
        if sorted(numbers) != list(range(n)) or splits.count(split) > 1:
            text = f"the files of {split!r} do not go from 0 to {n - 1} of {n}"
            yield Finding("file-names", form.partition("/")[0], text, AGAIN)


def _examined(decoders: Decoders, file: str, row: Mapping[str, Any]) -> list[Finding]:
    place = f"{file}: {str(row['image_id'])[:12]}"
    empty = [name for name in FILLED if row[name] is None]
    if empty or not row["image"] or row["image"]["bytes"] is None:
        text = f"lacks {', '.join(empty or ['its picture'])}"
        return [Finding("empty", place, text, REPORT)]
    data: bytes = row["image"]["bytes"]
    seen = scan(data)
    wrong = [("shipped", "is inside and said not to be")] if not row["shipped"] else []
    wrong += [*_named(row, data, seen.format)]
    wrong += [("metadata", f"holds {extra} besides its pixels") for extra in seen.extras]
    if seen.format and not seen.is_plain:
        wrong.append(("colours", "is not RGB or grey with 8 bits a channel"))
    wrong += (
        _decoded(decoders, row, data) if seen.format else [("format", "is no whole JPEG or PNG")]
    )
    return [Finding(code, place, text, REPORT) for code, text in wrong]


def _named(row: Mapping[str, Any], data: bytes, kind: str) -> Iterator[tuple[str, str]]:
    digest = hashlib.sha256(data).hexdigest()
    if row["image_id"] != digest or row["sha256"] != digest:
        yield "wrong-id", f"its bytes have the SHA-256 {digest}"
    name = f"{row['image_id']}.{shape.EXTENSIONS.get(kind, '')}"
    if kind and row["image"]["path"] != name:
        yield "file-names", f"is called {str(row['image']['path'])[:100]!r}, not {name!r}"
    if row["bytes"] != len(data):
        yield "facts", f"has {len(data):,} bytes, the table says {row['bytes']:,}"


def _decoded(decoders: Decoders, row: Mapping[str, Any], data: bytes) -> Iterator[tuple[str, str]]:
    try:
        facts = decoders.facts(data)
    except PictureError as trouble:
        yield trouble.reason, f"cannot be decoded ({trouble})"
        return
    except AffektError as trouble:  # the decoder died again and again
        yield "decoder-crashed", str(trouble)
        return
    if (facts.width_px, facts.height_px) != (row["width_px"], row["height_px"]):
        said = f"{row['width_px']} × {row['height_px']}"
        yield "facts", f"is {facts.width_px} × {facts.height_px} px, the table says {said}"
    if is_far(row["phash"], facts.phash):
        yield "phash", "looks unlike what its perceptual hash says"


def is_far(written: str | None, seen: int | None) -> bool:
    """Tell whether a hash as written is no hash, or not that of the picture seen."""
    if written is None:
        return False
    if not re.fullmatch(r"[0-9a-f]{16}", written):
        return True
    return seen is not None and (int(written, 16) ^ seen).bit_count() > FAR_BITS
