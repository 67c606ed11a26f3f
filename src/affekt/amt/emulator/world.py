"""A market whose workers act by themselves as time passes; every step has its moment."""

import heapq
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from affekt.amt import answers
from affekt.amt.emulator import forms, work
from affekt.amt.emulator.denial import Denied
from affekt.amt.emulator.market import Market
from affekt.amt.emulator.people import Done, Population
from affekt.amt.emulator.state import ABANDONED, Hit
from affekt.rank import share_of

ARRIVAL_SECONDS = 600  # in which people notice new work
PAUSE_SECONDS = 5.0  # between two batches
NEVER = float("inf")


@dataclass
class World:
    """A market and its people on one clock.

    Attributes:
        market: The market.
        population: Who works there by themselves; nobody without.
        speed: Seconds that pass there in one real second; 0 moves only when told to.
    """

    market: Market
    population: Population | None = None
    speed: float = 0.0
    _steps: list[tuple[float, int, str, str]] = field(default_factory=list)
    _made: int = 0
    _idle: dict[str, None] = field(default_factory=dict)
    _news: int = -1
    _since: float = field(default_factory=time.monotonic)
    _doing: dict[str, Done] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.population:
            self.join(self.population)

    def join(self, population: Population) -> None:
        """Let people come; those who were there before leave what they do not do yet."""
        self.population = population
        self._steps, self._idle, self._news = [], dict.fromkeys(population.workers()), -1

    def catch_up(self) -> None:
        """Let the time pass that has really passed, at the speed of this world."""
        real = time.monotonic()
        passed, self._since = real - self._since, real
        self.advance(passed * self.speed)

    def advance(self, seconds: float) -> None:
        """Let so many seconds pass; everybody acts, and everything due happens, in its order."""
        end = self.market.now() + seconds
        self._wake()
        while min(self._next()) <= end:
            self._step()
            self._wake()
        self.market.clock.move(end)
        self.market.settle()

    def rest(self, most_seconds: float = NEVER) -> float:
        """Let time pass until nobody has anything to do; give the seconds that took."""
        begin = self.market.now()
        self._wake()
        while self._steps and self._steps[0][0] <= begin + most_seconds:
            self._step()
            self._wake()
        return self.market.now() - begin

    def _next(self) -> tuple[float, float]:
        due = self.market.due[0].when if self.market.due else NEVER
        return (self._steps[0][0] if self._steps else NEVER, due)

    def _step(self) -> None:
        """Let the next thing happen: what is due before what somebody does."""
        acts, due = self._next()
        self.market.clock.move(min(acts, due))
        self.market.settle()
        if due > acts:
            _, _, worker, what = heapq.heappop(self._steps)
            if what == "looks":
                self._look(worker)
            else:
                self._hand_in(worker, what)

    def _later(self, seconds: float, worker: str, what: str) -> None:
        self._made += 1
        heapq.heappush(self._steps, (self.market.now() + seconds, self._made, worker, what))

    def _wake(self) -> None:
        if self._news != self.market.news and self._idle:
            self._news = self.market.news
            for worker in self._idle:
                delay = ARRIVAL_SECONDS * share_of(f"{worker}\n{self._news}", self.market.seed)
                self._later(delay, worker, "looks")
            self._idle = {}

    def _look(self, worker: str) -> None:
        """Accept the first batch that is allowed, take a test that keeps from one, or rest."""
        assert self.population
        lacks: dict[str, list[str]] = {}  # of each kind of batch, of which there are few
        for name in self.market.open:
            hit = self.market.hits[name]
            if hit.type_id not in lacks:
                lacks[hit.type_id] = work.lacking(self.market, worker, hit)
            if not lacks[hit.type_id] and self._begins(worker, hit):
                return
        for name in dict.fromkeys(one for some in lacks.values() for one in some):
            if self._tries(worker, name):
                return
        self._idle[worker] = None

    def _begins(self, worker: str, hit: Hit) -> bool:
        assert self.population
        if work.has_done(self.market, worker, hit):
            return False
        form = forms.of_question(hit.question)
        if form.address:
            return False
        try:
            one = work.accept(self.market, worker, hit.id)
        except Denied:
            return False
        done = self.population.answers(worker, form.items)
        if done is None:
            self._later(PAUSE_SECONDS, worker, f"{one.id} back")
            return True
        self._doing[one.id] = done
        self._later(sum(done.seconds.values()), worker, one.id)
        return True

    def _hand_in(self, worker: str, what: str) -> None:
        name, _, back = what.partition(" ")
        done = self._doing.pop(name, None)
        try:
            one = work.mine(self.market, worker, name)
        except Denied:  # the time was over before
            self._later(PAUSE_SECONDS, worker, "looks")
            return
        if back or done is None:
            self.market.give_back(one, ABANDONED if not back else "Returned")
        else:
            form = forms.of_question(self.market.hits[one.hit_id].question)
            work.submit(self.market, worker, name, _answer(form, done))
        self._later(PAUSE_SECONDS, worker, "looks")

    def _tries(self, worker: str, name: str) -> bool:
        assert self.population
        test = self.market.tests.get(name)
        if test is None or test.is_deleted or worker in test.tried or worker in test.revoked:
            return False
        document = test.request.get("Test")
        items = forms.of_question(document).items if document else ()
        done = self.population.test(worker, items)
        try:
            work.take_test(self.market, worker, name, done.chosen)
        except Denied:
            return False
        self._later(sum(done.seconds.values()) + PAUSE_SECONDS, worker, "looks")
        return True


def _answer(form: forms.Form, done: Done) -> str:
    """Give the document that the form of a batch hands in."""
    if not form.is_html:
        return answers.to_xml({}, {name: [one] for name, one in done.chosen.items()})
    return answers.to_xml({**done.chosen, **_times(form.times, form.items, done.seconds)})


def _times(field: str, items: Sequence[forms.Item], seconds: Mapping[str, float]) -> dict[str, str]:
    if not field:
        return {}
    return {field: " ".join(f"{seconds.get(one.name, 0):.2f}" for one in items)}
