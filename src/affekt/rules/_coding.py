"""From any table of votes to the codes that label models take, and back to decisions."""

import logging
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
from jaxtyping import Bool, Int

from affekt.aggregation.votes import NONE, Labelled, Sizes, Votes, coded, counts_of
from affekt.errors import TableError
from affekt.tables import DECISIONS

ALSO = {"question_id": "task", "emotion": "question", "felt": "label"}  # names of our own votes
NEEDED = ("task", "worker", "label")
KEY = ["task", "question"]
NO, YES = "false", "true"
LOG = logging.getLogger(__name__)


class Coded(NamedTuple):
    """Votes as codes, and what the codes stand for.

    Attributes:
        votes: The votes that count.
        tasks: A row a code: ``task`` and ``question``, sorted; tasks without votes too.
        workers: Name of each code.
        labels: Name of each code.
        questions: Name of each class of tasks.
        group: Class of each task.
        left_out: Why a row does not count → number of such rows.
    """

    votes: Votes
    tasks: pl.DataFrame
    workers: list[str]
    labels: list[str]
    questions: list[str]
    group: Int[np.ndarray, " task"]
    left_out: Mapping[str, int]

    def codes_of(self, known: pl.DataFrame) -> Int[np.ndarray, " task"]:
        """Give the code of each task's label in a table like that of the votes; `NONE` elsewhere.

        Raises:
            TableError: A column is missing, or a task has two labels or one that is not known.
        """
        rows = named(known, needed=("task", "label"))
        on = KEY if "question" in known.rename(_wanted(known)).columns else ["task"]
        rows = rows.select(*on, "label").unique().drop_nulls()
        twice = rows.filter(rows.select(on).is_duplicated())
        if twice.height:
            raise TableError(f"{twice.row(0)[0]!r} has more than one known label; give one a task")
        strange = sorted(set(rows["label"]) - set(self.labels))
        if strange:
            raise TableError(
                f"the known label {strange[0]!r} is not among those of the votes: "
                f"{', '.join(self.labels)}; correct it, or name all labels"
            )
        order = {name: code for code, name in enumerate(self.labels)}
        found = self.tasks.join(rows, on=on, how="left", maintain_order="left")["label"]
        codes: Int[np.ndarray, " task"] = np.array([order.get(name, NONE) for name in found], int)
        return codes


def named(frame: pl.DataFrame, needed: Sequence[str] = NEEDED) -> pl.DataFrame:
    """Give the columns task, question, worker, label and time as text, as far as they are there.

    ``question_id``, ``emotion`` and ``felt`` are read as task, question and label. Without a
    question all tasks are of one, named ``""``. Blank is null.

    Raises:
        TableError: A column is missing.
    """
    frame = frame.rename(_wanted(frame))
    missing = [name for name in needed if name not in frame.columns]
    if missing:
        raise TableError(
            f"the table lacks the columns {missing}; found {frame.columns}, needed are "
            f"{', '.join(needed)}, and time and question if known"
        )
    if "question" not in frame.columns:
        frame = frame.with_columns(question=pl.lit(""))
    text = [name for name in ("task", "question", "worker", "label") if name in frame.columns]
    if "time" in frame.columns:
        frame = frame.with_columns(_in_order(frame["time"]))
    blank = [pl.col(name).cast(pl.String).str.strip_chars().alias(name) for name in text]
    frame = frame.with_columns(blank)
    return frame.with_columns(
        pl.when(pl.col(name) != "").then(name) for name in text if name != "question"
    )


