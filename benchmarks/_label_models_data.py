"""A crowd whose truth is known, after the paper's protocol: five yes/no votes a picture."""

from typing import NamedTuple

import numpy as np

from affekt.aggregation.votes import Sizes, Votes, coded

# Of 90,000 asked 23,308 were kept; classes differ in how often the emotion is felt.
PREVALENCE = (0.26, 0.29, 0.40, 0.20, 0.15, 0.25, 0.10, 0.35)
ALIKE = 12  # spread of workers' rates, as that of a share of so many votes


class Made(NamedTuple):
    """Votes, the class of each task, and what is true of it."""

    votes: Votes
    group: np.ndarray
    truth: np.ndarray


def paper(tasks: int, *, workers: int = 225, seed: int = 1, sensitivity: float = 0.6) -> Made:
    """Give the votes of workers who miss more than they invent; one in ten is bad."""
    chance = np.random.default_rng(seed)
    group = chance.integers(0, len(PREVALENCE), tasks)
    truth = (chance.random(tasks) < np.array(PREVALENCE)[group]).astype(int)
    sees = chance.beta(ALIKE * sensitivity, ALIKE * (1 - sensitivity), workers)
    spares = chance.beta(ALIKE * 0.78, ALIKE * 0.22, workers)
    bad = chance.random(workers) < 0.1  # a coin, always YES, always NO
    kind = chance.integers(0, 3, workers)
    sees = np.where(bad, np.array([0.5, 0.98, 0.02])[kind], sees)
    spares = np.where(bad, np.array([0.5, 0.02, 0.98])[kind], spares)
    worker = np.concatenate(
        [
            chance.random((rows.size, workers)).argpartition(5, axis=1)[:, :5].ravel()
            for rows in np.array_split(np.arange(tasks), tasks // 10_000 + 1)
        ]
    )
    task = np.repeat(np.arange(tasks), 5)
    yes = np.where(truth[task] == 1, sees[worker], 1 - spares[worker])
    label = (chance.random(task.size) < yes).astype(int)
    return Made(coded(task, worker, label, Sizes(tasks, workers, 2)), group, truth)
