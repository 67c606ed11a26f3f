"""Withdraws pictures from releases: the list gets a line of each, the next release omits them.

Releases that stand are never changed, and the project keeps its bytes until `forget` is run; so all
other pictures keep their questions, labels and splits.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from affekt.errors import UsageError
from affekt.forgotten import SHA256, Entry, Forgotten, add, read
from affekt.parts import did_you_mean
from affekt.plan import Plan
from affekt.removal.releases import pictures
from affekt.removal.search import DIGITS
from affekt.store import Store

CLASSES = {
    "owner": "its owner asked for it",
    "person-shown": "a person in it asked for it",
    "licence": "its licence does not allow it, or was withdrawn",
    "unlawful": "it must not be shown by law",
    "harmful": "it harms people who see it",
    "mistake": "it is in the release by mistake",
    "other": "another reason",
}
COLUMNS = ("original", "image", "phash", "place")


@dataclass(frozen=True)
class Withdrawn:
    """What was withdrawn, or would be.

    Attributes:
        list: The file that keeps it out from now on.
        added: New lines on it.
        pictures: Pictures that are meant, by the SHA-256 of their originals.
        copies: Originals of other pictures of this project that are near copies, and go with them.
        unknown: Hashes that nothing here has; they are kept out all the same.
        releases: Releases that contain some of it.
        advice: What is left to do, in sentences.
    """

    list: Path
    added: int
    pictures: tuple[str, ...]
    copies: tuple[str, ...]
    unknown: tuple[str, ...]
    releases: tuple[str, ...]
    advice: tuple[str, ...]


def withdraw(
    plan: Plan, store: Store, wanted: Iterable[str], *, reason: str, dry_run: bool = False
) -> Withdrawn:
    """Put pictures on the plan's list, by digits of a SHA-256; ``dry_run`` only tells.

    A picture is named as it is in a release or as it was found; all its hashes go on the list.

    Raises:
        UsageError: The plan names no list, the reason is no class, or digits fit none or several.
    """
    path = _list_of(plan)
    if reason not in CLASSES:
        raise UsageError(f"there is no reason {reason!r}; {did_you_mean(reason, list(CLASSES))}")
    known = pl.concat([_of_releases(store), _of_project(store)])
    digits = list(dict.fromkeys(one.strip().lower() for one in wanted))
    found = {one: _one(known, one) for one in digits}
    unknown = tuple(one for one in digits if found[one] is None)
    originals = tuple(sorted({one for one in found.values() if one is not None}))
    meant = known.filter(pl.col("original").is_in(originals))
    entries = [*_entries(meant), *(Entry("withdrawn", one) for one in unknown)]
    told = Forgotten(entries)
    near = known.filter(told.near(_as_numbers(known["phash"])))
    hit = pl.concat([meant, near])
    copies = tuple(sorted(set(near["original"]) - {*originals}))
    added = 0
    if not dry_run:
        today = datetime.now(UTC).date().isoformat()
        added = add(path, [one for one in entries if one not in read(path).entries], today, reason)
    releases = tuple(sorted(set(hit["place"].drop_nulls())))
    advice = tuple(_advice(store, releases, unknown))
    return Withdrawn(path, added, originals, copies, unknown, releases, advice)


def _list_of(plan: Plan) -> Path:
    if plan.forgotten is None:
        raise UsageError(
            f"{plan.path}: names no list of what is removed; write "
            '`forgotten = "forgotten.csv"` at its top, above the first section, and run again'
        )
    return plan.forgotten.path


def _of_releases(store: Store) -> pl.DataFrame:
    """Give the hashes of every picture that a release of the project names, and the release."""
    wanted = ["original_sha256", "image_id", "phash"]
    frames = [pl.DataFrame(schema=dict.fromkeys(COLUMNS, pl.String))]
    for path in pictures(store):
        rows = pl.read_parquet(store.files.ensure(path), columns=wanted)
        name = path.relative_to(store.releases).parts[0]
        rows = rows.rename({"original_sha256": "original", "image_id": "image"})
        frames.append(rows.with_columns(place=pl.lit(name)).select(COLUMNS))
    return pl.concat(frames)


def _of_project(store: Store) -> pl.DataFrame:
    """Give the hashes of every picture that may become a label."""
    frames = [pl.DataFrame(schema=dict.fromkeys(COLUMNS, pl.String))]
    for product in (one for one in store.standing() if one.manifest["stage"] == "dedupe"):
        rows = pl.read_parquet(product.whole("table"), columns=["image_id", "phash"])
        hashes = [None if one is None else f"{one:016x}" for one in rows["phash"]]
        frames.append(
            rows.select(
                original="image_id",
                image="image_id",
                phash=pl.Series(hashes, dtype=pl.String),
                place=pl.lit(None, pl.String),
            )
        )
    return pl.concat(frames)


def _one(known: pl.DataFrame, digits: str) -> str | None:
    """Give the original that digits mean; None for a whole hash that is not here."""
    if len(digits) >= DIGITS:
        starts = [pl.col(name).str.starts_with(digits) for name in ("original", "image")]
        found = known.filter(pl.any_horizontal(starts))["original"].unique()
        if len(found) == 1:
            return str(found[0])
        if found.is_empty() and SHA256.fullmatch(digits):
            return None
    else:
        found = pl.Series([], dtype=pl.String)
    raise UsageError(
        f"{digits[:80]!r} fits {len(found)} pictures of this project; give {DIGITS} or more digits "
        "of the SHA-256 of one, as in a release or as found, all 64 of one that is not here"
    )


def _entries(meant: pl.DataFrame) -> Iterator[Entry]:
    """Give one line for every hash that a picture has, with what tells its near copies."""
    rows = pl.concat([meant.select(hash=name, phash="phash") for name in ("original", "image")])
    for digest, phash in rows.unique().sort("hash", "phash").iter_rows():
        yield Entry("withdrawn", f"{digest}/{phash}" if phash else digest)


def _as_numbers(hashes: pl.Series) -> pl.Series:
    values = [None if one is None else int(one, 16) for one in hashes]
    return pl.Series(values, dtype=pl.UInt64)


def _advice(store: Store, releases: tuple[str, ...], unknown: tuple[str, ...]) -> Iterator[str]:
    if releases:
        yield (
            f"unchanged: {', '.join(releases)}; raise the first number of release.version, "
            "below 1.0.0 the second, and run `affekt build`: annotations/removed.csv of the next "
            "release lets others clean their copies"
        )
    if unknown:
        yield f"{len(unknown):,} of the hashes are of nothing here; they are kept out from now on"
    if store.shelf.names():
        yield "the bytes still lie in the project; `affekt forget` removes them, too"
