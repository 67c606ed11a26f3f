"""Holds the tables of a release against each other: splits, labels, votes, licences, counts."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from affekt import cells
from affekt.datasets.release import shape
from affekt.datasets.release.card import licence_line
from affekt.datasets.release.finding import Finding
from affekt.datasets.release.inside import REPORT
from affekt.datasets.release.papers import audit
from affekt.datasets.release.shape import Manifest
from affekt.datasets.release.write import attribution_rows, label_rows

Rows = Sequence[Mapping[str, str | None]]
LABELLED = ("released", "linked", "not-shipped")
MOST_BITS = 16  # of near copies that are looked for; beyond, most pictures are near each other
UNSAID_BITS = 4  # where a release says no distance: what dedupe takes for copies by itself


class Tables(NamedTuple):
    """What could be read; None where a file could not."""

    rows: pl.DataFrame
    labels: Rows | None
    attribution: Rows | None
    asked: Rows | None
    noisy: Rows | None
    removed: Rows | None
    votes: pl.DataFrame | None


def is_distance(near_bits: int) -> bool:
    """Tell whether near copies can be looked for at the distance that a manifest says."""
    return 0 < near_bits <= MOST_BITS


def splits(rows: pl.DataFrame, near_bits: int) -> Iterator[Finding]:
    """Find pictures, groups and near copies that stand on two sides; at 0 bits no near copies."""
    for row in (
        rows.filter(pl.col("image_id").is_duplicated())
        .unique("image_id")
        .sort("image_id")
        .iter_rows(named=True)
    ):
        sides = rows.filter(image_id=row["image_id"])["split"].unique().sort().to_list()
        code = "split-leak" if len(sides) > 1 else "twice"
        yield at_picture(row["image_id"], code, f"stands more than once, in {sides}")
    for image_id, file, split in rows.select("image_id", "file", "split").iter_rows():
        if split is not None and not file.partition("/")[2].startswith(f"{split}-"):
            yield at_picture(image_id, "wrong-split", f"says {split[:40]!r} and lies in {file}")
    groups = (
        rows.group_by("group_id").agg(pl.col("split").unique().sort(), pl.len()).sort("group_id")
    )
    for group, sides, n in groups.filter(pl.col("split").list.len() > 1).iter_rows():
        yield at_picture(group, "group-leak", f"is a group of {n} pictures in {sides}")
    yield from _near(rows, near_bits)


def _near(rows: pl.DataFrame, bits: int) -> Iterator[Finding]:
    hashed = rows.filter(pl.col("phash").str.contains("^[0-9a-f]{16}$"))
    if not is_distance(bits) or hashed.is_empty():
        return
    hashes = np.array([int(one, 16) for one in hashed["phash"]], np.uint64)
    ids, sides = hashed["image_id"].to_list(), hashed["split"].to_list()
    from affekt.pictures.near import near_pairs  # its kernels take half a second to import

    pairs = near_pairs(hashes, bits)
    for left, right, distance in zip(pairs.left, pairs.right, pairs.distance, strict=True):
        if sides[left] != sides[right] and ids[left] != ids[right]:
            other = f"{ids[right][:12]} in {sides[right]!r}"
            text = f"in {sides[left]!r} differs in {distance} bits from {other}"
            yield at_picture(ids[left], "near-leak", text)


def labels(rows: pl.DataFrame, manifest: Manifest) -> Iterator[Finding]:
    """Find labels and numbers that cannot be."""
    names = manifest.taxonomy.names
    told = rows.select("image_id", "label", "share", "votes", "votes_yes").iter_rows()
    for image_id, label, share, votes, votes_yes in told:
        if label not in names:
            yield at_picture(
                image_id,
                "unknown-label",
                f"has the label {str(label)[:40]!r}; known: {', '.join(names)}",
            )
        if share is not None and not _are_shares(share, len(names)):
            yield at_picture(
                image_id, "share", f"has shares that are not {len(names)} numbers from 0 to 1"
            )
        if None not in (votes, votes_yes) and not 0 <= votes_yes <= votes:
            yield at_picture(image_id, "votes", f"has {votes_yes} yes of {votes} votes")


def _are_shares(share: list[float | None], n: int) -> bool:
    return len(share) == n and all(one is None or 0 <= one <= 1 for one in share)


def same_rows(tables: Tables, manifest: Manifest) -> Iterator[Finding]:
    """Find rows of the CSV files that do not say what the picture files say."""
    if tables.labels is not None:
        wanted = label_rows(tables.rows, manifest.taxonomy)
        yield from _compared(shape.LABELS, tables.labels, wanted)
    if tables.attribution is not None:
        yield from _compared(shape.ATTRIBUTION, tables.attribution, attribution_rows(tables.rows))


def _compared(name: str, found: Rows, wanted: pl.DataFrame) -> Iterator[Finding]:
    _, written = cells.from_csv(cells.to_csv(wanted.columns, wanted.iter_rows()))
    by_id = {row["image_id"]: row for row in written}
    counts = Counter(row["image_id"] for row in found)
    for row in found:
        image_id = row["image_id"]
        right = by_id.get(image_id)
        if right is None or counts[image_id] > 1:
            yield _in(
                name, image_id, "labels-differ", "stands here and not once in the picture files"
            )
        elif wrong := [column for column in row if row[column] != right[column]]:
            text = (
                f"{wrong[0]} is {row[wrong[0]]!r} here and {right[wrong[0]]!r} in the picture files"
            )
            yield _in(name, image_id, "labels-differ", text)
    for image_id in sorted(str(one) for one in by_id.keys() - counts.keys()):
        yield _in(name, image_id, "labels-differ", "stands in the picture files and not here")


def evidence(tables: Tables) -> Iterator[Finding]:
    """Find votes and asked pictures that do not carry the labels."""
    if tables.asked is None:
        return
    yield from _asked(tables.asked, tables.rows)
    originals = {row["original_sha256"] for row in tables.asked}
    for row in tables.noisy or ():
        if row["original_sha256"] in originals:
            yield _in(
                shape.NOISY, row["original_sha256"], "noisy-overlap", "was asked about as well"
            )
    if tables.votes is not None:
        yield from _counted(tables.asked, tables.votes)


def _asked(asked: Rows, rows: pl.DataFrame) -> Iterator[Finding]:
    by_image = {row["image_id"]: row for row in asked if row["image_id"]}
    for row in rows.iter_rows(named=True):
        question = by_image.pop(row["image_id"], None)
        if question is None:
            yield _in(shape.ASKED, row["image_id"], "evidence", "no question led to this picture")
        elif wrong := _unlike(question, row):
            yield _in(shape.ASKED, row["image_id"], "evidence", f"{wrong} is not the picture's")
    for image_id in sorted(map(str, by_image)):
        text = "is asked about and not in the picture files"
        yield _in(shape.ASKED, image_id, "evidence", text)


def _unlike(asked: Mapping[str, str | None], row: Mapping[str, object]) -> str | None:
    """Name the first column in which a question and its picture differ."""
    if asked["outcome"] != ("released" if row["shipped"] else "linked"):
        return "outcome"
    names = ["original_sha256"]
    if asked["emotion"] == row["label"]:
        names += ["votes", "votes_yes"]
    return next((name for name in names if asked[name] != str(row[name])), None)


def _counted(asked: Rows, votes: pl.DataFrame) -> Iterator[Finding]:
    emotion = {row["question_id"]: row["emotion"] for row in asked}
    n, n_yes = Counter[str | None](), Counter[str | None]()
    for question, voted, felt in votes.select("question_id", "emotion", "felt").iter_rows():
        if question not in emotion:
            yield _in(shape.VOTES, question, "evidence", "has votes and was not asked")
        elif voted == emotion[question]:
            n[question] += 1
            n_yes[question] += bool(felt)
    for row in asked:
        key = row["question_id"]
        if (row["votes"], row["votes_yes"]) != (str(n[key]), str(n_yes[key])):
            text = (
                f"has {n_yes[key]} yes of {n[key]} votes, not {row['votes_yes']} of {row['votes']}"
            )
            yield _in(shape.VOTES, key, "evidence", text)


def counts(tables: Tables, manifest: Manifest) -> Iterator[Finding]:
    """Find numbers in the manifest that are not those of the tables."""
    said = manifest.counts
    for name, n in _facts(tables).items():
        stated = getattr(said, name)
        if stated != n:
            yield Finding(
                "counts",
                shape.MANIFEST,
                f"counts.{name} is {stated}, the tables give {n}",
                audit.REPORT,
            )
    if set(said.emotions) != set(manifest.taxonomy.names):
        yield Finding(
            "counts", shape.MANIFEST, "counts.emotions does not list the taxonomy", audit.REPORT
        )
    for name, emotion in said.emotions.items():
        mine = tables.rows.filter(pl.col("shipped"), label=name)
        n_linked = tables.rows.filter(~pl.col("shipped"), label=name).height
        given = {"released": mine.height, "linked": n_linked} | {
            split: mine.filter(split=split).height for split in shape.SPLITS
        }
        if tables.asked is not None:
            given["asked"] = sum(
                row["role"] == "task" and row["emotion"] == name for row in tables.asked
            )
        wrong = {key: n for key, n in given.items() if getattr(emotion, key) != n}
        if wrong:
            yield Finding(
                "counts",
                shape.MANIFEST,
                f"counts.emotions.{name}: the tables give {wrong}",
                audit.REPORT,
            )


def _facts(tables: Tables) -> dict[str, object]:
    rows = tables.rows.filter(pl.col("shipped"))
    linked = tables.rows.filter(~pl.col("shipped"))
    facts: dict[str, object] = {
        "released": rows.height,
        "linked": linked.height,
        "linked_licences": dict(sorted(Counter(linked["licence"].drop_nulls()).items())),
        "generated": int(rows["is_generated"].sum()),
        "splits": {split: rows.filter(split=split).height for split in shape.SPLITS},
        "licences": dict(sorted(Counter(rows["licence"].drop_nulls()).items())),
    }
    if tables.asked is not None:
        facts["asked"] = sum(row["role"] == "task" for row in tables.asked)
        facts["labelled"] = sum(row["outcome"] in LABELLED for row in tables.asked)
    if tables.noisy is not None:
        facts["noisy"] = len(tables.noisy)
    if tables.removed is not None:
        facts["removed"] = len(tables.removed)
    if tables.votes is not None:
        facts["votes"] = tables.votes.height
        facts["workers"] = tables.votes["worker"].n_unique()
    return facts


def papers(text: str, manifest: Manifest) -> Iterator[Finding]:
    """Find licence counts in ``LICENSE.md`` that are not those of the manifest."""
    lines = set(text.split("\n"))
    for word, n in sorted(manifest.counts.licences.items()):
        if licence_line(word, n) not in lines:
            yield Finding(
                "licence-counts",
                "LICENSE.md",
                f"does not say {n} pictures under {word!r}",
                audit.REPORT,
            )


def at_picture(image_id: str, code: str, text: str) -> Finding:
    """Give a finding about one picture."""
    return Finding(code, f"data: {str(image_id)[:12]}", text, REPORT)


def _in(file: str, key: str | None, code: str, text: str) -> Finding:
    return Finding(code, f"{file}: {str(key)[:12]}", text, REPORT)
