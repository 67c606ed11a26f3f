"""Votes for tests of label models: real ones, and a crowd whose truth is known."""

import csv
from pathlib import Path
from typing import NamedTuple

import numpy as np

from affekt.aggregation.votes import Sizes, Votes, coded

# Of 90,000 asked 23,308 were kept; classes differ in how often the emotion is felt.
PREVALENCE = (0.26, 0.29, 0.40, 0.20, 0.15, 0.25, 0.10, 0.35)


class Made(NamedTuple):
    """Votes, the class of each task, and what is true of it."""

    votes: Votes
    group: np.ndarray
    truth: np.ndarray


def real(folder: Path) -> Made:
    """Give votes and truth of one of the open sets; codes in the order of sorted names."""
    votes, truth = (_rows(folder / name) for name in ("votes.csv", "truth.csv"))
    tasks, task = np.unique(votes["task"], return_inverse=True)
    _, worker = np.unique(votes["worker"], return_inverse=True)
    labels, label = np.unique(votes["label"], return_inverse=True)
    true = dict(zip(truth["task"], truth["label"], strict=True))
    codes = np.searchsorted(labels, [true[name] for name in tasks])
    return Made(coded(task, worker, label), np.zeros(tasks.size, dtype=int), codes)


def _rows(path: Path) -> dict[str, list[str]]:
    header, *rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    return {name: [row[at] for row in rows] for at, name in enumerate(header)}


def paper(tasks: int, *, workers: int = 225, seed: int = 1, sensitivity: float = 0.6) -> Made:
    """Five votes a task by a crowd that misses more than it invents; one in ten is bad."""
    chance = np.random.default_rng(seed)
    group = chance.integers(0, len(PREVALENCE), tasks)
    truth = (chance.random(tasks) < np.array(PREVALENCE)[group]).astype(int)
    sees = chance.beta(12 * sensitivity, 12 * (1 - sensitivity), workers)
    spares = chance.beta(12 * 0.78, 12 * 0.22, workers)
    bad = chance.random(workers) < 0.1  # a coin, always YES, always NO
    kind = chance.integers(0, 3, workers)
    sees = np.where(bad, np.array([0.5, 0.98, 0.02])[kind], sees)
    spares = np.where(bad, np.array([0.5, 0.02, 0.98])[kind], spares)
    worker = chance.random((tasks, workers)).argpartition(5, axis=1)[:, :5].ravel()
    task = np.repeat(np.arange(tasks), 5)
    yes = np.where(truth[task] == 1, sees[worker], 1 - spares[worker])
    label = (chance.random(task.size) < yes).astype(int)
    return Made(coded(task, worker, label, Sizes(tasks, workers, 2)), group, truth)


def misled(made: Made, *, share: float = 0.15, seed: int = 2) -> Made:
    """Give the same with a share of tasks on which 85 of 100 votes are wrong, whose ever."""
    chance = np.random.default_rng(seed)
    is_hard = (chance.random(made.truth.size) < share)[made.votes.task]
    true = made.truth[made.votes.task]
    wrong = np.where(chance.random(true.size) < 0.85, 1 - true, true)
    label = np.where(is_hard, wrong, made.votes.label)
    return made._replace(votes=coded(made.votes.task, made.votes.worker, label))


def some_gold(truth: np.ndarray, share: float = 0.1, seed: int = 3) -> np.ndarray:
    """Give the truth of a share of the tasks, -1 of the others."""
    is_known = np.random.default_rng(seed).random(truth.size) < share
    return np.where(is_known, truth, -1)
