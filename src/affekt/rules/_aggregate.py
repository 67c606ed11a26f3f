"""Labels, workers and agreement of any table of votes, as tables to be read and kept."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from jaxtyping import Bool, Int

from affekt.aggregation.dawid_skene import dawid_skene
from affekt.aggregation.glad import glad
from affekt.aggregation.gold import SharedMistakes, shared_mistakes
from affekt.aggregation.majority import TieRule, Ties, majority, weighted_majority
from affekt.aggregation.one_coin import one_coin
from affekt.aggregation.two_sided import two_sided
from affekt.aggregation.votes import NONE, Labelled, counts_of, shares_of
from affekt.errors import UsageError
from affekt.measures.agreement import cohen_kappa
from affekt.measures.agreement_intervals import agreements
from affekt.rank import ranks_of
from affekt.rules._coding import Coded

ROUNDS = 2000  # draws of an interval


class How(NamedTuple):
    """What is wanted."""

    rule: str = "two_sided"
    ties: TieRule = "lowest"
    seed: int = 0
    is_ordered: bool = False


class Aggregated(NamedTuple):
    """What votes say.

    Attributes:
        labels: A row a task: its label by the rule with its probability, its label by majority with
            its share of votes, and probability and share of each label.
        workers: A row a worker: votes, and what the rule says of them.
        agreement: A row a statistic, overall (``question`` is null) and of each question.
        facts: Counts, how ties went, how the rule ended, warnings; what gold and truth say.
    """

    labels: pl.DataFrame
    workers: pl.DataFrame
    agreement: pl.DataFrame
    facts: Mapping[str, Any]


def aggregate(
    votes: Coded,
    how: How = How(),  # noqa: B008  (a frozen value)
    *,
    gold: Int[np.ndarray, " task"] | None = None,
    truth: Int[np.ndarray, " task"] | None = None,
) -> Aggregated:
    """Give all that votes say of tasks and workers; gold is used, truth is only compared with.

    Raises:
        UsageError: ``two_sided`` is asked for with labels that are not two.
    """
    ties = Ties(how.ties, _chance(votes, how.seed))
    by_votes = majority(votes.votes, ties)
    said = by_votes if how.rule == "majority" else _model(votes, how, gold, ties)
    mistakes = None if gold is None else shared_mistakes(votes.votes, gold)
    facts = {
        **_counts(votes, said, by_votes),
        "rule": how.rule,
        "ties": {"rule": how.ties, "tasks": int(by_votes.is_tied.sum())},
        "iterations": said.iterations,
        "converged": said.converged,
        "warnings": [*said.warnings, *(mistakes.warnings if mistakes else ())],
        "gold": None if mistakes is None else _of_gold(mistakes, votes),
        "truth": None if truth is None else _of_truth(truth, said, by_votes),
    }
    return Aggregated(
        _labels(votes, said, by_votes), _workers(votes, said), _agreement(votes, how), facts
    )


def _chance(votes: Coded, seed: int) -> Int[np.ndarray, " task"]:
    names = ["\n".join(key) for key in votes.tasks.iter_rows()]
    return ranks_of(names, seed, "ties")


def _model(votes: Coded, how: How, gold: Int[np.ndarray, " task"] | None, ties: Ties) -> Labelled:
    if how.rule == "weighted_majority":
        return weighted_majority(votes.votes, ties)
    if how.rule == "two_sided":
        if len(votes.labels) != 2:
            raise UsageError(
                f"two_sided takes two labels, and these votes have {len(votes.labels)}: "
                f"{', '.join(votes.labels)}; use --rule dawid_skene"
            )
        return two_sided(votes.votes, votes.group, gold=gold)
    models: dict[str, Callable[..., Labelled]] = {
        "dawid_skene": dawid_skene,
        "one_coin": one_coin,
        "glad": glad,
    }
    return models[how.rule](votes.votes, gold=gold)


def _counts(votes: Coded, said: Labelled, by_votes: Labelled) -> dict[str, Any]:
    n = {name: int((said.labels == code).sum()) for code, name in enumerate(votes.labels)}
    return {
        "votes": int(votes.votes.task.size),
        "tasks": votes.tasks.height,
        "workers": len(votes.workers),
        "labels": n,
        "without_label": int((said.labels == NONE).sum()),
        "without_votes": int((said.votes == 0).sum()),
        "single_worker": int((said.votes == 1).sum()),
        "unlike_majority": int((said.labels != by_votes.labels).sum()),
        "left_out": dict(votes.left_out),
    }


def _of_gold(found: SharedMistakes, votes: Coded) -> dict[str, Any]:
    wrong = votes.tasks["task"].gather(found.wrong).to_list()
    numbers = {name: _told(getattr(found, name)) for name in ("agreement", "right", "correlation")}
    return {"tasks": found.tasks, **numbers, "wrong": wrong}


def _of_truth(
    truth: Int[np.ndarray, " task"], said: Labelled, by_votes: Labelled
) -> dict[str, float | int | None]:
    """Compare labels with the truth; a task without a label is wrong."""
    known = truth != NONE
    both = known & (said.labels != NONE)
    n = said.probabilities.shape[1]
    table = np.bincount(truth[both] * n + said.labels[both], minlength=n * n).reshape(n, n)
    return {
        "tasks": int(known.sum()),
        "accuracy": _share(said.labels[known] == truth[known]),
        "accuracy_majority": _share(by_votes.labels[known] == truth[known]),
        "cohen_kappa": _told(cohen_kappa(table)),
    }


def _share(claims: Bool[np.ndarray, " task"]) -> float | None:
    return float(claims.mean()) if claims.size else None


def _told(number: float) -> float | None:
    return None if np.isnan(number) else number


def _labels(votes: Coded, said: Labelled, by_votes: Labelled) -> pl.DataFrame:
    counts = counts_of(votes.votes)
    shares = shares_of(counts)
    columns = {
        "label": _names(said.labels, votes.labels),
        "probability": _of_best(said.probabilities, said.labels),
        "votes": pl.Series(said.votes),
        "is_tied": pl.Series(by_votes.is_tied),
        "majority": _names(by_votes.labels, votes.labels),
        "majority_share": _of_best(shares, by_votes.labels),
    }
    for word, numbers in (("probability", said.probabilities), ("share", shares)):
        for code, name in enumerate(votes.labels):
            columns[f"{word}_{name}"] = pl.Series(numbers[:, code], nan_to_null=True)
    return _without_one_question(votes.tasks.with_columns(**columns), votes)


def _workers(votes: Coded, said: Labelled) -> pl.DataFrame:
    columns = {"worker": pl.Series(votes.workers, dtype=pl.String)}
    for name, numbers in said.workers.items():
        if numbers.ndim == 1:
            columns[name] = pl.Series(numbers, nan_to_null=True)
            continue
        for true, first in enumerate(votes.labels):
            for given, second in enumerate(votes.labels):
                columns[f"{first}_as_{second}"] = pl.Series(numbers[:, true, given])
    return pl.DataFrame(columns)


def _agreement(votes: Coded, how: How) -> pl.DataFrame:
    """Give every statistic over all tasks, then for each question; each draw has its own seed."""
    counts = counts_of(votes.votes)
    parts: list[tuple[str | None, np.ndarray]] = [(None, counts)]
    if len(votes.questions) > 1:
        parts += [(name, counts[votes.group == at]) for at, name in enumerate(votes.questions)]
    rows = [
        (name, one.name, one.value, *one.interval, int((own.sum(axis=1) >= 2).sum()))
        for at, (name, own) in enumerate(parts)
        for one in agreements(
            own,
            np.random.default_rng([how.seed, at]),
            is_ordered=how.is_ordered,
            rounds=ROUNDS,
        )
    ]
    names = ("question", "statistic", "value", "low", "high", "tasks")
    kinds = (pl.String, pl.String, pl.Float64, pl.Float64, pl.Float64, pl.Int64)
    schema = dict(zip(names, kinds, strict=True))
    return pl.DataFrame(rows, schema=schema, orient="row").fill_nan(None)


def _names(codes: Int[np.ndarray, " task"], names: list[str]) -> pl.Series:
    return pl.Series([None if at == NONE else names[at] for at in codes], dtype=pl.String)


def _of_best(numbers: np.ndarray, codes: Int[np.ndarray, " task"]) -> pl.Series:
    """Give the number of each task's own label; null without a label."""
    if not numbers.size:
        return pl.Series([None] * codes.size, dtype=pl.Float64)
    own = numbers[np.arange(codes.size), codes]
    return pl.Series(np.where(codes == NONE, np.nan, own), nan_to_null=True)


def _without_one_question(frame: pl.DataFrame, votes: Coded) -> pl.DataFrame:
    return frame.drop("question") if votes.questions in ([], [""]) else frame
