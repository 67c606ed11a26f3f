"""How able each worker is, and how easy each task."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from affekt.aggregation import em
from affekt.aggregation.votes import Chances, Labelled, Votes

STEPS = 3  # of Newton in a round; more change nothing that the next round does not
LONGEST = 1.0  # step, in units of the prior's spread; longer ones overshoot far from the optimum


class Skills(NamedTuple):
    """Ability of workers, logarithm of easiness of tasks."""

    ability: Float[np.ndarray, " worker"]
    log_easiness: Float[np.ndarray, " task"]


def glad(votes: Votes, *, gold: em.Gold | None = None, rounds: int = em.ROUNDS) -> Labelled:
    r"""Labels under an ability a worker and an easiness a task.

    A vote is right with :math:`\sigma(\alpha_w \beta_i)`; mistakes spread evenly, and before the
    votes all labels are equally likely. Normal priors of mean 1 and spread 1 on :math:`\alpha` and
    :math:`\log \beta`. A negative ability means votes that are turned around. ``workers`` holds
    ``votes`` and ``ability``.

    References:
        Whitehill et al. (2009), Whose vote should count more, NeurIPS, equations 1 to 5.
    Differs:
        Abilities and easiness are found by Newton's method in turn, not by conjugate gradients.
    """
    others = max(votes.labels - 1, 1)
    cells = votes.label * votes.tasks + votes.task
    even = np.full((votes.labels, 1), -np.log(max(votes.labels, 1)))
    now = Skills(np.ones(votes.workers), np.ones(votes.tasks))

    def learn(chances: Chances) -> Skills:
        nonlocal now
        right = chances.ravel()[cells]
        ability, log_easiness = now.ability, now.log_easiness
        for _ in range(STEPS):
            ability = _able(votes, right, ability, np.exp(log_easiness))
            log_easiness = _easy(votes, right, ability, log_easiness)
        now = Skills(ability, log_easiness)
        return now

    def judge(skills: Skills) -> em.Step:
        strength = skills.ability[votes.worker] * np.exp(skills.log_easiness)[votes.task]
        gain = strength + np.log(others)  # log of right over one of the wrong labels
        evidence = np.bincount(cells, gain, votes.labels * votes.tasks)
        return em.Step(even, evidence.reshape(votes.labels, votes.tasks))

    fitted, skills = em.fit(votes, learn, judge, gold=gold, rounds=rounds)
    return em.told(votes, fitted, {"ability": skills.ability}, np.exp(even).T)


def _able(
    votes: Votes, right: np.ndarray, ability: np.ndarray, easiness: np.ndarray
) -> Float[np.ndarray, " worker"]:
    """Give the abilities after one step of Newton, easiness as it is."""
    by_vote = easiness[votes.task]
    sure = _sigmoid(ability[votes.worker] * by_vote)
    slope = np.bincount(votes.worker, by_vote * (right - sure), votes.workers) - (ability - 1)
    bend = np.bincount(votes.worker, by_vote**2 * sure * (1 - sure), votes.workers) + 1
    after: Float[np.ndarray, " worker"] = ability + np.clip(slope / bend, -LONGEST, LONGEST)
    return after


def _easy(
    votes: Votes, right: np.ndarray, ability: np.ndarray, log_easiness: np.ndarray
) -> Float[np.ndarray, " task"]:
    """Give the logarithms of easiness after one step of Fisher's scoring, abilities as they are."""
    strength = ability[votes.worker] * np.exp(log_easiness)[votes.task]
    sure = _sigmoid(strength)
    slope = em.sums_by_task(votes, strength * (right - sure)) - (log_easiness - 1)
    bend = em.sums_by_task(votes, strength**2 * sure * (1 - sure)) + 1
    after: Float[np.ndarray, " task"] = log_easiness + np.clip(slope / bend, -LONGEST, LONGEST)
    return after


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 0.5 * (1 + np.tanh(0.5 * x))
