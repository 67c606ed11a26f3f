"""Short ways to ask people who do not exist."""

from collections.abc import Sequence

import numpy as np

from affekt.simulation import Answers, Asked, Person, Traits, answers

CERTAIN = Traits(skill=0.6, sensitivity=0.9, specificity=0.8, seconds=4.0)


def person(traits: Traits = CERTAIN, token: str = "a", who: str = "", seed: int = 1) -> Person:
    return Person(token, who or token, "made", seed, traits)


def asked(
    people: Sequence[Person], n: int, *, looks: bool = True, nth: int = 0, emotion: str = "awe"
) -> Answers:
    """Ask each person the same ``n`` questions; rows go person by person."""
    size = n * len(people)
    return answers(
        people,
        Asked(
            np.repeat(np.arange(len(people)), n),
            [f"question {number}" for number in range(n)] * len(people),
            [emotion] * size,
            np.full(size, looks),
            np.full(size, nth),
        ),
    )
