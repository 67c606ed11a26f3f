"""The tables of an export, how they follow from those of a campaign, and how they are read back."""

import polars as pl

from affekt.errors import TableError
from affekt.exports.models import UNIT, modelled
from affekt.quality import EVENTS, checked
from affekt.tables import Column, Schema

FORMAT = 1
MANIFEST = "manifest.json"
FILES = (
    "votes.csv", "votes.jsonl", "votes.parquet", "labels.csv", "labels.parquet", "workers.csv",
    "workers.parquet", "crowdkit.csv", "label-studio.json", "label-studio.xml", "datasheet.json",
    "datasheet.md",
)  # fmt: skip
DECISIONS = ("keep", "drop", "undecided", "withdrawn", "waiting", "active")

_ASKED = {
    "question_id": Column(pl.String, "what was asked about which picture"),
    "image_id": Column(pl.String, "picture that was shown"),
    "emotion": Column(pl.String, "emotion that was asked about"),
}
_POLICY = {"policy": Column(pl.String, "how many votes a question needs, with its settings")}
VOTES = Schema(
    "votes",
    ("sequence", "emotion"),
    _ASKED
    | {
        "worker": Column(pl.String, "pseudonym"),
        "answer": Column(pl.String, "yes, no, skip or broken (the picture did not load)"),
        "seconds": Column(pl.Float64, "from question shown to answer, s, to the millisecond"),
        "at": Column(pl.Datetime("us", "UTC"), "when the server took it"),
        "sequence": Column(pl.Int64, "order in which the server took it"),
    }
    | _POLICY
    | {
        "state": Column(pl.String, "counted, late or excluded"),
        "was_covered": Column(
            pl.Boolean, "shown covered until the worker revealed it; null where not known"
        ),
    },
)
_DECIDED = {
    "decision": Column(pl.String, f"one of {', '.join(DECISIONS)}"),
    "posterior": Column(pl.Float64, "probability that the emotion is felt, 0–1; null if unknown"),
}
_IMAGE = {
    "image": Column(pl.String, "file name or address of the picture; null when not passed on")
}
ITEMS = Schema(
    "items",
    ("question_id", "emotion"),
    _ASKED | _IMAGE | _DECIDED | _POLICY | {"is_gold": Column(pl.Boolean, "answer was known")},
)
LABELS = Schema(
    "labels",
    ("question_id", "emotion"),
    _ASKED
    | _IMAGE
    | {
        "votes": Column(pl.Int64, "counted votes"),
        "votes_yes": Column(pl.Int64, "counted votes that felt it"),
        "share": Column(pl.Float64, "votes_yes over votes; null without votes"),
    }
    | _DECIDED
    | _POLICY
    | {
        "at_least": Column(pl.Boolean, "kept by the paper's rule, 3 of 5; null while it is open"),
        "two_sided": Column(pl.Float64, "probability by the two-sided model; null without votes"),
    },
)
SCALARS = (pl.String, pl.Boolean, pl.Int32, pl.Int64, pl.Float32, pl.Float64)


def votes_of(events: pl.DataFrame) -> pl.DataFrame:
    """Give the votes of an export from events and their ``policy``, without gold.

    Raises:
        TableError: The events break their schema, or have no policy.
    """
    if "policy" not in events.columns:
        raise TableError(
            "export: the table 'events' lacks the column 'policy'; give each its words"
        )
    told = _beside(events)
    is_vote = pl.col("kind") == "vote"
    answer = pl.when(is_vote & pl.col("felt")).then(pl.lit("yes")).when(is_vote)
    votes = told.filter(~pl.col("is_gold")).with_columns(
        answer=answer.then(pl.lit("no")).otherwise("kind"),
        seconds=pl.col("seconds").fill_nan(None).cast(pl.Float64).round(3),
    )
    return VOTES.conform(votes, "export")


