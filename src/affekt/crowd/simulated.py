"""Workers who do not exist: they make a whole line run offline, and their truth is known.

Every draw is a rank, so that a worker gives the same answer to a question whatever the order in
which questions are asked, how often a run was cut off, and which other questions there are.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from math import comb, gcd
from typing import Any, ClassVar, NamedTuple, Self

import polars as pl
from pydantic import Field, model_validator

from affekt.crowd import Crowd
from affekt.journal.votes import Votes
from affekt.parts import did_you_mean
from affekt.rank import rank_of, ranked, share_of
from affekt.tables import VOTES
from affekt.taxonomy import MIKELS8, Taxonomy

CHUNK = 10_000  # questions answered in one transaction; a killed run repeats at most one
SPREAD = 0.1  # width of the band in which workers of one kind differ
SUBMITTED_KEPT = {  # Table 2 of the paper
    "amusement": (11_000, 4_942),
    "anger": (11_000, 1_266),
    "awe": (11_000, 3_151),
    "contentment": (11_000, 5_374),
    "disgust": (11_000, 1_658),
    "excitement": (11_000, 2_963),
    "fear": (13_000, 1_032),
    "sadness": (11_000, 2_922),
}


class Kind(NamedTuple):
    """How one kind of worker answers; a convention of ours, not a finding."""

    skill: float  # share of right answers among eight in the qualification test
    sensitivity: float  # P(YES) when the emotion is felt
    specificity: float  # P(NO) when it is not
    seconds: float  # mean time an answer


KINDS = {
    "honest": Kind(0.60, 0.90, 0.95, 4.2),  # 4.2 s: median of published batches of ten pictures
    "hasty": Kind(0.40, 0.70, 0.85, 1.8),
    "random": Kind(0.30, 0.50, 0.50, 1.2),  # the test lets one in twenty of them through
    "always_yes": Kind(0.50, 1.00, 0.00, 0.9),
    "always_no": Kind(0.50, 0.00, 1.00, 0.9),
}


class Worker(NamedTuple):
    """One simulated person."""

    token: str
    kind: str
    sensitivity: float
    specificity: float
    seconds: float
    score: int  # right answers in the qualification test


class Simulated(Crowd):
    """Honest, hasty, random, always-YES and always-NO workers; only those who pass a test vote.

    What is felt is the question's ``truth`` where it is known: the emotion asked is felt if it is
    that one. Elsewhere it is drawn, so often that the paper's rule, three of five, is expected to
    keep the share ``acceptance`` of the questions; where wrong YES alone keep more, none is felt.

    References:
        You, Luo, Jin and Yang (2016), Building a Large Scale Dataset for Image Emotion
        Recognition, AAAI, Table 2 and the qualification test: 20 pictures, eight choices, half
        right to pass; more than 1,000 tried and 225 passed.
    """

    is_simulated: ClassVar[bool] = True

    seed: int
    taxonomy: Taxonomy
    candidates: int = Field(1000, ge=1, le=100_000, description="people who take the test")
    honest: float = Field(0.13, ge=0, le=1, description="share of candidates of this kind")
    hasty: float = Field(0.25, ge=0, le=1, description="share of candidates of this kind")
    random: float = Field(0.58, ge=0, le=1, description="share of candidates of this kind")
    always_yes: float = Field(0.02, ge=0, le=1, description="share of candidates of this kind")
    always_no: float = Field(0.02, ge=0, le=1, description="share of candidates of this kind")
    test_questions: int = Field(20, ge=1, le=200, description="pictures in the test")
    pass_at: int = Field(10, ge=0, description="right answers needed to pass; 0 lets all vote")
    acceptance: dict[str, float] = Field(
        {},
        description="emotion → share of questions kept at three of five; default the paper's",
    )

    @classmethod
    def example(cls) -> Self:
        return cls(seed=1, taxonomy=MIKELS8, candidates=100)

    @model_validator(mode="after")
    def _agree(self) -> Self:
        shares = {name: float(getattr(self, name)) for name in KINDS}
        if abs(sum(shares.values()) - 1) > 1e-9:
            listed = ", ".join(f"{name} = {share:g}" for name, share in shares.items())
            raise ValueError(f"{listed} sum to {sum(shares.values()):g}; make them sum to 1")
        if self.pass_at > self.test_questions:
            raise ValueError(
                f"pass_at = {self.pass_at} is more than test_questions = {self.test_questions}; "
                "nobody could pass, so lower `pass_at` or raise `test_questions`"
            )
        for emotion, share in self.acceptance.items():
            if emotion not in self.taxonomy.names:
                known = did_you_mean(emotion, list(self.taxonomy.names))
                raise ValueError(f"acceptance names the unknown emotion {emotion!r}; {known}")
            if not 0 <= share <= 1:
                raise ValueError(f"acceptance of {emotion!r} is {share!r}; 0 to 1 is allowed")
        return self

    def ask(self, journal: Votes, questions: pl.DataFrame) -> None:
        journal.ask(questions)

    def answers(self, journal: Votes) -> None:
        pool = self.workers()
        if not pool:
            return
        felt_by_chance = self._prevalence(pool)
        for some in journal.open_questions().iter_slices(CHUNK):
            votes = [
                vote
                for question, emotion, truth in some.select(
                    "question_id", "emotion", "truth"
                ).iter_rows()
                for vote in self._vote(
                    question,
                    emotion,
                    self._is_felt(question, emotion, truth, felt_by_chance),
                    _first(pool, question, journal.quota, self.seed),
                )
            ]
            journal.record(pl.DataFrame(votes, schema=VOTES.types(), orient="row"))

    def close(self, journal: Votes, questions: pl.DataFrame) -> None:
        journal.close(questions["question_id"])

    def about(self) -> Mapping[str, Any]:
        tested, passed = self.tested(), self.workers()
        return {
            "is_simulated": True,
            "tested": len(tested),
            "passed": len(passed),
            "test_questions": self.test_questions,
            "pass_at": self.pass_at,
            "tested_by_kind": _counts(worker.kind for worker in tested),
            "passed_by_kind": _counts(worker.kind for worker in passed),
            "scores": _counts(f"{worker.score:03}" for worker in tested),
        }

    def advice(self, journal: Votes) -> str:
        return (
            f"only {len(self.workers())} of {self.candidates} simulated candidates passed the test "
            f"and {journal.quota} must answer each question; raise `candidates` or lower `pass_at`"
        )

    def tested(self) -> list[Worker]:
        """Give all candidates with their scores in the qualification test, by token."""
        tokens = [f"simulated-{number:06}" for number in range(self.candidates)]
        ends, total = [], 0.0
        for name in KINDS:
            total += float(getattr(self, name))
            ends.append(round(total * self.candidates))
        kind_of = {}
        for place, token in enumerate(ranked(tokens, self.seed, "kind")):
            kind_of[token] = list(KINDS)[sum(place >= end for end in ends[:-1])]
        return [self._worker(token, kind_of[token]) for token in tokens]

    def workers(self) -> list[Worker]:
        """Give the candidates who passed, by token; nobody else votes."""
        return [worker for worker in self.tested() if worker.score >= self.pass_at]

    def _worker(self, token: str, name: str) -> Worker:
        kind = KINDS[name]
        tilt = SPREAD * (share_of(token, self.seed, "tilt") - 0.5)
        right = sum(
            share_of(f"{token}\n{number}", self.seed, "test") < kind.skill
            for number in range(self.test_questions)
        )
        return Worker(
            token,
            name,
            _tilted(kind.sensitivity, tilt),
            _tilted(kind.specificity, tilt),
            kind.seconds,
            right,
        )

    def _prevalence(self, pool: list[Worker]) -> Mapping[str, float]:
        """Share of questions felt, an emotion, that makes three of five keep the wanted share."""
        true_yes = sum(worker.sensitivity for worker in pool) / len(pool)
        false_yes = 1 - sum(worker.specificity for worker in pool) / len(pool)
        kept_if_felt, kept_if_not = _three_of_five(true_yes), _three_of_five(false_yes)
        gain = kept_if_felt - kept_if_not
        return {
            name: min(1.0, max(0.0, (self._wanted(name) - kept_if_not) / gain)) if gain > 0 else 0.0
            for name in self.taxonomy.names
        }

    def _wanted(self, emotion: str) -> float:
        submitted, kept = SUBMITTED_KEPT.get(emotion, _all_emotions())
        return self.acceptance.get(emotion, kept / submitted)

    def _is_felt(
        self, question: str, emotion: str, truth: str | None, by_chance: Mapping[str, float]
    ) -> bool:
        if truth is not None:
            return truth == emotion
        return share_of(question, self.seed, "felt") < by_chance.get(emotion, 0.0)

    def _vote(
        self, question: str, emotion: str, is_felt: bool, workers: list[Worker]
    ) -> Iterator[tuple[str, str, str, bool, float]]:
        for worker in workers:
            answer = f"{question}\n{worker.token}"
            says_yes = worker.sensitivity if is_felt else 1 - worker.specificity
            felt = share_of(answer, self.seed, "answer") < says_yes
            seconds = worker.seconds * (0.5 + share_of(answer, self.seed, "seconds"))
            yield question, worker.token, emotion, felt, round(seconds, 2)


def _first(pool: list[Worker], question: str, wanted: int, seed: int) -> list[Worker]:
    """Give the workers who meet a question first: distinct, and the same however many are wanted.

    A start and a step prime to the size of the pool walk through all of it.
    """
    size = len(pool)
    rank = rank_of(question, seed, "workers")
    step = 1 + rank // size % size
    while gcd(step, size) > 1:
        step += 1
    return [pool[(rank + step * at) % size] for at in range(min(wanted, size))]


def _three_of_five(yes: float) -> float:
    """P(at least three YES among five votes that are YES with probability ``yes``)."""
    return sum(comb(5, n) * yes**n * (1 - yes) ** (5 - n) for n in (3, 4, 5))


def _tilted(probability: float, tilt: float) -> float:
    return probability + tilt if 0 < probability < 1 else probability


def _all_emotions() -> tuple[int, int]:
    submitted, kept = zip(*SUBMITTED_KEPT.values(), strict=True)
    return sum(submitted), sum(kept)


def _counts(words: Iterator[str]) -> dict[str, int]:
    return dict(sorted(Counter(words).items()))
