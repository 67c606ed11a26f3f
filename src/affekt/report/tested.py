"""One row a test: who was asked what about which picture, what was said, and what is known of it.

These rows are all that scores need. They are read from the products of the benchmark, or from the
file in which they were published (`affekt.report.published`).
"""

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl
from jaxtyping import Bool, Float, Int

from affekt.report import leaks
from affekt.report.remarks import NOTHING, Remarks, remarks
from affekt.store import Failure, Product

if TYPE_CHECKING:
    from affekt.plan import Result


class About(NamedTuple):
    """Which entry was tested on which data set under which protocol, and among which emotions.

    Attributes:
        signs: +1 for a pleasant emotion, -1 for an unpleasant one, 0 for neither.
        remarks: What a reader must know before the numbers.
    """

    dataset: str
    entry: str
    protocol: str
    emotions: tuple[str, ...]
    signs: tuple[int, ...]
    remarks: Remarks = NOTHING


class Tested(NamedTuple):
    """Every test of every picture, as arrays.

    Attributes:
        truth: Code of the label.
        probabilities: Over the emotions.
        weight: 1 / tests of the same picture.
        group: Number of the row's group.
        image: Number of the row's picture.
        turn: Number of the round of testing, a fold of a repeat.
        repeat: Number of the repeat.
        claims: What the classifier of each emotion alone said; None where the model has none.
    """

    truth: Int[np.ndarray, " row"]
    probabilities: Float[np.ndarray, "row emotion"]
    weight: Float[np.ndarray, " row"]
    group: Int[np.ndarray, " row"]
    image: Int[np.ndarray, " row"]
    turn: Int[np.ndarray, " row"]
    repeat: Int[np.ndarray, " row"]
    claims: Bool[np.ndarray, "row emotion"] | None = None


def about(result: "Result") -> About:
    """Give what a result is about."""
    emotions = result.taxonomy.emotions
    signs = tuple(int(one.valence) for one in emotions)
    told = remarks(result)
    entry = told.stamped(result.entry)
    return About(result.dataset, entry, result.protocol, result.taxonomy.names, signs, told)


def rows(result: "Result", memory: leaks.Memory | None) -> pl.DataFrame | Failure:
    """Give the tests of a result, or why there are none.

    Columns: ``repeat``, ``fold``, ``image_id``, ``group_id``, ``name``, ``emotion`` (the label),
    ``part``, ``shares``, ``probabilities`` and ``claims`` in taxonomy order, ``is_trained``
    (whether a picture of this label was left to learn from), ``near_bits`` (see
    `affekt.report.leaks`; null without a memory).
    """
    for made in (result.pictures, result.predictions):
        if isinstance(made, Failure):
            return made
    assert isinstance(result.pictures, Product)
    assert isinstance(result.predictions, Product)
    pictures = result.pictures.table()
    known = pictures.select("image_id", "group_id", "name", "emotion", "part", "shares")
    said = _wide(result.predictions, result.taxonomy.names)
    tests = said.join(known, on="image_id", how="left").sort("image_id", "repeat", "fold")
    untrained = _untrained(known, tests)
    recipe = result.predictions.manifest.get("recipe", {})
    near = memory.nearest(result.pictures, tests, recipe) if memory else None
    return tests.with_columns(
        is_trained=~pl.col("emotion").is_in(untrained).fill_null(False),
        near_bits=pl.lit(None, pl.Int32) if near is None else near,
    )


def usable(tests: pl.DataFrame, emotions: tuple[str, ...]) -> pl.DataFrame:
    """Give the tests with a known label and only finite probabilities."""
    finite = pl.col("probabilities").list.eval(pl.element().is_finite()).list.all()
    return tests.filter(pl.col("emotion").is_in(emotions) & finite)


def arrays(tests: pl.DataFrame, emotions: tuple[str, ...]) -> Tested:
    """Give usable tests, sorted by picture, as arrays."""
    k = len(emotions)
    code = {name: at for at, name in enumerate(emotions)}
    n_tests = tests.select(pl.len().over("image_id").alias("tests"))["tests"].to_numpy()
    has_claims = tests["claims"].null_count() == 0
    return Tested(
        truth=np.array([code[name] for name in tests["emotion"]], dtype=np.int64),
        probabilities=_matrix(tests["probabilities"], k).astype(float),
        weight=1.0 / n_tests if tests.height else np.zeros(0),
        group=_numbered(groups(tests)),
        image=_numbered(tests["image_id"]),
        turn=_numbered(tests.select(pl.struct("repeat", "fold").alias("turn"))["turn"]),
        repeat=_numbered(tests["repeat"]),
        claims=_matrix(tests["claims"], k).astype(bool) if has_claims else None,
    )


def groups(tests: pl.DataFrame) -> pl.Series:
    """Give the group of each test; a picture without one is its own."""
    return tests.select(pl.coalesce("group_id", "image_id"))["group_id"]


def _numbered(words: pl.Series) -> Int[np.ndarray, " row"]:
    return words.rank("dense").to_numpy().astype(np.int64) - 1


def _matrix(lists: pl.Series, width: int) -> np.ndarray:
    return lists.explode(empty_as_null=False).to_numpy().reshape(lists.len(), width)


def _wide(predictions: Product, emotions: tuple[str, ...]) -> pl.DataFrame:
    """One row a test; an emotion nobody spoke of has a probability that is no number."""
    said = pl.col("probability"), pl.col("is_claimed")
    probability, claim = ([one.filter(emotion=name).first() for name in emotions] for one in said)
    return (
        predictions.table()
        .group_by("repeat", "fold", "image_id")
        .agg(
            *(one.fill_null(math.nan).alias(f"p{at}") for at, one in enumerate(probability)),
            *(one.alias(f"c{at}") for at, one in enumerate(claim)),
        )
        .select(
            "repeat",
            "fold",
            "image_id",
            probabilities=pl.concat_list(f"p{at}" for at in range(len(emotions))),
            claims=pl.when(
                pl.all_horizontal(pl.col(f"c{at}").is_not_null() for at in range(len(emotions)))
            ).then(pl.concat_list(f"c{at}" for at in range(len(emotions)))),
        )
    )


def _untrained(pictures: pl.DataFrame, tests: pl.DataFrame) -> list[str]:
    """Emotions that some fold tests whole, so that none of theirs was left to learn from.

    A fold that tests the whole set was trained on another one.
    """
    have = pictures.group_by("emotion").len("have")
    part = tests.filter(pl.col("image_id").n_unique().over("repeat", "fold") < pictures.height)
    tested = part.group_by("repeat", "fold", "emotion").agg(
        pl.col("image_id").n_unique().alias("tested")
    )
    gone = tested.join(have, on="emotion").filter(pl.col("tested") >= pl.col("have"))
    return sorted(set(gone["emotion"].drop_nulls()))
