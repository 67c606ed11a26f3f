"""A crowd whose every secret is known: what quality control is held against."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import polars as pl

from affekt.rank import ranked, share_of
from affekt.simulation.items import is_felt, looks_felt
from affekt.simulation.kinds import KINDS, Traits
from affekt.simulation.people import population
from affekt.simulation.person import Asked, Person, votes_of

EMOTIONS = ("amusement", "awe", "fear", "sadness")
GOLD_POOL = 4  # gold questions there are for each one that a person answers


class Known(NamedTuple):
    """Votes and all that is true about them."""

    votes: pl.DataFrame  # schema VOTES, in the order they came
    gold: pl.DataFrame  # question_id, emotion, felt: questions whose answer is known to the asker
    people: pl.DataFrame  # worker, person, kind, sensitivity, specificity
    truth: pl.DataFrame  # question_id, emotion, felt, looks_felt: gold and all others


class _Slot(NamedTuple):
    """One question for one account, at a time of its career."""

    person: int
    question: str
    nth: int


def crowd_of(  # noqa: PLR0913  (settings of one experiment, all but two by name)
    seed: int,
    shares: Mapping[str, float],
    *,
    people: int = 100,
    votes_each: int = 120,
    gold_each: int = 12,
    redundancy: int = 5,
    prevalence: float = 0.35,
    shared_mistakes: float = 0.0,
    kinds: Mapping[str, Traits] = KINDS,
) -> Known:
    """Give the votes of a crowd in which it is known who is what, and what is felt.

    Every account answers ``votes_each`` questions, each of which ``redundancy`` different accounts
    answer (fewer where ``people`` is no multiple of it), and ``gold_each`` gold questions at random
    places between them, half of them felt and half not. Gold never looks like what it is not.

    Args:
        seed: Of all draws.
        shares: Kind → share of the accounts; see `affekt.simulation.kinds.KINDS`.
        people: Number of accounts.
        votes_each: Questions an account answers besides gold.
        gold_each: Gold questions an account answers; even.
        redundancy: Accounts that answer a question.
        prevalence: Share of questions that are felt.
        shared_mistakes: Share of questions not felt that look felt to everybody.
        kinds: Kind → traits.

    >>> known = crowd_of(1, {"honest": 0.8, "random": 0.2}, people=20, votes_each=10, gold_each=4)
    >>> known.votes.columns
    ['question_id', 'worker', 'emotion', 'felt', 'seconds']
    >>> known.votes.height, known.gold.height, known.truth.height
    (280, 16, 56)
    >>> sorted(known.people["kind"].unique())
    ['honest', 'random']
    """
    crowd = population(seed, shares, people, kinds=kinds)
    gold = [f"gold-{number:05}" for number in range(GOLD_POOL * gold_each)]
    plain = _dealt(crowd, votes_each, redundancy, seed)
    truth = _truth(
        gold,
        sorted({question for row in plain for question in row}),
        seed=seed,
        prevalence=prevalence,
        shared_mistakes=shared_mistakes,
    )
    rows = [
        _Slot(at, question, nth)
        for at, person in enumerate(crowd)
        for nth, question in enumerate(_career(person, plain[at], gold, gold_each))
    ]
    rows.sort(key=lambda slot: (slot.nth, slot.person))
    return Known(
        _votes(crowd, rows, truth),
        truth.head(len(gold)).drop("looks_felt"),
        _told(crowd),
        truth,
    )


def _dealt(
    crowd: tuple[Person, ...], votes_each: int, redundancy: int, seed: int
) -> list[list[str]]:
    """Give the questions of each account: in each round all of them, in another random order."""
    given: list[list[str]] = [[] for _ in crowd]
    place = {person.token: at for at, person in enumerate(crowd)}
    in_round = len(crowd) // redundancy
    for number in range(votes_each):
        order = ranked(place, seed, f"round {number}")
        for at, token in enumerate(order[: in_round * redundancy]):
            given[place[token]].append(f"question-{number * in_round + at // redundancy:07}")
    return given


def _truth(
    gold: list[str], plain: list[str], *, seed: int, prevalence: float, shared_mistakes: float
) -> pl.DataFrame:
    felt = [number % 2 == 0 for number in range(len(gold))]
    felt += [is_felt(question, seed, prevalence) for question in plain]
    looks = felt[: len(gold)]
    looks += [
        looks_felt(question, is_true, seed, shared_mistakes)
        for question, is_true in zip(plain, felt[len(gold) :], strict=True)
    ]
    ids = gold + plain
    emotions = [EMOTIONS[int(share_of(one, seed, "emotion") * len(EMOTIONS))] for one in ids]
    return pl.DataFrame(
        {"question_id": ids, "emotion": emotions, "felt": felt, "looks_felt": looks}
    )


def _career(person: Person, plain: list[str], gold: list[str], gold_each: int) -> list[str]:
    """Give an account's questions in the order it meets them, gold at random places."""
    sides = (gold[::2], gold[1::2])
    own = [
        one
        for side in sides
        for one in ranked(side, person.seed, f"gold of {person.token}")[: gold_each // 2]
    ]
    return ranked([*plain, *own], person.seed, f"career of {person.token}")


def _votes(crowd: tuple[Person, ...], rows: list[_Slot], truth: pl.DataFrame) -> pl.DataFrame:
    about = {question: (emotion, looks) for question, emotion, _, looks in truth.iter_rows()}
    asked = Asked(
        np.array([row.person for row in rows], int),
        [row.question for row in rows],
        [about[row.question][0] for row in rows],
        np.array([about[row.question][1] for row in rows], bool),
        np.array([row.nth for row in rows], int),
    )
    return votes_of(crowd, asked)


def _told(crowd: tuple[Person, ...]) -> pl.DataFrame:
    rows = [
        (one.token, one.who, one.kind, one.traits.sensitivity, one.traits.specificity)
        for one in crowd
    ]
    names = ["worker", "person", "kind", "sensitivity", "specificity"]
    return pl.DataFrame(rows, schema=names, orient="row")
