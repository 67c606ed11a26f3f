"""What real votes say of agreement, of stopping early and of label models: docs/agreement.md.

    python -m examples.real_votes FOLDER agreement|stopping|models

FOLDER holds ``crowd-votes``, ``oasis_beauty_votes`` and ``flickr_ldl_votes``; each is described in
its own README. Tables are printed as Markdown; draws follow from ``--seed``.
"""

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

from affekt.aggregation.dawid_skene import dawid_skene
from affekt.aggregation.glad import glad
from affekt.aggregation.majority import Ties, majority, weighted_majority
from affekt.aggregation.one_coin import one_coin
from affekt.aggregation.two_sided import two_sided
from affekt.aggregation.votes import Labelled, Votes, coded, counts_of
from affekt.measures.agreement_intervals import Agreement, agreements
from affekt.policies import UNDECIDED, Tally
from affekt.policies.curtailed import Curtailed
from affekt.policies.fixed import Fixed
from affekt.rules._coding import code

WITH_WORKERS = ("face-sentiment", "dogs", "rte")
MIKELS = ("Amusement", "Awe", "Contentment", "Excitement", "Anger", "Disgust", "Fear", "Sadness")
FEELS_IT = 5  # a rating of beauty from here on is a YES
STATISTICS = ("raw", "α", "Fleiss κ", "AC1", "α ordinal", "α interval")
DRAWN = 5
REPEATS = 20
MODELS: dict[str, Callable[[Votes], Labelled]] = {
    "majority": majority,
    "weighted_majority": weighted_majority,
    "one_coin": one_coin,
    "glad": glad,
    "dawid_skene": dawid_skene,
    "two_sided": two_sided,
}


class Marked(NamedTuple):
    """Votes and what is held to be true of each task."""

    votes: Votes
    truth: np.ndarray


def crowd(folder: Path, name: str) -> Marked:
    """Votes and truth of one of the sets with workers and truth."""
    path = folder / "crowd-votes" / name
    found = code(pl.read_csv(path / "votes.csv", infer_schema=False))
    truth = found.codes_of(pl.read_csv(path / "truth.csv", infer_schema=False))
    return Marked(found.votes, truth)


def beauty(folder: Path) -> Votes:
    """Ratings of photographs, codes 0 … 6 for 1 … 7, one vote a rater."""
    rows = pl.read_csv(folder / "oasis_beauty_votes" / "ratings.csv")
    image, rater = (rows[name].rank("dense").to_numpy() - 1 for name in ("image_id", "rater"))
    return coded(image.astype(int), rater.astype(int), rows["rating"].to_numpy() - 1)


def faces(folder: Path) -> np.ndarray:
    """Counts of ten raters over eight expressions, unknown and no face."""
    path = folder / "crowd-votes" / "ferplus-counts" / "counts.csv.gz"
    return pl.read_csv(path)[:, 2:].to_numpy()


def flickr(folder: Path) -> np.ndarray:
    """Counts of eleven people over Mikels' eight emotions."""
    files = sorted((folder / "flickr_ldl_votes").glob("fold*.txt"))
    lines = [line.split()[1:] for path in files for line in path.read_text().splitlines()]
    return np.array(lines, dtype=int)


def yes_no(ratings: Votes) -> Votes:
    """Ratings cut into YES and NO."""
    return ratings._replace(label=(ratings.label + 1 >= FEELS_IT).astype(int), labels=2)


def all_counts(folder: Path) -> Iterator[tuple[str, np.ndarray]]:
    """Name and counts of every set."""
    for name in WITH_WORKERS:
        yield name, counts_of(crowd(folder, name).votes)
    yield "ferplus-counts", faces(folder)
    ratings = beauty(folder)
    yield "oasis_beauty_votes, 1–7", counts_of(ratings)
    yield "oasis_beauty_votes, cut", counts_of(yes_no(ratings))
    counts = flickr(folder)
    yield "flickr_ldl_votes", counts
    for at, emotion in enumerate(MIKELS):
        yield f"flickr_ldl_votes, {emotion} or not", _one_or_not(counts, at)


def _one_or_not(counts: np.ndarray, at: int) -> np.ndarray:
    return np.stack([counts.sum(axis=1) - counts[:, at], counts[:, at]], axis=1)


def agreement(folder: Path, seed: int) -> Iterator[str]:
    """Give a row a set: every statistic with its interval."""
    yield f"| votes | tasks | {' | '.join(STATISTICS)} |"
    yield f"| --- | --- |{' --- |' * len(STATISTICS)}"
    for name, counts in all_counts(folder):
        told = statistics(counts, seed, is_ordered=name.endswith("1–7"))
        cells = [f"{x.value:.4f} ({x.interval.low:.3f} – {x.interval.high:.3f})" for x in told]
        blank = [""] * (len(STATISTICS) - len(cells))
        yield f"| {' | '.join([name, f'{len(counts):,}', *cells, *blank])} |"


def statistics(
    counts: np.ndarray, seed: int, *, is_ordered: bool = False, rounds: int = 500
) -> list[Agreement]:
    """Every statistic of one set."""
    chance = np.random.default_rng(seed)
    return agreements(counts, chance, is_ordered=is_ordered, rounds=rounds)


