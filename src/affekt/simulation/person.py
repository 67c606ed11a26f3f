"""One person who does not exist, and how many of them answer at once.

Every draw is a rank of the person and the question, so an answer does not depend on what else is
asked, in which order, or in how many runs. What depends on the number of answers given so far takes
that number, ``nth``, from the caller.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal, NamedTuple

import numpy as np
import polars as pl
from jaxtyping import Bool, Float, Int

from affekt.rank import rank_of, share_of, shares_of
from affekt.simulation.kinds import SESSION, Traits
from affekt.tables import VOTES
from affekt.taxonomy import Taxonomy

SAME_SIDE = 3.0  # a wrong emotion of the same valence is chosen so many times as often as another


class Asked(NamedTuple):
    """Who is asked what, one row a vote."""

    person: Int[np.ndarray, " vote"]  # place among the people
    question: Sequence[str]
    emotion: Sequence[str]
    looks_felt: Bool[np.ndarray, " vote"]
    nth: Int[np.ndarray, " vote"]  # answers the person gave before


class Answers(NamedTuple):
    """What was answered, one row a vote."""

    felt: Bool[np.ndarray, " vote"]
    seconds: Float[np.ndarray, " vote"]


class Answer(NamedTuple):
    """One answer."""

    felt: bool
    seconds: float


@dataclass(frozen=True)
class Person:
    """One account and who is behind it; ``who`` is another token for a second account."""

    token: str
    who: str
    kind: str
    seed: int
    traits: Traits

    def answer(self, question_id: str, emotion: str, is_felt: bool, nth: int = 0) -> Answer:
        """Give the answer to a question; `answers` gives the same for many at once, much faster.

        Args:
            question_id: What is asked; the draw belongs to it.
            emotion: The emotion it asks about.
            is_felt: Whether the picture looks as if it were felt; see `affekt.simulation.items`.
            nth: Answers the person gave before. Minutes of the day make a drift one of the day.
        """
        one = Asked(
            np.zeros(1, int), [question_id], [emotion], np.array([is_felt]), np.array([nth])
        )
        felt, seconds = answers([self], one)
        return Answer(bool(felt[0]), float(seconds[0]))

    def test_answer(self, picture: str, truth: str, taxonomy: Taxonomy) -> str:
        """Give the emotion chosen in the qualification test.

        It is right in a share ``skill`` of pictures; a wrong one is more often of the same valence.
        """
        if self.is_right(picture):
            return truth
        side = {one.name: one.valence for one in taxonomy.emotions}
        others = [name for name in taxonomy.names if name != truth]
        weights = [SAME_SIDE if side[name] == side[truth] else 1.0 for name in others]
        drawn = share_of(f"{self.who}\n{picture}", self.seed, "confusion") * sum(weights)
        return others[
            min(int(np.searchsorted(np.cumsum(weights), drawn, "right")), len(others) - 1)
        ]

    def is_right(self, picture: str) -> bool:
        """Tell whether the person names this picture of the test rightly."""
        return share_of(f"{self.who}\n{picture}", self.seed, "test") < self.traits.skill

    def passes_over(self, question_id: str) -> Literal["", "skip", "not_loaded"]:
        """Tell why there is no answer: skipped, the picture did not load, or ``""`` if there is."""
        skips, not_loaded = self.traits.skips, self.traits.not_loaded
        if skips == not_loaded == 0:
            return ""
        drawn = share_of(f"{question_id}\n{self.token}", self.seed, "passes over")
        if drawn < skips:
            return "skip"
        return "not_loaded" if drawn < skips + not_loaded else ""


def answers(people: Sequence[Person], asked: Asked) -> Answers:
    """Give the answers of many people, each as `Person.answer` gives it; none for no rows.

    Raises:
        ValueError: The people have several seeds.
    """
    seed = _seed_of(people)
    accounts = [people[at].token for at in asked.person.tolist()]
    keys = _keys(people, asked)
    felt = shares_of(keys, seed, "answer") < says_yes(people, asked)
    drawn = shares_of(
        [f"{question}\n{token}" for question, token in zip(asked.question, accounts, strict=True)],
        seed,
        "seconds",
    )
    return Answers(felt, _seconds(people, asked, drawn))


def votes_of(people: Sequence[Person], asked: Asked) -> pl.DataFrame:
    """Give the answers of many people as votes (schema `affekt.tables.VOTES`), in their order."""
    felt, seconds = answers(people, asked)
    columns = {
        "question_id": asked.question,
        "worker": [people[at].token for at in asked.person.tolist()],
        "emotion": asked.emotion,
        "felt": felt,
        "seconds": seconds,
    }
    return pl.DataFrame(columns, schema_overrides=VOTES.types())


def says_yes(people: Sequence[Person], asked: Asked) -> Float[np.ndarray, " vote"]:
    """Give the probability of YES of each row."""
    sensitivity = _each(people, asked, "sensitivity")
    specificity = _each(people, asked, "specificity")
    right = np.where(asked.looks_felt, sensitivity, specificity)
    shift = _emotion_shifts(people, asked) + _drifts(people, asked)
    moved = (shift != 0) & (right > 0) & (right < 1)
    odds = np.log(right[moved] / (1 - right[moved])) + shift[moved]
    right[moved] = 1 / (1 + np.exp(-odds))
    right += (0.5 - right) * _each(people, asked, "fatigue") * _tiredness(asked.nth)
    return np.where(asked.looks_felt, right, 1 - right)


def _seed_of(people: Sequence[Person]) -> int:
    seeds = sorted({person.seed for person in people})
    if len(seeds) > 1:
        raise ValueError(f"people of the seeds {seeds} cannot answer together")
    return seeds[0] if seeds else 0


def _each(people: Sequence[Person], asked: Asked, trait: str) -> Float[np.ndarray, " vote"]:
    values = np.array([getattr(person.traits, trait) for person in people], float)
    each: Float[np.ndarray, " vote"] = values[asked.person]
    return each


def _keys(people: Sequence[Person], asked: Asked) -> list[str]:
    """Name what an answer is drawn by: who is behind the account, unless the accounts differ."""
    keys = []
    for at, question in zip(asked.person.tolist(), asked.question, strict=True):
        person = people[at]
        who = person.who
        if who != person.token and person.traits.alike < 1:
            drawn = share_of(f"{question}\n{person.token}", person.seed, "alike")
            who = who if drawn < person.traits.alike else person.token
        keys.append(f"{question}\n{who}")
    return keys


def _seconds(
    people: Sequence[Person], asked: Asked, drawn: Float[np.ndarray, " vote"]
) -> Float[np.ndarray, " vote"]:
    """Log-normal seconds of the person's mean, s, to the hundredth."""
    quantile = NormalDist().inv_cdf
    z = np.array([quantile(share) for share in drawn.clip(1e-12, 1 - 1e-12).tolist()], float)
    spread = _each(people, asked, "log_spread")
    rested = 1 - _each(people, asked, "haste") * _tiredness(asked.nth)
    mean = _each(people, asked, "seconds") * rested
    # The mean of a log-normal lies half its variance above its median.
    seconds: Float[np.ndarray, " vote"] = mean * np.exp(spread * z - spread**2 / 2)
    return seconds.round(2)


