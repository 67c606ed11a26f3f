"""How many planted spammers are found, and how many honest people are wronged; counts, no times.

``python -m benchmarks.crowd_quality`` prints the rows of docs/quality-control.md. Nothing of the
rules was chosen on these seeds.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import polars as pl

from affekt.quality import checked, findings, propose
from affekt.simulation import Known, crowd_of
from tests.quality.crowds import crowd, kinds

SIX, THREE, TWENTY = range(200, 206), range(300, 303), range(200, 220)
WEAK = (0.60, 0.92)
PLANTED: tuple[tuple[str, Iterable[int], int, float, dict[str, Any]], ...] = (
    ("five votes a question, 35 % felt", SIX, 60, 0.2, {}),
    ("nobody a spammer", SIX, 60, 0.0, {}),
    ("three votes a question", SIX, 60, 0.2, {"redundancy": 3}),
    ("10 % felt", SIX, 60, 0.2, {"prevalence": 0.1}),
    ("no gold at all", SIX, 60, 0.2, {"gold": 0}),
    ("60 votes each", SIX, 60, 0.2, {"each": 60}),
    ("40 % spammers", SIX, 60, 0.4, {}),
    ("accuracy of the honest 0.60 to 0.92", SIX, 60, 0.2, {"honest": WEAK}),
    ("crowds of 12, a third spammers", TWENTY, 12, 0.34, {}),
    ("40 % spammers, 300 votes each", THREE, 60, 0.4, {"each": 300}),
    ("accuracy 0.60 to 0.92, 300 votes each", THREE, 60, 0.2, {"honest": WEAK, "each": 300}),
    ("40 % spammers, 40 gold", THREE, 60, 0.4, {"gold": 40}),
    ("accuracy 0.60 to 0.92, 40 gold", THREE, 60, 0.2, {"honest": WEAK, "gold": 40}),
)
MIXED = {
    "honest": 0.5, "hasty": 0.1, "tired": 0.1, "duplicate": 0.1,
    "random": 0.05, "always_yes": 0.05, "always_no": 0.05, "adversary": 0.05,
}  # fmt: skip


def main() -> None:
    """Print one line a crowd: spammers found, and others proposed for anything at all."""
    for name, seeds, n, spam_share, given in PLANTED:
        found, wronged = Counter[bool](), Counter[bool]()
        for seed in seeds:
            people = kinds(n, spam_share)
            told = _told(crowd(people, seed=seed, **given))
            for worker, kind in people.items():
                (wronged if kind == "honest" else found)[worker in told] += 1
        print(f"{name}: found {_of(found)}, wronged {_of(wronged)}", flush=True)
    met: dict[str, Counter[bool]] = {kind: Counter() for kind in MIXED}
    for seed in range(100, 120):
        known = crowd_of(seed, MIXED, votes_each=100, gold_each=10)
        told = _told(_events(known))
        for worker, kind in known.people.select("worker", "kind").iter_rows():
            met[kind][worker in told] += 1
    print("simulated: " + ", ".join(f"{kind} {_of(some)}" for kind, some in met.items()))


def _told(events: pl.DataFrame) -> set[str]:
    return {one.worker for one in propose(findings(events))}


def _of(some: Counter[bool]) -> str:
    return f"{some[True]} of {some.total()}"


def _events(known: Known) -> pl.DataFrame:
    gold = known.gold.select("question_id", gold_felt="felt")
    votes = known.votes.with_row_index("sequence").join(gold, on="question_id", how="left")
    start = pl.lit(datetime(2026, 11, 2, tzinfo=UTC))
    return checked(
        votes.with_columns(
            image_id=pl.lit("i") + pl.col("question_id"),
            is_gold=pl.col("gold_felt").is_not_null(),
            kind=pl.lit("vote"),
            state=pl.lit("counted"),
            at=start + pl.duration(seconds=4 * pl.col("sequence")),
        )
    )


if __name__ == "__main__":
    main()