def answers(folder: Path, chance: np.random.Generator) -> Iterator[tuple[str, np.ndarray]]:
    """Name, and five YES/NO answers to one question a task in a random order.

    Where votes are not YES or NO already, the question is whether it is the label that one other
    person gave, drawn from the votes.
    """
    yield "rte", _drawn(counts_of(crowd(folder, "rte").votes), chance)
    yield "oasis_beauty_votes, cut", _drawn(counts_of(yes_no(beauty(folder))), chance)
    for name in ("face-sentiment", "dogs"):
        yield name, _of_another(counts_of(crowd(folder, name).votes), chance)
    yield "ferplus-counts", _of_another(faces(folder), chance)
    yield "flickr_ldl_votes", _of_another(flickr(folder), chance)


def _drawn(counts: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Draw five of the votes on each task, YES being the second column."""
    yes = chance.hypergeometric(counts[:, 1], counts[:, 0], DRAWN)
    answers = np.arange(DRAWN) < yes[:, None]
    return chance.permuted(answers, axis=1)


def _of_another(counts: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Draw one vote for the question, and five of the others for the answers."""
    place = chance.integers(0, counts.sum(axis=1))
    label = (counts.cumsum(axis=1) > place[:, None]).argmax(axis=1)
    same = counts[np.arange(len(counts)), label] - 1
    return _drawn(np.stack([counts.sum(axis=1) - 1 - same, same], axis=1), chance)


def asked(answers: np.ndarray, policy: Curtailed | Fixed) -> tuple[np.ndarray, np.ndarray]:
    """Ask one after the other while the policy has places; give the votes and the verdicts."""
    yes, no = np.zeros(len(answers), int), np.zeros(len(answers), int)
    for answer in answers.T:
        is_open = policy.places(Tally(yes, no, np.zeros(len(answers)))) > 0
        yes, no = yes + (is_open & answer), no + (is_open & ~answer)
    return yes + no, policy.verdicts(Tally(yes, no, np.zeros(len(answers))))


def stopping(folder: Path, seed: int) -> Iterator[str]:
    """Give a row a set: votes saved at equal labels."""
    yield "| votes | questions | votes a question | saved | labels that differ |"
    yield "| --- | --- | --- | --- | --- |"
    for name, drawn in answers(folder, np.random.default_rng(seed)):
        votes, early = asked(drawn, Curtailed(votes=DRAWN))
        _, late = asked(drawn, Fixed(votes=DRAWN))
        assert (early != UNDECIDED).all()
        saved = 1 - votes.mean() / DRAWN
        differ = int((early != late).sum())
        yield f"| {name} | {len(drawn):,} | {votes.mean():.2f} | {saved:.1%} | {differ} |"


def five_of(votes: Votes, chance: np.random.Generator) -> Marked:
    """Draw five votes a task; true is what more than half of the others say, else NO."""
    order = np.lexsort((chance.random(votes.task.size), votes.task))
    start = np.searchsorted(votes.task[order], np.arange(votes.tasks))
    place = np.arange(order.size) - start[votes.task[order]]
    five, rest = order[place < DRAWN], order[place >= DRAWN]
    shares = np.bincount(votes.task[rest], votes.label[rest]) / np.bincount(votes.task[rest])
    drawn = coded(votes.task[five], votes.worker[five], votes.label[five])
    return Marked(drawn, (shares > 0.5).astype(int))


def accuracies(marked: Marked) -> dict[str, float]:
    """Share of right labels by each model; a tie takes the first label."""
    found = {}
    for name, model in MODELS.items():
        if name != "two_sided" or marked.votes.labels == 2:
            found[name] = float((model(marked.votes).labels == marked.truth).mean())
    return found


def models(folder: Path, seed: int) -> Iterator[str]:
    """Give a row a set: how often each model's label is the true one."""
    yield f"| votes | tied tasks | {' | '.join(MODELS)} |"
    yield f"| --- | --- |{' --- |' * len(MODELS)}"
    for name in WITH_WORKERS:
        marked = crowd(folder, name)
        yield _row(name, int(majority(marked.votes).is_tied.sum()), accuracies(marked))
    cut, chance = yes_no(beauty(folder)), np.random.default_rng(seed)
    several = [accuracies(five_of(cut, chance)) for _ in range(REPEATS)]
    mean = {name: float(np.mean([one[name] for one in several])) for name in MODELS}
    yield _row(f"oasis_beauty_votes, five drawn, mean of {REPEATS} draws", 0, mean)
    right, tied = _plurality(flickr(folder), chance)
    yield _row("flickr_ldl_votes, five drawn", tied, {"majority": right})


def _plurality(counts: np.ndarray, chance: np.random.Generator) -> tuple[float, int]:
    """Compare five drawn votes with the other six, where one emotion leads among these."""
    five = chance.multivariate_hypergeometric
    drawn = np.array([five(row, DRAWN) for row in counts])
    rest = counts - drawn
    leads = (rest == rest.max(axis=1, keepdims=True)).sum(axis=1) == 1
    task, label = np.nonzero(drawn)
    times = drawn[task, label]
    task, label = np.repeat(task, times), np.repeat(label, times)
    said = majority(coded(task, np.arange(task.size), label), Ties("lowest"))
    right = (said.labels == rest.argmax(axis=1))[leads]
    return float(right.mean()), int(said.is_tied.sum())


def _row(name: str, tied: int, right: dict[str, float]) -> str:
    cells = [f"{right[model]:.4f}" if model in right else "" for model in MODELS]
    return f"| {' | '.join([name, f'{tied:,}', *cells])} |"


def main(words: list[str] | None = None) -> None:
    """Print one table."""
    tables = {"agreement": agreement, "stopping": stopping, "models": models}
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("table", choices=tables)
    parser.add_argument("--seed", type=int, default=2016)
    given = parser.parse_args(words)
    for line in tables[given.table](given.folder, given.seed):
        print(line, flush=True)


if __name__ == "__main__":
    main()
