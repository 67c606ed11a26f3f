"""How much of a release is left, and how a number measured on that is to be reported."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import polars as pl

from affekt import cells
from affekt.datasets.release import shape
from affekt.hydration.named import Named
from affekt.hydration.outcomes import MEANINGS, Outcome

OUTCOMES, SURVIVAL, SURVIVING, WITH_SAME = (
    "outcomes.csv", "survival.csv", "surviving.txt", "surviving-with-same.txt",
)  # fmt: skip
COUNTED = ("emotion", "split", "pictures", "shipped", *MEANINGS, "surviving", "percent")


@dataclass(frozen=True)
class Receipt:
    """What a release has left.

    Attributes:
        folder: Where it lies.
        release: Name and version.
        checksums_sha256: Of the release's checksums; tells it from every other.
        pictures: Pictures that the release names.
        shipped: Of these, inside it.
        outcomes: How many of the others ended how.
        reasons: Why, as outcome → reason → how many; of what has a reason.
        surviving: Pictures that are at hand to the bit: shipped or exact.
        list_sha256: SHA-256 of their ids, sorted, one a line: of ``surviving.txt``.
        with_same: Pictures at hand if those of the same look are counted in.
        with_same_sha256: Of the list of these, ``surviving-with-same.txt``.
        survival: One row an emotion and split, and one for all; columns `COUNTED`.
        report: How to report a number measured on what survives.
        unasked: Pictures that were fetched though no source said whether they may still be used, by
            the source that the release names.
    """

    folder: Path
    release: str
    checksums_sha256: str
    pictures: int
    shipped: int
    outcomes: Mapping[str, int]
    reasons: Mapping[str, Mapping[str, int]]
    surviving: int
    list_sha256: str
    with_same: int
    with_same_sha256: str
    survival: Sequence[Mapping[str, str | int | float | None]]
    report: str
    unasked: Mapping[str, int]


def receipt(folder: Path, release: Named, outcomes: Mapping[str, Outcome]) -> Receipt:
    """Give what a release has left, as far as outcomes tell."""
    rows = ended(release, outcomes)
    exact = rows.filter(pl.col("ended").is_in(["shipped", "exact"]))["image_id"]
    same = rows.filter(pl.col("ended").is_in(["shipped", "exact", "same"]))["image_id"]
    counts = Counter(rows["ended"])
    table = survival(rows, release.manifest.taxonomy.names)
    digest = _digest(exact)
    return Receipt(
        folder=folder,
        release=release.name,
        checksums_sha256=release.digest,
        pictures=rows.height,
        shipped=counts["shipped"],
        outcomes={word: counts[word] for word in MEANINGS},
        reasons=_reasons(outcomes[key] for key in rows["image_id"] if key in outcomes),
        surviving=len(exact),
        list_sha256=digest,
        with_same=len(same),
        with_same_sha256=_digest(same),
        survival=table,
        report=_report(release.name, table, digest),
        unasked=_unasked(rows, outcomes),
    )


def _unasked(rows: pl.DataFrame, outcomes: Mapping[str, Outcome]) -> dict[str, int]:
    fetched = rows.filter(pl.col("ended").is_in(["exact", "same"])).select("image_id", "source")
    counts = Counter(
        source or "unknown"
        for image_id, source in fetched.iter_rows()
        if outcomes[image_id].licence is None
    )
    return dict(sorted(counts.items()))


def _reasons(ends: Iterable[Outcome]) -> dict[str, dict[str, int]]:
    counts = Counter((one.outcome, one.reason) for one in ends if one.reason)
    found: dict[str, dict[str, int]] = {}
    for (outcome, reason), n in sorted(counts.items()):
        found.setdefault(outcome, {})[str(reason)] = n
    return found


def ended(release: Named, outcomes: Mapping[str, Outcome]) -> pl.DataFrame:
    """Give the rows of a release with the column ``ended``: shipped, or what became of each."""
    words = [
        "shipped" if is_shipped else outcomes[key].outcome if key in outcomes else "failed"
        for key, is_shipped in release.rows.select("image_id", "shipped").iter_rows()
    ]
    return release.rows.with_columns(ended=pl.Series(words, dtype=pl.String))


def survival(
    rows: pl.DataFrame, emotions: Sequence[str]
) -> list[dict[str, str | int | float | None]]:
    """Give one row for each emotion and split that has pictures, and one for all."""
    found = [
        _counted(rows.filter(label=emotion, split=split), emotion, split)
        for emotion in emotions
        for split in shape.SPLITS
    ]
    return [row for row in found if row["pictures"]] + [_counted(rows, "all", "all")]


def written(made: Receipt, release: Named, outcomes: Mapping[str, Outcome]) -> dict[str, str]:
    """Give the text of every file beside the receipt, by name."""
    rows = ended(release, outcomes)
    fields = Outcome._fields
    ends = [outcomes[key] for key in rows.filter(~pl.col("shipped"))["image_id"] if key in outcomes]
    exact = rows.filter(pl.col("ended").is_in(["shipped", "exact"]))["image_id"]
    same = rows.filter(pl.col("ended").is_in(["shipped", "exact", "same"]))["image_id"]
    return {
        OUTCOMES: cells.to_csv(fields, ends),
        SURVIVAL: cells.to_csv(COUNTED, [[row[name] for name in COUNTED] for row in made.survival]),
        SURVIVING: _list(exact),
        WITH_SAME: _list(same),
    }


def _counted(rows: pl.DataFrame, emotion: str, split: str) -> dict[str, str | int | float | None]:
    counts = Counter(rows["ended"])
    left = counts["shipped"] + counts["exact"]
    return {
        "emotion": emotion,
        "split": split,
        "pictures": rows.height,
        "shipped": counts["shipped"],
        **{word: counts[word] for word in MEANINGS},
        "surviving": left,
        "percent": round(100 * left / rows.height, 1) if rows.height else None,
    }


def _list(ids: pl.Series) -> str:
    return "".join(f"{one}\n" for one in sorted(ids))


def _digest(ids: pl.Series) -> str:
    return sha256(_list(ids).encode()).hexdigest()


def _report(name: str, table: Sequence[Mapping[str, str | int | float | None]], digest: str) -> str:
    """Say how a number measured on what survives is to be reported."""
    *parts, whole = table
    n, pictures = whole["surviving"], whole["pictures"]
    if n == pictures:
        return (
            f"All {pictures:,} pictures of {name} are at hand; nothing but its name need be told."
        )
    told = (
        f"Report n = {n:,} of {pictures:,} pictures ({whole['percent']} %) of {name}, and the "
        f"list's SHA-256, {digest} (of {SURVIVING})."
    )
    least = min(parts, key=lambda row: float(row["percent"] or 0))
    most = max(parts, key=lambda row: float(row["percent"] or 0))
    return (
        f"{told} Such a number compares only with others on the same list. What is left is no "
        f"random part: from {least['percent']} % ({least['emotion']}, {least['split']}) to "
        f"{most['percent']} % ({most['emotion']}, {most['split']})."
    )
