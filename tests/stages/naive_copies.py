"""Deduplication in plain lines: every pair compared, nothing clever; the oracle of the stage."""

from typing import Any, NamedTuple

from affekt.stages.dedupe import Dedupe

Row = dict[str, Any]
CLASSES = {"cc0": 0, "cc-by-nc-2.0": 1, "cc-by-nd-2.0": 2, "all-rights-reserved": 3}


class Answer(NamedTuple):
    """Pictures that stay → (row's name at the source, emotion, group), and rows that go → why."""

    kept: dict[str, tuple[str, str | None, str]]
    dropped: dict[tuple[str, str], str]


def naive(rows: list[Row], stage: Dedupe) -> Answer:
    """Give what the stage must answer."""
    ordered = sorted(rows, key=lambda row: preference(row, stage.keep))
    first: dict[str, Row] = {}
    for row in ordered:
        first.setdefault(row["image_id"], row)
    keeper = keepers(list(first.values()), stage)
    kept: dict[str, str | None] = {}
    dropped: dict[tuple[str, str], str] = {}
    for row in ordered:
        mine = [one for one in rows if keeper[one["image_id"]] == keeper[row["image_id"]]]
        emotion, quarrels = settled(mine, first[keeper[row["image_id"]]]["emotion"], stage.disagree)
        if quarrels:
            dropped[name(row)] = "copies-disagree"
        elif row is not first[row["image_id"]]:
            dropped[name(row)] = "exact-copy"
        elif keeper[row["image_id"]] != row["image_id"]:
            dropped[name(row)] = "near-copy"
        else:
            kept[row["image_id"]] = emotion
    group = groups([first[one] for one in kept], stage)
    return Answer({one: (first[one]["source_id"], kept[one], group[one]) for one in kept}, dropped)


def name(row: Row) -> tuple[str, str]:
    return row["source"], row["source_id"]


def preference(row: Row, keep: str) -> tuple[Any, ...]:
    if keep == "first":
        return (row["emotion"] is None, row["source"], row["source_id"])
    return (
        row["emotion"] is None, CLASSES.get(row["licence"], 4), -row["width_px"], -row["n_bytes"],
        row["uploaded_at"] is None, row["uploaded_at"], row["image_id"], *name(row),
    )  # fmt: skip


def bits(one: Row, other: Row, hash_: str) -> int:
    return (int(one[hash_]) ^ int(other[hash_])).bit_count()


def is_near(one: Row, other: Row, radius: int, dhash: int, phash: int) -> bool:
    if None in (one["phash"], other["phash"]) or not radius:
        return False
    apart = bits(one, other, "phash"), bits(one, other, "dhash")
    return (apart[0] <= radius and apart[1] <= dhash) or (apart[1] <= radius and apart[0] <= phash)


def keepers(pictures: list[Row], stage: Dedupe) -> dict[str, str]:
    radius = int(stage.max_hamming_bits)
    other_bits = 2 * radius if stage.confirm_bits is None else stage.confirm_bits
    found: list[Row] = []
    keeper: dict[str, str] = {}
    for row in pictures:
        near = [
            one
            for one in found
            if is_near(one, row, radius, other_bits, other_bits)
            and (stage.across_sources or one["source"] == row["source"])
            and (stage.disagree != "keep" or agree(one["emotion"], row["emotion"]))
        ]
        keeper[row["image_id"]] = near[0]["image_id"] if near else row["image_id"]
        found += [] if near else [row]
    return keeper


def agree(one: str | None, other: str | None) -> bool:
    return None in (one, other) or one == other


def settled(rows: list[Row], own: str | None, disagree: str) -> tuple[str | None, bool]:
    """Give the emotion of the one that stays, and whether all are dropped instead."""
    votes = [row["emotion"] for row in rows if row["emotion"] is not None]
    if disagree == "drop":
        return own, len(set(votes)) > 1
    if disagree == "majority" and votes:
        most = max(votes.count(emotion) for emotion in votes)
        winners = {emotion for emotion in votes if votes.count(emotion) == most}
        return min(winners), len(winners) > 1
    return own, False


def groups(kept: list[Row], stage: Dedupe) -> dict[str, str]:
    step = max(
        8 if stage.group_bits == "auto" else int(stage.group_bits), int(stage.max_hamming_bits)
    )
    far = 2 * step if stage.confirm_bits is None else max(2 * step, stage.confirm_bits)
    group = {row["image_id"]: row["image_id"] for row in kept}
    for one in kept:
        for other in kept:
            if is_near(one, other, step, 64, far):
                small, large = sorted((group[one["image_id"]], group[other["image_id"]]))
                group = {who: small if of == large else of for who, of in group.items()}
    return group
