"""The state of the marketplace, and what happens in it by itself as time passes."""

import heapq
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from hashlib import sha256
from pathlib import Path

from pydantic import TypeAdapter

from affekt import durable
from affekt.amt import fees
from affekt.amt.emulator.clock import Clock
from affekt.amt.emulator.denial import Denied
from affekt.amt.emulator.state import (
    ABANDONED,
    ACCEPTED,
    APPROVED,
    SUBMITTED,
    Asked,
    Assignment,
    Bonus,
    Due,
    Event,
    Hit,
    HitType,
    Person,
    Test,
)

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
TOKEN_SECONDS = 86_400  # after which a token is forgotten
NAME_SECONDS = 48 * 3_600  # for which the name of a deleted test stays taken
SETTLING_SECONDS = 5  # after creation, in which a batch cannot be changed
MOST_EVENTS = 100_000  # kept for a reader; older ones are dropped


@dataclass
class Market:
    """Everything there is, on one clock. Not safe for several threads."""

    seed: int = 1
    clock: Clock = field(default_factory=Clock)
    balance: Decimal = Decimal("1000000.00")
    on_hold: Decimal = Decimal("0.00")
    spent: Decimal = Decimal("0.00")
    made: int = 0  # ids given out
    types: dict[str, HitType] = field(default_factory=dict)
    hits: dict[str, Hit] = field(default_factory=dict)
    open: dict[str, None] = field(
        default_factory=dict
    )  # batches that may have places, oldest first
    assignments: dict[str, Assignment] = field(default_factory=dict)
    tests: dict[str, Test] = field(default_factory=dict)
    asked: dict[str, Asked] = field(default_factory=dict)
    bonuses: list[Bonus] = field(default_factory=list)
    people: dict[str, Person] = field(default_factory=dict)
    blocked: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, tuple[str, float]] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    due: list[Due] = field(default_factory=list)
    news: int = 0  # rises whenever there may be new work

    def new_id(self) -> str:
        """Give an id in the form of the marketplace's, never given before."""
        self.made += 1
        number = int.from_bytes(sha256(f"{self.seed}\n{self.made}".encode()).digest()[:16], "big")
        letters = []
        for _ in range(24):
            number, at = divmod(number, 36)
            letters.append(ALPHABET[at])
        return "3" + "".join(letters) + f"{self.made:05}"

    def now(self) -> float:
        """Give the present moment."""
        return self.clock.at

    def later(self, seconds: float, what: str, name: str, worker: str = "") -> None:
        """Let something happen by itself."""
        self.made += 1
        heapq.heappush(self.due, Due(self.now() + seconds, self.made, what, name, worker))

    def settle(self) -> None:
        """Let everything happen that is due."""
        now = self.now()
        while self.due and self.due[0].when <= now:
            happens = heapq.heappop(self.due)
            if happens.what == "expires":
                self._expire(self.hits[happens.name], happens.when)
            elif happens.what == "deadline":
                self._abandon(self.assignments[happens.name], happens.worker, happens.when)
            else:
                self._approve(self.assignments[happens.name], happens.when)

    def type_of(self, hit: Hit) -> HitType:
        """Give the kind of a batch."""
        return self.types[hit.type_id]

    def hold(self, hit: Hit, places: int) -> None:
        """Set money aside for so many places.

        Raises:
            Denied: There is not enough.
        """
        amount = places * (self.type_of(hit).reward + hit.fee)
        if amount > self.balance:
            raise Denied(
                "InsufficientFunds", f"{amount} dollars are needed and {self.balance} are there"
            )
        self.balance -= amount
        self.on_hold += amount
        hit.held += amount

    def release(self, hit: Hit, places: int) -> None:
        """Give back what was set aside for so many places."""
        amount = min(hit.held, places * (self.type_of(hit).reward + hit.fee))
        hit.held -= amount
        self.on_hold -= amount
        self.balance += amount

    def pay(self, hit: Hit) -> None:
        """Pay for one assignment out of what was set aside, or of the rest where that is gone."""
        amount = self.type_of(hit).reward + hit.fee
        held = min(hit.held, amount)
        hit.held -= held
        self.on_hold -= held
        self.balance -= amount - held
        self.spent += amount

    def fee_of(self, kind: HitType, assignments: int) -> Decimal:
        """Give the fee of one assignment."""
        return fees.of_assignment(kind.reward, assignments)

    def tell(self, kind: str, hit: Hit | None = None, **about: str) -> None:
        """Send a notification, if somebody wants that kind."""
        notice = self.type_of(hit).notice if hit else None
        if hit and not (notice and kind in notice["EventTypes"]):
            return
        if hit:
            about = {"HITId": hit.id, "HITTypeId": hit.type_id, **about}
        self.events.append(Event(self.new_id(), kind, self.now(), about))
        del self.events[:-MOST_EVENTS]

    def tell_if_reviewable(self, hit: Hit) -> None:
        """Send the notification that a batch can be reviewed, once."""
        if not hit.is_told and not hit.pending and hit.places(self.now()) <= 0:
            hit.is_told = True
            self.open.pop(hit.id, None)
            self.tell("HITReviewable", hit)

    def remember(self, operation: str, token: str | None, name: str) -> None:
        """Keep what a token was used for."""
        if token:
            self.tokens[f"{operation}\n{token}"] = (name, self.now())

    def recalled(self, operation: str, token: str | None) -> str | None:
        """Give what a token was used for within a day."""
        name, when = self.tokens.get(f"{operation}\n{token}", ("", -1e18))
        return name if token and self.now() - when < TOKEN_SECONDS else None

    def _expire(self, hit: Hit, when: float) -> None:
        if hit.is_disposed or hit.expires > when or hit.is_told:
            return
        self.open.pop(hit.id, None)
        self.release(hit, hit.most - hit.pending - hit.done)
        self.tell("HITExpired", hit)
        self.tell_if_reviewable(hit)

    def _abandon(self, one: Assignment, worker: str, when: float) -> None:
        if one.status != ACCEPTED or one.worker != worker or one.deadline > when:
            return
        self.give_back(one, ABANDONED)

    def give_back(self, one: Assignment, status: str) -> None:
        """Take a batch from a worker who did not finish it; the next gets the same id."""
        hit = self.hits[one.hit_id]
        one.status = status
        hit.pending -= 1
        hit.returned.append(one.id)
        self.tell(f"Assignment{status}", hit, AssignmentId=one.id)
        if hit.places(self.now()) > 0:
            self.open[hit.id] = None
            self.news += 1
        else:
            self.release(hit, 1)
            self.tell_if_reviewable(hit)

    def _approve(self, one: Assignment, when: float) -> None:
        if one.status == SUBMITTED:
            self.approve(one, when)

    def approve(self, one: Assignment, when: float) -> None:
        """Pay an assignment."""
        hit = self.hits[one.hit_id]
        one.status, one.approved = APPROVED, when
        self.pay(hit)
        self.tell("AssignmentApproved", hit, AssignmentId=one.id)


def save(market: Market, path: Path) -> None:
    """Write all of a market into one file, whole or not at all."""
    with durable.replaced(path) as beside:
        beside.write_bytes(_adapter().dump_json(market))


def load(path: Path) -> Market:
    """Give the market that a file holds; its clock goes on where it stood."""
    return _adapter().validate_json(path.read_bytes())


@cache
def _adapter() -> TypeAdapter[Market]:
    return TypeAdapter(Market)
