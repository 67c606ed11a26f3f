"""Planted crowds: who is honest is known, every answer is a draw by rank."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from affekt.quality import checked
from affekt.rank import ranked, share_of

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
HONEST = (0.74, 0.94)  # accuracies of honest people
SPAM = ("random", "always-yes", "always-no", "adversary")


def kinds(n: int, spam_share: float) -> dict[str, str]:
    """Give n workers, so many of them spammers, of each kind in turn."""
    n_spam = round(n * spam_share)
    return {f"w{i:03}": SPAM[i % 4] if i < n_spam else "honest" for i in range(n)}


def draw(seed: int, *what: object) -> float:
    return share_of(" ".join(map(str, what)), seed)


def truth_of(seed: int, item: int, prevalence: float) -> bool:
    return draw(seed, "truth", item) < prevalence


def felt(
    seed: int, worker: str, kind: str, item: int, *, prevalence: float,
    honest: tuple[float, float] = HONEST,
) -> bool:  # fmt: skip
    """Answer of one worker; the honest have accuracies of their own, worse on hard pictures."""
    chance, truth = draw(seed, "answer", worker, item), truth_of(seed, item, prevalence)
    hardness = 0.15 * (draw(seed, "hard", item) - 0.5)
    low, high = honest
    rate = low + (high - low) * draw(seed, "rate", worker, truth) - hardness
    says = {
        "honest": truth if chance < rate else not truth,
        "random": chance < 0.5,
        "always-yes": chance < 0.995,
        "always-no": chance > 0.995,
        "adversary": truth if chance > rate else not truth,
    }
    return says[kind]


def crowd(
    people: dict[str, str], *, seed: int, each: int = 100, redundancy: int = 5,
    prevalence: float = 0.35, gold: int = 10, honest: tuple[float, float] = HONEST,
) -> pl.DataFrame:  # fmt: skip
    """Give the events of people who answer `each` items and `gold` gold questions, both kinds."""
    n_items = len(people) * each // redundancy
    rows = []
    for turn in range(redundancy):
        order = ranked(map(str, range(n_items)), seed, f"turn {turn}")
        seats = np.array_split(order, len(people))
        shift = turn * max(1, len(people) // redundancy)
        for number, worker in enumerate(people):
            rows += [(worker, int(item)) for item in seats[(number + shift) % len(people)]]
    rows = list(dict.fromkeys(rows))
    rows += [(worker, n_items + at) for worker in people for at in range(gold)]
    when = {row: draw(seed, "when", *row) for row in rows}
    rows.sort(key=lambda row: (when[row], row))
    return checked(_events(rows, people, seed, (n_items, prevalence), honest))


def _events(
    rows: list[tuple[str, int]], people: dict[str, str], seed: int, items: tuple[int, float],
    honest: tuple[float, float],
) -> pl.DataFrame:  # fmt: skip
    n_items, prevalence = items
    said = []
    for sequence, (worker, item) in enumerate(rows):
        is_gold = item >= n_items
        share = (1.0 if item % 2 else 0.0) if is_gold else prevalence
        said.append({
            "question_id": f"q{item}", "image_id": f"i{item}", "worker": worker, "emotion": "fear",
            "felt": felt(
                seed, worker, people[worker], item, prevalence=share, honest=honest
            ),
            "seconds": 2 + 4 * draw(seed, "time", worker, item),
            "at": START + timedelta(seconds=4 * sequence), "sequence": sequence,
            "is_gold": is_gold, "gold_felt": truth_of(seed, item, share) if is_gold else None,
            "kind": "vote", "state": "counted",
        })  # fmt: skip
    return pl.DataFrame(said, infer_schema_length=None)
