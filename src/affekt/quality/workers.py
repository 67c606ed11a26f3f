"""What is known of each worker, every share with its count and how far off it could be."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from affekt.measures.chance import run_at_least, trend
from affekt.measures.intervals import wilson
from affekt.quality.events import UNIT, counted
from affekt.tables import Column, Schema

# name of the share → (whose votes it is over, when such a vote is a success)
RATES = {
    "gold": (pl.col("is_gold"), pl.col("felt") == pl.col("gold_felt")),
    "gold_sensitivity": (pl.col("gold_felt"), pl.col("felt")),
    "gold_specificity": (~pl.col("gold_felt"), ~pl.col("felt")),
    "sensitivity": (~pl.col("is_gold") & pl.col("settled"), pl.col("felt")),
    "specificity": (~pl.col("is_gold") & ~pl.col("settled"), ~pl.col("felt")),
}
_MEANS = {
    "gold": "gold answered right",
    "gold_sensitivity": "known-YES gold answered YES",
    "gold_specificity": "known-NO gold answered NO",
    "sensitivity": "YES where the others settled on YES, gold left out",
    "specificity": "NO where the others settled on NO, gold left out",
}


def _rate(name: str) -> dict[str, Column]:
    return {
        name: Column(pl.Float64, f"share of {_MEANS[name]}, 0–1; null when there is none"),
        f"{name}_n": Column(pl.Int64, f"votes that share is over: {_MEANS[name]}, or not"),
        f"{name}_low": Column(pl.Float64, "lower end of its 95 % interval after Wilson"),
        f"{name}_high": Column(pl.Float64, "upper end of its 95 % interval after Wilson"),
    }


_DEEDS = {
    "worker": Column(pl.String, "pseudonym"),
    "votes": Column(pl.Int64, "counted votes, gold among them"),
    "late": Column(pl.Int64, "votes that came after the question was settled"),
    "excluded": Column(pl.Int64, "votes a person excluded"),
    "skips": Column(pl.Int64, "pictures rather not looked at; never held against anybody"),
    "broken": Column(pl.Int64, "pictures that did not load"),
}
_HABITS = {
    "agreement": Column(pl.Float64, "mean share of others who gave the same answer, gold left out"),
    "agreement_low": Column(pl.Float64, "its lower end, 95 %, normal over questions"),
    "agreement_high": Column(pl.Float64, "its upper end, 95 %, normal over questions"),
    "yes_share": Column(pl.Float64, "share of YES among counted votes"),
    "yes_expected": Column(pl.Float64, "share of YES that others gave to the same questions"),
    "median_seconds": Column(pl.Float64, "median time of an answer, s"),
    "fast_seconds": Column(pl.Float64, "5th percentile of the time of an answer, s"),
    "longest_run": Column(pl.Int64, "most equal answers one after the other"),
    "run_p": Column(pl.Float64, "chance of such a run in random order, given the own YES share"),
    "work_drift": Column(pl.Float64, "share agreeing with the known, last half less first half"),
    "work_drift_p": Column(pl.Float64, "chance of such a trend along the work without drift"),
    "day_drift_p": Column(pl.Float64, "chance of such a swing over the hours (UTC) without one"),
}
WORKERS = Schema(
    "workers",
    ("worker",),
    _DEEDS | {key: column for name in RATES for key, column in _rate(name).items()} | _HABITS,
)


def evidence(events: pl.DataFrame) -> pl.DataFrame:
    """Give one row a worker under `WORKERS`, from checked events (C29).

    A number that cannot be told (no gold, no other voter, no time measured) is null.
    """
    votes = counted(events).with_columns(
        is_right=pl.col("felt") == pl.col("known"),
        agreed=pl.when(~pl.col("is_gold") & (pl.col("others") > 0)).then(_agreed()),
        others_share=pl.when(pl.col("others") > 0).then(pl.col("others_yes") / pl.col("others")),
    )
    frame = (
        _deeds(events)
        .join(_shares(votes), on="worker", how="left")
        .join(_habits(votes), on="worker", how="left")
        .join(_orders(votes), on="worker", how="left")
    )
    return WORKERS.conform(frame.fill_nan(None), "quality")


def _agreed() -> pl.Expr:
    """Share of the others who gave the answer of this row."""
    same = pl.when("felt").then("others_yes").otherwise(pl.col("others") - pl.col("others_yes"))
    return same / pl.col("others")


def _deeds(events: pl.DataFrame) -> pl.DataFrame:
    is_vote = pl.col("kind") == "vote"
    return events.group_by("worker").agg(
        votes=(is_vote & (pl.col("state") == "counted")).sum(),
        late=(is_vote & (pl.col("state") == "late")).sum(),
        excluded=(is_vote & (pl.col("state") == "excluded")).sum(),
        skips=(pl.col("kind") == "skip").sum(),
        broken=(pl.col("kind") == "broken").sum(),
    )


def _shares(votes: pl.DataFrame) -> pl.DataFrame:
    """Give each of `RATES` a worker, with its interval."""
    over = {f"{name}_n": base.fill_null(value=False).sum() for name, (base, _) in RATES.items()}
    hits = {name: (base & hit).fill_null(value=False).sum() for name, (base, hit) in RATES.items()}
    counts = votes.group_by("worker", maintain_order=True).agg(**over, **hits)
    ends = [_interval(counts, name) for name in RATES]
    shares = [(pl.col(name) / pl.col(f"{name}_n")).alias(name) for name in RATES]
    return counts.with_columns(*shares).hstack([end for pair in ends for end in pair])


def _interval(counts: pl.DataFrame, name: str) -> tuple[pl.Series, pl.Series]:
    ends = [wilson(hit, n) for hit, n in zip(counts[name], counts[f"{name}_n"], strict=True)]
    low = pl.Series(f"{name}_low", [end.low for end in ends], dtype=pl.Float64)
    return low, pl.Series(f"{name}_high", [end.high for end in ends], dtype=pl.Float64)


def _habits(votes: pl.DataFrame) -> pl.DataFrame:
    spread = 1.96 * pl.col("agreed").std() / pl.col("agreed").count().sqrt()
    mean = pl.col("agreed").mean()
    return votes.group_by("worker").agg(
        agreement=mean,
        agreement_low=(mean - spread).clip(0, 1),
        agreement_high=(mean + spread).clip(0, 1),
        yes_share=pl.col("felt").mean(),
        yes_expected=pl.col("others_share").mean(),
        median_seconds=pl.col("seconds").median(),
        fast_seconds=pl.col("seconds").quantile(0.05),
    )


def _orders(votes: pl.DataFrame) -> pl.DataFrame:
    """Give what depends on the order of a worker's answers."""
    rows = []
    for (worker,), own in votes.sort("sequence", *UNIT).group_by("worker"):
        felt = own["felt"].to_list()
        run = longest_run(felt)
        told = own.drop_nulls("is_right").select(right=pl.col("is_right").cast(float), at="at")
        right = told["right"].to_numpy()
        half = len(right) // 2
        rows.append({
            "worker": worker, "longest_run": run, "run_p": _run_p(felt, run),
            "work_drift": right[half:].mean() - right[:half].mean() if half else None,
            "work_drift_p": trend(right, np.arange(len(right), dtype=float)[:, None]),
            "day_drift_p": trend(right, _clock(told["at"])),
        })  # fmt: skip
    schema = {name: WORKERS.types()[name] for name in ("worker", *list(_HABITS)[-5:])}
    return pl.DataFrame(rows, schema=schema)


def longest_run(answers: Sequence[bool]) -> int:
    """Most equal answers one after the other; 0 for none.

    >>> longest_run([True, False, False, True])
    2
    """
    longest = run = 0
    for number, answer in enumerate(answers):
        run = run + 1 if number and answer == answers[number - 1] else 1
        longest = max(longest, run)
    return longest


def _run_p(felt: Sequence[bool], run: int) -> float:
    """Chance of a run of either answer, at most the sum over both; the order taken as random."""
    share = sum(felt) / len(felt)
    either = run_at_least(run, len(felt), share) + run_at_least(run, len(felt), 1 - share)
    return min(1.0, either)


def _clock(at: pl.Series) -> np.ndarray:
    """Place of each time on the face of a clock of 24 hours, as two axes."""
    angle = (at.dt.epoch("us").to_numpy() % 86_400_000_000) / 86_400_000_000 * 2 * np.pi
    return np.column_stack([np.sin(angle), np.cos(angle)])
