"""A population of people who do not exist, of the kinds and in the shares that are asked for."""

from collections.abc import Mapping, Sequence

import numpy as np

from affekt.rank import ranked, share_of
from affekt.simulation.fitting import Fitted
from affekt.simulation.items import prevalence
from affekt.simulation.kinds import KINDS, Traits
from affekt.simulation.person import Asked, Person, says_yes

SPREAD = 0.1  # width of the band in which people of one kind differ
CAREER = 2_000  # answers of one person: 450,000 votes by 225 people in the paper
POSITIONS = 20  # of a career, at which means are taken


def population(
    seed: int,
    shares: Mapping[str, float],
    n: int,
    *,
    kinds: Mapping[str, Traits] = KINDS,
    fitted: Mapping[str, Fitted] | None = None,
) -> tuple[Person, ...]:
    """Give ``n`` accounts by token, each kind in its share, rounded to whole accounts.

    Accounts of a kind with two a person go in pairs; one that is left over stands alone.

    Args:
        seed: Of every draw about these people.
        shares: Kind → share of the accounts; they sum to 1.
        n: Number of accounts.
        kinds: Kind → traits; people of one kind differ by a band about its rates.
        fitted: Kind → what real people did: sensitivity, specificity and seconds are drawn from it.

    >>> people = population(1, {"honest": 0.5, "duplicate": 0.5}, 4)
    >>> sorted(person.kind for person in people)
    ['duplicate', 'duplicate', 'honest', 'honest']
    >>> len({person.who for person in people})
    3
    """
    tokens = [f"simulated-{number:06}" for number in range(n)]
    order = ranked(tokens, seed, "kind")
    people: dict[str, Person] = {}
    start, total = 0, 0.0
    for kind, share in shares.items():
        total += share
        end = round(total * n)
        traits = kinds[kind]
        for place, token in enumerate(order[start:end]):
            who = order[start + place - place % traits.accounts]
            own = _own(traits, who, seed, (fitted or {}).get(kind))
            people[token] = Person(token, who, kind, seed, own)
        start = end
    return tuple(people[token] for token in tokens)


def mean_yes(people: Sequence[Person], emotion: str, looks_felt: bool) -> float:
    """Give the mean probability of YES over people and over their careers; NaN for nobody."""
    if not people:
        return float("nan")
    nth = np.linspace(0, CAREER - 1, POSITIONS).astype(int)
    size = len(people) * POSITIONS
    asked = Asked(
        np.repeat(np.arange(len(people)), POSITIONS),
        [""] * size,
        [emotion] * size,
        np.full(size, looks_felt),
        np.tile(nth, len(people)),
    )
    return float(says_yes(people, asked).mean())


def prevalences(
    people: Sequence[Person], wanted: Mapping[str, float], shared_mistakes: float = 0.0
) -> Mapping[str, float]:
    """Give the share of questions felt, an emotion, at which three of five of these people keep so.

    Args:
        people: Who answers.
        wanted: Emotion → share of its questions to be kept.
        shared_mistakes: Share of questions not felt that look felt to everybody.
    """
    return {
        emotion: prevalence(
            share,
            mean_yes(people, emotion, True),
            mean_yes(people, emotion, False),
            shared_mistakes,
        )
        for emotion, share in wanted.items()
    }


def score(person: Person, pictures: int) -> int:
    """Give the number of right answers in a test of so many pictures."""
    return sum(person.is_right(str(number)) for number in range(pictures))


def _own(kind: Traits, who: str, seed: int, fitted: Fitted | None) -> Traits:
    """Give somebody's own traits, drawn about those of the kind."""
    if fitted is not None:
        return fitted.traits(kind, who, seed)
    tilt = SPREAD * (share_of(who, seed, "tilt") - 0.5)
    return kind._replace(
        sensitivity=_tilted(kind.sensitivity, tilt), specificity=_tilted(kind.specificity, tilt)
    )


def _tilted(probability: float, tilt: float) -> float:
    """Give a tilted probability, between 0 and 1; what is certain stays certain."""
    return min(1.0, max(0.0, probability + tilt)) if 0 < probability < 1 else probability
