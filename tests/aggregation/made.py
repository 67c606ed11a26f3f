"""Votes for tests of label models: real ones, and a crowd whose truth is known."""

import csv
from pathlib import Path

import numpy as np

from affekt.aggregation.votes import coded
from benchmarks._label_models_data import PREVALENCE, Made, paper

__all__ = ["PREVALENCE", "Made", "misled", "paper", "real", "some_gold"]


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
