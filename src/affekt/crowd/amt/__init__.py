"""The protocol of Amazon Mechanical Turk, which closed in September 2026: batches of pictures.

The marketplace is asked in waves: a question is in one batch at a time, and what a wave left open
goes into new batches of the next, so that no vote is bought that cannot matter.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Self

import polars as pl
from pydantic import Field, model_validator

from affekt.amt import collecting, publishing, requirements, terms
from affekt.amt.batch_page import NO, YES, Asked, document
from affekt.amt.client import SANDBOX, Client
from affekt.amt.emulator.people import People, Population
from affekt.amt.ledger import Ledger, LedgerFile
from affekt.amt.limits import dollars
from affekt.amt.pace import Pace
from affekt.crowd import Crowd
from affekt.crowd.amt import ballots, qualification, waves
from affekt.crowd.amt.desk import Desk, ledger_path
from affekt.crowd.amt.rehearsal import rehearsal
from affekt.parts import Place

if TYPE_CHECKING:
    from affekt.journal.votes import Votes

REHEARSAL = "rehearsal"
UPSETTING = frozenset(["fear", "disgust"])  # the marketplace calls such pictures adult content


class Amt(Crowd):
    """Workers of Amazon Mechanical Turk, or of what speaks its protocol.

    The service closed on 30 September 2026. What answers is ``affekt amt-emulator`` at
    ``endpoint``, or by default a rehearsal in this process with simulated people. Every batch, who
    did it and what it cost is kept beside the journal, so a run can be cut off at any call; names
    of workers stay there, and votes carry tokens. Nothing is rejected.
    """

    is_simulated: ClassVar[bool] = True  # no marketplace is left in which it could be otherwise
    idle: ClassVar[frozenset[str]] = frozenset({"calls_per_second"})

    seed: int
    endpoint: str = Field(REHEARSAL, description="address of the service; rehearsal runs one here")
    production: bool = Field(False, description="real money may be spent; needs `cap`")
    cap: str = Field("", description="dollars the campaign may cost in all, fees included")
    reward: str = Field("0.60", description="dollars for one batch")
    batch: int = Field(20, ge=1, le=100, description="pictures in one batch")
    question: str = Field(
        "Do you feel {emotion} seeing this image?", description="what is asked; answers yes or no"
    )
    pictures: str = Field(
        "{endpoint}/pictures/{image_id}.png", description="where a worker's browser finds a picture"
    )
    batch_title: str = Field(
        "What do these pictures make you feel?", description="heading of a batch"
    )
    batch_description: str = Field(
        "Say for each picture whether you feel the emotion named. Some may upset you.",
        description="what workers read before they accept a batch",
    )
    keywords: str = Field("picture, image, emotion, survey", description="to find the batches by")
    test: Place | None = Field(
        None, description="CSV with columns url and emotion to draw a test from; without, no test"
    )
    test_questions: int = Field(20, ge=1, le=45, description="pictures in the test")
    pass_at: int = Field(10, ge=0, description="right answers needed to pass")
    countries: tuple[str, ...] = Field((), description="where workers may be, as US or US-NY")
    approval_percent: int = Field(0, ge=0, le=100, description="approval rate that is required")
    calls_per_second: float = Field(2.0, ge=0, description="pace; 0 asks as fast as it can")
    candidates: int = Field(40, ge=1, le=100_000, description="people in a rehearsal")

    @classmethod
    def example(cls) -> Self:
        return cls(seed=1, batch=4)

    @model_validator(mode="after")
    def _agree(self) -> Self:
        for name in ("reward", "cap"):
            try:
                dollars(getattr(self, name) or "0")
            except ValueError as trouble:
                raise ValueError(f"{name}: {trouble}") from trouble
        if self.pass_at > self.test_questions:
            raise ValueError(
                f"pass_at = {self.pass_at} is more than test_questions = {self.test_questions}; "
                "nobody could pass, so lower `pass_at` or raise `test_questions`"
            )
        if "{emotion}" not in self.question or "{image_id}" not in self.pictures:
            raise ValueError("`question` must name {emotion} and `pictures` must name {image_id}")
        return self

    def ask(self, journal: "Votes", questions: pl.DataFrame) -> None:
        journal.ask(questions)
        if questions.is_empty():
            return
        with self._desk(journal) as desk:
            self.offer(desk, journal, questions)

    def offer(self, desk: Desk, journal: "Votes", questions: pl.DataFrame) -> None:
        """Put what wants votes and is in no batch to the workers; again changes nothing."""
        offered = self._terms(desk, journal)
        new = waves.next_wave(
            desk.ledger, journal, questions["question_id"], size=self.batch, seed=self.seed
        )
        publishing.plan(desk.ledger, offered, new)
        told = journal.questions().select("question_id", "image_id", "emotion").iter_rows()
        known = {name: self._asked(desk, name, image, emotion) for name, image, emotion in told}
        is_sandbox = self.endpoint.rstrip("/") == SANDBOX
        publishing.publish(
            desk.client,
            desk.ledger,
            offered,
            lambda items: document([known[one] for one in items], sandbox=is_sandbox),
            desk.client.pace.today(),
        )

    def answers(self, journal: "Votes") -> None:
        if ledger_path(journal).exists():
            with self._desk(journal) as desk:
                if desk.emulator:
                    desk.emulator.rest()
                self.poll(desk, journal)

    def poll(self, desk: Desk, journal: "Votes") -> None:
        """Bring the votes on all batches in which nobody works any more."""
        known = desk.ledger.get("type", "hit")
        if known and collecting.open_batches(desk.ledger):
            self.bring(desk, journal, collecting.reviewable(desk.client, known["id"]))

    def bring(self, desk: Desk, journal: "Votes", hits: Sequence[str]) -> None:
        """Bring the votes on some batches into the journal, pay for them and put them away."""
        emotions = dict(journal.questions().select("question_id", "emotion").iter_rows())
        token = partial(ballots.pseudonym, campaign=journal.campaign, seed=self.seed)
        for group in collecting.groups(desk.client, desk.ledger, hits):
            journal.record(ballots.votes(group, token, emotions))
            collecting.settle(desk.client, desk.ledger, group)

    def close(self, journal: "Votes", questions: pl.DataFrame) -> None:
        journal.close(questions["question_id"])
        if not ledger_path(journal).exists():
            return
        with LedgerFile(ledger_path(journal)) as ledger:
            over = _over(ledger, journal)
        if over:
            with self._desk(journal) as desk:
                publishing.expire(desk.client, desk.ledger, over)

    def about(self) -> Mapping[str, Any]:
        return {
            "is_simulated": True,
            "protocol": "Amazon Mechanical Turk, requester API 2017-01-17",
            "reward": self.reward,
            "batch": self.batch,
            "test_questions": self.test_questions if self.test else 0,
            "pass_at": self.pass_at if self.test else 0,
        }

    def advice(self, journal: "Votes") -> str:
        if self.endpoint == REHEARSAL:
            return (
                f"the {self.candidates} people of the rehearsal have nothing left that they may "
                "do; raise `candidates`"
            )
        return f"run again when workers at {self.endpoint} have handed in more batches"

    def people(self, journal: "Votes") -> Population:
        """Give the people of a rehearsal: they know the truth of painted pictures and the test."""
        told = journal.questions().filter(pl.col("truth").is_not_null())
        rows = told.select("question_id", "emotion", "truth").iter_rows()
        right = {name: YES if emotion == truth else NO for name, emotion, truth in rows}
        if self.test:
            labelled = qualification.drawn(self.test.path, self.test_questions, self.seed)
            right |= {one.name: one.emotion for one in labelled}
        return People(self.seed, self.candidates, right=right)

    @contextmanager
    def _desk(self, journal: "Votes") -> Iterator[Desk]:
        path = ledger_path(journal)
        with LedgerFile(path) as ledger:
            if self.endpoint != REHEARSAL:
                with self.client(self.endpoint, Pace(self.calls_per_second)) as client:
                    yield Desk(client, ledger, self.endpoint, None)
                return
            state, people = path.with_suffix(".json"), self.people(journal)
            with (
                rehearsal(state, people, self.seed) as market,
                self.client(market.address, Pace(0, wait=market.advance)) as client,
            ):
                yield Desk(client, ledger, market.address, market)

    @contextmanager
    def client(self, endpoint: str, pace: Pace) -> Iterator[Client]:
        """Give who asks, while the block runs."""
        client = Client(endpoint, pace, self.production, bool(self.cap))
        try:
            yield client
        finally:
            client.close()

    def _asked(self, desk: Desk, name: str, image: str, emotion: str) -> Asked:
        address = self.pictures.format(endpoint=desk.address, image_id=image)
        return Asked(name, self.question.format(emotion=emotion), address)

    def _terms(self, desk: Desk, journal: "Votes") -> terms.Terms:
        name = f"affekt-{journal.campaign[:32]}"
        return terms.Terms(
            name,
            self.batch_title,
            self.batch_description,
            self.keywords,
            dollars(self.reward),
            tuple(self._needs(desk, journal, name)),
            dollars(self.cap) if self.cap else None,
        )

    def _needs(self, desk: Desk, journal: "Votes", name: str) -> Iterator[requirements.Requirement]:
        emotions = journal.questions()["emotion"].unique().sort()
        if UPSETTING & set(emotions):
            yield requirements.adult()
        if self.countries:
            yield requirements.in_places(self.countries)
        if self.approval_percent:
            yield requirements.approval_rate(self.approval_percent)
        if self.test:
            known = desk.ledger.get("type", "test")
            if not known:
                known = {"id": terms.ensure_test(desk.client, self._test_request(name))}
                desk.ledger.put("type", {"test": known})
            percent = -(-100 * self.pass_at // self.test_questions)
            yield requirements.own_test(known["id"], percent)

    def _test_request(self, name: str) -> dict[str, Any]:
        assert self.test
        labelled = qualification.drawn(self.test.path, self.test_questions, self.seed)
        choices = sorted(qualification.emotions(self.test.path))
        return qualification.request(name, labelled, choices)


def _over(ledger: Ledger, journal: "Votes") -> list[str]:
    """Give the batches at the marketplace all of whose questions are closed."""
    still_open = set(journal.open_questions()["question_id"])
    waiting = collecting.open_batches(ledger)
    return [key for key, row in waiting.items() if still_open.isdisjoint(row["items"])]
