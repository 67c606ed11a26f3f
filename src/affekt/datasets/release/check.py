"""Checks any release folder, with no project at hand and no trust in what lies there."""

from collections.abc import Callable, Generator, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

import polars as pl

from affekt.datasets.release import agreement, archive, credit, removed, shape
from affekt.datasets.release.agreement import UNSAID_BITS, Rows, Tables, is_distance
from affekt.datasets.release.finding import Finding, shortened
from affekt.datasets.release.inside import LIMITS, pictures
from affekt.datasets.release.inventory import AGAIN, inventory, shown, since
from affekt.datasets.release.links import links
from affekt.datasets.release.papers import audit
from affekt.datasets.release.reading import (
    Unreadable,
    checksums_in,
    csv_in,
    frame_of,
    groups_in,
    manifest_in,
    text_of,
)
from affekt.datasets.release.shape import Manifest
from affekt.pictures.decode import Decoders

T = TypeVar("T")


def check(folder: Path, *, workers: int = 2, near_bits: int = UNSAID_BITS) -> list[Finding]:
    """Give everything that is wrong with a release; an empty list for a sound one.

    Files against checksums, pictures against their names and form, splits, labels, votes, licences
    and counts against each other. Pictures are decoded in ``workers`` children with limits.

    Args:
        folder: Of the release.
        workers: Children that decode.
        near_bits: Bits in which perceptual hashes of near copies on two sides differ at most,
            where the release was made without a look for them; 0 does not look either.

    Raises:
        NewerFormat: A newer affekt wrote it.
    """
    with Decoders(workers, LIMITS) as decoders:
        return findings(folder, decoders, near_bits)


def findings(folder: Path, decoders: Decoders, near_bits: int = UNSAID_BITS) -> list[Finding]:
    """Give what `check` gives, with children that are there; they need `LIMITS` of their own."""
    return shortened(_findings(folder, decoders, near_bits))


def _findings(folder: Path, decoders: Decoders, near_bits: int) -> Iterator[Finding]:
    if not folder.is_dir():
        yield Finding("not-a-release", str(folder), "is no folder", "name the folder of a release")
        return
    if (folder / "project.json").exists() or not any(
        (folder / name).exists() for name in (shape.MANIFEST, shape.CHECKSUMS)
    ):
        yield Finding("not-a-release", str(folder), "holds no release", _elsewhere(folder))
        return
    files = yield from inventory(folder)
    manifest = yield from _manifest(files)
    shipped = yield from pictures(files, decoders)
    linked = yield from links(files)
    if shape.ARCHIVE in files:
        yield from archive.members(files[shape.ARCHIVE], shipped["image_id"].drop_nulls())
    if manifest is None:
        return
    yield from since(files, manifest.format)
    rows = pl.concat([shipped, linked])
    tables = yield from _tables(files, rows, manifest)
    own = manifest.near_bits
    yield from agreement.splits(rows, own if is_distance(own) else near_bits)
    yield from agreement.labels(rows, manifest)
    yield from agreement.same_rows(tables, manifest)
    yield from agreement.evidence(tables)
    yield from credit.licensed(shipped, manifest)
    yield from credit.names(rows)
    yield from removed.withdrawn(tables)
    yield from agreement.counts(tables, manifest)
    yield from _papers(files, manifest)


def _elsewhere(folder: Path) -> str:
    """Give the way from a folder that is no release to those below it."""
    inside = sorted(path.parent for path in folder.glob(f"releases/*/{shape.MANIFEST}"))
    if not inside:
        return "name the folder of a release; those of a project lie in its releases/"
    return "name the folder of a release: " + ", ".join(shown(str(one)) for one in inside[:10])


def _manifest(files: Mapping[str, Path]) -> Generator[Finding, None, Manifest | None]:
    return (yield from _read(files, shape.MANIFEST, manifest_in))


def _tables(
    files: Mapping[str, Path], rows: pl.DataFrame, manifest: Manifest
) -> Generator[Finding, None, Tables]:
    labels = yield from _csv(
        files, shape.LABELS, _as_in(manifest, shape.label_columns(manifest.taxonomy))
    )
    attribution = yield from _csv(
        files, shape.ATTRIBUTION, _as_in(manifest, shape.ATTRIBUTION_COLUMNS)
    )
    asked = yield from _csv(files, shape.ASKED, shape.ASKED_COLUMNS)
    noisy = yield from _csv(files, shape.NOISY, shape.NOISY_COLUMNS)
    removed = yield from _csv(files, shape.REMOVED, shape.REMOVED_COLUMNS)
    votes = yield from _read(files, shape.VOTES, _votes)
    return Tables(rows, labels, attribution, asked, noisy, removed, votes)


def _as_in(manifest: Manifest, columns: tuple[str, ...]) -> tuple[str, ...]:
    """Give the columns that a release's form has: the first shipped all that it names."""
    return tuple(name for name in columns if manifest.format > 1 or name != "shipped")


def _papers(files: Mapping[str, Path], manifest: Manifest) -> Iterator[Finding]:
    texts: dict[str, str] = {}
    for name in shape.PAPERS:
        text = yield from _read(files, name, text_of)
        texts |= {} if text is None else {name: text}
    if "LICENSE.md" in texts:
        yield from agreement.papers(texts["LICENSE.md"], manifest)
    try:
        digests = checksums_in(files[shape.CHECKSUMS]) if shape.CHECKSUMS in files else {}
    except Unreadable:
        digests = {}  # the inventory has told it
    yield from audit.papers(texts, manifest, digests)


def _csv(
    files: Mapping[str, Path], name: str, columns: tuple[str, ...]
) -> Generator[Finding, None, Rows | None]:
    return (yield from _read(files, name, lambda path: csv_in(path, columns)))


def _votes(path: Path) -> pl.DataFrame:
    schema = shape.vote_schema()
    return pl.concat(frame_of(table) for table in (schema.empty_table(), *groups_in(path, schema)))


def _read(
    files: Mapping[str, Path], name: str, reader: Callable[[Path], T]
) -> Generator[Finding, None, T | None]:
    """Give what a reader makes of a file; None, with a finding, where it cannot."""
    if name not in files:
        return None  # the inventory has told it
    try:
        return reader(files[name])
    except Unreadable as trouble:
        yield Finding("unreadable", name, str(trouble), AGAIN)
        return None


__all__ = ["LIMITS", "Finding", "check", "findings"]
