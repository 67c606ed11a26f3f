"""The things of the marketplace, as plain values that a snapshot can hold."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

ACCEPTED, SUBMITTED, APPROVED, REJECTED = "Accepted", "Submitted", "Approved", "Rejected"
RETURNED, ABANDONED = "Returned", "Abandoned"
ASSIGNABLE, UNASSIGNABLE = "Assignable", "Unassignable"
REVIEWABLE, REVIEWING, DISPOSED = "Reviewable", "Reviewing", "Disposed"


@dataclass
class HitType:
    """What batches of one kind have in common."""

    id: str
    request: dict[str, Any]
    notice: dict[str, Any] | None = None

    @property
    def reward(self) -> Decimal:
        """Pay of one assignment."""
        return Decimal(self.request["Reward"])

    @property
    def requirements(self) -> list[dict[str, Any]]:
        """What a worker must have."""
        found: list[dict[str, Any]] = self.request.get("QualificationRequirements", [])
        return found


@dataclass
class Hit:
    """One batch."""

    id: str
    type_id: str
    question: str
    annotation: str
    created: float
    expires: float
    most: int  # assignments
    most_at_first: int
    pending: int = 0  # accepted and not handed in
    done: int = 0  # handed in, whatever was decided
    is_marked: bool = False  # the requester looks at it
    is_disposed: bool = False
    is_told: bool = False  # that it can be reviewed
    held: Decimal = Decimal(0)  # money set aside for it
    fee: Decimal = Decimal(0)  # of one assignment
    assignments: list[str] = field(default_factory=list)
    returned: list[str] = field(default_factory=list)  # ids that the next worker gets

    def places(self, now: float) -> int:
        """Give how many more people can accept it."""
        if self.is_disposed or now >= self.expires:
            return 0
        return self.most - self.pending - self.done

    def status(self, now: float) -> str:
        """Give the word of the marketplace for its state."""
        if self.is_disposed:
            return DISPOSED
        if self.places(now) > 0:
            return ASSIGNABLE
        if self.pending:
            return UNASSIGNABLE
        return REVIEWING if self.is_marked else REVIEWABLE


@dataclass
class Assignment:
    """One person doing one batch."""

    id: str
    hit_id: str
    worker: str
    accepted: float
    deadline: float
    status: str = ACCEPTED
    submitted: float | None = None
    approves_itself: float | None = None
    approved: float | None = None
    rejected: float | None = None
    answer: str = ""
    feedback: str = ""


@dataclass
class Test:
    """A qualification type."""

    id: str
    request: dict[str, Any]
    created: float
    values: dict[str, int] = field(default_factory=dict)  # worker → value
    granted: dict[str, float] = field(default_factory=dict)  # worker → when
    revoked: dict[str, float] = field(default_factory=dict)
    tried: dict[str, float] = field(default_factory=dict)  # worker → when last
    is_deleted: bool = False


@dataclass
class Asked:
    """Somebody's wish for a qualification that is not granted by itself."""

    id: str
    test_id: str
    worker: str
    when: float
    answer: str


@dataclass
class Bonus:
    """Pay on top."""

    worker: str
    assignment_id: str
    amount: str
    reason: str
    when: float


@dataclass
class Person:
    """A worker as the marketplace knows one."""

    id: str
    country: str = "US"
    subdivision: str = ""
    approval_percent: int = 100
    approved: int = 0
    sees_adult: bool = True
    is_master: bool = False


@dataclass
class Event:
    """A notification, as it goes out."""

    id: str
    kind: str
    when: float
    about: dict[str, str]


@dataclass
class Due:
    """Something that happens by itself at a moment."""

    when: float
    number: int
    what: str
    name: str
    worker: str = ""

    def __lt__(self, other: "Due") -> bool:
        return (self.when, self.number) < (other.when, other.number)
