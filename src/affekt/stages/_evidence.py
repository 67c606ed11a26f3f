"""What a release tells about its own making: every vote, asked picture, step and setting."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import polars as pl

from affekt.datasets.release import shape
from affekt.datasets.release.shape import Counts, EmotionCounts, Step
from affekt.stages._credits import pseudonym
from affekt.taxonomy import Taxonomy

ELSEWHERE = re.compile(
    r"^(/|~|\.\.|[A-Za-z]:[\\/])"
)  # a path that says where somebody keeps things


class Told(NamedTuple):
    """The tables of a release."""

    rows: pl.DataFrame
    votes: pl.DataFrame
    asked: pl.DataFrame
    noisy: pl.DataFrame
    removed: pl.DataFrame


def votes(given: pl.DataFrame, asked: pl.DataFrame, salt: str) -> pl.DataFrame:
    """Give the votes on what was asked, workers renamed, times in whole seconds."""
    names = {name: pseudonym(salt, "worker", name) for name in given["worker"].unique().sort()}
    worker = pl.col("worker").replace_strict(names, return_dtype=pl.String)
    seconds = pl.col("seconds").round(0).cast(pl.Int32, strict=False)
    known = given.join(asked.select("question_id"), on="question_id", how="semi")
    return known.with_columns(worker, seconds).select(*shape.VOTE_COLUMNS)


def asked(questions: pl.DataFrame, votes: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Give every asked picture, the votes on the emotion asked about, and what became of it.

    ``known`` has, of each labelled picture, question_id, image_id, shipped and reason; the reason
    is null where the picture is in the release or linked.
    """
    counted = (
        votes.join(questions.select("question_id", asked="emotion"), on="question_id")
        .filter(pl.col("emotion") == pl.col("asked"))
        .group_by("question_id")
        .agg(votes=pl.len(), votes_yes=pl.col("felt").sum())
    )
    outcome = (
        pl.when(pl.col("is_label") & pl.col("reason").is_null() & pl.col("shipped"))
        .then(pl.lit("released"))
        .when(pl.col("is_label") & pl.col("reason").is_null())
        .then(pl.lit("linked"))
        .when("is_label")
        .then(pl.lit("not-shipped"))
        .when(role="task")
        .then(pl.lit("rejected"))
        .otherwise(pl.lit("control"))
    )
    is_out = pl.col("reason").is_not_null()
    known = known.with_columns(is_label=pl.lit(True), image_id=pl.when(~is_out).then("image_id"))
    return (
        questions.rename({"image_id": "original_sha256"})
        .join(counted, on="question_id", how="left")
        .join(known, on="question_id", how="left")
        .with_columns(pl.col("votes", "votes_yes").fill_null(0), outcome=outcome)
        .select(shape.ASKED_COLUMNS)
    )


def counts(taxonomy: Taxonomy, told: Told, labels: pl.DataFrame, dropped: pl.DataFrame) -> Counts:
    """Count everything in the tables of a release."""
    tasks = told.asked.filter(pl.col("role") == "task")
    rows = told.rows.filter(pl.col("shipped"))
    linked = told.rows.filter(~pl.col("shipped"))
    emotions = {
        name: EmotionCounts(
            asked=tasks.filter(emotion=name).height,
            labelled=labels.filter(emotion=name).height,
            released=rows.filter(label=name).height,
            linked=linked.filter(label=name).height,
            **{split: rows.filter(label=name, split=split).height for split in shape.SPLITS},
        )
        for name in taxonomy.names
    }
    return Counts(
        asked=tasks.height,
        labelled=labels.height,
        released=rows.height,
        linked=linked.height,
        generated=int(rows["is_generated"].sum()),
        votes=told.votes.height,
        workers=told.votes["worker"].n_unique(),
        noisy=told.noisy.height,
        emotions=emotions,
        splits={split: rows.filter(split=split).height for split in shape.SPLITS},
        licences=tally(rows["licence"]),
        linked_licences=tally(linked["licence"]),
        removed=told.removed.height,
        dropped=tally(dropped["reason"]),
    )


def tally(column: pl.Series) -> dict[str, int]:
    """Count each value, sorted by value; null is left out."""
    frame = column.drop_nulls().to_frame("value").group_by("value").len().sort("value")
    return dict(frame.iter_rows())


def steps(history: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
    """Give every step on the way, without clock times and without where somebody keeps things."""
    fields = list(Step.model_fields)
    return tuple(
        Step.model_validate(
            {name: without_places(manifest[name]) for name in fields if name in manifest}
        )
        for manifest in history
    )


def without_places(value: Any) -> Any:
    """Give a value with every path that leads elsewhere cut to its last name.

    >>> without_places({"root": "/home/ann/raw", "path": "votes.csv"})
    {'root': '…/raw', 'path': 'votes.csv'}
    """
    if isinstance(value, Mapping):
        return {str(key): without_places(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [without_places(one) for one in value]
    if isinstance(value, str) and ELSEWHERE.match(value):
        return "…/" + re.split(r"[\\/]", value.rstrip("\\/"))[-1]
    return value


def near_bits(history: Sequence[Mapping[str, Any]]) -> int:
    """Give how near perceptual hashes must be to lie in one group; 0 when nobody looked."""
    looked = [one for one in history if one["stage"] == "dedupe"]
    if not looked:
        return 0
    recipe, notes = looked[-1]["recipe"], looked[-1].get("notes", {})
    bits = notes.get("group_bits", recipe.get("group_bits", recipe.get("max_hamming_bits", 0)))
    return bits if isinstance(bits, int) else 0


def seeds(history: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Give every seed in the settings, by where it stands."""
    found: dict[str, int] = {}
    for manifest in history:
        for place, seed in _seeds(manifest["recipe"], str(manifest["stage"])):
            same = sum(known.split("#")[0] == place for known in found)
            found[f"{place}#{same + 1}" if same else place] = seed
    return found


def _seeds(value: Any, place: str) -> Iterator[tuple[str, int]]:
    if isinstance(value, Mapping):
        for key, one in sorted(value.items()):
            if key == "seed" and isinstance(one, int):
                yield place, one
            else:
                yield from _seeds(one, f"{place}.{key}")
    elif isinstance(value, list | tuple):
        for at, one in enumerate(value):
            yield from _seeds(one, f"{place}.{at}")
