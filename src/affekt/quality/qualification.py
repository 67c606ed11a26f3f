"""What the qualification test says of people, and what people say of the test."""

from typing import NamedTuple

import polars as pl

from affekt.errors import TableError
from affekt.measures.chance import at_least
from affekt.measures.intervals import wilson
from affekt.tables import Column, Schema

SUSPICIOUS = 0.15  # share of those who passed; C8
ENOUGH_PASSED = 5  # people who passed and saw a picture before it can be flagged

ANSWERS = Schema(
    "answers",
    ("attempt", "image_id"),
    {
        "attempt": Column(pl.String, "one go of one person at the test; a pseudonym"),
        "image_id": Column(pl.String, "picture that was shown"),
        "truth": Column(pl.String, "emotion that is right"),
        "answer": Column(pl.String, "emotion that was chosen; null, and wrong, when none was"),
    },
)
IMAGES = Schema(
    "images",
    ("image_id",),
    {
        "image_id": Column(pl.String, "picture of the test"),
        "truth": Column(pl.String, "emotion that is right"),
        "shown": Column(pl.Int64, "attempts it was shown in"),
        "right": Column(pl.Int64, "attempts that were right on it"),
        "share": Column(pl.Float64, "share that was right, 0–1"),
        "low": Column(pl.Float64, "lower end of its 95 % interval after Wilson"),
        "high": Column(pl.Float64, "upper end of its 95 % interval after Wilson"),
        "shown_to_passed": Column(pl.Int64, "attempts that passed among those it was shown in"),
        "right_of_passed": Column(pl.Int64, "attempts that passed and were right on it"),
        "is_flagged": Column(pl.Boolean, "under 15 % of at least five who passed were right"),
    },
)


class TestReport(NamedTuple):
    """How many took the test and passed, and which pictures are hard, confused or doubtful (C8)."""

    tested: int
    passed: int
    histogram: pl.DataFrame  # score 0 … n_questions, attempts
    images: pl.DataFrame  # `IMAGES`
    confusion: pl.DataFrame  # truth, answer (null for none), attempts, share of the truth's
    pass_by_guessing: float  # probability


def report_test(
    answers: pl.DataFrame, *, n_questions: int = 20, pass_at: int = 10, choices: int = 8
) -> TestReport:
    """Report on submitted attempts at one version of the test, one row a picture shown.

    Raises:
        TableError: The table breaks `ANSWERS`, or an attempt has another number of pictures.
    """
    frame = ANSWERS.conform(answers, "test report").with_columns(
        is_right=pl.col("answer").eq_missing(pl.col("truth"))
    )
    scores = frame.group_by("attempt").agg(score=pl.col("is_right").sum(), n=pl.len())
    _refuse_other_sizes(scores, n_questions)
    has_passed = (pl.col("is_right").sum().over("attempt") >= pass_at).alias("has_passed")
    return TestReport(
        tested=scores.height,
        passed=scores.filter(pl.col("score") >= pass_at).height,
        histogram=_histogram(scores, n_questions),
        images=_images(frame.with_columns(has_passed)),
        confusion=_confusion(frame),
        pass_by_guessing=at_least(pass_at, n_questions, 1 / choices),
    )


def _refuse_other_sizes(scores: pl.DataFrame, n_questions: int) -> None:
    other = scores.filter(pl.col("n") != n_questions).sort("attempt")
    if other.height:
        name, _, n = other.row(0)
        raise TableError(
            f"test report: the attempt {name!r} has {n} pictures and the test has {n_questions}; "
            f"give each attempt a row for every picture, with a null answer where there was none"
        )


def _histogram(scores: pl.DataFrame, n_questions: int) -> pl.DataFrame:
    every = pl.DataFrame({"score": range(n_questions + 1)}, schema={"score": pl.Int64})
    counts = scores.group_by(pl.col("score").cast(pl.Int64)).agg(attempts=pl.len().cast(pl.Int64))
    return (
        every.join(counts, on="score", how="left")
        .with_columns(pl.col("attempts").fill_null(0))
        .sort("score")
    )


def _images(frame: pl.DataFrame) -> pl.DataFrame:
    counts = frame.group_by("image_id", maintain_order=True).agg(
        truth=pl.col("truth").first(),
        shown=pl.len(),
        right=pl.col("is_right").sum(),
        shown_to_passed=pl.col("has_passed").sum(),
        right_of_passed=(pl.col("has_passed") & pl.col("is_right")).sum(),
    )
    ends = [wilson(right, n) for right, n in counts.select("right", "shown").iter_rows()]
    is_low = pl.col("right_of_passed") < SUSPICIOUS * pl.col("shown_to_passed")
    told = counts.with_columns(
        share=pl.col("right") / pl.col("shown"),
        low=pl.Series([end.low for end in ends], dtype=pl.Float64),
        high=pl.Series([end.high for end in ends], dtype=pl.Float64),
        is_flagged=is_low & (pl.col("shown_to_passed") >= ENOUGH_PASSED),
    )
    return IMAGES.conform(told, "test report")


def _confusion(frame: pl.DataFrame) -> pl.DataFrame:
    counts = frame.group_by("truth", "answer").agg(attempts=pl.len().cast(pl.Int64))
    share = pl.col("attempts") / pl.col("attempts").sum().over("truth")
    return counts.with_columns(share=share).sort("truth", "answer", nulls_last=True)
