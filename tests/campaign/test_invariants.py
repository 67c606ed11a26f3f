"""Whatever people do in whatever order: what must never break never does (section 5)."""

import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from secrets import token_hex

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from affekt.campaign.answers import pass_over
from affekt.campaign.batch import Card
from affekt.campaign.books import verify_books
from affekt.campaign.claim import claim, current
from affekt.campaign.live import Live, open_campaign
from affekt.campaign.places import open_waiting
from affekt.campaign.submit import give_back, submit
from affekt.campaign.sweep import sweep
from affekt.errors import NotTaken
from affekt.journal.clock import Clock
from affekt.policies.bayes import Bayes
from affekt.policies.curtailed import Curtailed
from affekt.policies.fixed import Fixed
from tests.campaign.crowd import MINUTE, WAY, ask, wait
from tests.campaign.deeds import held, say, verdicts, workers
from tests.campaign.people import PAID, rows, run

N_PEOPLE, N_PICTURES = 5, 4
people = st.integers(0, N_PEOPLE - 1)
POLICIES = (Curtailed(), Fixed(votes=2), Bayes(max_votes=4, min_votes=1))


class Campaign(RuleBasedStateMachine):
    """A few people in a small campaign, with time that passes and answers sent again."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.live: Live | None = None
        self.sent: list[tuple[int, str, bool, str]] = []  # worker, card, answer, key
        self.decided: dict[str, tuple[str, int | None]] = {}

    @precondition(lambda self: self.live is None)
    @rule(policy=st.sampled_from(POLICIES))
    def open(self, policy: Curtailed | Fixed | Bayes) -> None:
        way = WAY._replace(policy=policy, asking=PAID)
        self.live = open_campaign(Path(self.folder.name) / "votes.db", way, clock=Clock())
        ask(self.live, N_PICTURES)
        open_waiting(self.live)
        self.people = workers(self.live, N_PEOPLE)

    @precondition(lambda self: self.live is not None)
    @rule(who=people, size=st.integers(1, N_PICTURES))
    def take(self, who: int, size: int) -> None:
        try:
            claim(self.campaign, self.people[who], size=size)
        except NotTaken as refusal:
            assert refusal.reason == "finished"  # noqa: PT017  (the only reason there can be)

    @precondition(lambda self: self.live is not None)
    @rule(who=people, at=st.integers(0, N_PICTURES - 1), said=st.booleans())
    def answer(self, who: int, at: int, said: bool) -> None:
        batch = current(self.campaign, self.people[who])
        if batch is not None and at < len(batch.cards) and not batch.cards[at].is_passed:
            key = token_hex(16)
            say(self.campaign, self.people[who], batch.cards[at], said, key=key)
            self.sent.append((self.people[who], batch.cards[at].token, said, key))

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def send_again(self, data: st.DataObject) -> None:
        worker, card, said, key = data.draw(st.sampled_from(self.sent))
        before = rows(self.campaign, "SELECT seq, felt, state FROM votes ORDER BY seq")
        again = say(self.campaign, worker, _card(card), said, key=key)
        assert again.state == "repeated"
        assert rows(self.campaign, "SELECT seq, felt, state FROM votes ORDER BY seq") == before

    @precondition(lambda self: self.live is not None)
    @rule(who=people, at=st.integers(0, N_PICTURES - 1), kind=st.sampled_from(["skip", "broken"]))
    def pass_one(self, who: int, at: int, kind: str) -> None:
        batch = current(self.campaign, self.people[who])
        if batch is not None and at < len(batch.cards) and batch.cards[at].said is None:
            pass_over(self.campaign, self.people[who], batch.cards[at].token, kind)  # type: ignore[arg-type]

    @precondition(lambda self: self.live is not None)
    @rule(who=people, is_whole=st.booleans())
    def hand_in(self, who: int, is_whole: bool) -> None:
        batch = current(self.campaign, self.people[who])
        if batch is not None:
            end = submit if is_whole else give_back
            assert end(self.campaign, self.people[who], batch.token) == submit(
                self.campaign, self.people[who], batch.token
            )

    @precondition(lambda self: self.live is not None)
    @rule(minutes=st.integers(1, 40), sweeps=st.booleans())
    def time_passes(self, minutes: int, sweeps: bool) -> None:
        wait(self.campaign, minutes * MINUTE)
        if sweeps:
            sweep(self.campaign)

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def answer_late(self, data: st.DataObject) -> None:
        worker, card, _, _ = data.draw(st.sampled_from(self.sent))
        try:
            say(self.campaign, worker, _card(card), True)
        except NotTaken as refusal:
            assert refusal.reason == "conflict"  # noqa: PT017  (the only reason there can be)

    @invariant()
    def the_books_add_up(self) -> None:
        """I2, I3, I6, I8, I10, I11 and C19."""
        if self.live is not None:
            assert verify_books(self.live.database) == []

    @invariant()
    def no_question_is_asked_of_too_many(self) -> None:
        """I3."""
        if self.live is not None:
            assert max(held(self.live).values()) <= self.live.policy.most()

    @invariant()
    def what_is_decided_stays(self) -> None:
        """I7: nothing that comes later changes it."""
        if self.live is not None:
            found = {name: one for name, one in verdicts(self.live).items() if one[0] == "decided"}
            assert {name: found.get(name) for name in self.decided} == self.decided
            self.decided = found

    @property
    def campaign(self) -> Live:
        assert self.live is not None
        return self.live

    def teardown(self) -> None:
        if self.live is not None:
            self.live.database.close()
        self.folder.cleanup()


def _card(token: str) -> Card:
    return Card(token, 1, "", "", None, False)


Campaign.TestCase.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
TestCampaign = pytest.mark.slow(Campaign.TestCase)


@pytest.fixture
def campaign(tmp_path: Path) -> Iterator[Live]:
    way = WAY._replace(asking=PAID)
    with closing(open_campaign(tmp_path / "votes.db", way).database):
        pass
    live = open_campaign(tmp_path / "votes.db", way)
    with closing(live.database):
        yield live


def test_the_books_tell_each_number_that_is_wrong(campaign: Live) -> None:
    """I3, I6, I10: the check can fail."""
    ask(campaign, 2)
    open_waiting(campaign)
    for one in workers(campaign, 3):
        claim(campaign, one)
    run(campaign, "UPDATE items SET yes = 7, votes = 9 WHERE question_id = 'q001'")
    run(campaign, "UPDATE items SET state = 'decided' WHERE question_id = 'q000'")
    told = [str(one) for one in verify_books(campaign.database)]
    assert any("I6" in one and "noted are 9 votes, 7 YES" in one for one in told)
    assert any("I3" in one and "9 votes and 3 leases are more than 5" in one for one in told)