def _tiredness(nth: Int[np.ndarray, " vote"]) -> Float[np.ndarray, " vote"]:
    """From 0 at the first answer of a session to 1 at its last."""
    tiredness: Float[np.ndarray, " vote"] = (nth % SESSION) / (SESSION - 1)
    return tiredness


def _emotion_shifts(people: Sequence[Person], asked: Asked) -> Float[np.ndarray, " vote"]:
    if not any(person.traits.shifts for person in people):
        return np.zeros(len(asked.person))
    shifts = [people[at].traits.shifts for at in asked.person.tolist()]
    pairs = zip(shifts, asked.emotion, strict=True)
    return np.array([shift.get(emotion, 0.0) for shift, emotion in pairs], float)


def _drifts(people: Sequence[Person], asked: Asked) -> Float[np.ndarray, " vote"]:
    """Log-odds that drift adds to the accuracy of each row."""
    moved = np.zeros(len(asked.person))
    if not moved.size or all(person.traits.drift.shape == "none" for person in people):
        return moved
    order = np.argsort(asked.person, kind="stable")
    there, starts = np.unique(asked.person[order], return_index=True)
    for at, rows in zip(there.tolist(), np.split(order, starts[1:]), strict=True):
        shape, size, period = people[at].traits.drift
        nth = asked.nth[rows]
        if shape == "walk":
            moved[rows] = size * _walk(people[at], nth // period)
        elif shape == "sine":
            moved[rows] = size * _sine(people[at], nth / period)
    return moved


def _sine(person: Person, waves: Float[np.ndarray, " vote"]) -> Float[np.ndarray, " vote"]:
    phase = share_of(person.who, person.seed, "phase")
    height: Float[np.ndarray, " vote"] = np.sin(2 * np.pi * (waves + phase))
    return height


def _walk(person: Person, steps: Int[np.ndarray, " vote"]) -> Float[np.ndarray, " vote"]:
    """Place of a random walk after so many steps."""
    signs = [
        2 * (rank_of(f"{person.who}\n{step}", person.seed, "walk") % 2) - 1
        for step in range(int(steps.max()))
    ]
    places: Float[np.ndarray, " vote"] = np.concatenate([[0.0], np.cumsum(signs)])[steps]
    return places