def events_of(votes: pl.DataFrame) -> pl.DataFrame:
    """Give the events, with their policy, that `votes_of` makes these votes of.

    Raises:
        TableError: An answer or a state is a word that no export has.
    """
    is_vote = pl.col("answer").is_in(["yes", "no"])
    events = votes.with_columns(
        felt=pl.when(is_vote).then(pl.col("answer") == "yes"),
        kind=pl.when(is_vote).then(pl.lit("vote")).otherwise("answer"),
        is_gold=pl.lit(value=False),
        gold_felt=pl.lit(None, pl.Boolean),
    )
    return _beside(events)


def with_cover(frame: pl.DataFrame) -> pl.DataFrame:
    """Give a table with ``was_covered``, null throughout where nobody told it."""
    has = "was_covered" in frame.columns
    return frame if has else frame.with_columns(was_covered=pl.lit(None, pl.Boolean))


def _beside(events: pl.DataFrame) -> pl.DataFrame:
    """Give checked events, each with its policy and whether its picture was covered first."""
    more = with_cover(events).select(
        *EVENTS.key, pl.col("policy").cast(pl.String), pl.col("was_covered").cast(pl.Boolean)
    )
    return checked(events).join(more, on=list(EVENTS.key), how="left", maintain_order="left")


def labels_of(items: pl.DataFrame, votes: pl.DataFrame) -> pl.DataFrame:
    """Give the labels of an export: items without gold, their votes counted anew (I6, I8).

    Raises:
        TableError: The items break `ITEMS`, a decision is an unknown word, a posterior is no
            probability, or votes were given to a question that is not among the items.
    """
    asked = ITEMS.conform(items, "export").with_columns(pl.col("posterior").fill_nan(None))
    _refuse(asked, ~pl.col("decision").is_in(DECISIONS), "decision", f"one of {DECISIONS}")
    _refuse(asked, ~pl.col("posterior").is_between(0, 1), "posterior", "a number from 0 to 1")
    asked_for = asked.filter(~pl.col("is_gold"))
    stray = votes.join(asked_for, on=UNIT, how="anti")
    if stray.height:
        raise TableError(
            f"export: {stray.height} votes are on questions that are no items, or gold among the "
            f"items only, first {stray['question_id'][0]!r}; give every question as one item, and "
            f"say of item and votes alike whether it is gold"
        )
    counted = votes.filter(pl.col("answer").is_in(["yes", "no"]), pl.col("state") == "counted")
    tally = counted.group_by(UNIT).agg(votes=pl.len(), votes_yes=(pl.col("answer") == "yes").sum())
    told = asked_for.join(tally, on=UNIT, how="left").with_columns(
        pl.col("votes").fill_null(0), pl.col("votes_yes").fill_null(0),
        share=pl.col("votes_yes") / pl.col("votes"),
    )  # fmt: skip
    return LABELS.conform(told.join(modelled(counted), on=UNIT, how="left"), "export")


def _refuse(frame: pl.DataFrame, wrong: pl.Expr, column: str, allowed: str) -> None:
    bad = frame.filter(wrong)
    if bad.height:
        raise TableError(
            f"export: {bad.height} items, first {bad['question_id'][0]!r}, have {column} = "
            f"{bad[column][0]!r}; {allowed} is allowed"
        )


def workers_of(workers: pl.DataFrame) -> pl.DataFrame:
    """Give the workers of an export: a pseudonym and plain numbers, words or claims beside it.

    Raises:
        TableError: There is no pseudonym, one stands twice, or a column is no plain value.
    """
    columns = {name: Column(kind, name) for name, kind in workers.schema.items() if kind in SCALARS}
    other = [name for name in workers.columns if name not in columns]
    if other or "worker" not in columns:
        raise TableError(
            f"export: the table 'workers' has the columns {workers.columns}; `worker` and columns "
            f"of text, numbers or true and false are allowed, so leave out {other or 'none'}"
        )
    return Schema("workers", ("worker",), columns).conform(workers.fill_nan(None), "export")
