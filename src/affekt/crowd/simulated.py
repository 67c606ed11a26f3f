"""Workers who do not exist: they make a whole line run offline, and their truth is known.

Every draw is a rank, so that a worker gives the same answer to a question whatever the order in
which questions are asked, how often a run was cut off, and which other questions there are.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import gcd
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple, Self

import numpy as np
import polars as pl
from pydantic import Field, model_validator

from affekt.crowd import Crowd
from affekt.crowd._recorded import recorded
from affekt.errors import DiskTrouble
from affekt.parts import Place, did_you_mean
from affekt.rank import rank_of, shares_of
from affekt.simulation.fitting import fit
from affekt.simulation.items import is_felt, looks_felt, paper_acceptance
from affekt.simulation.kinds import KINDS, SESSION, Drift
from affekt.simulation.people import CAREER, population, prevalences, score
from affekt.simulation.person import Asked, Person, votes_of
from affekt.taxonomy import MIKELS8, Taxonomy

if TYPE_CHECKING:
    from affekt.journal.votes import Votes

CHUNK = 10_000  # questions answered in one transaction; a killed run repeats at most one
OF_THIS_KIND = "share of candidates of this kind"


class Slot(NamedTuple):
    """One worker for one question."""

    worker: int  # place among those who passed
    question_id: str
    emotion: str
    looks_felt: bool


class Simulated(Crowd):
    """People of eight kinds, of whom only those vote who pass a test; see `affekt.simulation`.

    What is felt is the question's ``truth`` where it is known: the emotion asked is felt if it is
    that one. Elsewhere it is drawn, so often that the paper's rule, three of five, is expected to
    keep the share ``acceptance`` of the questions; where wrong YES alone keep more, none is felt.

    At which answer of theirs workers meet a question is drawn too, because no answer may depend on
    the others; it matters to those who tire or drift.

    References:
        You, Luo, Jin and Yang (2016), Building a Large Scale Dataset for Image Emotion
        Recognition, AAAI, Table 2 and the qualification test: 20 pictures, eight choices, half
        right to pass; more than 1,000 tried and 225 passed.
    """

    version: ClassVar[int] = 2
    is_simulated: ClassVar[bool] = True

    seed: int
    taxonomy: Taxonomy
    candidates: int = Field(1000, ge=1, le=100_000, description="people who take the test")
    honest: float = Field(0.13, ge=0, le=1, description=OF_THIS_KIND)
    hasty: float = Field(0.25, ge=0, le=1, description=OF_THIS_KIND)
    random: float = Field(0.58, ge=0, le=1, description=OF_THIS_KIND)
    always_yes: float = Field(0.02, ge=0, le=1, description=OF_THIS_KIND)
    always_no: float = Field(0.02, ge=0, le=1, description=OF_THIS_KIND)
    tired: float = Field(0.0, ge=0, le=1, description=OF_THIS_KIND)
    adversary: float = Field(0.0, ge=0, le=1, description=OF_THIS_KIND)
    duplicate: float = Field(0.0, ge=0, le=1, description=OF_THIS_KIND)
    test_questions: int = Field(20, ge=1, le=200, description="pictures in the test")
    pass_at: int = Field(10, ge=0, description="right answers needed to pass; 0 lets all vote")
    acceptance: dict[str, float] = Field(
        {},
        description="emotion → share of questions kept at three of five; default the paper's",
    )
    shared_mistakes: float = Field(
        0.0, ge=0, le=1, description="share of questions not felt that look felt to everybody"
    )
    skips: float = Field(
        0.0, ge=0, lt=1, description="share of questions a worker skips or cannot load"
    )
    drift: Literal["none", "sine", "walk"] = Field(
        "none", description="how the accuracy of workers moves while they work"
    )
    drift_size: float = Field(
        0.3, ge=0, le=10, description="height of the wave, or one step of the walk; log-odds"
    )
    drift_period: int = Field(
        SESSION, ge=1, description="answers from wave to wave, or from step to step"
    )
    fitted: Place | None = Field(
        None, description="CSV of recorded votes; honest people answer as these workers did"
    )

    @classmethod
    def example(cls) -> Self:
        return cls(seed=1, taxonomy=MIKELS8, candidates=100)

    @model_validator(mode="after")
    def _agree(self) -> Self:
        shares = self._shares()
        if abs(sum(shares.values()) - 1) > 1e-9:
            listed = ", ".join(f"{name} = {share:g}" for name, share in shares.items())
            raise ValueError(f"{listed} sum to {sum(shares.values()):g}; make them sum to 1")
        if self.pass_at > self.test_questions:
            raise ValueError(
                f"pass_at = {self.pass_at} is more than test_questions = {self.test_questions}; "
                "nobody could pass, so lower `pass_at` or raise `test_questions`"
            )
        if self.fitted is not None and self.honest == 0:
            raise ValueError("fitted is for honest people, but honest = 0; raise `honest`")
        for emotion, share in self.acceptance.items():
            if emotion not in self.taxonomy.names:
                known = did_you_mean(emotion, list(self.taxonomy.names))
                raise ValueError(f"acceptance names the unknown emotion {emotion!r}; {known}")
            if not 0 <= share <= 1:
                raise ValueError(f"acceptance of {emotion!r} is {share!r}; 0 to 1 is allowed")
        return self

    def ask(self, journal: "Votes", questions: pl.DataFrame) -> None:
        journal.ask(questions)

    def answers(self, journal: "Votes") -> None:
        pool = self.workers()
        if not pool:
            return
        kept = {name: paper_acceptance(name) for name in self.taxonomy.names} | self.acceptance
        felt_by_chance = prevalences(pool, kept, self.shared_mistakes)
        wanted = pl.col("votes") + pl.col("places")
        asked = journal.open_questions().select(
            "question_id", "emotion", "truth", wanted.alias("wanted")
        )
        for some in asked.iter_slices(CHUNK):
            slots = [
                Slot(worker, question, emotion, looks)
                for question, emotion, truth, n_wanted in some.iter_rows()
                for looks in [self._looks_felt(question, emotion, truth, felt_by_chance)]
                for worker in _takers(pool, question, n_wanted, self.seed)
            ]
            journal.record(self._votes(pool, slots))

    def close(self, journal: "Votes", questions: pl.DataFrame) -> None:
        journal.close(questions["question_id"])

    def witness(self) -> str:
        return "" if self.fitted is None else hashlib.sha256(_bytes(self.fitted)).hexdigest()

    def about(self) -> Mapping[str, Any]:
        scored = self._scored()
        passed = [person for person, right in scored if right >= self.pass_at]
        return {
            "is_simulated": True,
            "tested": len(scored),
            "passed": len(passed),
            "test_questions": self.test_questions,
            "pass_at": self.pass_at,
            "tested_by_kind": _counts(person.kind for person, _ in scored),
            "passed_by_kind": _counts(person.kind for person in passed),
            "scores": _counts(f"{right:03}" for _, right in scored),
        }

    def advice(self, journal: "Votes") -> str:
        return (
            f"only {len(self.workers())} of {self.candidates} simulated candidates passed the test "
            f"and {journal.quota} must answer each question; raise `candidates` or lower `pass_at`"
        )

    def tested(self) -> tuple[Person, ...]:
        """Give all candidates, by token."""
        drift = Drift(self.drift, self.drift_size, self.drift_period)
        kinds = {
            name: traits._replace(drift=drift, skips=self.skips) for name, traits in KINDS.items()
        }
        fitted = {}
        if self.fitted is not None:
            fitted["honest"] = fit(recorded(self.fitted, _bytes(self.fitted)))
        return population(self.seed, self._shares(), self.candidates, kinds=kinds, fitted=fitted)

    def workers(self) -> list[Person]:
        """Give the candidates who passed, by token; nobody else votes."""
        return [person for person, right in self._scored() if right >= self.pass_at]

    def _shares(self) -> dict[str, float]:
        return {name: float(getattr(self, name)) for name in KINDS}

    def _scored(self) -> list[tuple[Person, int]]:
        return [(person, score(person, self.test_questions)) for person in self.tested()]

    def _looks_felt(
        self, question: str, emotion: str, truth: str | None, by_chance: Mapping[str, float]
    ) -> bool:
        if truth is None:
            felt = is_felt(question, self.seed, by_chance.get(emotion, 0.0))
        else:
            felt = truth == emotion
        return looks_felt(question, felt, self.seed, self.shared_mistakes)

    def _votes(self, pool: Sequence[Person], slots: Sequence[Slot]) -> pl.DataFrame:
        asked = Asked(
            np.array([slot.worker for slot in slots], int),
            [slot.question_id for slot in slots],
            [slot.emotion for slot in slots],
            np.array([slot.looks_felt for slot in slots], bool),
            self._nth(pool, slots),
        )
        return votes_of(pool, asked)

    def _nth(self, pool: Sequence[Person], slots: Sequence[Slot]) -> np.ndarray:
        """Draw at which answer of theirs workers meet a question; 0 where nothing depends on it."""
        if self.drift == "none" and self.tired == 0:
            return np.zeros(len(slots), int)
        names = [f"{slot.question_id}\n{pool[slot.worker].token}" for slot in slots]
        return (shares_of(names, self.seed, "nth") * CAREER).astype(int)


def _takers(pool: Sequence[Person], question: str, wanted: int, seed: int) -> list[int]:
    """Give the first workers who meet a question and do not pass it over, by place."""
    taken: list[int] = []
    for at in _met(len(pool), question, seed):
        if len(taken) == wanted:
            break
        if not pool[at].passes_over(question):
            taken.append(at)
    return taken


def _met(size: int, question: str, seed: int) -> Iterator[int]:
    """Give the places of all workers in the order they meet a question.

    A start and a step prime to the size of the pool walk through all of it.
    """
    rank = rank_of(question, seed, "workers")
    step = 1 + rank // size % size
    while gcd(step, size) > 1:
        step += 1
    for at in range(size):
        yield (rank + step * at) % size


def _bytes(place: Place) -> bytes:
    try:
        return place.path.read_bytes()
    except OSError as trouble:
        raise DiskTrouble(
            f"{place.path}: cannot be read ({trouble.strerror}); name a CSV file of recorded votes"
        ) from trouble


def _counts(words: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(words).items()))
