"""What workers did, one row a deed: the table from which all that is said of them comes."""

from collections.abc import Collection

import polars as pl

from affekt.errors import TableError
from affekt.tables import Column, Schema

KINDS = ("vote", "skip", "broken")
STATES = ("counted", "late", "excluded")
# Less than two thirds of two others says too little about the picture: with four others of accuracy
# 0.8, three or four that agree are right in 97 % of cases, two of four in half.
SETTLED_VOTES = 2

EVENTS = Schema(
    "events",
    ("sequence", "emotion"),
    {
        "question_id": Column(pl.String, "what was asked about which picture"),
        "image_id": Column(pl.String, "picture that was shown"),
        "worker": Column(pl.String, "pseudonym; never the id of a marketplace"),
        "emotion": Column(pl.String, "emotion this row speaks of"),
        "felt": Column(pl.Boolean, "whether the worker felt it; null for skip and broken"),
        "seconds": Column(pl.Float32, "from question shown to answer, s; null when not measured"),
        "at": Column(pl.Datetime("us", "UTC"), "when the server took it"),
        "sequence": Column(pl.Int64, "order in which the server took it; grows, may have gaps"),
        "is_gold": Column(pl.Boolean, "whether the answer was known beforehand"),
        "gold_felt": Column(pl.Boolean, "the known answer; null where is_gold is false"),
        "kind": Column(pl.String, "vote, skip or broken (the picture did not load)"),
        "state": Column(pl.String, "counted, late (after the question was settled) or excluded"),
    },
)
UNIT = ["question_id", "emotion"]


def checked(events: pl.DataFrame) -> pl.DataFrame:
    """Give the events under their schema, in the order in which the server took them.

    Raises:
        TableError: A column, a type or a word is wrong, a vote has no answer, something else has
            one, gold has no known answer, or a worker has two counted votes on one question.
    """
    frame = EVENTS.conform(events, "quality")
    is_vote = pl.col("kind") == "vote"
    _refuse(frame, ~pl.col("kind").is_in(KINDS), "kind", f"one of {KINDS} is allowed")
    _refuse(frame, ~pl.col("state").is_in(STATES), "state", f"one of {STATES} is allowed")
    _refuse(frame, is_vote & pl.col("felt").is_null(), "felt", "a vote needs true or false")
    _refuse(frame, ~is_vote & pl.col("felt").is_not_null(), "felt", "only a vote has an answer")
    at_odds = pl.col("is_gold") != pl.col("gold_felt").is_not_null()
    _refuse(frame, at_odds, "gold_felt", "gold, and nothing else, has a known answer")
    is_counted = is_vote & (pl.col("state") == "counted")
    twice = is_counted & (is_counted.sum().over("worker", *UNIT) > 1)
    _refuse(frame, twice, "question_id", "a worker's second vote on a question cannot be counted")
    return frame


def _refuse(frame: pl.DataFrame, wrong: pl.Expr, column: str, allowed: str) -> None:
    """Raise for the first row for which the expression is true or cannot be told."""
    bad = frame.filter(wrong.fill_null(value=True))
    if bad.height:
        row = bad.row(0, named=True)
        raise TableError(
            f"events: {bad.height} rows, first sequence {row['sequence']}, have {column} = "
            f"{row[column]!r}; {allowed}: correct them where the table is made"
        )


def counted(events: pl.DataFrame, unheard: Collection[str] = ()) -> pl.DataFrame:
    """Give the counted votes of checked events, each beside what others said of the same.

    Added are ``others`` and ``others_yes`` (counted votes of other workers), ``settled`` (their
    label when at least two of them voted and two thirds agree, else null) and ``known`` (the gold
    answer, or ``settled`` where there is no gold). Workers who are unheard are nobody's others.
    """
    is_counted = (pl.col("kind") == "vote") & (pl.col("state") == "counted")
    heard = (~pl.col("worker").is_in(list(unheard))).cast(pl.Int64)
    yes = heard * pl.col("felt").cast(pl.Int64)
    votes = events.filter(is_counted).with_columns(
        others=heard.sum().over(UNIT) - heard, others_yes=yes.sum().over(UNIT) - yes
    )
    enough = pl.col("others") >= SETTLED_VOTES
    return votes.with_columns(
        settled=pl.when(enough & (3 * pl.col("others_yes") >= 2 * pl.col("others")))
        .then(True)
        .when(enough & (3 * pl.col("others_yes") <= pl.col("others")))
        .then(False)
    ).with_columns(known=pl.coalesce("gold_felt", "settled"))