def code(
    frame: pl.DataFrame,
    *,
    labels: Sequence[str] | None = None,
    also: Sequence[pl.DataFrame] = (),
) -> Coded:
    """Give the votes of a table as codes; the order of its rows cannot matter.

    - A row with a blank task, worker or label does not count, nor one with a label that is not
      among ``labels``.
    - Of several rows by one worker on one task the latest counts where there is a time. Without a
      time, or at one time, equal labels count once, and of different ones none counts.
    - A task of which no vote counts stays, without votes; so does a task of ``also``,
      where it has a question if the votes have one.
    - A task with the votes of a single worker is like any other.

    Args:
        frame: Columns as `named` reads them.
        labels: All labels in their order; those of the votes, sorted, when not given.
        also: Tables of tasks that belong to it even without votes.

    Raises:
        TableError: A column is missing.
    """
    rows = named(frame)
    every = pl.concat([one.select(KEY) for one in (rows, *(named(one, ["task"]) for one in also))])
    counted, left_out = _counted(rows, labels)
    tasks = every.drop_nulls("task").unique().sort(KEY)
    names = sorted(set(counted["label"])) if labels is None else list(labels)
    workers = counted["worker"].unique().sort().to_list()
    questions = tasks["question"].unique().sort().to_list()
    at = tasks.with_row_index("code")
    task = counted.join(at, on=KEY, how="left", maintain_order="left", nulls_equal=True)["code"]
    return Coded(
        coded(
            task.to_numpy().astype(int),
            _places(counted["worker"], workers),
            _places(counted["label"], names),
            Sizes(tasks.height, len(workers), len(names)),
        ),
        tasks,
        workers,
        names,
        questions,
        _places(tasks["question"], questions),
        left_out,
    )


def ballot(votes: pl.DataFrame) -> Coded:
    """Give votes of `affekt.tables.VOTES` as codes: 0 for NO, 1 for YES, emotions as classes."""
    return code(votes, labels=(NO, YES))


def decisions(said: Labelled, asked: Coded, made_by: str, ties: str = "no") -> pl.DataFrame:
    """Give what a model says of yes/no votes as `affekt.tables.DECISIONS`; log its warnings.

    ``share`` is the model's probability of YES; the share of votes is ``votes_yes / votes``.
    """
    for warning in said.warnings:
        LOG.warning("%s: %s", made_by, warning)
    keeps: Bool[np.ndarray, " task"] = said.labels == 1
    if ties == "yes":
        keeps = keeps | said.is_tied
    yes = counts_of(asked.votes)[:, 1]
    decided = asked.tasks.rename({"task": "question_id", "question": "emotion"}).with_columns(
        votes=pl.Series(said.votes),
        votes_yes=pl.Series(yes),
        share=pl.Series(said.probabilities[:, 1]),
        is_label=pl.Series(keeps),
    )
    return DECISIONS.conform(decided, made_by)


def _in_order(time: pl.Series) -> pl.Series:
    """Give times that compare: numbers written as text as numbers, ISO 8601 as it is."""
    if time.dtype != pl.String:
        return time
    numbers = time.cast(pl.Float64, strict=False)
    return numbers if numbers.null_count() == time.null_count() else time


def _wanted(frame: pl.DataFrame) -> dict[str, str]:
    """Give the columns to be renamed: our own names, where the plain one is not there."""
    found = {old: new for old, new in ALSO.items() if old in frame.columns}
    return {old: new for old, new in found.items() if new not in frame.columns}


def _counted(
    rows: pl.DataFrame, labels: Sequence[str] | None
) -> tuple[pl.DataFrame, dict[str, int]]:
    """Give the rows that count, and how many do not for which reason."""
    whole = rows.drop_nulls(NEEDED)
    known = whole if labels is None else whole.filter(pl.col("label").is_in(list(labels)))
    one = [*KEY, "worker"]
    latest = known
    if "time" in rows.columns:
        time = pl.col("time")
        is_last = time.is_null().all().over(one) | (time == time.max().over(one))
        latest = known.filter(is_last)
    distinct = latest.select(*one, "label").unique()
    clear = distinct.filter(pl.len().over(one) == 1).sort(one)
    contradicted = latest.join(clear, on=one, how="anti", nulls_equal=True).height
    left_out = {
        "blank": rows.height - whole.height,
        "unknown label": whole.height - known.height,
        "replaced by a later one": known.height - latest.height,
        "contradicts itself": contradicted,
        "repeated": latest.height - contradicted - clear.height,
    }
    return clear, {reason: n for reason, n in left_out.items() if n}


def _places(values: pl.Series, names: Sequence[str]) -> Int[np.ndarray, " row"]:
    kind = pl.Enum(list(names))
    return values.cast(kind).to_physical().to_numpy().astype(int)
